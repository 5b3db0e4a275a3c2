import type { SymbolType } from './model.js';

/** A number as strtoll or strtoull reads it; a hex symbol counts as unsigned. */
export interface Number64 {
  readonly value: bigint;
  readonly unsigned: boolean;
}

/** What a value is compared as (scripts/kconfig/expr.c, expr_parse_string). Null: as text. */
export function parseOperand(text: string, type: SymbolType | null): Number64 | null {
  switch (type) {
    case 'bool':
    case 'tristate': {
      const index = ['n', 'm', 'y'].indexOf(text);
      return { value: BigInt(index), unsigned: false };
    }
    case 'int':
      return /^[-+]?\d+$/.test(text) ? { value: BigInt(text), unsigned: false } : null;
    case 'hex':
      return /^(?:0[xX])?[0-9a-fA-F]+$/.test(text) ? { value: hexadecimal(text), unsigned: true } : null;
    default: {
      // Base 0 of strtoll: octal after a leading zero.
      const [, sign = '', digits = ''] = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text) ?? [];
      if (digits === '') return null;
      const octal = /^0[0-7]+$/.test(digits);
      if (!octal && /^0\d/.test(digits)) return null;
      const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
      return { value: sign === '-' ? -value : value, unsigned: false };
    }
  }
}

export function compareNumbers(a: Number64, b: Number64): number {
  const wrap = (value: bigint): bigint => (a.unsigned || b.unsigned ? BigInt.asUintN(64, value) : value);
  const [x, y] = [wrap(a.value), wrap(b.value)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The number that an int or hex begins with; 0 when it begins with none. */
export function parseNumber(text: string, type: SymbolType): bigint {
  if (type === 'hex') return hexadecimal(/^(?:0[xX])?[0-9a-fA-F]+/.exec(text)?.[0] ?? '0');
  return BigInt(/^-?\d+/.exec(text)?.[0] ?? '0');
}

/** Whether a user may give the text to a symbol of the type. */
export function isValidText(type: SymbolType, text: string): boolean {
  switch (type) {
    case 'bool':
      return text === 'y' || text === 'n';
    case 'tristate':
      return text === 'y' || text === 'm' || text === 'n';
    case 'int':
      return /^-?(?:0|[1-9]\d*)$/.test(text);
    case 'hex':
      return /^(?:0[xX])?[0-9a-fA-F]+$/.test(text);
    case 'string':
      return true;
  }
}

function hexadecimal(text: string): bigint {
  return BigInt(`0x${text.replace(/^0[xX]/, '')}`);
}
