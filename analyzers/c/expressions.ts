import { integerOf } from '../cpp/numbers.js';
import { unquote } from './asm-block.js';
import { type Node, bare, child, ofType } from './ast.js';
import { lowerCall } from './calls.js';
import type { Label } from './code.js';
import { type Fx, Unsupported, type Value } from './context.js';
import { int, isAddress, select, truth, unary, wrap, ZERO } from './ir.js';
import { choose, convert, eitherType, isBinaryOp, negate, operate } from './operators.js';
import { addressOf, placeOf, read, write } from './places.js';
import { lowerBareRow } from './rows.js';
import { type CType, S32, U64, U8, VOID, pointerTo, sameType, valueType } from './types.js';

export function valueOf(fx: Fx, node: Node): Value {
  switch (node.type) {
    case 'parenthesized_expression': {
      const inner = node.children.find((candidate) => candidate.type !== '(' && candidate.type !== ')');
      if (inner === undefined) throw new Unsupported('empty parentheses');
      return inner.type === 'compound_statement' ? fx.block(inner) : fx.value(inner);
    }
    case 'number_literal':
      return numberOf(node.text);
    case 'char_literal':
      return { e: int(unquote(node.text.slice(node.text.indexOf("'"))).charCodeAt(0) || 0), t: S32 };
    case 'string_literal':
      return { e: { k: 'str', value: unquote(node.text.slice(node.text.indexOf('"'))) }, t: pointerTo(U8) };
    case 'concatenated_string':
      return {
        e: { k: 'str', value: node.children.map((part) => (part.text === '' ? '' : unquote(part.text))).join('') },
        t: pointerTo(U8),
      };
    case 'true':
      return { e: int(1), t: S32 };
    case 'false':
      return { e: ZERO, t: S32 };
    case 'null':
      return { e: ZERO, t: pointerTo(VOID) };
    case 'identifier':
      return (fx.lookup(node.text) === null ? lowerBareRow(fx, node.text) : null) ?? read(fx, placeOf(fx, node));
    case 'subscript_expression':
    case 'field_expression':
    case 'compound_literal_expression':
      return read(fx, placeOf(fx, node));
    case 'pointer_expression':
      if (child(node, 'operator')?.text !== '&') return read(fx, placeOf(fx, node));
      return addressOfNode(fx, need(node, 'argument'));
    case 'call_expression':
      return lowerCall(fx, node);
    case 'assignment_expression':
      return assignment(fx, node);
    case 'update_expression':
      return update(fx, node);
    case 'unary_expression':
      return unaryOf(fx, node);
    case 'binary_expression':
      return binaryOf(fx, node);
    case 'conditional_expression':
      return conditional(fx, node);
    case 'comma_expression':
      fx.value(need(node, 'left'));
      return fx.value(need(node, 'right'));
    case 'cast_expression':
      return castTo(fx, fx.type(need(node, 'type')), fx.value(need(node, 'value')));
    case 'sizeof_expression':
      return { e: int(sizeOf(fx, node)), t: U64 };
    case 'alignof_expression':
      return { e: int(Math.min(8, fx.unit.sizeOf(fx.type(need(node, 'type'))))), t: U64 };
    case 'generic_expression':
      return generic(fx, node);
    case 'type_descriptor':
      throw new Unsupported('a type where a value is wanted');
    default:
      throw new Unsupported(`expression ${node.type}`);
  }
}

/** Jumps to `to` when the condition is false (true with `whenTrue`). */
export function branchOn(fx: Fx, node: Node, to: Label, whenTrue: boolean): void {
  const inner = bare(node);
  const operator = child(inner, 'operator')?.text;
  if (inner.type === 'unary_expression' && operator === '!') {
    fx.condition(need(inner, 'argument'), to, !whenTrue);
    return;
  }
  if (inner.type === 'binary_expression' && (operator === '&&' || operator === '||')) {
    const left = need(inner, 'left');
    const right = need(inner, 'right');
    // `a && b` is false when either is, `a || b` true when either is.
    if ((operator === '&&') !== whenTrue) {
      fx.condition(left, to, whenTrue);
      fx.condition(right, to, whenTrue);
      return;
    }
    const over: Label = { name: 'over' };
    fx.condition(left, over, !whenTrue);
    fx.condition(right, to, whenTrue);
    fx.code.place(over);
    return;
  }
  const value = fx.value(inner);
  if (valueType(value.t).k === 'void') throw new Unsupported('a condition without a value');
  const e = isAddress(value.e) ? int(1) : value.e;
  fx.code.unless(whenTrue ? unary('!', e, { bits: 64, signed: false }) : e, to);
}

