import type { Expr, IntType } from '../../../simulator/program/types.js';
import { binary, int, local } from '../expr.js';
import { malformed } from './types.js';

/**
 * Condition flags (Arm ARM DDI 0487, C1.2.4 "Condition code"). Each is a local of its own that is 0 or 1, and is kept only where some
 * instruction of the text reads it, so that what a comparison of pointers can't tell is not asked.
 */
export type Flag = 'N' | 'Z' | 'C' | 'V';

const flag = (name: Flag): Expr => local(`PSTATE.${name}`);
export const flagLocal = (name: Flag): string => `PSTATE.${name}`;

const not = (a: Expr): Expr => ({ k: 'unary', op: '!', a, type: { bits: 64, signed: false } });
const bit: IntType = { bits: 64, signed: false };
const and = (a: Expr, b: Expr): Expr => binary('&', a, b, bit);
const same = (a: Expr, b: Expr): Expr => binary('==', a, b, bit);

const conditions: ReadonlyMap<string, { readonly reads: readonly Flag[]; readonly holds: () => Expr; readonly inverse: string }> = new Map([
  ['EQ', { reads: ['Z'], holds: () => flag('Z'), inverse: 'NE' }],
  ['NE', { reads: ['Z'], holds: () => not(flag('Z')), inverse: 'EQ' }],
  ['CS', { reads: ['C'], holds: () => flag('C'), inverse: 'CC' }],
  ['HS', { reads: ['C'], holds: () => flag('C'), inverse: 'LO' }],
  ['CC', { reads: ['C'], holds: () => not(flag('C')), inverse: 'CS' }],
  ['LO', { reads: ['C'], holds: () => not(flag('C')), inverse: 'HS' }],
  ['MI', { reads: ['N'], holds: () => flag('N'), inverse: 'PL' }],
  ['PL', { reads: ['N'], holds: () => not(flag('N')), inverse: 'MI' }],
  ['VS', { reads: ['V'], holds: () => flag('V'), inverse: 'VC' }],
  ['VC', { reads: ['V'], holds: () => not(flag('V')), inverse: 'VS' }],
  ['HI', { reads: ['C', 'Z'], holds: () => and(flag('C'), not(flag('Z'))), inverse: 'LS' }],
  ['LS', { reads: ['C', 'Z'], holds: () => not(and(flag('C'), not(flag('Z')))), inverse: 'HI' }],
  ['GE', { reads: ['N', 'V'], holds: () => same(flag('N'), flag('V')), inverse: 'LT' }],
  ['LT', { reads: ['N', 'V'], holds: () => not(same(flag('N'), flag('V'))), inverse: 'GE' }],
  ['GT', { reads: ['N', 'V', 'Z'], holds: () => and(same(flag('N'), flag('V')), not(flag('Z'))), inverse: 'LE' }],
  ['LE', { reads: ['N', 'V', 'Z'], holds: () => not(and(same(flag('N'), flag('V')), not(flag('Z')))), inverse: 'GT' }],
  ['AL', { reads: [], holds: () => int(1), inverse: 'AL' }],
]);

/** Flags that the condition reads; none for what is no condition. */
export const flagsRead = (condition: string): readonly Flag[] => conditions.get(condition.trim().toUpperCase())?.reads ?? [];

/** Whether a condition holds: 1 or 0. `inverse` asks the opposite. */
export function holds(text: string, operand: number | null, inverse = false): Expr {
  const name = text.trim().toUpperCase();
  const condition = conditions.get(name);
  const asked = inverse && condition ? conditions.get(condition.inverse) : condition;
  if (!asked || (inverse && name === 'AL')) throw malformed(operand, 'a condition, like EQ');
  return asked.holds();
}

/** The flags after an addition, a subtraction, or a logical operation with result `a`, on numbers of `type`. */
export function flagsAfter(kind: 'add' | 'sub' | 'logic', a: Expr, b: Expr, type: IntType): Readonly<Record<Flag, Expr>> {
  const signed: IntType = { bits: type.bits, signed: true };
  const negative = (of: Expr): Expr => binary('<', of, int(0), signed);
  if (kind === 'logic') return { N: negative(a), Z: binary('==', a, int(0), type), C: int(0), V: int(0) };
  const result = binary(kind === 'add' ? '+' : '-', a, b, type);
  const differ = binary('^', a, b, type);
  const changed = binary('^', a, result, type);
  if (kind === 'sub') {
    const V = negative(binary('&', differ, changed, type));
    return { N: negative(result), Z: binary('==', a, b, type), C: binary('>=', a, b, type), V };
  }
  const alike: Expr = { k: 'unary', op: '~', a: differ, type };
  const V = negative(binary('&', alike, changed, type));
  return { N: negative(result), Z: binary('==', result, int(0), type), C: binary('<', result, a, type), V };
}
