import type { Expr } from '../program/types.js';
import { advance, elementBytes, frameObject, physicalAddress, stackAddress, Stuck, wordBytes } from './memory.js';
import type { Setup } from './setup.js';
import { unknownValue } from './setup.js';
import type { Frame, Tagged } from './thread.js';
import { int, ONE, ptr, truthOf, type Value, valueKey, ZERO } from './value.js';
import { binaryInt, convert, unaryInt } from '../program/arithmetic.js';

const tagged = (value: Value, deps = 0, picks = 0): Tagged => (picks === 0 ? { value, deps } : { value, deps, picks });

const picksOf = (...of: readonly Tagged[]): number => of.reduce((mask, each) => mask | (each.picks ?? 0), 0);

/** Compares what is not two integers: pointers and functions are equal when they name the same thing, and never zero. */
function compareOther(setup: Setup, op: string, a: Value, b: Value): Value | null {
  if (op === '==' || op === '!=') return (valueKey(a) === valueKey(b)) === (op === '==') ? ONE : ZERO;
  const [from, to] = [pageAt(setup, a), pageAt(setup, b)];
  if (from !== null && to !== null) return op === '-' ? int(BigInt.asUintN(64, from - to)) : truth(op, from - to);
  if (a.k === 'ptr' && b.k === 'ptr' && a.obj === b.obj) {
    const at = /^(.*)\[(-?\d+)\]$/;
    const x = at.exec(a.path);
    const y = at.exec(b.path);
    if ((x?.[1] ?? a.path) !== (y?.[1] ?? b.path)) return null;
    const difference = BigInt(x?.[2] ?? '0') - BigInt(y?.[2] ?? '0');
    // In bytes: the front end divides by the size of what the pointers point at.
    return op === '-' ? int(difference * BigInt(elementBytes(setup, a.obj))) : truth(op, difference);
  }
  return null;
}

/** Where the page lies that a struct page stands for, or the first member of its folio. */
function pageAt(setup: Setup, value: Value): bigint | null {
  return value.k === 'ptr' && (value.path === '' || value.path === '.page') ? (setup.physical.get(value.obj) ?? null) : null;
}

function truth(op: string, difference: bigint): Value | null {
  switch (op) {
    case '<':
      return difference < 0n ? ONE : ZERO;
    case '<=':
      return difference <= 0n ? ONE : ZERO;
    case '>':
      return difference > 0n ? ONE : ZERO;
    case '>=':
      return difference >= 0n ? ONE : ZERO;
    default:
      return null;
  }
}

