import type { ExpandContext, StopList } from '../cpp/expand.js';
import { integerOf } from '../cpp/numbers.js';
import type { Token } from '../cpp/token.js';
import { splitAt, unquote } from './asm-block.js';
import type { FunctionItem } from './unit.js';
import { expandBody } from './items.js';
import { groupLength } from './words.js';

export function isOffsetsFile(path: string): boolean {
  return path.endsWith('asm-offsets.c');
}

/** The macros of asm-offsets.c that are read rather than expanded. */
export const offsetStops: StopList = new Map([
  ['OFFSET', new Set([0, 1, 2])],
  ['DEFINE', new Set([0])],
]);

/**
 * What asm-offsets.c defines: OFFSET(SYM, struct, a.b) gives SYM → 'a.b', DEFINE(SYM, 5) gives SYM → '5', DEFINE(SYM, offsetof(struct s, a))
 * gives SYM → 'a'. Other definitions are returned by name in `skipped`.
 */
export function readOffsets(item: FunctionItem, context: ExpandContext): { offsets: Map<string, string>; skipped: string[] } {
  const tokens = expandBody(item.body, context);
  const texts = (index: number): string | undefined => tokens[index]?.text;
  const offsets = new Map<string, string>();
  const skipped: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const name = texts(i);
    if ((name !== 'OFFSET' && name !== 'DEFINE') || texts(i + 1) !== '(') continue;
    const length = groupLength(texts, i + 1);
    const args = splitAt(tokens.slice(i + 2, i + length), ',');
    i += length;
    const symbol = wordOf(args[0]);
    const value = name === 'OFFSET' ? wordOf(args[2]) : definedValue(args[1] ?? []);
    if (value === '') skipped.push(symbol);
    else offsets.set(symbol, value);
  }
  return { offsets, skipped };
}

function wordOf(arg: readonly Token[] | undefined): string {
  const [only] = arg ?? [];
  return only?.kind === 'string' ? unquote(only.text).replace(/\s/g, '') : '';
}

function definedValue(tokens: readonly Token[]): string {
  const number = tokens.length === 1 ? integerOf(tokens[0]?.text ?? '') : null;
  if (number !== null) return number.value.toString();
  const [first] = tokens;
  if (first?.text !== 'offsetof' && first?.text !== '__builtin_offsetof') return '';
  const args = splitAt(tokens.slice(2, -1), ',');
  return (args[1] ?? []).map((token) => token.text).join('');
}
