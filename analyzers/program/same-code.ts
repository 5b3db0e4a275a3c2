import { lexFile } from '../cpp/lexer.js';
import type { SourceFile } from '../source/types.js';

/** Whether two versions of a file are the same to whoever builds a kernel: they differ in comments and blanks only. */
export function isSameCode(before: SourceFile | null, after: SourceFile | null): boolean {
  if (before === null || after === null) return before === after;
  if (before === after || before.text === after.text) return true;
  let answers = known.get(before);
  if (answers === undefined) known.set(before, (answers = new WeakMap()));
  let same = answers.get(after);
  if (same === undefined) answers.set(after, (same = compare(before, after)));
  return same;
}

/** Every scenario asks this of every file of a patch, however large. */
const known = new WeakMap<SourceFile, WeakMap<SourceFile, boolean>>();

function compare(before: SourceFile, after: SourceFile): boolean {
  if (/\.[ch]$/.test(before.path)) return codeOf(before) === codeOf(after);
  return MAKEFILE.test(before.path) && rulesOf(before.text) === rulesOf(after.text);
}

const MAKEFILE = /(?:^|\/)(?:Kbuild|Makefile)$/;

/** The tokens, line by line: where a directive ends matters. */
const codeOf = (file: SourceFile): string =>
  lexFile(file, 'c')
    .lines.map(({ tokens }) => tokens.map(({ text, space }) => (space ? ` ${text}` : text)).join(''))
    .join('\n');

/** A `#` begins a comment where its line does; elsewhere it may be part of a rule. */
const rulesOf = (text: string): string =>
  text
    .split('\n')
    .filter((line, i, all) => !/^\s*(?:#.*)?$/.test(line) || (all[i - 1]?.endsWith('\\') ?? false))
    .join('\n');
