import { unsupported } from '../failure.js';
import type { Position } from '../syntax.js';
import type { Text } from './document.js';
import { type Exp, expression } from './expression.js';
import { Tokens } from './tokens.js';

export type AddressKind = 'virtual' | 'intermediate' | 'physical';

/** Attributes of a mapping: of both stages alike, or of each. */
export interface Attributes {
  readonly stage1: StageAttributes;
  readonly stage2: StageAttributes;
}

/** `code` is read-only and executable; fields are named as in the descriptor formats of the Arm ARM. */
export type StageAttributes =
  | { readonly k: 'code' }
  | { readonly k: 'fields'; readonly fields: readonly { readonly name: string; readonly value: bigint; readonly at: Position }[] };

/** A statement of the language that lays out page tables. */
export type Statement =
  | {
      readonly k: 'addresses';
      readonly kind: AddressKind;
      readonly align: bigint;
      readonly names: readonly { readonly name: string; readonly at: Position }[];
    }
  | { readonly k: 'assert'; readonly exp: Exp }
  /** A function that assertions may use. */
  | { readonly k: 'let'; readonly name: string; readonly parameters: readonly string[]; readonly body: Exp }
  | { readonly k: 'option'; readonly name: string; readonly value: boolean; readonly at: Position }
  /** `a |-> b`: so it is at first. `a ?-> b`: so it may become, by what a thread writes. */
  | {
      readonly k: 'maps';
      readonly from: Exp;
      readonly to: Exp;
      readonly maybe: boolean;
      readonly attributes: Attributes;
      readonly level: number;
      readonly at: Position;
    }
  | { readonly k: 'identity'; readonly address: Exp; readonly attributes: Attributes; readonly level: number; readonly at: Position }
  | { readonly k: 'initial'; readonly address: Exp; readonly value: Exp; readonly at: Position }
  /** Tables of their own, or, without a base, ones that are known already; what stands in `body` is about them. */
  | {
      readonly k: 'tables';
      readonly stage: 1 | 2;
      readonly name: string;
      readonly base: Exp | null;
      readonly body: readonly Statement[];
      readonly at: Position;
    };

const PAGE = 4096n;
const MAX_STATEMENTS = 1000;
const MAX_NESTING = 8;

/** Reads `page_table_setup`. The language is isla's (isla-axiomatic, page table setup). */
export function parseSetup(text: Text): Statement[] {
  const tokens = new Tokens(text);
  const found = statements(tokens, 0);
  if (tokens.peek().k !== 'end') throw tokens.wrong('a statement');
  return found;
}

function statements(tokens: Tokens, depth: number): Statement[] {
  const found: Statement[] = [];
  while (tokens.peek().k !== 'end' && !tokens.at('}')) {
    if (tokens.accept(';')) continue;
    if (found.length === MAX_STATEMENTS) throw tokens.wrong(`at most ${MAX_STATEMENTS} statements`);
    const next = statement(tokens, depth);
    found.push(next);
    const closed = next.k === 'tables' && next.body.length > 0;
    if (!closed && tokens.peek().k !== 'end' && !tokens.at('}')) tokens.expect(';');
  }
  return found;
}

function statement(tokens: Tokens, depth: number): Statement {
  const { at, text, k } = tokens.peek();
  if (k === 'name') {
    switch (text) {
      case 'option':
        return option(tokens);
      case 'aligned':
      case 'virtual':
      case 'intermediate':
      case 'physical':
        return addresses(tokens);
      case 'assert':
        tokens.take();
        return { k: 'assert', exp: expression(tokens) };
      case 'identity': {
        tokens.take();
        const address = expression(tokens);
        return { k: 'identity', address, ...placement(tokens), at };
      }
      case 's1table':
      case 's2table':
        return tables(tokens, depth);
      case 'let':
        return definition(tokens);
    }
  }
  if (tokens.accept('*')) {
    const address = expression(tokens);
    tokens.expect('=');
    return { k: 'initial', address, value: expression(tokens), at };
  }
  const from = expression(tokens);
  const maybe = tokens.at('?->');
  if (!maybe && !tokens.at('|->')) throw tokens.wrong('`|->` or `?->`');
  tokens.take();
  const to = expression(tokens);
  return { k: 'maps', from, to, maybe, ...placement(tokens), at };
}

