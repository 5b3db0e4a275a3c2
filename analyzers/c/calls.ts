import type { Expr } from '../../simulator/program/types.js';
import { lowerAsm } from './asm.js';
import { type Node, bare, child } from './ast.js';
import { type Builtin, bitBuiltins } from './bit-builtins.js';
import type { Label } from './code.js';
import { type Fx, Unsupported, type Value } from './context.js';
import { ASM } from './fixups.js';
import { element, int, ZERO } from './ir.js';
import { convert } from './operators.js';
import type { Cleanup } from './scopes.js';
import { isLowered, lowerRow } from './rows.js';
import { BOOL, type CType, S32, U64, UNKNOWN, VOID, pointerTo, sameType, valueType } from './types.js';

/** Lowers a call: a primitive of the catalog, something of the compiler's own, a procedure, or a function pointer. */
export function lowerCall(fx: Fx, node: Node): Value {
  const target = child(node, 'function');
  const list = child(node, 'arguments');
  if (target === null || list === null) throw new Unsupported('a call of nothing');
  const args = list.children;
  const callee = bare(target);
  if (callee.type !== 'identifier') return throughPointer(fx, fx.value(callee), args);
  const name = callee.text;
  if (name.startsWith(ASM)) return { e: ZERO, t: lowerAsm(fx, Number(name.slice(ASM.length)), args) };
  const binding = fx.lookup(name);
  if (binding !== null && binding.k !== 'function' && binding.k !== 'constant') return throughPointer(fx, fx.value(callee), args);
  const row = fx.unit.row(name);
  if (row !== null && isLowered(row)) return lowerRow(fx, row, args);
  const special = builtins.get(name)?.(fx, args) ?? null;
  if (special !== null) return special;
  fx.unit.use(name);
  const type = binding?.type ?? UNKNOWN;
  return emitCall(fx, { k: 'name', name: plainName(fx, name) }, type, args);
}

/** What a variable with a cleanup attribute is left with: `by` is called with its address. */
export function callCleanup(fx: Fx, { by, address }: Cleanup): void {
  fx.unit.use(by);
  emitValues(fx, { k: 'name', name: plainName(fx, by) }, fx.unit.lookup(by)?.type ?? UNKNOWN, [address]);
}

/** `__builtin_memcpy` is memcpy, unless the sources say something else. */
function plainName(fx: Fx, name: string): string {
  return name.startsWith('__builtin_') && !fx.unit.isDefinedFunction(name) ? name.slice('__builtin_'.length) : fx.unit.linkName(name);
}

function throughPointer(fx: Fx, pointer: Value, args: readonly Node[]): Value {
  const type = valueType(pointer.t);
  const to = type.k === 'pointer' ? type.to : UNKNOWN;
  if (pointer.e.k === 'symbol') return emitCall(fx, { k: 'name', name: pointer.e.name }, to, args);
  return emitCall(fx, { k: 'value', value: pointer.e }, to, args);
}

type CalleeOf = { readonly k: 'name'; readonly name: string } | { readonly k: 'value'; readonly value: Expr };

function emitCall(fx: Fx, callee: CalleeOf, type: CType, args: readonly Node[]): Value {
  const params = type.k === 'function' ? type.params : null;
  const mask = callee.k === 'name' ? maskArgument(fx, callee.name) : null;
  const values = args.map((arg, index) => {
    const value = fx.value(arg);
    return index === mask ? maskOf(fx, value) : passed(fx, value, params?.[index] ?? null);
  });
  return emitValues(fx, callee, type, values);
}

function emitValues(fx: Fx, callee: CalleeOf, type: CType, values: readonly Expr[]): Value {
  const returns = type.k === 'function' ? type.returns : UNKNOWN;
  if (returns.k === 'struct') {
    // The caller gives the place for a struct that comes back, as the last argument.
    const result = fx.object('result', returns);
    fx.code.emit({ op: 'call', dst: null, callee, args: [...values, result] });
    return { e: result, t: returns };
  }
  if (returns.k === 'void') {
    fx.code.emit({ op: 'call', dst: null, callee, args: values });
    return { e: ZERO, t: VOID };
  }
  const dst = fx.temporary();
  fx.code.emit({ op: 'call', dst, callee, args: values });
  return { e: { k: 'local', name: dst }, t: valueType(returns) };
}

/** The argument in which a primitive takes a set of CPUs. */
function maskArgument(fx: Fx, name: string): number | null {
  const does = fx.unit.row(name)?.does;
  if (does?.kind === 'sbi-sfence' || does?.kind === 'sbi-fence-i') return does.mask;
  return does?.kind === 'ipi' && does.to !== 'single' ? (does.mask ?? null) : null;
}

/** Primitives take a set of CPUs as a word; the kernel passes a pointer to one, or none. */
function maskOf(fx: Fx, value: Value): Expr {
  const type = valueType(value.t);
  const mask = type.k === 'pointer' && type.to.k === 'struct' ? fx.unit.struct(type.to.name) : null;
  if (mask?.fields.has('bits') !== true) return value.e;
  const dst = fx.temporary();
  const end: Label = { name: 'no mask' };
  fx.code.emit({ op: 'set', dst, value: ZERO });
  if (value.e.k !== 'int') {
    fx.code.unless(value.e, end);
    const addr = element({ k: 'field', base: value.e, field: 'bits' }, int(0), 8);
    fx.code.emit({ op: 'load', dst, addr, type: { bits: 64, signed: false }, order: 'once' });
  }
  fx.code.place(end);
  return { k: 'local', name: dst };
}

