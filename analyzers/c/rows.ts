import type { CatalogRow, Meaning } from '../../simulator/catalog/row.js';
import type { Expr, IntType } from '../../simulator/program/types.js';
import type { Node } from './ast.js';
import type { Label } from './code.js';
import { type Fx, type Place, Unsupported, type Value } from './context.js';
import { binary, element, int, unary, ZERO } from './ir.js';
import { convert } from './operators.js';
import { pointee, read, write } from './places.js';
import { BOOL, type CType, S32, UNKNOWN, VOID, intTypeOf, pointerTo, valueType } from './types.js';

/** Rows that are lowered here and never reach the machine as calls. */
const loweredKinds: ReadonlySet<Meaning['kind']> = new Set(['load', 'store', 'rmw', 'bit', 'per-cpu', 'c', 'identity', 'value'] as const);

export function isLowered(row: CatalogRow): boolean {
  return loweredKinds.has(row.does.kind);
}

/** Rows that stand whatever the sources define: the front end lowers them, or takes their arguments as words. */
export function isFixed(row: CatalogRow): boolean {
  return isLowered(row) || row.words.length > 0 || row.does.kind === 'feature' || row.does.kind === 'axis';
}

/** A name of the catalog used without parentheses (`current`). Null when it has no row. */
export function lowerBareRow(fx: Fx, name: string): Value | null {
  const row = fx.unit.row(name);
  // A prefix row is about calls; a name without parentheses that only matches one may be anything.
  if (row?.name !== name) return null;
  if (row.does.kind === 'value') return { e: int(row.does.value), t: S32 };
  if (isLowered(row)) return null;
  const dst = fx.temporary();
  fx.code.emit({ op: 'call', dst, callee: { k: 'name', name }, args: [] });
  return { e: { k: 'local', name: dst }, t: rowType(row) };
}

/** The type of what a row gives, where no declaration says it. */
function rowType(row: CatalogRow): CType {
  return row.does.kind === 'current' ? pointerTo({ k: 'struct', name: 'task_struct' }) : UNKNOWN;
}

/** Lowers a call of a primitive whose meaning is an access or a value. */
export function lowerRow(fx: Fx, row: CatalogRow, args: readonly Node[]): Value {
  const does = row.does;
  switch (does.kind) {
    case 'identity':
      return fx.value(argument(row, args, does.argument));
    case 'value':
      for (const [index, arg] of args.entries()) if (!row.words.includes(index)) evaluate(fx, arg);
      return { e: int(does.value), t: S32 };
    case 'load': {
      const place = does.of === 'lvalue' ? fx.place(argument(row, args, 0)) : pointee(fx.value(argument(row, args, 0)));
      return read(fx, place, does.order);
    }
    case 'store': {
      const place = does.of === 'lvalue' ? fx.place(argument(row, args, 0)) : pointee(fx.value(argument(row, args, 0)));
      return write(fx, place, fx.value(argument(row, args, 1)), does.order);
    }
    case 'rmw':
      return readModifyWrite(fx, row, does, args);
    case 'bit':
      return bit(fx, row, does, args);
    case 'per-cpu':
      return perCpu(fx, row, does, args);
    default:
      throw new Unsupported(`${row.name} is not lowered`);
  }
}

function argument(row: CatalogRow, args: readonly Node[], index: number): Node {
  const arg = args[index];
  if (arg === undefined) throw new Unsupported(`${row.name} without argument ${index}`);
  return arg;
}

/** Runs an argument whose value nobody wants; what cannot be run has no effect that we know. */
function evaluate(fx: Fx, node: Node): void {
  try {
    fx.code.append(fx.code.aside(() => fx.value(node)).slots);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
  }
}

