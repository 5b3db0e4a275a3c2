import type { AccessOrder, Expr } from '../../simulator/program/types.js';
import { type Node, bare, child } from './ast.js';
import { type Fx, type Place, Unsupported, type Value } from './context.js';
import { binary, element, field, int } from './ir.js';
import { convert, operate } from './operators.js';
import { type CType, type Field, UNKNOWN, flatten, intTypeOf, isVolatile, pointerTo, valueType } from './types.js';

/** What a place holds. `order` overrides the order that its type asks for. */
export function read(fx: Fx, place: Place, order: AccessOrder | null = null): Value {
  switch (place.k) {
    case 'value':
      return place.value;
    case 'local':
      return { e: { k: 'local', name: place.name }, t: valueType(place.type) };
    case 'memory': {
      const { address, type } = place;
      if (type.k === 'struct') return { e: address, t: type };
      if (type.k === 'array') return { e: firstOf(fx, address, type), t: pointerTo(type.of) };
      if (type.k === 'function') return { e: address, t: pointerTo(type) };
      if (type.k === 'void') return { e: address, t: type };
      const dst = fx.temporary();
      fx.code.emit({ op: 'load', dst, addr: address, type: intTypeOf(type), order: order ?? (isVolatile(type) ? 'once' : 'plain') });
      return { e: { k: 'local', name: dst }, t: valueType(type) };
    }
  }
}

/** Writes, and gives the value as it was written. */
export function write(fx: Fx, place: Place, value: Value, order: AccessOrder | null = null): Value {
  if (place.k === 'value') {
    const { e, t } = place.value;
    if (e.k !== 'unknown') throw new Unsupported('assignment to something that is no place');
    // A variable that is nowhere declared.
    return write(fx, { k: 'memory', address: { k: 'symbol', name: e.key }, type: t, bits: null }, value, order);
  }
  const { type } = place;
  if (type.k === 'struct') {
    if (place.k === 'local') throw new Unsupported('a struct in a local');
    if (value.e.k !== 'unknown') fx.code.emit({ op: 'copy', to: place.address, from: value.e });
    else throw new Unsupported('the value of a struct is not known');
    return { e: place.address, t: type };
  }
  if (type.k === 'array') throw new Unsupported('assignment to an array');
  let e = convert(value, type);
  if (place.k === 'local') {
    fx.code.emit({ op: 'set', dst: place.name, value: e });
    return read(fx, place);
  }
  const int64 = intTypeOf(type);
  if (place.bits !== null && place.bits < int64.bits) e = binary('&', e, int((1n << BigInt(place.bits)) - 1n), int64);
  fx.code.emit({ op: 'store', addr: place.address, value: e, type: int64, order: order ?? (isVolatile(type) ? 'once' : 'plain') });
  return { e, t: valueType(type) };
}

/** `&place`. */
export function addressOf(place: Place): Value {
  if (place.k === 'memory') return { e: place.address, t: pointerTo(place.type) };
  if (place.k === 'value' && valueType(place.value.t).k === 'struct') return { e: place.value.e, t: pointerTo(place.value.t) };
  throw new Unsupported('the address of something that is not in memory');
}

/** `*pointer`. */
export function pointee(pointer: Value): Place {
  const type = valueType(pointer.t);
  const to = type.k === 'pointer' ? type.to : UNKNOWN;
  return { k: 'memory', address: pointer.e, type: to, bits: null };
}

/** The lvalues of C. Anything else comes back as a value. */
export function placeOf(fx: Fx, node: Node): Place {
  const inner = bare(node);
  switch (inner.type) {
    case 'identifier':
      return identifier(fx, inner.text);
    case 'pointer_expression': {
      const argument = child(inner, 'argument');
      if (argument === null || child(inner, 'operator')?.text !== '*') break;
      const value = fx.value(argument);
      const type = valueType(value.t);
      // *f is f.
      if (type.k === 'pointer' && type.to.k === 'function') return { k: 'value', value };
      return pointee(value);
    }
    case 'subscript_expression': {
      const array = child(inner, 'argument');
      const index = child(inner, 'index');
      if (array === null || index === null) break;
      return pointee(operate(fx, '+', fx.value(array), fx.value(index)));
    }
    case 'field_expression':
      return member(fx, inner);
    case 'compound_literal_expression': {
      const type = child(inner, 'type');
      const value = child(inner, 'value');
      if (type === null || value === null) break;
      return literal(fx, fx.type(type), value);
    }
    default:
  }
  return { k: 'value', value: fx.value(inner) };
}

