/**
 * A value a Program computes with. Integers are kept as the 64 bits of a register (0 … 2^64-1); an operation's type says how to read
 * them. Pointers name an object and a path into it, so that no layout is needed and no access can leave its object unnoticed.
 */
export type Value =
  | { readonly k: 'int'; readonly v: bigint }
  | { readonly k: 'ptr'; readonly obj: string; readonly path: string }
  | { readonly k: 'fn'; readonly name: string }
  | { readonly k: 'str'; readonly v: string }
  /** Not given by the sources at hand. */
  | { readonly k: 'unknown'; readonly key: string };

export const ZERO: Value = { k: 'int', v: 0n };
export const ONE: Value = { k: 'int', v: 1n };

/** What nobody has initialised holds: reading it is the mistake, whatever it would read as. */
export const UNINITIALISED: Value = { k: 'str', v: 'uninitialised' };
export const isUninitialised = (value: Value): boolean => value.k === 'str' && value.v === 'uninitialised';

export const int = (v: bigint | number): Value => ({ k: 'int', v: BigInt.asUintN(64, BigInt(v)) });
export const ptr = (obj: string, path = ''): Value => ({ k: 'ptr', obj, path });

/** A text that two values share exactly when they are the same value. */
export function valueKey(value: Value): string {
  switch (value.k) {
    case 'int':
      return `#${value.v.toString(16)}`;
    case 'ptr':
      return `&${value.obj}${value.path}`;
    case 'fn':
      return `@${value.name}`;
    case 'str':
      return `"${value.v}`;
    case 'unknown':
      return `?${value.key}`;
  }
}

/** As a reader of a trace wants it: all-ones words and small numbers plainly, the rest in hexadecimal. */
export function showValue(value: Value): string {
  switch (value.k) {
    case 'int':
      if (value.v === 0xffff_ffff_ffff_ffffn) return '~0';
      return value.v < 10n ? value.v.toString() : `0x${value.v.toString(16)}`;
    case 'ptr':
      return `&${value.obj}${value.path}`;
    case 'fn':
      return value.name;
    case 'str':
      return value.v;
    case 'unknown':
      return `unknown (${value.key})`;
  }
}

/** Null where the value's truth is not known. */
export function truthOf(value: Value): boolean | null {
  switch (value.k) {
    case 'int':
      return value.v !== 0n;
    case 'ptr':
    case 'fn':
    case 'str':
      return true;
    case 'unknown':
      return null;
  }
}
