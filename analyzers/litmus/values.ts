import type { Cursor } from './lexer.js';
import type { Address, Field, FieldValue, Target, ValueSyntax } from './syntax.js';

/** Entries of a list or of a record: hostile input must end somewhere. */
const MAX_ITEMS = 4096;
const MAX_NESTING = 8;

/** The thread that a name stands for: `P1` is 1. Null for another name. */
export function threadOf(name: string): number | null {
  const found = /^P([0-9]{1,4})$/.exec(name);
  return found ? Number(found[1]) : null;
}

/** `x`, `x[1]`, `PTE(x)`, `PTE(PTE(x))`. */
export function parseAddress(cursor: Cursor, depth = 0): Address {
  const { text, at } = cursor.name('a name of a variable');
  if (depth < MAX_NESTING && cursor.accept('(')) {
    const of = parseAddress(cursor, depth + 1);
    cursor.expect(')');
    return { k: 'apply', fn: text, of, at };
  }
  if (cursor.at('[') && cursor.peek(1).k === 'number' && cursor.at(']', 2)) {
    cursor.take();
    const index = Number(cursor.take().text);
    cursor.take();
    return { k: 'element', name: text, index, at };
  }
  return { k: 'name', name: text, at };
}

/** Whether `1:` or `P1:` stands here: what follows belongs to a thread. */
export function atThread(cursor: Cursor): boolean {
  const first = cursor.peek();
  return cursor.at(':', 1) && (first.k === 'number' || (first.k === 'name' && threadOf(first.text) !== null));
}

function takeThread(cursor: Cursor): number {
  const { k, text } = cursor.peek();
  const thread = k === 'number' ? Number(text) : threadOf(text);
  if (thread === null || !(thread >= 0 && thread < 10_000)) throw cursor.wrong('the number of a thread');
  cursor.take();
  cursor.expect(':');
  return thread;
}

/** A register or a place in memory: `1:X0`, `P1:X0`, `x`, `[x]`, `*x`. */
export function parseTarget(cursor: Cursor): Target {
  const { at } = cursor.peek();
  if (cursor.accept('[')) {
    const inner = parseAddress(cursor);
    cursor.expect(']');
    return inner;
  }
  cursor.accept('*');
  if (!atThread(cursor)) return parseAddress(cursor);
  const thread = takeThread(cursor);
  cursor.accept('%');
  return { k: 'register', thread, name: cursor.name('the name of a register').text, at };
}

export function parseValue(cursor: Cursor, depth = 0): ValueSyntax {
  const token = cursor.peek();
  const { at } = token;
  if (atThread(cursor))
    return { k: 'qualified', thread: takeThread(cursor), name: cursor.name('the name of a register or label').text, at };
  if (token.k === 'number') {
    cursor.take();
    return { k: 'number', value: numberOf(token.text), at };
  }
  if (cursor.at('(')) return { k: 'fields', fields: parseFields(cursor), at };
  if (cursor.at('{')) {
    if (depth > 0) throw cursor.wrong('a value');
    return { k: 'list', items: parseList(cursor), at };
  }
  if (cursor.at('label') && cursor.at(':', 1)) return parseLabel(cursor);
  if (cursor.at('instr') && cursor.at(':', 1)) {
    cursor.take();
    cursor.take();
    if (cursor.peek().k !== 'string') throw cursor.wrong('an instruction in quotes');
    return { k: 'instruction', text: cursor.take().text, at };
  }
  if (cursor.accept('NOP') || cursor.accept('nop')) return { k: 'instruction', text: 'NOP', at };
  if (cursor.accept('&')) return parseAddress(cursor);
  if (cursor.at('*') || cursor.at('[')) {
    const target = parseTarget(cursor);
    return target.k === 'register' ? { k: 'qualified', thread: target.thread, name: target.name, at } : { k: 'content', of: target, at };
  }
  if (token.k !== 'name') throw cursor.wrong('a value');
  return parseAddress(cursor);
}

function parseLabel(cursor: Cursor): ValueSyntax {
  const { at } = cursor.take();
  cursor.expect(':');
  const quoted = cursor.peek();
  const found = quoted.k === 'string' ? /^P?([0-9]{1,4}):([A-Za-z_.$][A-Za-z0-9_.$]*)$/.exec(quoted.text) : null;
  if (!found) throw cursor.wrong('a label in quotes, like "P1:L0"');
  cursor.take();
  return { k: 'label', thread: Number(found[1]), label: found[2] ?? '', at };
}

function parseList(cursor: Cursor): ValueSyntax[] {
  const items: ValueSyntax[] = [];
  cursor.expect('{');
  do {
    if (items.length > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} values`);
    items.push(parseValue(cursor, 1));
  } while (cursor.accept(','));
  cursor.expect('}');
  return items;
}

function parseFields(cursor: Cursor): Field[] {
  const fields: Field[] = [];
  cursor.expect('(');
  do {
    if (fields.length > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} fields`);
    const { text: key, at } = cursor.name('the name of a field');
    fields.push({ key, values: cursor.accept(':') ? parseFieldValues(cursor) : [], at });
  } while (cursor.accept(','));
  cursor.expect(')');
  return fields;
}

function parseFieldValues(cursor: Cursor): FieldValue[] {
  if (!cursor.accept('(')) return [parseFieldValue(cursor)];
  const values: FieldValue[] = [];
  do {
    if (values.length > MAX_ITEMS) throw cursor.wrong(`at most ${String(MAX_ITEMS)} values`);
    values.push(parseFieldValue(cursor));
  } while (cursor.accept(','));
  cursor.expect(')');
  return values;
}

function parseFieldValue(cursor: Cursor): FieldValue {
  const { k, text, at } = cursor.peek();
  if (k !== 'number') return parseAddress(cursor);
  cursor.take();
  return { k: 'number', value: numberOf(text), at };
}

const numberOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