function readModifyWrite(fx: Fx, row: CatalogRow, does: Extract<Meaning, { kind: 'rmw' }>, args: readonly Node[]): Value {
  const place = pointee(fx.value(argument(row, args, does.pointer)));
  if (place.k !== 'memory') throw new Unsupported(`${row.name} of something that is not in memory`);
  if (place.type.k === 'struct') throw new Unsupported(`${row.name} of a whole struct`);
  const type = intTypeOf(place.type);
  const operand =
    typeof does.operand === 'number' ? convert(fx.value(argument(row, args, does.operand)), place.type) : int(does.operand.value);
  const expectedArgument =
    does.expected === undefined
      ? null
      : typeof does.expected === 'number'
        ? fx.value(argument(row, args, does.expected))
        : { e: int(does.expected.value), t: S32 };
  const expectedPlace = expectedArgument === null ? null : tryPlace(does.result, expectedArgument, place);
  const expected =
    expectedPlace !== null
      ? convert(read(fx, expectedPlace), place.type)
      : expectedArgument === null
        ? null
        : convert(expectedArgument, place.type);
  const dst = does.result === 'none' ? null : fx.temporary();
  fx.code.emit({ op: 'rmw', dst, addr: place.address, fn: does.fn, operand, expected, type, order: does.order });
  if (dst === null) return { e: ZERO, t: VOID };
  const old: Expr = { k: 'local', name: dst };
  const next = (): Expr => applied(does.fn, old, operand, expected, type);
  switch (does.result) {
    case 'old':
      return { e: old, t: valueType(place.type) };
    case 'new':
      return { e: next(), t: valueType(place.type) };
    case 'zero':
      return { e: binary('==', next(), ZERO, type), t: BOOL };
    case 'nonzero':
      return { e: binary('!=', next(), ZERO, type), t: BOOL };
    case 'negative':
      return { e: binary('<', next(), ZERO, { ...type, signed: true }), t: BOOL };
    case 'changed': {
      if (does.fn === 'add-unless' && expected !== null) return { e: binary('!=', old, expected, type), t: BOOL };
      const changed = expected === null ? binary('!=', next(), old, type) : binary('==', old, expected, type);
      if (expectedPlace !== null) handBack(fx, expectedPlace, old, changed, place);
      return { e: changed, t: BOOL };
    }
    case 'none':
      return { e: ZERO, t: VOID };
  }
}

/** The `*old` of try_cmpxchg(p, &old, new): its expected value comes through a pointer to a value like the one at p. */
function tryPlace(result: string, expected: Value, place: Place & { k: 'memory' }): Place | null {
  const type = valueType(expected.t);
  if (result !== 'changed' || type.k !== 'pointer') return null;
  const target = valueType(place.type);
  return target.k === 'pointer' && valueType(type.to).k !== 'pointer' ? null : pointee(expected);
}

/** On failure try_cmpxchg stores what it found. */
function handBack(fx: Fx, to: Place, old: Expr, success: Expr, place: Place & { k: 'memory' }): void {
  const store: Label = { name: 'failed' };
  const end: Label = { name: 'done' };
  fx.code.unless(success, store);
  fx.code.jump(end);
  fx.code.place(store);
  write(fx, to, { e: old, t: valueType(place.type) });
  fx.code.place(end);
}

function applied(fn: Extract<Meaning, { kind: 'rmw' }>['fn'], old: Expr, operand: Expr, expected: Expr | null, type: IntType): Expr {
  switch (fn) {
    case 'add':
      return binary('+', old, operand, type);
    case 'sub':
      return binary('-', old, operand, type);
    case 'and':
      return binary('&', old, operand, type);
    case 'andnot':
      return binary('&', old, unary('~', operand, type), type);
    case 'or':
      return binary('|', old, operand, type);
    case 'xor':
      return binary('^', old, operand, type);
    case 'swap':
      return operand;
    case 'cas':
      return expected === null ? operand : { k: 'select', cond: binary('==', old, expected, type), then: operand, else: old };
    case 'add-unless': {
      const sum = binary('+', old, operand, type);
      return expected === null ? sum : { k: 'select', cond: binary('==', old, expected, type), then: old, else: sum };
    }
  }
}