/** Evaluates a pure expression in a frame. An unknown operand makes the result unknown, under the operand's key. */
export function evaluate(setup: Setup, frame: Frame, depth: number, expr: Expr): Tagged {
  const go = (e: Expr): Tagged => evaluate(setup, frame, depth, e);
  switch (expr.k) {
    case 'int':
      return tagged({ k: 'int', v: BigInt.asUintN(64, expr.value) });
    case 'str':
      return tagged({ k: 'str', v: expr.value });
    case 'local':
      return frame.locals.get(expr.name) ?? tagged({ k: 'unknown', key: `uninitialised ${expr.name} in ${frame.procedure}` });
    case 'symbol':
      return tagged(setup.program.procedures.has(expr.name) ? { k: 'fn', name: expr.name } : ptr(expr.name));
    case 'frame':
      return tagged(ptr(frameObject(depth, frame.procedure, expr.name)));
    case 'field':
      return member(go(expr.base), `.${expr.field}`);
    case 'offset':
      return member(go(expr.base), `.${setup.program.offsets.get(expr.symbol) ?? expr.symbol}`);
    case 'index': {
      const base = go(expr.base);
      const index = go(expr.index);
      const deps = base.deps | index.deps;
      const picks = picksOf(base, index);
      if (base.value.k === 'unknown') return tagged(base.value, deps, picks);
      if (index.value.k === 'unknown') return tagged(index.value, deps, picks);
      if (index.value.k !== 'int') throw new Stuck(`index is not a number: ${valueKey(index.value)}`);
      if (base.value.k === 'int') return tagged(int(base.value.v + index.value.v * BigInt(expr.size)), deps, picks);
      if (base.value.k !== 'ptr') throw new Stuck(`arithmetic on ${valueKey(base.value)}`);
      return tagged(advance(setup, base.value.obj, base.value.path, index.value.v, expr.size), deps, picks);
    }
    case 'binary':
      return binary(setup, expr, go(expr.a), go(expr.b));
    case 'unary': {
      const a = go(expr.a);
      if (a.value.k === 'int') return tagged(int(unaryInt(expr.op, a.value.v, expr.type)), a.deps, a.picks);
      if (a.value.k === 'unknown') return a;
      if (expr.op === '!') return tagged(ZERO, a.deps, a.picks);
      const number = asNumber(setup, a.value);
      if (number.k === 'int') return tagged(int(unaryInt(expr.op, number.v, expr.type)), a.deps, a.picks);
      throw new Stuck(`${expr.op} of ${valueKey(a.value)}`);
    }
    case 'cast': {
      const a = go(expr.a);
      if (a.value.k === 'int') return tagged(int(convert(a.value.v, expr.type)), a.deps, a.picks);
      if (a.value.k === 'unknown' || expr.type.bits === 64) return a;
      const number = asNumber(setup, a.value);
      if (number.k === 'int') return tagged(int(convert(number.v, expr.type)), a.deps, a.picks);
      // A truncated pointer is only ever tested for zero (bool).
      return tagged(expr.type.bits === 8 ? ONE : { k: 'unknown', key: `low bits of ${valueKey(a.value)}` }, a.deps, a.picks);
    }
    case 'select': {
      const cond = go(expr.cond);
      const chosen = go(isTrue(setup, cond.value) ? expr.then : expr.else);
      // C may be compiled to a branch or to a select: there the stronger of the two is taken.
      if (setup.program.procedures.get(frame.procedure)?.language !== 'arm64-asm')
        return tagged(chosen.value, chosen.deps | cond.deps, picksOf(chosen, cond));
      return tagged(chosen.value, chosen.deps, picksOf(chosen, cond) | cond.deps);
    }
    case 'unknown':
      return tagged({ k: 'unknown', key: expr.key });
  }
}

/** An unknown condition takes the value that this setting gives it; without one the caller's AxisNeeded splits the setting. */
export function isTrue(setup: Setup, value: Value): boolean {
  const known = truthOf(value);
  if (known !== null) return known;
  return value.k === 'unknown' && unknownValue(setup, value.key) !== 0n;
}

function member(base: Tagged, path: string): Tagged {
  if (base.value.k === 'ptr') return tagged(ptr(base.value.obj, base.value.path + path), base.deps, base.picks);
  if (base.value.k === 'unknown') return base;
  if (base.value.k === 'int' && base.value.v === 0n) throw new Stuck(`null pointer: ${path}`);
  throw new Stuck(`member ${path} of ${valueKey(base.value)}`);
}

function binary(setup: Setup, expr: Extract<Expr, { k: 'binary' }>, a: Tagged, b: Tagged): Tagged {
  const deps = a.deps | b.deps;
  const picks = picksOf(a, b);
  if (a.value.k === 'unknown') return tagged(a.value, deps, picks);
  if (b.value.k === 'unknown') return tagged(b.value, deps, picks);
  if (a.value.k === 'int' && b.value.k === 'int') {
    const result = binaryInt(expr.op, a.value.v, b.value.v, expr.type);
    if (result === null) throw new Stuck('division by zero');
    return tagged(int(result), deps, picks);
  }
  if (expr.op === '+' || expr.op === '-') {
    if (a.value.k === 'ptr' && b.value.k === 'int') {
      const by = expr.op === '+' ? b.value.v : -b.value.v;
      return tagged(advance(setup, a.value.obj, a.value.path, by, 1), deps, picks);
    }
    if (expr.op === '+' && a.value.k === 'int' && b.value.k === 'ptr')
      return tagged(advance(setup, b.value.obj, b.value.path, a.value.v, 1), deps, picks);
  }
  const masked =
    expr.op === '&'
      ? (maskedPointer(setup, a.value, b.value) ?? maskedPointer(setup, b.value, a.value))
      : expr.op === '|'
        ? (withLowBits(setup, a.value, b.value) ?? withLowBits(setup, b.value, a.value))
        : null;
  if (masked) return tagged(masked, deps, picks);
  if (expr.op !== '==' && expr.op !== '!=') {
    const [x, y] = [asNumber(setup, a.value), asNumber(setup, b.value)];
    const result = x.k === 'int' && y.k === 'int' ? binaryInt(expr.op, x.v, y.v, expr.type) : null;
    if (result !== null) return tagged(int(result), deps, picks);
  }
  const other = compareOther(setup, expr.op, a.value, b.value);
  if (!other) throw new Stuck(`${valueKey(a.value)} ${expr.op} ${valueKey(b.value)}`);
  return tagged(other, deps, picks);
}

