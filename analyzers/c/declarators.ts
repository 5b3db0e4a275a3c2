import type { IntType } from '../../simulator/program/types.js';
import { type Node, child, childrenOf, ofType } from './ast.js';
import { type Fx, Unsupported } from './context.js';
import { TYPEDEF, TYPEOF, UNNAMED } from './fixups.js';
import { wrap } from './ir.js';
import { BOOL, type CType, type Field, S32, U32, UNKNOWN, VOID, asVolatile, pointerTo } from './types.js';

export interface Declared {
  readonly name: string;
  readonly type: CType;
  /** Names of parameters, for a function. */
  readonly params: readonly (string | null)[];
}

/** The type that a declaration's specifiers (or a type_descriptor) give. */
export function specifierType(fx: Fx, node: Node): CType {
  const specifier = child(node, 'type');
  let type = specifier === null ? S32 : specifierOf(fx, specifier);
  if (
    node.children.some((candidate) => candidate.type === 'type_qualifier' && candidate.children.some((word) => word.type === 'volatile'))
  ) {
    type = asVolatile(type);
  }
  const declarator = child(node, 'declarator');
  return node.type === 'type_descriptor' && declarator !== null ? declare(fx, declarator, type).type : type;
}

/** Applies a declarator to a base type. */
export function declare(fx: Fx, node: Node, base: CType): Declared {
  const inner = child(node, 'declarator');
  switch (node.type) {
    case 'identifier':
    case 'field_identifier':
    case 'type_identifier':
    // `typedef _Bool bool;`
    case 'primitive_type':
      return { name: node.text, type: base, params: [] };
    case 'init_declarator':
    case 'attributed_declarator':
      return declare(fx, inner ?? firstDeclarator(node), base);
    case 'parenthesized_declarator':
    case 'abstract_parenthesized_declarator':
      return declare(fx, inner ?? firstDeclarator(node), base);
    case 'pointer_declarator':
    case 'abstract_pointer_declarator': {
      let type = pointerTo(base);
      if (node.children.some((candidate) => candidate.children.some((word) => word.type === 'volatile'))) type = asVolatile(type);
      return inner === null ? { name: '', type, params: [] } : declare(fx, inner, type);
    }
    case 'array_declarator':
    case 'abstract_array_declarator': {
      const size = child(node, 'size');
      const value = size === null ? null : fx.constant(size);
      const length = value !== null && value >= 0n && value <= 1n << 32n ? Number(value) : null;
      const type: CType = { k: 'array', of: base, length };
      return inner === null ? { name: '', type, params: [] } : declare(fx, inner, type);
    }
    case 'function_declarator':
    case 'abstract_function_declarator': {
      const list = child(node, 'parameters');
      const params = list === null ? [] : parameters(fx, list);
      const variadic = list !== null && ofType(list, 'variadic_parameter') !== null;
      const type: CType = { k: 'function', returns: base, params: params.map((param) => param.type), variadic };
      if (inner === null) return { name: '', type, params: [] };
      const declared = declare(fx, inner, type);
      return declared.type === type ? { ...declared, params: params.map((param) => param.name || null) } : declared;
    }
    case 'bitfield_clause':
      return { name: '', type: base, params: [] };
    default:
      throw new Unsupported(`declarator ${node.type}`);
  }
}

function firstDeclarator(node: Node): Node {
  const found = node.children.find((candidate) => candidate.type.endsWith('declarator') || candidate.type.endsWith('identifier'));
  if (found === undefined) throw new Unsupported(`declarator ${node.type}`);
  return found;
}

function parameters(fx: Fx, list: Node): Declared[] {
  const declared: Declared[] = [];
  for (const param of list.children) {
    if (param.type !== 'parameter_declaration') continue;
    const base = specifierType(fx, param);
    const declarator = child(param, 'declarator');
    const one = declarator === null ? { name: '', type: base, params: [] } : declare(fx, declarator, base);
    if (one.type.k === 'void' && list.children.length === 1) continue;
    // Arrays and functions are passed as pointers.
    const { type } = one;
    declared.push({ ...one, type: type.k === 'array' ? pointerTo(type.of) : type.k === 'function' ? pointerTo(type) : type });
  }
  return declared;
}