export function need(node: Node, field: string): Node {
  const found = child(node, field);
  if (found === null) throw new Unsupported(`${node.type} without ${field}`);
  return found;
}

function numberOf(text: string): Value {
  const number = integerOf(text);
  if (number === null) throw new Unsupported(`number ${text}`);
  const { value, unsigned, long, decimal } = number;
  const inSigned = (bits: 32 | 64): boolean => !unsigned && wrap(value, { bits, signed: true }) === value;
  const inUnsigned = (bits: 32 | 64): boolean => (unsigned || !decimal) && wrap(value, { bits, signed: false }) === value;
  const choices = [32, 64] as const;
  for (const bits of choices) {
    if (bits === 32 && long) continue;
    if (inSigned(bits)) return { e: int(value), t: { k: 'int', type: { bits, signed: true } } };
    if (inUnsigned(bits)) return { e: int(value), t: { k: 'int', type: { bits, signed: false } } };
  }
  return { e: int(wrap(value, { bits: 64, signed: false })), t: U64 };
}

function addressOfNode(fx: Fx, node: Node): Value {
  const place = fx.place(node);
  if (place.k === 'value' && place.value.e.k === 'symbol') return place.value;
  // A name that is nowhere declared: if its address is taken, it is an object.
  if (place.k === 'value' && place.value.e.k === 'unknown')
    return { e: { k: 'symbol', name: place.value.e.key }, t: pointerTo(place.value.t) };
  return addressOf(place);
}

function assignment(fx: Fx, node: Node): Value {
  const left = need(node, 'left');
  const right = need(node, 'right');
  const operator = child(node, 'operator')?.text ?? '=';
  if (operator === '=') {
    const place = fx.place(left);
    return write(fx, place, fx.value(right));
  }
  const op = operator.slice(0, -1);
  if (!isBinaryOp(op)) throw new Unsupported(`operator ${operator}`);
  const place = fx.place(left);
  const operand = fx.value(right);
  return write(fx, place, operate(fx, op, read(fx, place), operand));
}

function update(fx: Fx, node: Node): Value {
  const operator = child(node, 'operator');
  const argument = need(node, 'argument');
  const op = operator?.text === '--' ? '-' : '+';
  const isPrefix = node.children.indexOf(argument) > (operator === null ? -1 : node.children.indexOf(operator));
  const place = fx.place(argument);
  let old = read(fx, place);
  if (!isPrefix && place.k === 'local') {
    const saved = fx.temporary();
    fx.code.emit({ op: 'set', dst: saved, value: old.e });
    old = { e: { k: 'local', name: saved }, t: old.t };
  }
  const written = write(fx, place, operate(fx, op, old, { e: int(1), t: S32 }));
  return isPrefix ? written : old;
}

function unaryOf(fx: Fx, node: Node): Value {
  const operator = child(node, 'operator')?.text ?? '';
  if (operator !== '-' && operator !== '~' && operator !== '!' && operator !== '+') throw new Unsupported(`operator ${operator}`);
  return negate(operator, fx.value(need(node, 'argument')));
}

function binaryOf(fx: Fx, node: Node): Value {
  const operator = child(node, 'operator')?.text ?? '';
  if (operator === '&&' || operator === '||') return shortCircuit(fx, node, operator);
  if (!isBinaryOp(operator)) throw new Unsupported(`operator ${operator}`);
  const a = fx.value(need(node, 'left'));
  const b = fx.value(need(node, 'right'));
  return operate(fx, operator, a, b);
}

