import { malformed, unsupported } from '../failure.js';
import type { Text } from './document.js';
import type { Exp } from './expression.js';
import type { AddressKind, Statement } from './setup.js';

/** A named address: virtual, intermediate physical or physical. */
export interface Address {
  readonly kind: AddressKind;
  readonly value: bigint;
}

/**
 * Where each kind of address begins. They come in consecutive pages of one last-level table, from where isla places them: tests know that. What
 * is not asserted to be one address is two, whatever kinds they are.
 */
const FIRST: Readonly<Record<AddressKind, bigint>> = { virtual: 0x60_0000n, intermediate: 0x64_0000n, physical: 0x68_0000n };
const PAGE = 4096n;
const MAX_ADDRESSES = 64;

/** Gives each declared name an address that meets its alignment and the assertions. */
export function chooseAddresses(symbolic: readonly Text[], statements: readonly Statement[]): Map<string, Address> {
  const declared: { readonly name: string; readonly kind: AddressKind; readonly align: bigint }[] = [];
  const declare = (name: string, kind: AddressKind, align: bigint, at: Text['at']): void => {
    if (declared.some((each) => each.name === name)) throw malformed(at, 'a name that is not declared yet', `\`${name.slice(0, 40)}\``);
    if (declared.length === MAX_ADDRESSES) throw unsupported(at, `more than ${MAX_ADDRESSES} addresses`);
    declared.push({ name, kind, align });
  };
  for (const { text, at } of symbolic) declare(text, 'virtual', PAGE, at);
  for (const statement of statements) {
    if (statement.k !== 'addresses') continue;
    for (const { name, at } of statement.names) declare(name, statement.kind, statement.align, at);
  }
  const same = equalities(statements);
  const next = { ...FIRST };
  const chosen = new Map<string, Address>();
  for (const { name, kind, align } of declared) {
    const group = same(name);
    const known = [...chosen].find(([other]) => same(other) === group)?.[1].value;
    if (known !== undefined && known % align === 0n) {
      chosen.set(name, { kind, value: known });
      continue;
    }
    const value = ((next[kind] + align - 1n) / align) * align;
    next[kind] = value + PAGE;
    chosen.set(name, { kind, value });
  }
  for (const statement of statements) if (statement.k === 'assert') check(statement.exp, chosen);
  return chosen;
}

/** Which names are asserted to be one address: a representative of each name. */
function equalities(statements: readonly Statement[]): (name: string) => string {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    const up = parent.get(name);
    return up === undefined ? name : find(up);
  };
  const go = (exp: Exp): void => {
    if (exp.k !== 'call') return;
    const [a, b] = exp.args;
    if (exp.fn === '&&') exp.args.forEach(go);
    if (exp.fn === '==' && a?.k === 'name' && b?.k === 'name' && find(a.name) !== find(b.name)) parent.set(find(b.name), find(a.name));
  };
  for (const statement of statements) if (statement.k === 'assert') go(statement.exp);
  return find;
}

/** Assertions that the choice does not meet are not solved for. */
function check(exp: Exp, chosen: ReadonlyMap<string, Address>): void {
  const holds = number(exp, chosen);
  if (holds !== 1n) throw unsupported(exp.at, 'assertions on addresses');
}

function number(exp: Exp, chosen: ReadonlyMap<string, Address>): bigint {
  switch (exp.k) {
    case 'number':
      return exp.value;
    case 'name': {
      const found = chosen.get(exp.name);
      if (!found) throw malformed(exp.at, 'the name of an address', `\`${exp.name.slice(0, 40)}\``);
      return found.value;
    }
    case 'label':
      throw malformed(exp.at, 'an address', 'a label');
    case 'call': {
      const args = exp.args.map((arg) => number(arg, chosen));
      const [a = 0n, b = 0n, c = 0n] = args;
      switch (exp.fn) {
        case '&&':
        case '&':
          return a & b;
        case '||':
        case '|':
          return a | b;
        case '^':
          return a ^ b;
        case '==':
          return a === b ? 1n : 0n;
        case '!=':
          return a === b ? 0n : 1n;
        case '..':
          return (a >> c) & ((1n << (b - c + 1n)) - 1n);
        case 'PAGE':
          return (a >> 12n) & ((1n << 37n) - 1n);
        case 'PAGEOFF':
          return a & 0xfffn;
        default:
          throw unsupported(exp.at, 'assertions on addresses');
      }
    }
  }
}
