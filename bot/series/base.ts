import type { ParsedDiff } from '../../analyzers/diff/types.js';
import type { Mail } from './types.js';

/** What a series says of the code it is made for. Data, so that it can be sent to a thread. */
export interface BaseClues {
  /** The commit that the `base-commit` trailer names, which `git format-patch --base` writes. */
  readonly commit: string | null;
  /** Files as they were before the series: the blobs (or the beginnings of their names) that its index lines name. */
  readonly blobs: readonly { readonly path: string; readonly blob: string }[];
  /** Files that it changes and does not add. */
  readonly paths: readonly string[];
  /** When its newest mail was written, in milliseconds since 1970; null where no mail says. */
  readonly date: number | null;
}

export const NO_CLUES: BaseClues = { commit: null, blobs: [], paths: [], date: null };

/** Clues in the mails and the diffs of a series, in their order. */
export function baseClues(mails: readonly Mail[], diffs: readonly ParsedDiff[]): BaseClues {
  const blobs: { path: string; blob: string }[] = [];
  const paths: string[] = [];
  const known = new Set<string>();
  for (const { oldPath, newPath, oldBlob } of diffs.flatMap((diff) => diff.files)) {
    // What an earlier patch has made of a file is no clue to what it was before.
    if (oldPath !== null && !known.has(oldPath)) {
      paths.push(oldPath);
      if (oldBlob !== null && /^(?!0+$)[0-9a-f]{7,64}$/.test(oldBlob)) blobs.push({ path: oldPath, blob: oldBlob });
    }
    for (const path of [oldPath, newPath]) if (path !== null) known.add(path);
  }
  const dates = mails.map((mail) => mail.date).filter((date) => date !== null);
  return { commit: statedCommit(mails), blobs, paths, date: dates.length === 0 ? null : Math.max(...dates) };
}

/** The trailer of the first mail that has it (it stands in the cover letter, or in the first patch). */
export function statedCommit(mails: readonly Mail[]): string | null {
  for (const { body } of mails) {
    const commit = /^base-commit: ([0-9a-f]{12,64})[ \t]*$/m.exec(body)?.[1];
    if (commit !== undefined) return commit;
  }
  return null;
}