/** An access to the copy of a variable that one CPU has. */
function perCpu(fx: Fx, row: CatalogRow, does: Extract<Meaning, { kind: 'per-cpu' }>, args: readonly Node[]): Value {
  const first = argument(row, args, 0);
  const shared = does.of === 'lvalue' ? fx.place(first) : pointee(fx.value(first));
  if (shared.k !== 'memory') throw new Unsupported(`${row.name} of something that is not in memory`);
  const cpu = does.cpu === undefined ? thisCpu(fx) : fx.value(argument(row, args, does.cpu)).e;
  const place: Place = { ...shared, address: ofCpu(shared.address, cpu) };
  if (does.do === 'address') return { e: place.address, t: pointerTo(place.type) };
  if (does.do === 'load') return read(fx, place, 'once');
  const operand = (): Value =>
    typeof does.operand === 'number' ? fx.value(argument(row, args, does.operand)) : { e: int(does.operand?.value ?? 0), t: S32 };
  if (does.do === 'store') return write(fx, place, operand(), 'once');
  const type = intTypeOf(place.type);
  const value = convert(operand(), place.type);
  const expected = does.expected === undefined ? null : convert(fx.value(argument(row, args, does.expected)), place.type);
  const result = does.result ?? 'none';
  const dst = result === 'none' ? null : fx.temporary();
  fx.code.emit({ op: 'rmw', dst, addr: place.address, fn: does.do, operand: value, expected, type, order: 'relaxed' });
  if (dst === null) return { e: ZERO, t: VOID };
  const old: Expr = { k: 'local', name: dst };
  if (result === 'old') return { e: old, t: valueType(place.type) };
  if (result === 'changed') return { e: binary('==', old, expected ?? old, type), t: BOOL };
  return { e: applied(does.do, old, value, expected, type), t: valueType(place.type) };
}

function thisCpu(fx: Fx): Expr {
  const dst = fx.temporary();
  fx.code.emit({ op: 'call', dst, callee: { k: 'name', name: 'smp_processor_id' }, args: [] });
  return { k: 'local', name: dst };
}

/** `x.a` of a CPU is `x[cpu].a`: a variable of each CPU is an array of them. What an element's size is says nothing: no layout is needed. */
function ofCpu(address: Expr, cpu: Expr): Expr {
  if (address.k === 'field' || address.k === 'index') return { ...address, base: ofCpu(address.base, cpu) };
  return { k: 'index', base: address, index: cpu, size: 8 };
}

function bit(fx: Fx, row: CatalogRow, does: Extract<Meaning, { kind: 'bit' }>, args: readonly Node[]): Value {
  const type = { bits: 64, signed: false } as const;
  const number = convert(fx.value(argument(row, args, 0)), { k: 'int', type: { bits: 64, signed: true } });
  const base = fx.value(argument(row, args, 1));
  const addr = wordOf(base, binary('/', number, int(64), type));
  const shift = binary('%', number, int(64), type);
  const mask = binary('<<', int(1), shift, type);
  const old = fx.temporary();
  const isSet = (): Value => ({ e: binary('&', binary('>>', { k: 'local', name: old }, shift, type), int(1), type), t: S32 });
  if (does.fn === 'test') {
    fx.code.emit({ op: 'load', dst: old, addr, type, order: does.order === 'acquire' ? 'acquire' : 'once' });
    return isSet();
  }
  const fn = { set: 'or', clear: 'andnot', change: 'xor' } as const;
  const dst = does.result === 'none' ? null : old;
  fx.code.emit({ op: 'rmw', dst, addr, fn: fn[does.fn], operand: mask, expected: null, type, order: does.order });
  return dst === null ? { e: ZERO, t: VOID } : isSet();
}

/** A single long whose address is taken is the word itself, whatever its bit. */
function wordOf(base: Value, index: Expr): Expr {
  const isScalar = base.e.k !== 'index' && index.k === 'int' && index.value === 0n;
  return isScalar ? base.e : element(base.e, index, 8);
}
