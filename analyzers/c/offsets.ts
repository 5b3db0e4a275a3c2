import type { SourceRef } from '../../simulator/program/types.js';
import type { StopList } from '../cpp/expand.js';
import type { Token } from '../cpp/token.js';
import { compileFunction } from './function.js';
import { splitAt, unquote } from './asm-block.js';
import type { Unit } from './unit.js';
import { groupLength } from './words.js';

export function isOffsetsFile(path: string): boolean {
  return path.endsWith('asm-offsets.c');
}

/** The macros of asm-offsets.c that are read rather than expanded. */
export const offsetStops: StopList = new Map([
  ['OFFSET', new Set([0, 1, 2])],
  ['DEFINE', new Set([0])],
]);

/** What the functions of asm-offsets.c define, each name as a constant or as a member of a struct. */
export function offsetsOf(unit: Unit): {
  readonly offsets: ReadonlyMap<string, string>;
  readonly skipped: readonly { readonly name: string; readonly at: SourceRef }[];
} {
  const all = new Map<string, string>();
  const left: { name: string; at: SourceRef }[] = [];
  for (const item of unit.functions()) {
    if (item.at.file !== unit.path) continue;
    const { offsets, skipped } = readOffsets(unit.body(item), (expression) => constantIn(unit, expression));
    for (const [name, path] of offsets) all.set(name, path);
    for (const name of skipped) left.push({ name, at: item.at });
  }
  return { offsets: all, skipped: left };
}

/**
 * What the expanded body of asm-offsets.c defines: OFFSET(SYM, struct, a.b) gives SYM → 'a.b', DEFINE(SYM, sizeof(int) + 1) gives SYM → '5',
 * DEFINE(SYM, offsetof(struct s, a)) gives SYM → 'a'. Other definitions are returned by name in `skipped`. `valueOf` computes an expression.
 */
function readOffsets(
  tokens: readonly Token[],
  valueOf: (expression: readonly Token[]) => bigint | null,
): { offsets: Map<string, string>; skipped: string[] } {
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
    const value = name === 'OFFSET' ? wordOf(args[2]) : definedValue(args[1] ?? [], valueOf);
    if (value === '') skipped.push(symbol);
    else offsets.set(symbol, value);
  }
  return { offsets, skipped };
}

function wordOf(arg: readonly Token[] | undefined): string {
  const [only] = arg ?? [];
  return only?.kind === 'string' ? unquote(only.text).replace(/\s/g, '') : '';
}

function definedValue(tokens: readonly Token[], valueOf: (expression: readonly Token[]) => bigint | null): string {
  const [first] = tokens;
  if (first?.text !== 'offsetof' && first?.text !== '__builtin_offsetof') return valueOf(tokens)?.toString() ?? '';
  const args = splitAt(tokens.slice(2, -1), ',');
  return (args[1] ?? []).map((token) => token.text).join('');
}

/** The value of a constant expression of a unit: what a function that returns it returns. Null when it is not constant. */
function constantIn(unit: Unit, expression: readonly Token[]): bigint | null {
  const [first] = expression;
  if (first === undefined) return null;
  const { at } = first;
  const token = (kind: Token['kind'], text: string): Token => ({ kind, text, at, space: true });
  const name = '__constant';
  const head = [
    token('word', 'unsigned'),
    token('word', 'long'),
    token('word', name),
    token('punct', '('),
    token('word', 'void'),
    token('punct', ')'),
  ];
  const tokens = [token('punct', '{'), token('word', 'return'), ...expression, token('punct', ';'), token('punct', '}')];
  const compiled = compileFunction(unit, unit.parsed([...head, ...tokens]), name, at);
  const code = compiled.ok ? compiled.procedure.code[0] : undefined;
  return code?.op === 'return' && code.value?.k === 'int' ? code.value.value : null;
}
