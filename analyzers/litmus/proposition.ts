import type { Cursor } from './lexer.js';
import type { Address, FaultAtom, Observed, Proposition } from './syntax.js';
import { atThread, parseAddress, parseTarget, parseValue, threadOf } from './values.js';

const MAX_DEPTH = 200;
const MAX_ITEMS = 4096;

/** Loosest first: or, and, implies, not (herd7's precedence). */
export function parseProposition(cursor: Cursor, depth = 0): Proposition {
  if (depth > MAX_DEPTH) throw cursor.wrong(`at most ${String(MAX_DEPTH)} nested parentheses or operators`);
  let a = parseAnd(cursor, depth);
  for (let i = 0; cursor.at('\\/'); i++) {
    if (i > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} alternatives`);
    cursor.take();
    a = { k: 'or', a, b: parseAnd(cursor, depth) };
  }
  return a;
}

function parseAnd(cursor: Cursor, depth: number): Proposition {
  let a = parseImplies(cursor, depth);
  for (let i = 0; cursor.at('/\\'); i++) {
    if (i > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} conjuncts`);
    cursor.take();
    a = { k: 'and', a, b: parseImplies(cursor, depth) };
  }
  return a;
}

function parseImplies(cursor: Cursor, depth: number): Proposition {
  if (depth > MAX_DEPTH) throw cursor.wrong(`at most ${String(MAX_DEPTH)} nested parentheses or operators`);
  const a = parseNot(cursor, depth);
  return cursor.accept('=>') ? { k: 'implies', a, b: parseImplies(cursor, depth + 1) } : a;
}

function parseNot(cursor: Cursor, depth: number): Proposition {
  if (depth > MAX_DEPTH) throw cursor.wrong(`at most ${String(MAX_DEPTH)} nested parentheses or operators`);
  if (cursor.accept('~') || cursor.accept('not')) return { k: 'not', of: parseNot(cursor, depth + 1) };
  if (cursor.accept('(')) {
    const inner = parseProposition(cursor, depth + 1);
    cursor.expect(')');
    return inner;
  }
  if (cursor.accept('true')) return { k: 'constant', holds: true };
  if (cursor.accept('false')) return { k: 'constant', holds: false };
  return atFault(cursor) ? parseFault(cursor) : parseComparison(cursor);
}

function parseComparison(cursor: Cursor): Proposition {
  const { at } = cursor.peek();
  if (cursor.peek().k !== 'name' && !atThread(cursor) && !cursor.at('[') && !cursor.at('*')) {
    throw cursor.wrong('a statement about a final value, like `1:X0=1` or `x=1`');
  }
  const left = parseTarget(cursor);
  if (cursor.accept('=') || cursor.accept('==')) return { k: 'equal', left, right: parseValue(cursor), at };
  if (cursor.accept('!=') || cursor.accept('<>')) return { k: 'differ', left, right: parseValue(cursor), at };
  throw cursor.wrong('`=`');
}

const atFault = (cursor: Cursor): boolean => (cursor.at('fault') || cursor.at('Fault')) && cursor.at('(', 1);

/** `fault(P1:L0, x, MMU:Translation)`: a thread, then an address, a type, or both. */
function parseFault(cursor: Cursor): FaultAtom {
  const { at } = cursor.take();
  cursor.expect('(');
  const thread = threadOf(cursor.peek().text);
  if (thread === null) throw cursor.wrong('a thread, like `P0`');
  cursor.take();
  const label = cursor.accept(':') ? cursor.name('a label').text : null;
  let address: Address | null = null;
  let type: string | null = null;
  while (type === null && cursor.accept(',')) {
    if (cursor.at(':', 1) || address !== null || isFaultType(cursor.peek().text)) type = parseFaultType(cursor);
    else address = parseAddress(cursor);
  }
  cursor.expect(')');
  return { k: 'fault', thread, label, address, type, at };
}

/** Types that are one word; the others hold a colon. */
const isFaultType = (name: string): boolean => ['UndefinedInstruction', 'TagCheck', 'SupervisorCall'].includes(name);

function parseFaultType(cursor: Cursor): string {
  let type = cursor.name('the type of a fault').text;
  while (cursor.accept(':')) type += `:${cursor.name('the type of a fault').text}`;
  return type;
}

/** `locations [x; 1:X0; fault(P1,x)]`, without the word. */
export function parseLocations(cursor: Cursor): Observed[] {
  const items: Observed[] = [];
  cursor.expect('[');
  while (!cursor.accept(']')) {
    if (cursor.accept(';')) continue;
    if (items.length > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} locations`);
    if (atFault(cursor)) items.push(parseFault(cursor));
    else {
      items.push({ k: 'target', target: parseTarget(cursor) });
      // How to print it: a type.
      if (cursor.peek().k === 'name') cursor.take();
      while (cursor.accept('*'));
    }
    if (!cursor.at(']')) cursor.expect(';');
  }
  return items;
}
