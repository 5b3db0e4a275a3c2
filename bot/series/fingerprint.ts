import type { FileDiff, Hunk, ParsedDiff } from '../../analyzers/diff/types.js';

/** What a hunk changes, without blanks and without place, so that a rebased, quoted or re-indented copy is known again. */
export function hunkPrint(file: FileDiff, hunk: Hunk): string {
  const changes = hunk.lines
    .filter((line) => line.kind !== 'context')
    .map((line) => `${line.kind.charAt(0)}${line.text.replace(/\s+/g, '')}`);
  return `${file.newPath ?? file.oldPath ?? ''}\n${changes.join('\n')}`;
}

export function hunkPrints(diff: ParsedDiff): readonly string[] {
  return diff.files.flatMap((file) => file.hunks.map((hunk) => hunkPrint(file, hunk)));
}

/** Equal for diffs that change the same lines of the same files. */
export function diffPrint(diff: ParsedDiff): string {
  const bare = diff.files.map((file) => `${file.change} ${file.oldPath ?? ''} ${file.newPath ?? ''}`);
  return [...bare, ...hunkPrints(diff)].join('\n\n');
}

/** The diffs that a source holds by mail, to know quotes of them again even where a client has damaged some lines. */
export class KnownDiffs {
  readonly #hunks = new Set<string>();
  readonly #lines = new Set<string>();

  add(diff: ParsedDiff): void {
    for (const print of hunkPrints(diff)) this.#hunks.add(print);
    for (const line of changedLines(diff)) this.#lines.add(line);
  }

  hasAllHunks(diff: ParsedDiff): boolean {
    return hunkPrints(diff).every((print) => this.#hunks.has(print));
  }

  /** Share of the changed lines that some known diff of the same file changes too, 0 to 1. */
  share(diff: ParsedDiff): number {
    const lines = changedLines(diff);
    return lines.length === 0 ? 0 : lines.filter((line) => this.#lines.has(line)).length / lines.length;
  }
}

function changedLines(diff: ParsedDiff): readonly string[] {
  return diff.files.flatMap((file) =>
    file.hunks.flatMap((hunk) =>
      hunk.lines
        .filter((line) => line.kind !== 'context' && line.text.trim().length > 2)
        .map((line) => `${file.newPath ?? file.oldPath ?? ''} ${line.kind.charAt(0)}${line.text.replace(/\s+/g, '')}`),
    ),
  );
}

export function hunkCount(diff: ParsedDiff): number {
  return diff.files.reduce((sum, file) => sum + file.hunks.length, 0);
}
