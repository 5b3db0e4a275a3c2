import { parseTOML, type AST } from 'toml-eslint-parser';
import { malformed, unsupported } from '../failure.js';
import type { Position } from '../syntax.js';

/** A string of the document and where its first character stands. */
export interface Text {
  readonly text: string;
  readonly at: Position;
}

export interface ThreadSource {
  readonly number: number;
  readonly at: Position;
  readonly code: Text;
  /** Registers in the order in which they are set; names as written (`R0`, `X0`, `PSTATE.EL`). */
  readonly registers: readonly { readonly name: string; readonly at: Position; readonly value: Text }[];
}

/** Code that stands at a fixed address: exception handlers. */
export interface SectionSource {
  readonly name: string;
  readonly at: Position;
  readonly address: Text;
  readonly code: Text;
}

/** A `.litmus.toml` file, taken apart; what its strings say is read elsewhere. */
export interface Document {
  readonly name: string;
  /** Names of virtual addresses. */
  readonly symbolic: readonly Text[];
  readonly setup: Text;
  readonly threads: readonly ThreadSource[];
  readonly sections: readonly SectionSource[];
  readonly assertion: Text;
}

const MAX_LENGTH = 1_000_000;

/** A value of the document under its key, and where it stands. */
type Node =
  | { readonly k: 'table'; readonly at: Position; readonly entries: Map<string, Node> }
  | { readonly k: 'list'; readonly at: Position; readonly items: readonly Node[] }
  | ({ readonly k: 'string' } & Text)
  | { readonly k: 'other'; readonly at: Position; readonly text: string };

/** Top-level tables that say how to draw or explain a test, not what it is. */
const DECORATION: ReadonlySet<string> = new Set(['meta', 'graph', 'types', 'description', 'origin', 'hash']);
const KNOWN: ReadonlySet<string> = new Set(['arch', 'name', 'symbolic', 'page_table_setup', 'thread', 'section', 'final', ...DECORATION]);

/** Takes a document apart. Throws LitmusFailure where it is no test. */
export function readDocument(text: string): Document {
  if (text.length > MAX_LENGTH) throw malformed({ line: 1, column: 1 }, `at most ${MAX_LENGTH} characters`, `${text.length} characters`);
  const root = parse(text);
  for (const [key, { at }] of root.entries) {
    if (!KNOWN.has(key)) throw unsupported(at, `table or key "${key.slice(0, 40)}" of a test`);
  }
  const arch = stringOf(root, 'arch');
  if (arch.text !== 'AArch64') throw unsupported(arch.at, `${arch.text.slice(0, 40)} tests in TOML`);
  const symbolic = root.entries.get('symbolic');
  const setup = root.entries.get('page_table_setup');
  if (setup === undefined) throw unsupported(root.at, 'tests without page_table_setup');
  return {
    name: stringOf(root, 'name').text,
    symbolic: symbolic === undefined ? [] : listOf(symbolic),
    setup: asString(setup, 'page_table_setup'),
    threads: threadsOf(root),
    sections: [...tablesOf(root, 'section')].map(([name, table]) => ({
      name,
      at: table.at,
      address: stringOf(table, 'address'),
      code: stringOf(table, 'code'),
    })),
    assertion: stringOf(tableOf(root, 'final'), 'assertion'),
  };
}

function threadsOf(root: Extract<Node, { k: 'table' }>): ThreadSource[] {
  const threads = [...tablesOf(root, 'thread')].map(([key, table]) => {
    if (!/^[0-9]{1,2}$/.test(key)) throw malformed(table.at, 'the number of a thread', `"${key.slice(0, 40)}"`);
    for (const [name, { at }] of table.entries) {
      if (!['init', 'reset', 'code'].includes(name)) throw unsupported(at, `key "${name.slice(0, 40)}" of a thread`);
    }
    const registers = ['init', 'reset'].flatMap((name) => {
      const given = table.entries.get(name);
      if (given === undefined) return [];
      if (given.k !== 'table') throw malformed(given.at, `a table for ${name}`, given.k);
      return [...given.entries].map(([register, value]) => ({ name: register, at: value.at, value: asString(value, register) }));
    });
    return { number: Number(key), at: table.at, code: stringOf(table, 'code'), registers };
  });
  threads.sort((a, b) => a.number - b.number);
  threads.forEach((thread, i) => {
    if (thread.number !== i) throw malformed(thread.at, `thread ${i}: threads are numbered from 0`, `thread ${thread.number}`);
  });
  if (threads.length === 0) throw malformed(root.at, 'a table [thread.0]', 'no thread');
  return threads;
}

