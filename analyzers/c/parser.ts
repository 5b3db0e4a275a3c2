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
  if (parser === null) throw new Error('initC() must finish before C is compiled');
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser was stopped');
  const cursor = tree.walk();
  const node = new Detacher(text, starts, cursor).detach();
  cursor.delete();
  tree.delete();
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, node);
  return node;
}

const CACHE_SIZE = 8000;
const MAX_DEPTH = 1000;
const cache = new Map<string, Node>();
let parser: Parser | null = null;
let loading: Promise<void> | null = null;

async function load(): Promise<void> {
  await Parser.init();
  const language = await Language.load(createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm'));
  const created = new Parser();
  created.setLanguage(language);
  parser = created;
}

/** Punctuation that says nothing which the node types do not say. */
const noise = new Set([';', ',', '(', ')', '{', '}', '[', ']', 'comment']);

class Detacher {
  private token = 0;

  constructor(
    private readonly text: string,
    private readonly starts: readonly number[],
    private readonly cursor: TreeCursor,
  ) {}

  detach(depth = 0): Node {
    const { cursor } = this;
    const type = cursor.nodeType;
    const start = cursor.startIndex;
    while (this.token + 1 < this.starts.length && (this.starts[this.token + 1] ?? 0) <= start) this.token++;
    const token = this.token;
    const field = cursor.currentFieldName;
    const children: Node[] = [];
    let broken = type === 'ERROR' || cursor.nodeIsMissing || depth > MAX_DEPTH;
    let hasChildren = false;
    if (depth <= MAX_DEPTH && cursor.gotoFirstChild()) {
      hasChildren = true;
      do {
        const node = this.detach(depth + 1);
        if (node.broken) broken = true;
        if (node.broken || !noise.has(node.type)) children.push(node);
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    const isLeaf = !hasChildren || type === 'string_literal' || type === 'char_literal';
    const text = isLeaf ? this.text.slice(start, cursor.endIndex) : '';
    return { type, field, text, children, token, broken };
  }
}
