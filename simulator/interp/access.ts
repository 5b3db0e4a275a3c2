import { leafFlags } from './setup.js';
import { architecture } from '../machine/arch/rules.js';
import type { Instr } from '../program/types.js';
import { regimeOf } from './exception-level.js';
import type { Interpreter } from './interpreter.js';
import { isLent } from './lend.js';
import { bitsOf, initialValue, isFrameObject, objectOf, privateValue, Stuck, wordBytes } from './memory.js';
import type { Access, Operation, Request } from './operation.js';
import { applyRmw } from './rmw.js';
import { sharerOf } from './tasks.js';
import type { Frame, Tagged, ThreadState } from './thread.js';
import { int, isUninitialised, type Value, ZERO } from './value.js';
import { convert } from '../program/arithmetic.js';

// Accesses to memory: what other CPUs could see is a request to the machine (returned), what they can not is done at once (null).

export function beforeInit(on: Interpreter, state: ThreadState, loc: string): Request {
  const why = `reads ${loc} before its first value is there`;
  return on.request(state, { op: 'fail', violation: 'use-before-init', why }, 0, 0, false);
}

export function load(on: Interpreter, state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'load' }>): Request | null {
  const addr = on.value(state, frame, instr.addr);
  const acquire = instr.order === 'acquire' || instr.order === 'acquire-pc';
  const access: Access = { op: 'load', loc: '', acquire, bits: instr.type.bits };
  const load: Access =
    instr.order === 'acquire-pc' ? { ...access, rcpc: true } : instr.exclusive === true ? { ...access, exclusive: true } : access;
  if (addr.value.k === 'int') return virtual(on, state, addr, null, load);
  const loc = on.location(addr);
  const share = isFrameObject(objectOf(loc)) ? 'private' : on.sharing.access(loc, sharerOf(on.setup, state), true, false);
  if (share === 'shared') {
    const bits = bitsOf(on.setup, loc, instr.type.bits);
    return on.request(state, { ...load, loc, bits }, addr.deps, 0, true, -1, { addr: addr.picks ?? 0, data: 0 });
  }
  const read = share === 'private' ? privateValue(on.setup, state, loc) : { value: initialValue(on.setup, loc), deps: 0 };
  const got = on.known({ value: read.value, deps: read.deps | addr.deps });
  if (isUninitialised(got.value)) return beforeInit(on, state, loc);
  frame.locals.set(instr.dst, got.value.k === 'int' ? { value: int(convert(got.value.v, instr.type)), deps: got.deps } : got);
  frame.pc++;
  return null;
}

export function store(on: Interpreter, state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'store' }>): Request | null {
  const addr = on.value(state, frame, instr.addr);
  const stored = on.value(state, frame, instr.value);
  if (addr.value.k === 'int') {
    const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(instr.type.bits, stored.value.v)) : stored.value;
    const access: Access = { op: 'store', loc: '', value, release: instr.order === 'release', bits: instr.type.bits, updates: false };
    return virtual(on, state, addr, stored, access);
  }
  const loc = on.location(addr);
  checkOwn(state, loc);
  const share = isFrameObject(objectOf(loc)) ? 'private' : on.sharing.access(loc, sharerOf(on.setup, state), false, true);
  const bits = bitsOf(on.setup, loc, instr.type.bits);
  const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(bits, stored.value.v)) : stored.value;
  if (share === 'shared') {
    const readSlot = state.slots.findIndex((from, i) => from === loc && (stored.deps & (1 << i)) !== 0);
    const does: Operation = { op: 'store', loc, value, release: instr.order === 'release', bits, updates: readSlot >= 0 };
    const picks = { addr: addr.picks ?? 0, data: stored.picks ?? 0 };
    return on.request(state, does, addr.deps, stored.deps, false, readSlot, picks);
  }
  if (share === 'private') state.memory.set(loc, { value, deps: stored.deps });
  frame.pc++;
  return null;
}

