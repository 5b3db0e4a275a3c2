import type { IntType, ObjectType } from '../../simulator/program/types.js';

/** A type of C, as far as a Program needs it. */
export type CType =
  | { readonly k: 'void' }
  | { readonly k: 'int'; readonly type: IntType; readonly bool?: true; readonly volatile?: true }
  | { readonly k: 'pointer'; readonly to: CType; readonly volatile?: true }
  | { readonly k: 'array'; readonly of: CType; readonly length: number | null }
  | { readonly k: 'struct'; readonly name: string; readonly volatile?: true }
  /** A typedef of an anonymous struct with one scalar field (pte_t, atomic_t): handled as that scalar. */
  | { readonly k: 'wrapper'; readonly field: string; readonly of: CType; readonly volatile?: true }
  | { readonly k: 'function'; readonly returns: CType; readonly params: readonly CType[] | null; readonly variadic: boolean }
  | { readonly k: 'unknown'; readonly name: string };

export interface Field {
  readonly name: string;
  readonly type: CType;
  /** Width of a bit-field. */
  readonly bits: number | null;
}

export interface StructDefinition {
  readonly name: string;
  readonly isUnion: boolean;
  /** Members of anonymous members count as members. */
  readonly fields: ReadonlyMap<string, Field>;
}

export const S8 = integer(8, true);
export const U8 = integer(8, false);
export const S16 = integer(16, true);
export const U16 = integer(16, false);
export const S32 = integer(32, true);
export const U32 = integer(32, false);
export const S64 = integer(64, true);
export const U64 = integer(64, false);
export const BOOL: CType = { k: 'int', type: { bits: 8, signed: false }, bool: true };
export const VOID: CType = { k: 'void' };
export const UNKNOWN: CType = { k: 'unknown', name: '' };

export function pointerTo(to: CType): CType {
  return { k: 'pointer', to };
}

/** What a value of this type is on the machine: wrappers open, arrays and functions as pointers to what they decay to. */
export function valueType(type: CType): CType {
  switch (type.k) {
    case 'wrapper':
      return valueType(type.of);
    case 'array':
      return pointerTo(type.of);
    case 'function':
      return pointerTo(type);
    default:
      return type;
  }
}

/** The integer type of a scalar. Pointers and what is not known are 64 bits, unsigned. */
export function intTypeOf(type: CType): IntType {
  const value = valueType(type);
  return value.k === 'int' ? value.type : { bits: 64, signed: false };
}

/** Kept in memory as an object of its own, not in an IR local. */
export function isAggregate(type: CType): boolean {
  return type.k === 'struct' || type.k === 'array';
}

export function isVolatile(type: CType): boolean {
  return 'volatile' in type;
}

export function asVolatile(type: CType): CType {
  switch (type.k) {
    case 'int':
    case 'pointer':
    case 'struct':
    case 'wrapper':
      return { ...type, volatile: true };
    default:
      return type;
  }
}

export function promote(type: CType): IntType {
  const int = intTypeOf(type);
  return int.bits < 32 ? { bits: 32, signed: true } : int;
}

/** The usual arithmetic conversions. What is not known takes the other side's signedness in comparisons. */
export function commonType(a: CType, b: CType, comparison: boolean): IntType {
  const left = promote(a);
  const right = promote(b);
  if (comparison && valueType(a).k === 'unknown' && valueType(b).k === 'int' && right.signed) return { bits: 64, signed: true };
  if (comparison && valueType(b).k === 'unknown' && valueType(a).k === 'int' && left.signed) return { bits: 64, signed: true };
  if (left.bits === right.bits) return { bits: left.bits, signed: left.signed && right.signed };
  return left.bits > right.bits ? left : right;
}

/** Innermost element of nested arrays with the number of them; nested arrays are flat in a Program. */
export function flatten(type: CType): { element: CType; count: number | null } {
  let count: number | null = 1;
  let element = type;
  while (element.k === 'array') {
    count = count === null || element.length === null ? null : count * element.length;
    element = element.of;
  }
  return { element, count };
}

export function objectType(type: CType): ObjectType {
  switch (type.k) {
    case 'int':
      return { k: 'int', type: type.type };
    case 'wrapper':
      return objectType(type.of);
    case 'array': {
      const { element, count } = flatten(type);
      return { k: 'array', of: objectType(element), length: count };
    }
    case 'struct':
      return { k: 'struct', name: type.name };
    case 'pointer':
    case 'function':
      return { k: 'pointer' };
    case 'void':
      return { k: 'int', type: { bits: 64, signed: false } };
    case 'unknown':
      return { k: 'struct', name: type.name };
  }
}

export function sameType(a: CType, b: CType): boolean {
  if (a.k === 'int' && b.k === 'int') return a.type.bits === b.type.bits && a.type.signed === b.type.signed && a.bool === b.bool;
  if (a.k === 'pointer' && b.k === 'pointer') return sameType(a.to, b.to);
  if (a.k === 'array' && b.k === 'array') return a.length === b.length && sameType(a.of, b.of);
  if (a.k === 'struct' && b.k === 'struct') return a.name === b.name;
  if (a.k === 'wrapper' && b.k === 'wrapper') return a.field === b.field && sameType(a.of, b.of);
  return a.k === b.k && a.k !== 'unknown';
}

function integer(bits: IntType['bits'], signed: boolean): CType {
  return { k: 'int', type: { bits, signed } };
}