function option(tokens: Tokens): Statement {
  const { at } = tokens.take();
  const { text: name } = tokens.name('the name of an option');
  tokens.expect('=');
  if (!tokens.at('true') && !tokens.at('false')) throw tokens.wrong('`true` or `false`');
  return { k: 'option', name, value: tokens.take().text === 'true', at };
}

/** `let f(a, b) = a & b`. */
function definition(tokens: Tokens): Statement {
  tokens.take();
  const { text: name } = tokens.name('the name of a function');
  tokens.expect('(');
  const parameters: string[] = [];
  do parameters.push(tokens.name('the name of a parameter').text);
  while (tokens.accept(','));
  tokens.expect(')');
  tokens.expect('=');
  return { k: 'let', name, parameters, body: expression(tokens) };
}

function addresses(tokens: Tokens): Statement {
  let align = PAGE;
  if (tokens.at('aligned')) {
    const { at } = tokens.take();
    align = tokens.number('an alignment in bytes');
    if (align <= 0n || (align & (align - 1n)) !== 0n || align > 1n << 39n) throw unsupported(at, 'alignments that are no power of two');
  }
  const kind = tokens.peek().text;
  if (kind !== 'virtual' && kind !== 'intermediate' && kind !== 'physical') throw tokens.wrong('`virtual`, `intermediate` or `physical`');
  tokens.take();
  const names = [tokens.name('a name')];
  while (tokens.peek().k === 'name') names.push(tokens.take());
  return { k: 'addresses', kind, align, names: names.map(({ text, at }) => ({ name: text, at })) };
}

function tables(tokens: Tokens, depth: number): Statement {
  const { text, at } = tokens.take();
  const { text: name } = tokens.name('a name for the tables');
  const base = tokens.at('{') || tokens.at(';') || tokens.at('}') || tokens.peek().k === 'end' ? null : expression(tokens);
  let body: Statement[] = [];
  if (tokens.accept('{')) {
    if (depth === MAX_NESTING) throw tokens.wrong(`at most ${MAX_NESTING} blocks inside one another`);
    body = statements(tokens, depth + 1);
    tokens.expect('}');
  }
  return { k: 'tables', stage: text === 's1table' ? 1 : 2, name, base, body, at };
}

/** `with code`, `with [AP = 0b11] and default`, `at level 2`. */
function placement(tokens: Tokens): { readonly attributes: Attributes; readonly level: number } {
  let attributes: Attributes = { stage1: NO_FIELDS, stage2: NO_FIELDS };
  if (tokens.accept('with')) {
    const stage1 = stageAttributes(tokens);
    attributes = { stage1, stage2: tokens.accept('and') ? stageAttributes(tokens) : stage1 };
  }
  let level = 3;
  if (tokens.accept('at')) {
    tokens.expect('level');
    const { at } = tokens.peek();
    level = Number(tokens.number('a level'));
    if (level > 3) throw unsupported(at, `level ${level} of a table`);
  }
  const { at } = tokens.peek();
  if (tokens.at('as')) throw unsupported(at, 'named walks of a page table setup (as)');
  return { attributes, level };
}

const NO_FIELDS: StageAttributes = { k: 'fields', fields: [] };

function stageAttributes(tokens: Tokens): StageAttributes {
  if (tokens.accept('default')) return NO_FIELDS;
  if (tokens.accept('code')) return { k: 'code' };
  tokens.expect('[');
  const fields: { name: string; value: bigint; at: Position }[] = [];
  do {
    const { text: name, at } = tokens.name('a field of a descriptor');
    tokens.expect('=');
    fields.push({ name, at, value: tokens.number('a number') });
  } while (tokens.accept(','));
  tokens.expect(']');
  return { k: 'fields', fields };
}