function shortCircuit(fx: Fx, node: Node, operator: '&&' | '||'): Value {
  const left = truth(fx.value(need(node, 'left')).e);
  if (left.k === 'int' && (left.value === 0n) === (operator === '&&')) return { e: left, t: S32 };
  const { result, slots } = fx.code.aside(() => truth(fx.value(need(node, 'right')).e));
  if (left.k === 'int') {
    fx.code.append(slots);
    return { e: result, t: S32 };
  }
  if (slots.length === 0) return { e: operator === '&&' ? select(left, result, ZERO) : select(left, int(1), result), t: S32 };
  const dst = fx.temporary();
  const end: Label = { name: 'short' };
  fx.code.emit({ op: 'set', dst, value: left });
  const outcome: Value = { e: { k: 'local', name: dst }, t: S32 };
  fx.code.unless(operator === '&&' ? outcome.e : unary('!', outcome.e, { bits: 32, signed: true }), end);
  fx.code.append(slots);
  fx.code.emit({ op: 'set', dst, value: result });
  fx.code.place(end);
  return outcome;
}

function conditional(fx: Fx, node: Node): Value {
  const cond = fx.value(need(node, 'condition'));
  const consequence = child(node, 'consequence');
  const isTrue = truth(cond.e);
  const yes = fx.code.aside(() => (consequence === null ? cond : fx.value(consequence)));
  if (isTrue.k === 'int') {
    if (isTrue.value !== 0n) {
      fx.code.append(yes.slots);
      return consequence === null ? cond : convertedAs(yes.result, constantBranchType(fx, node, yes.result));
    }
    const chosen = fx.value(need(node, 'alternative'));
    return convertedAs(chosen, eitherType(yes.result, chosen));
  }
  const no = fx.code.aside(() => fx.value(need(node, 'alternative')));
  const t = eitherType(yes.result, no.result);
  if (yes.slots.length === 0 && no.slots.length === 0) return t.k === 'void' ? { e: ZERO, t } : choose(cond, yes.result, no.result);
  const dst = t.k === 'void' ? null : fx.temporary();
  const other: Label = { name: 'else' };
  const end: Label = { name: 'end' };
  fx.code.unless(isTrue, other);
  fx.code.append(yes.slots);
  if (dst !== null) fx.code.emit({ op: 'set', dst, value: convert(yes.result, t) });
  fx.code.jump(end);
  fx.code.place(other);
  fx.code.append(no.slots);
  if (dst !== null) fx.code.emit({ op: 'set', dst, value: convert(no.result, t) });
  fx.code.place(end);
  return dst === null ? { e: ZERO, t } : { e: { k: 'local', name: dst }, t };
}

/** The type of `1 ? a : b`, where b may be something that cannot be lowered. */
function constantBranchType(fx: Fx, node: Node, chosen: Value): CType {
  try {
    const other = fx.code.aside(() => fx.value(need(node, 'alternative'))).result;
    return eitherType(chosen, other);
  } catch (error) {
    if (error instanceof Unsupported) return chosen.t;
    throw error;
  }
}

function convertedAs(value: Value, t: CType): Value {
  return t.k === 'void' || t.k === 'struct' ? value : { e: convert(value, t), t };
}

/** A cast. Pointers and structs pass; a cast to void drops the value. */
function castTo(_fx: Fx, type: CType, value: Value): Value {
  if (type.k === 'void') return { e: ZERO, t: VOID };
  if (type.k === 'struct') return { e: value.e, t: type };
  return { e: convert(value, type), t: valueType(type) };
}

function sizeOf(fx: Fx, node: Node): number {
  const type = child(node, 'type');
  const size = fx.unit.sizeOf(type === null ? fx.typeOf(need(node, 'value')) : fx.type(type));
  return size;
}

function generic(fx: Fx, node: Node): Value {
  const parts = node.children.filter((candidate) => candidate.type !== '_Generic' && candidate.type !== ':');
  const [controlling, ...rest] = parts;
  if (controlling === undefined) throw new Unsupported('_Generic without operands');
  const type = valueType(fx.typeOf(controlling));
  let fallback: Node | null = null;
  for (let i = 0; i + 1 < rest.length; i += 2) {
    const [choice, value] = [rest[i], rest[i + 1]];
    if (choice === undefined || value === undefined) break;
    if (ofType(choice, 'type_identifier')?.text === 'default') fallback = value;
    else if (sameType(valueType(fx.type(choice)), type)) return fx.value(value);
  }
  if (fallback === null) throw new Unsupported('_Generic without a choice that fits');
  return fx.value(fallback);
}