const PAGE_BITS = 12;

const maskedPointer = (setup: Setup, pointer: Value, mask: Value): Value | null =>
  withoutLowBits(setup, pointer, mask) ?? lowBits(setup, pointer, mask);

/** A pointer into a page, or into a table that is one, rounded down to a power of two that is no larger than a page. */
function withoutLowBits(setup: Setup, pointer: Value, mask: Value): Value | null {
  if (pointer.k !== 'ptr' || mask.k !== 'int' || setup.physical.get(pointer.obj) === undefined) return null;
  const size = BigInt.asUintN(64, ~mask.v) + 1n;
  if (size > 1n << BigInt(PAGE_BITS) || (size & (size - 1n)) !== 0n) return null;
  const at = placeOf(setup, pointer, size);
  if (at === null) return null;
  const [path, bits] = bitsIn(pointer.path);
  return within(setup, pointer.obj, path, bits - (at & (size - 1n)));
}

/** How far into its page a pointer points, or some of those bits: a page begins at a multiple of its size wherever it is mapped. */
function lowBits(setup: Setup, pointer: Value, mask: Value): Value | null {
  if (pointer.k !== 'ptr' || mask.k !== 'int' || mask.v >= 1n << BigInt(PAGE_BITS)) return null;
  const at = placeOf(setup, pointer, mask.v);
  if (at !== null) return int(at & mask.v);
  // A word stands at a multiple of its size.
  return pointer.path === '' && mask.v < BigInt(wordBytes(setup, pointer.obj)) ? ZERO : null;
}

/** A pointer into a page, with bits that its alignment leaves free: a table and what kind of table it is, say, in one word. */
function withLowBits(setup: Setup, pointer: Value, bits: Value): Value | null {
  if (pointer.k !== 'ptr' || bits.k !== 'int' || bits.v >= 1n << BigInt(PAGE_BITS)) return null;
  const at = placeOf(setup, pointer, bits.v);
  if (at === null || (at & bits.v) !== 0n) return null;
  const [path, others] = bitsIn(pointer.path);
  return within(setup, pointer.obj, path, others + bits.v);
}

/**
 * Where a pointer into a page points, as far as bits up to `upTo` tell. A struct page is the page that it describes: members of it stand at a
 * multiple of a word.
 */
function placeOf(setup: Setup, { obj, path }: Extract<Value, { k: 'ptr' }>, upTo: bigint): bigint | null {
  const [member, bits] = bitsIn(path);
  const at = physicalAddress(setup, obj + member) ?? (upTo <= WORD && /^(?:\.\w+)+$/.test(member) ? setup.physical.get(obj) : undefined);
  return at === undefined ? null : at + bits;
}

const WORD = 8n;

/** A path, and the bits of a pointer that name no word of it: `+1` behind it. */
function bitsIn(path: string): readonly [path: string, bits: bigint] {
  const found = /\+(\d+)$/.exec(path);
  return found ? [path.slice(0, found.index), BigInt(found[1] ?? '0')] : [path, 0n];
}

/** So many bytes on: another word, or bits beside this one's address. */
function within(setup: Setup, obj: string, path: string, bytes: bigint): Value {
  const word = BigInt(wordBytes(setup, obj));
  return bytes > 0n && bytes < word ? ptr(obj, `${path}+${String(bytes)}`) : advance(setup, obj, path, bytes, 1);
}

/**
 * Where accesses by number are translated, registers hold numbers: a pointer into a page is its physical address to all but accesses. Entry
 * code looks at the bits of the stack pointer to see whether the stack has run over.
 */
function asNumber(setup: Setup, value: Value): Value {
  if (value.k !== 'ptr') return value;
  const address = setup.throughMmu === true ? physicalAddress(setup, value.obj + value.path) : stackAddress(value.obj, value.path);
  return address === null ? value : int(address);
}
