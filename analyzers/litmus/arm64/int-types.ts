import type { IntType } from '../../../simulator/program/types.js';

export type IntWidth = IntType;

const widths: ReadonlyMap<string, IntType> = new Map([
  ...[8, 16, 32, 64].flatMap((bits): [string, IntType][] => {
    const width = bits as IntType['bits'];
    return [
      [`int${String(bits)}_t`, { bits: width, signed: true }],
      [`uint${String(bits)}_t`, { bits: width, signed: false }],
    ];
  }),
  ['char', { bits: 8, signed: true }],
  ['short', { bits: 16, signed: true }],
  ['int', { bits: 32, signed: true }],
  ['unsigned', { bits: 32, signed: false }],
  ['unsigned int', { bits: 32, signed: false }],
  ['long', { bits: 64, signed: true }],
  ['unsigned long', { bits: 64, signed: false }],
  ['long long', { bits: 64, signed: true }],
  ['unsigned long long', { bits: 64, signed: false }],
  ['intptr_t', { bits: 64, signed: true }],
  ['uintptr_t', { bits: 64, signed: false }],
  ['pteval_t', { bits: 64, signed: false }],
]);

/** The integer type of a C type's name, on LP64; null for another type. */
export const widthOf = (type: string): IntWidth | null => widths.get(type.replace(/^(?:volatile|const|_Atomic) /, '')) ?? null;
