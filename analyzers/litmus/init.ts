import { type Cursor } from './lexer.js';
import type { InitItem } from './syntax.js';
import { atThread, parseAddress, parseTarget, parseValue } from './values.js';

const MAX_ITEMS = 10_000;

/** The initial state, between its braces: entries with `;` between them. */
export function parseInit(cursor: Cursor): InitItem[] {
  const items: InitItem[] = [];
  while (cursor.peek().k !== 'end') {
    if (cursor.accept(';')) continue;
    if (items.length > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} entries`);
    items.push(parseItem(cursor));
    if (cursor.peek().k !== 'end') cursor.expect(';');
  }
  return items;
}

function parseItem(cursor: Cursor): InitItem {
  const { at } = cursor.peek();
  const type = parseType(cursor);
  let pointer = false;
  while (cursor.accept('*')) pointer = true;
  // `int a[2]`, unlike `x[1]`, is a length.
  if (type !== null && cursor.peek().k === 'name' && cursor.at('[', 1)) {
    const place = parseAddress(cursor);
    if (place.k !== 'element') throw cursor.wrong('the length of an array');
    const target = { k: 'name', name: place.name, at: place.at } as const;
    return { at, type, pointer, target, length: place.index, value: cursor.accept('=') ? parseValue(cursor) : null };
  }
  const target = parseTarget(cursor);
  const value = cursor.accept('=') ? parseInitialValue(cursor) : null;
  return { at, type, pointer, target, length: null, value };
}

function parseInitialValue(cursor: Cursor): InitItem['value'] {
  // C's ATOMIC_INIT(1) says no more than 1.
  if (!cursor.at('ATOMIC_INIT') || !cursor.at('(', 1)) return parseValue(cursor);
  cursor.take();
  cursor.take();
  const value = parseValue(cursor);
  cursor.expect(')');
  return value;
}

/** The type's words: names that something else still follows. */
function parseType(cursor: Cursor): string | null {
  const words: string[] = [];
  while (cursor.peek().k === 'name' && !atThread(cursor) && followsType(cursor) && words.length < 8) words.push(cursor.take().text);
  return words.length > 0 ? words.join(' ') : null;
}

/** After a type stands the name of a variable, the number of a thread, `*`, or `[` with a name behind it. */
function followsType(cursor: Cursor): boolean {
  const after = cursor.peek(1);
  return after.k === 'name' || after.k === 'number' || cursor.at('*', 1) || (cursor.at('[', 1) && cursor.peek(2).k === 'name');
}