function tableOf(table: Extract<Node, { k: 'table' }>, key: string): Extract<Node, { k: 'table' }> {
  const found = table.entries.get(key);
  if (found?.k === 'table') return found;
  throw malformed(found?.at ?? table.at, `a table [${key}]`, found === undefined ? 'none' : found.k);
}

function tablesOf(table: Extract<Node, { k: 'table' }>, key: string): Map<string, Extract<Node, { k: 'table' }>> {
  if (!table.entries.has(key)) return new Map();
  const tables = new Map<string, Extract<Node, { k: 'table' }>>();
  const outer = tableOf(table, key);
  for (const name of outer.entries.keys()) tables.set(name, tableOf(outer, name));
  return tables;
}

function stringOf(table: Extract<Node, { k: 'table' }>, key: string): Text {
  const found = table.entries.get(key);
  if (found === undefined) throw malformed(table.at, `a key ${key}`, 'none');
  return asString(found, key);
}

function asString(node: Node, key: string): Text {
  if (node.k !== 'string') throw malformed(node.at, `a string for ${key}`, node.k === 'other' ? node.text.slice(0, 40) : node.k);
  return { text: node.text, at: node.at };
}

function listOf(node: Node): Text[] {
  if (node.k !== 'list') throw malformed(node.at, 'a list of names', node.k);
  return node.items.map((item) => asString(item, 'a name'));
}

function parse(text: string): Extract<Node, { k: 'table' }> {
  const program = parseOrFail(text);
  const root: Extract<Node, { k: 'table' }> = { k: 'table', at: { line: 1, column: 1 }, entries: new Map() };
  const [top] = program.body;
  for (const item of top.body) {
    if (item.type === 'TOMLKeyValue') assign(root, item, text);
    else {
      const at = placeOf(item);
      if (item.kind === 'array') throw unsupported(at, 'arrays of tables in TOML');
      const table = descend(root, item.resolvedKey.map(String), at);
      for (const each of item.body) assign(table, each, text);
    }
  }
  return root;
}

function parseOrFail(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof Error && 'lineNumber' in error && 'column' in error)) throw error;
    const { lineNumber, column } = error;
    if (typeof lineNumber !== 'number' || typeof column !== 'number') throw error;
    throw malformed({ line: lineNumber, column: column + 1 }, 'TOML', error.message.slice(0, 100).toLowerCase());
  }
}

const placeOf = (node: { readonly loc: { readonly start: { readonly line: number; readonly column: number } } }): Position => ({
  line: node.loc.start.line,
  column: node.loc.start.column + 1,
});

const keyOf = (key: AST.TOMLKey): string[] => key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));

function descend(from: Extract<Node, { k: 'table' }>, keys: readonly string[], at: Position): Extract<Node, { k: 'table' }> {
  let table = from;
  for (const key of keys) {
    const known = table.entries.get(key);
    if (known !== undefined && known.k !== 'table')
      throw malformed(at, `one meaning of ${key}`, `a table where a ${known.k} stands already`);
    const next = known ?? { k: 'table', at, entries: new Map<string, Node>() };
    table.entries.set(key, next);
    table = next;
  }
  return table;
}

function assign(table: Extract<Node, { k: 'table' }>, pair: AST.TOMLKeyValue, text: string): void {
  const keys = keyOf(pair.key);
  const last = keys.pop() ?? '';
  descend(table, keys, placeOf(pair)).entries.set(last, nodeOf(pair.value, text));
}

function nodeOf(value: AST.TOMLContentNode, text: string): Node {
  const at = placeOf(value);
  switch (value.type) {
    case 'TOMLInlineTable': {
      const table: Extract<Node, { k: 'table' }> = { k: 'table', at, entries: new Map() };
      for (const pair of value.body) assign(table, pair, text);
      return table;
    }
    case 'TOMLArray':
      return { k: 'list', at, items: value.elements.map((element) => nodeOf(element, text)) };
    case 'TOMLValue': {
      const source = text.slice(value.range[0], value.range[1]);
      if (value.kind !== 'string') return { k: 'other', at, text: source };
      return { k: 'string', text: value.value, at: insideQuotes(source, at) };
    }
  }
}

/** Where the first character of a string stands: behind its quotes, and behind the line break that may follow three of them. */
function insideQuotes(source: string, { line, column }: Position): Position {
  const quotes = /^(?:"""|''')/.test(source) ? 3 : 1;
  const breaks = quotes === 3 && /^...\r?\n/.test(source);
  return breaks ? { line: line + 1, column: 1 } : { line, column: column + quotes };
}