function specifierOf(fx: Fx, node: Node): CType {
  switch (node.type) {
    case 'primitive_type':
      return primitive(node.text);
    case 'sized_type_specifier':
      return sized(node);
    case 'type_identifier':
      return fx.unit.typedef(node.text) ?? { k: 'unknown', name: node.text };
    case 'struct_specifier':
    case 'union_specifier':
      return struct(fx, node);
    case 'enum_specifier':
      return enumeration(fx, node);
    case 'macro_type_specifier':
      return UNKNOWN;
    default:
      throw new Unsupported(`type ${node.type}`);
  }
}

const primitives: ReadonlyMap<string, IntType> = new Map([
  ['char', { bits: 8, signed: false }],
  ['int', { bits: 32, signed: true }],
  ['size_t', { bits: 64, signed: false }],
  ['ssize_t', { bits: 64, signed: true }],
  ['ptrdiff_t', { bits: 64, signed: true }],
  ['intptr_t', { bits: 64, signed: true }],
  ['uintptr_t', { bits: 64, signed: false }],
  ['int8_t', { bits: 8, signed: true }],
  ['int16_t', { bits: 16, signed: true }],
  ['int32_t', { bits: 32, signed: true }],
  ['int64_t', { bits: 64, signed: true }],
  ['uint8_t', { bits: 8, signed: false }],
  ['uint16_t', { bits: 16, signed: false }],
  ['uint32_t', { bits: 32, signed: false }],
  ['uint64_t', { bits: 64, signed: false }],
]);

function primitive(name: string): CType {
  if (name === 'void') return VOID;
  if (name === 'bool') return BOOL;
  const type = primitives.get(name);
  return type === undefined ? { k: 'unknown', name } : { k: 'int', type };
}

function sized(node: Node): CType {
  const words = node.children.map((candidate) => candidate.text || candidate.type);
  const signed = !words.includes('unsigned');
  const isChar = words.includes('char');
  const bits = words.includes('long') ? 64 : words.includes('short') ? 16 : isChar ? 8 : 32;
  if (words.includes('double')) return { k: 'unknown', name: 'double' };
  return { k: 'int', type: { bits, signed } };
}

function struct(fx: Fx, node: Node): CType {
  const tag = child(node, 'name')?.text ?? null;
  if (tag?.startsWith(TYPEDEF)) {
    const name = tag.slice(TYPEDEF.length);
    return fx.unit.typedef(name) ?? { k: 'unknown', name };
  }
  if (tag?.startsWith(TYPEOF)) return fx.typeofType(tag.slice(TYPEOF.length));
  const body = child(node, 'body');
  const at = fx.at(node);
  const name = tag ?? `${at.file}:${at.line}:${node.token}`;
  if (body !== null) fx.unit.defineStruct(name, node.type === 'union_specifier', membersOf(fx, body));
  return { k: 'struct', name };
}

/** The members of a struct; those of its anonymous members are its own. */
function membersOf(fx: Fx, body: Node): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const declaration of body.children) {
    if (declaration.type !== 'field_declaration') continue;
    const base = specifierType(fx, declaration);
    const declarators = childrenOf(declaration, 'declarator');
    if (declarators.length === 0 && base.k === 'struct') {
      for (const field of fx.unit.struct(base.name)?.fields.values() ?? []) fields.set(field.name, field);
      continue;
    }
    for (const [index, declarator] of declarators.entries()) {
      const { name, type } = declare(fx, declarator, base);
      if (name !== '' && name !== UNNAMED) fields.set(name, { name, type, bits: bitWidth(fx, declaration, index) });
    }
  }
  return fields;
}

function bitWidth(fx: Fx, declaration: Node, index: number): number | null {
  let seen = -1;
  for (const part of declaration.children) {
    if (part.field === 'declarator') seen++;
    if (part.type === 'bitfield_clause' && seen === index) {
      const width = part.children.find((candidate) => candidate.type !== ':');
      const value = width === undefined ? null : fx.constant(width);
      return value === null ? null : Number(value);
    }
  }
  return null;
}

function enumeration(fx: Fx, node: Node): CType {
  const body = child(node, 'body');
  if (body === null) return U32;
  let next = 0n;
  let type = U32;
  for (const enumerator of body.children) {
    const name = child(enumerator, 'name');
    if (enumerator.type !== 'enumerator' || name === null) continue;
    const value = child(enumerator, 'value');
    if (value !== null) next = fx.constant(value) ?? next;
    if (next < 0n) type = S32;
    const small = next === wrap(next, { bits: 32, signed: true });
    fx.unit.defineConstant(name.text, next, small ? S32 : { k: 'int', type: { bits: 64, signed: next < 0n } });
    next++;
  }
  return type;
}