export function rmw(on: Interpreter, state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'rmw' }>): Request | null {
  const addr = on.value(state, frame, instr.addr);
  const operand = on.value(state, frame, instr.operand);
  const expected = instr.expected ? on.value(state, frame, instr.expected) : null;
  const deps = operand.deps | (expected?.deps ?? 0);
  const { bits } = instr.type;
  const { language } = on.procedure(frame.procedure);
  const does: Extract<Operation, { op: 'rmw' }> = {
    op: 'rmw',
    loc: '',
    fn: instr.fn,
    operand: operand.value,
    expected: expected?.value ?? null,
    order: instr.order,
    bits,
    ...(language === 'arm64-asm' && instr.dst === null ? { noReturn: true } : {}),
    ...(language !== 'c' && instr.fn === 'cas' ? { acquiresOnFailure: true } : {}),
  };
  if (addr.value.k === 'int') return virtual(on, state, addr, { ...operand, deps }, does);
  const loc = on.location(addr);
  checkOwn(state, loc);
  const share = isFrameObject(objectOf(loc)) ? 'private' : on.sharing.access(loc, sharerOf(on.setup, state), instr.dst !== null, true);
  if (share === 'shared') {
    const picks = { addr: addr.picks ?? 0, data: (operand.picks ?? 0) | (expected?.picks ?? 0) };
    return on.request(state, { ...does, loc }, addr.deps, deps, instr.dst !== null, -1, picks);
  }
  if (architecture(on.setup.arch).memory === 'total-store') return orderOnly(on, state);
  // Nobody reads it: only the ordering of the atomic is left.
  if (share !== 'private' && instr.order === 'full') return orderOnly(on, state);
  privateRmw(on, state, frame, instr);
  return null;
}

/** An atomic on memory that no other CPU uses, or that nobody reads. */
export function privateRmw(on: Interpreter, state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'rmw' }>): void {
  frame.pc++;
  const loc = on.location(on.value(state, frame, instr.addr));
  if (!isFrameObject(objectOf(loc)) && on.sharing.access(loc, state.cpu, instr.dst !== null, true) !== 'private') return;
  const operand = on.value(state, frame, instr.operand);
  const expected = instr.expected ? on.value(state, frame, instr.expected) : null;
  const old = privateValue(on.setup, state, loc);
  const out = applyRmw(old.value, {
    op: 'rmw',
    loc,
    fn: instr.fn,
    operand: operand.value,
    expected: expected?.value ?? null,
    order: instr.order,
    bits: instr.type.bits,
  });
  if (out) state.memory.set(loc, { value: out, deps: old.deps | operand.deps | (expected?.deps ?? 0) });
  if (instr.dst === null) return;
  frame.locals.set(instr.dst, { value: old.value.k === 'int' ? int(convert(old.value.v, instr.type)) : old.value, deps: old.deps });
}

function orderOnly(on: Interpreter, state: ThreadState): Request {
  return on.request(state, { op: 'fence', pred: 'rw', succ: 'rw', name: 'fully ordered atomic' }, 0, 0, false);
}

/** Kernel code as it is compiled never shares what an exclusive pair works on with itself alone: it always asks the machine. */
export function storeExclusive(
  on: Interpreter,
  state: ThreadState,
  frame: Frame,
  instr: Extract<Instr, { op: 'store-exclusive' }>,
): Request {
  const addr = on.value(state, frame, instr.addr);
  const stored = on.value(state, frame, instr.value);
  const { bits } = instr.type;
  const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(bits, stored.value.v)) : stored.value;
  const access: Access = { op: 'store-exclusive', loc: '', value, release: instr.order === 'release', bits };
  if (addr.value.k === 'int') return virtual(on, state, addr, stored, access);
  const loc = on.location(addr);
  if (on.sharing.access(loc, sharerOf(on.setup, state), true, true) !== 'shared')
    throw new Stuck(`exclusive store to ${loc}, which no other CPU uses`);
  const picks = { addr: addr.picks ?? 0, data: stored.picks ?? 0 };
  return on.request(state, { ...access, loc }, addr.deps, stored.deps, on.setup.arch === 'riscv', -1, picks);
}

/** An access through a number: by virtual address, which the MMU translates. */
function virtual(on: Interpreter, state: ThreadState, addr: Tagged, data: Tagged | null, access: Access): Request {
  if (addr.value.k !== 'int') throw new Stuck('virtual access without an address');
  const { v: va } = addr.value;
  const fixed = on.setup.fixed?.get(va);
  if (fixed !== undefined) return atFixed(on, state, addr, data, { ...access, loc: fixed });
  if (on.setup.fixed) throw new Stuck(`access to 0x${va.toString(16)}, where nothing stands that may be read or written`);
  if (on.setup.throughMmu !== true) {
    if (va < 4096n) return on.request(state, { op: 'fail', violation: 'unhandled-fault', why: 'null pointer dereference' }, 0, 0, false);
    const stores = access.op === 'store' ? storedThrough(on, state, va, access) : undefined;
    return on.request(
      state,
      { op: 'touch', va, write: access.op !== 'load', nofault: false, flags: leafFlags(on.setup), stores },
      addr.deps,
      data?.deps ?? 0,
      false,
    );
  }
  // On riscv what depends on the register of an sc depends on its store.
  const exclusive = access.op === 'store-exclusive' && on.setup.arch === 'riscv';
  const reads = access.op === 'load' || (access.op === 'rmw' && access.noReturn !== true) || exclusive;
  const picks = { addr: addr.picks ?? 0, data: data?.picks ?? 0 };
  const regime = regimeOf(on.setup, state);
  return on.request(state, { op: 'translated', va, access, ...(regime && { regime }) }, addr.deps, data?.deps ?? 0, reads, -1, picks);
}