/** `&p->a.b`: the place of a member, by type where it is known. */
export function memberOf(fx: Fx, base: Place, name: string): Place {
  if (base.k !== 'value' && base.type.k === 'wrapper') return { ...base, type: base.type.of };
  if (base.k === 'value') {
    const { value } = base;
    if (value.t.k !== 'struct' && value.t.k !== 'unknown') return base;
    return { k: 'memory', address: field(value.e, name), ...fieldType(fx, value.t, name) };
  }
  if (base.k === 'local') {
    // A scalar that stands for a struct whose definition is not at hand (a bare `pte_t`).
    return base;
  }
  const { type } = base;
  if (type.k === 'int' || type.k === 'pointer') return base;
  return { k: 'memory', address: field(base.address, name), ...fieldType(fx, type, name) };
}

function fieldType(fx: Fx, type: CType, name: string): { type: CType; bits: number | null } {
  const definition = type.k === 'struct' ? fx.unit.struct(type.name) : null;
  const known: Field | undefined = definition?.fields.get(name);
  if (known === undefined) return { type: UNKNOWN, bits: null };
  return { type: isVolatile(type) && known.type.k === 'int' ? { ...known.type, volatile: true } : known.type, bits: known.bits };
}

function member(fx: Fx, node: Node): Place {
  const argument = child(node, 'argument');
  const name = child(node, 'field');
  if (argument === null || name === null) throw new Unsupported('member access without a member');
  const isArrow = child(node, 'operator')?.text === '->';
  const base = isArrow ? pointee(fx.value(argument)) : fx.place(argument);
  return memberOf(fx, base, name.text);
}

function identifier(fx: Fx, name: string): Place {
  const binding = fx.lookup(name);
  switch (binding?.k) {
    case 'local':
      return { k: 'local', name: binding.name, type: binding.type };
    case 'frame':
      return { k: 'memory', address: { k: 'frame', name: binding.name }, type: binding.type, bits: null };
    case 'global':
      fx.unit.use(binding.name);
      return { k: 'memory', address: { k: 'symbol', name: fx.unit.linkName(binding.name) }, type: binding.type, bits: null };
    case 'function':
      fx.unit.use(binding.name);
      return { k: 'value', value: { e: { k: 'symbol', name: fx.unit.linkName(binding.name) }, t: pointerTo(binding.type) } };
    case 'constant':
      return { k: 'value', value: { e: int(binding.value), t: binding.type } };
    default:
      if (fx.unit.isObjectElsewhere(name)) {
        fx.unit.use(name);
        return { k: 'memory', address: { k: 'symbol', name }, type: UNKNOWN, bits: null };
      }
      if (fx.unit.isFunctionElsewhere(name)) return { k: 'value', value: { e: { k: 'symbol', name }, t: pointerTo(UNKNOWN) } };
      return { k: 'value', value: { e: { k: 'unknown', key: name }, t: UNKNOWN } };
  }
}

function literal(fx: Fx, type: CType, value: Node): Place {
  if (type.k === 'struct' || type.k === 'array') {
    const length = type.k === 'array' && type.length === null ? { ...type, length: value.children.length } : type;
    const place: Place = { k: 'memory', address: fx.object('literal', length), type: length, bits: null };
    fx.initialise(place, value);
    return place;
  }
  const name = fx.temporary();
  const place: Place = { k: 'local', name, type };
  fx.initialise(place, value);
  return place;
}

/** An array decays to the address of its first element; nested arrays are flat, so the first element of an inner one is itself. */
function firstOf(fx: Fx, address: Expr, type: CType): Expr {
  const { element: innermost } = flatten(type);
  if (address.k === 'index' && address.size === fx.unit.sizeOf(innermost)) return address;
  return element(address, int(0), fx.unit.sizeOf(innermost));
}