/** A struct is passed as the address of a copy. */
function passed(fx: Fx, value: Value, param: CType | null): Expr {
  if (value.t.k === 'struct') {
    const copy = fx.object('argument', value.t);
    fx.code.emit({ op: 'copy', to: copy, from: value.e });
    return copy;
  }
  // A word of a row (the name of a feature) stands for a number that only the row knows.
  return param === null || value.e.k === 'str' ? value.e : convert(value, param);
}

const first: Builtin = (fx, args) => (args[0] === undefined ? null : fx.value(args[0]));

const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['__builtin_expect', first],
  ['__builtin_expect_with_probability', first],
  ['__builtin_assume_aligned', first],
  [
    '__builtin_constant_p',
    (fx, args) => {
      const [arg] = args;
      return { e: int(arg !== undefined && fx.constant(arg) !== null ? 1 : 0), t: S32 };
    },
  ],
  [
    '__builtin_choose_expr',
    (fx, args) => {
      const [cond, yes, no] = args;
      if (cond === undefined || yes === undefined || no === undefined) return null;
      const value = fx.constant(cond);
      if (value === null) throw new Unsupported('__builtin_choose_expr of something that is not constant');
      return fx.value(value === 0n ? no : yes);
    },
  ],
  ['__builtin_types_compatible_p', sameTypes],
  ['__same_type', sameTypes],
  [
    '__offsetof',
    (fx, args) => {
      const [type, member] = [typeArgument(fx, args[0]), stringArgument(fx, args[1])];
      const offset = type?.k === 'struct' && member !== null ? fx.unit.offsetOf(type.name, member) : null;
      if (offset === null)
        return { e: { k: 'unknown', key: `offsetof(${type?.k === 'struct' ? type.name : '?'}, ${member ?? '?'})` }, t: U64 };
      return { e: int(offset), t: U64 };
    },
  ],
  [
    '__container_of',
    (fx, args) => {
      const [pointer, typeNode, memberNode] = args;
      const member = stringArgument(fx, memberNode);
      const type = typeArgument(fx, typeNode);
      if (pointer === undefined || member === null) return null;
      const address = fx.value(pointer).e;
      const to = pointerTo(type ?? UNKNOWN);
      // Back from the member that we just came from.
      if (address.k === 'field' && address.field === member) return { e: address.base, t: to };
      const dst = fx.temporary();
      fx.code.emit({ op: 'call', dst, callee: { k: 'name', name: 'container_of' }, args: [address, { k: 'str', value: member }] });
      return { e: { k: 'local', name: dst }, t: to };
    },
  ],
  ['__builtin_unreachable', () => ({ e: ZERO, t: VOID })],
  ['__builtin_prefetch', () => ({ e: ZERO, t: VOID })],
  ['__builtin_object_size', () => ({ e: { k: 'int', value: (1n << 64n) - 1n }, t: U64 })],
  ...bitBuiltins,
  ['memset', clear],
  ['__builtin_memset', clear],
  ['memcpy', copy],
  ['__builtin_memcpy', copy],
  ['memmove', copy],
]);

function sameTypes(fx: Fx, args: readonly Node[]): Value | null {
  const [a, b] = args.map((arg) => valueType(typeArgument(fx, arg) ?? fx.typeOf(arg)));
  if (a === undefined || b === undefined) return null;
  return { e: int(sameType(a, b) ? 1 : 0), t: BOOL };
}

/** The type inside the `sizeof(T)` that a type argument was spelt as. */
function typeArgument(fx: Fx, node: Node | undefined): CType | null {
  if (node === undefined) return null;
  const inner = bare(node);
  if (inner.type !== 'sizeof_expression') return null;
  const type = child(inner, 'type');
  const value = child(inner, 'value');
  return type !== null ? fx.type(type) : value !== null ? fx.typeOf(value) : null;
}

function stringArgument(fx: Fx, node: Node | undefined): string | null {
  if (node?.type !== 'string_literal') return null;
  const { e } = fx.value(node);
  return e.k === 'str' ? e.value : null;
}

/** The object that a pointer argument covers when `size` bytes is all of it; null otherwise. */
function whole(fx: Fx, pointer: Node, size: Node): Expr | null {
  const bytes = fx.constant(size);
  if (bytes === null) return null;
  const object = bare(pointer);
  const type = fx.typeOf(object);
  if (type.k === 'array' && BigInt(fx.unit.sizeOf(type)) === bytes) {
    const place = fx.place(object);
    return place.k === 'memory' ? place.address : null;
  }
  const value = valueType(type);
  if (value.k !== 'pointer' || BigInt(fx.unit.sizeOf(value.to)) !== bytes) return null;
  return fx.value(object).e;
}

function clear(fx: Fx, args: readonly Node[]): Value | null {
  const [pointer, byte, size] = args;
  if (pointer === undefined || byte === undefined || size === undefined || fx.unit.isDefinedFunction('memset')) return null;
  if (fx.constant(byte) !== 0n) return null;
  const addr = whole(fx, pointer, size);
  if (addr === null) return null;
  fx.code.emit({ op: 'zero', addr });
  return { e: addr, t: pointerTo(VOID) };
}

function copy(fx: Fx, args: readonly Node[]): Value | null {
  const [to, from, size] = args;
  if (to === undefined || from === undefined || size === undefined || fx.unit.isDefinedFunction('memcpy')) return null;
  const target = whole(fx, to, size);
  const source = whole(fx, from, size);
  if (target === null || source === null) return null;
  fx.code.emit({ op: 'copy', to: target, from: source });
  return { e: target, t: pointerTo(VOID) };
}