/** Where a store by virtual address may end: the word at its offset of each page whose words are as wide as the store. */
function storedThrough(
  on: Interpreter,
  state: ThreadState,
  va: bigint,
  { value, bits }: Extract<Access, { op: 'store' }>,
): Extract<Operation, { op: 'touch' }>['stores'] {
  const offset = va & 0xfffn;
  const bytes = BigInt(bits / 8);
  const locs = [...on.setup.physical.keys()]
    .filter((obj) => on.setup.tables?.has(obj) !== true && BigInt(wordBytes(on.setup, obj)) === bytes && offset % bytes === 0n)
    .map((obj) => `${obj}[${String(offset / bytes)}]`);
  const followed = locs.filter((loc) => on.sharing.access(loc, sharerOf(on.setup, state), false, true) === 'shared');
  return followed.length > 0 ? { value, bits, locs: followed } : undefined;
}

/** An access through a number that names a location without any translation. */
function atFixed(on: Interpreter, state: ThreadState, addr: Tagged, data: Tagged | null, access: Access): Request {
  const writes = access.op !== 'load';
  const reads = access.op === 'load' || (access.op === 'rmw' && access.noReturn !== true);
  on.sharing.access(access.loc, state.cpu, reads, writes);
  const does: Access =
    access.op === 'store'
      ? { ...access, updates: state.slots.some((from, i) => from === access.loc && ((data?.deps ?? 0) & (1 << i)) !== 0) }
      : access;
  const picks = { addr: addr.picks ?? 0, data: data?.picks ?? 0 };
  return on.request(state, does, addr.deps, data?.deps ?? 0, reads, -1, picks);
}

export function copy(on: Interpreter, state: ThreadState, to: string, from: string): void {
  checkOwn(state, to);
  const source = new Map<string, Tagged>();
  for (const [key, value] of on.setup.initial) if (key === from || below(from, key)) source.set(key, { value, deps: 0 });
  for (const [key, value] of state.memory) if (key === from || below(from, key) || key === `${from}*`) source.set(key, value);
  for (const key of [...state.memory.keys()]) if (key === to || below(to, key) || key === `${to}*`) state.memory.delete(key);
  for (const [key, value] of source) {
    if (!isFrameObject(objectOf(key)) && on.sharing.access(key, sharerOf(on.setup, state), true, false) === 'shared')
      throw new Stuck(`struct copy of ${from}, which other CPUs write`);
    const written = to + key.slice(from.length);
    // Others read the members, each a location of its own.
    if (
      !isFrameObject(objectOf(written)) &&
      !written.endsWith('*') &&
      on.sharing.access(written, sharerOf(on.setup, state), false, true) === 'shared'
    )
      throw new Stuck(`struct copy to ${to}, which other CPUs read`);
    state.memory.set(written, value);
  }
  if (!isFrameObject(objectOf(to)) && on.sharing.access(to, sharerOf(on.setup, state), false, true) === 'shared')
    throw new Stuck(`struct copy to ${to}, which other CPUs read`);
}

/** Clears an object and all below it. */
export function zero(on: Interpreter, state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'zero' }>): void {
  clear(state, on.location(on.value(state, frame, instr.addr)));
  frame.pc++;
}

/** What another CPU lends is read only: the copy would not reach it. */
function checkOwn(state: ThreadState, loc: string): void {
  const obj = objectOf(loc);
  if (isFrameObject(obj) && isLent(state, obj)) throw new Stuck('a handler writes to a local of the CPU that interrupted it');
}

/** Zero at a location, and at all below it. */
export function clear(state: ThreadState, loc: string): void {
  checkOwn(state, loc);
  for (const key of [...state.memory.keys()]) if (key === loc || below(loc, key)) state.memory.delete(key);
  state.memory.set(`${loc}*`, { value: ZERO, deps: 0 });
}

const below = (loc: string, key: string): boolean => key.startsWith(loc) && /^[.[+]/.test(key.slice(loc.length));
