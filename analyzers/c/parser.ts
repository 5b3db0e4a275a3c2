import { createRequire } from 'node:module';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import type { Node } from './ast.js';

/** Loads the grammar, once for the process. */
export function initC(): Promise<void> {
  loading ??= load();
  return loading;
}

/**
 * Parses text whose tokens begin at `starts` (ascending offsets). The tree is kept by content: equal text gives the same tree again.
 * Throws when `initC` has not finished.
 */
export function parse(text: string, starts: readonly number[]): Node {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (parser === null || grammar === null) throw new Error('initC() must finish before C is compiled');
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser was stopped');
  const cursor = tree.walk();
  const node = new Detacher(text, starts, cursor, grammar, tree.rootNode.hasError).detach();
  cursor.delete();
  tree.delete();
  if (node === null) throw new Error('a tree without a root');
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, node);
  return node;
}

const CACHE_SIZE = 8000;
const MAX_DEPTH = 1000;
const cache = new Map<string, Node>();
let parser: Parser | null = null;
let grammar: Language | null = null;
let loading: Promise<void> | null = null;

async function load(): Promise<void> {
  await Parser.init();
  const language = await Language.load(createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const created = new Parser();
  created.setLanguage(language);
  parser = created;
  grammar = language;
}

/** Punctuation that says nothing which the node types do not say. */
const noise = new Set([';', ',', '(', ')', '{', '}', '[', ']', 'comment']);

/** Copies a tree out of the parser's memory. Every look at the cursor crosses into wasm, so it looks as seldom as it can. */
class Detacher {
  private token = 0;

  constructor(
    private readonly text: string,
    private readonly starts: readonly number[],
    private readonly cursor: TreeCursor,
    private readonly language: Language,
    private readonly mayBeBroken: boolean,
  ) {}

  detach(depth = 0): Node | null {
    const { cursor } = this;
    const type = this.language.types[cursor.nodeTypeId] ?? 'ERROR';
    const isMissing = this.mayBeBroken && cursor.nodeIsMissing;
    if (noise.has(type) && !isMissing) return null;
    const start = cursor.startIndex;
    while (this.token + 1 < this.starts.length && (this.starts[this.token + 1] ?? 0) <= start) this.token++;
    const { token } = this;
    const fieldId = cursor.currentFieldId;
    const field = fieldId === 0 ? null : (this.language.fields[fieldId] ?? null);
    let broken = type === 'ERROR' || isMissing || depth > MAX_DEPTH;
    if (literals.has(type)) return { type, field, text: this.text.slice(start, cursor.endIndex), children: [], token, broken };
    const children: Node[] = [];
    let isLeaf = true;
    if (depth <= MAX_DEPTH && !leaves.has(type) && cursor.gotoFirstChild()) {
      isLeaf = false;
      do {
        const node = this.detach(depth + 1);
        if (node === null) continue;
        if (node.broken) broken = true;
        children.push(node);
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    return { type, field, text: isLeaf ? this.text.slice(start, cursor.endIndex) : '', children, token, broken };
  }
}

const literals = new Set(['string_literal', 'char_literal']);
const leaves = new Set(['identifier', 'field_identifier', 'type_identifier', 'statement_identifier', 'number_literal', 'primitive_type']);
