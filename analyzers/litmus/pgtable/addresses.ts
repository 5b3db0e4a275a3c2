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
const WORD = 8n;
const MAX_ADDRESSES = 64;
const MAX_NESTING = 64;

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
  const same = equalities(statements, (a, b) => (a.k === 'name' && b.k === 'name' ? [a.name, b.name] : null));
  const samePage = equalities(statements, pageNames);
  const next = { ...FIRST };
  const chosen = new Map<string, Address>();
  for (const { name, kind, align } of declared) {
    const group = same(name);
    const known = [...chosen].find(([other]) => same(other) === group)?.[1].value;
    if (known !== undefined && known % align === 0n) {
      chosen.set(name, { kind, value: known });
      continue;
    }
    const page = [...chosen].findLast(([other]) => samePage(other) === samePage(name))?.[1].value;
    const step = align < WORD ? WORD : align;
    if (page !== undefined && page % step === 0n && (page + step) / PAGE === page / PAGE) {
      chosen.set(name, { kind, value: page + step });
      continue;
    }
    const whole = align < PAGE ? PAGE : align;
    const value = ((next[kind] + whole - 1n) / whole) * whole;
    next[kind] = value + PAGE;
    chosen.set(name, { kind, value });
  }
  const functions = new Map(statements.flatMap((statement) => (statement.k === 'let' ? [[statement.name, statement] as const] : [])));
  for (const statement of statements) {
    // Assertions that the choice does not meet are not solved for.
    if (statement.k === 'assert' && number(statement.exp, { chosen, functions }) !== 1n)
      throw unsupported(statement.exp.at, 'assertions on addresses');
  }
  return chosen;
}

/** `PAGE(a) == PAGE(b)`. */
function pageNames(a: Exp, b: Exp): [string, string] | null {
  if (a.k !== 'call' || b.k !== 'call' || a.fn !== 'PAGE' || b.fn !== 'PAGE') return null;
  const [first] = a.args;
  const [second] = b.args;
  return first?.k === 'name' && second?.k === 'name' ? [first.name, second.name] : null;
}

/** Which names are asserted to be one, by what `of` reads from the sides of an equation: a representative of each name. */
function equalities(statements: readonly Statement[], of: (a: Exp, b: Exp) => readonly [string, string] | null): (name: string) => string {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    const up = parent.get(name);
    return up === undefined ? name : find(up);
  };
  const go = (exp: Exp): void => {
    if (exp.k !== 'call') return;
    const [a, b] = exp.args;
    if (exp.fn === '&&') exp.args.forEach(go);
    const pair = exp.fn === '==' && a && b ? of(a, b) : null;
    if (pair && find(pair[0]) !== find(pair[1])) parent.set(find(pair[1]), find(pair[0]));
  };
  for (const statement of statements) if (statement.k === 'assert') go(statement.exp);
  return find;
}

interface Names {
  readonly chosen: ReadonlyMap<string, Address>;
  readonly functions: ReadonlyMap<string, Extract<Statement, { k: 'let' }>>;
  readonly arguments?: ReadonlyMap<string, bigint>;
}

function number(exp: Exp, names: Names, depth = 0): bigint {
  switch (exp.k) {
    case 'number':
      return exp.value;
    case 'name': {
      const found = names.arguments?.get(exp.name) ?? names.chosen.get(exp.name)?.value;
      if (found === undefined) throw malformed(exp.at, 'the name of an address', `\`${exp.name.slice(0, 40)}\``);
      return found;
    }
    case 'label':
      throw malformed(exp.at, 'an address', 'a label');
    case 'call': {
      if (depth > MAX_NESTING) throw unsupported(exp.at, 'functions of a page table setup that go on and on');
      const args = exp.args.map((arg) => number(arg, names, depth + 1));
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
        case '~':
          return BigInt.asUintN(64, ~a);
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
        default: {
          const fn = names.functions.get(exp.fn);
          if (fn?.parameters.length !== args.length) throw unsupported(exp.at, 'assertions on addresses');
          const given = new Map(fn.parameters.map((name, i) => [name, args[i] ?? 0n]));
          return number(fn.body, { ...names, arguments: given }, depth + 1);
        }
      }
    }
  }
}
