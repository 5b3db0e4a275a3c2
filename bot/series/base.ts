import type { Mail } from './types.js';

/** What a series says of the code it is made for, in the trailers that `git format-patch --base` writes. */
export interface StatedBase {
  readonly commit: string;
  /** Patches that have to be applied first, by their patch ids: nobody can look those up. */
  readonly prerequisites: number;
}

/** The trailers of the first mail that has them (they stand in the cover letter, or in the first patch). */
export function statedBase(mails: readonly Mail[]): StatedBase | null {
  for (const { body } of mails) {
    const commit = /^base-commit: ([0-9a-f]{12,64})[ \t]*$/m.exec(body)?.[1];
    if (commit !== undefined) return { commit, prerequisites: body.match(/^prerequisite-patch-id: [0-9a-f]{40}/gm)?.length ?? 0 };
  }
  return null;
}
