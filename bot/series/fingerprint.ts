import { createHash } from 'node:crypto';
import type { FileDiff, Hunk, ParsedDiff } from '../../analyzers/diff/types.js';

/** What a hunk changes, without blanks and without place, so that a rebased, quoted or re-indented copy is known again. */
function hunkPrint(file: FileDiff, hunk: Hunk): string {
  return print([file.newPath ?? file.oldPath ?? '', ...hunk.lines.filter((line) => line.kind !== 'context').map(bare)]);
}

/** Equal for diffs that change the same lines of the same files. */
export function diffPrint(diff: ParsedDiff): string {
  const heads = diff.files.map((file) => `${file.change} ${file.oldPath ?? ''} ${file.newPath ?? ''}`);
  return print([...heads, ...diff.files.flatMap((file) => file.hunks.map((hunk) => hunkPrint(file, hunk)))]);
}

/** The hunks that a source holds by mail, to know quotes of them again. Most sources are never asked, so nothing is hashed before. */
export class KnownHunks {
  readonly #prints = new Set<string>();
  readonly #added: ParsedDiff[] = [];

  add(diff: ParsedDiff): void {
    this.#added.push(diff);
  }

  hasAll(diff: ParsedDiff): boolean {
    for (const added of this.#added.splice(0)) {
      for (const file of added.files) for (const hunk of file.hunks) this.#prints.add(hunkPrint(file, hunk));
    }
    return diff.files.every((file) => file.hunks.every((hunk) => this.#prints.has(hunkPrint(file, hunk))));
  }
}

/** Share of a diff's changed lines that another changes too, 0 to 1: high for a quote, whatever a client did to some of its lines. */
export function sharedLines(diff: ParsedDiff, other: ParsedDiff): number {
  const lines = changedLines(diff);
  const known = new Set(changedLines(other));
  return lines.length === 0 ? 0 : lines.filter((line) => known.has(line)).length / lines.length;
}

export function hunkCount(diff: ParsedDiff): number {
  return diff.files.reduce((sum, file) => sum + file.hunks.length, 0);
}

function changedLines(diff: ParsedDiff): readonly string[] {
  return diff.files.flatMap((file) =>
    file.hunks.flatMap((hunk) =>
      hunk.lines
        .filter((line) => line.kind !== 'context' && line.text.trim().length > 2)
        .map((line) => `${file.newPath ?? file.oldPath ?? ''} ${bare(line)}`),
    ),
  );
}

function bare(line: { readonly kind: string; readonly text: string }): string {
  return `${line.kind.charAt(0)}${line.text.replace(/\s+/g, '')}`;
}

function print(parts: readonly string[]): string {
  return createHash('sha1').update(parts.join('\n')).digest('base64');
}
