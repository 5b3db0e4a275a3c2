import type { SourceFile } from '../source/types.js';

/** A text as lines. */
export interface Lines {
  readonly texts: readonly string[];
  /** Offset of each line's first character. */
  readonly starts: readonly number[];
}

const known = new WeakMap<SourceFile, Lines>();

/** The lines of a file; kept with it, since every hunk asks. */
export function linesOf(file: SourceFile): Lines {
  let lines = known.get(file);
  if (lines === undefined) known.set(file, (lines = splitLines(file.text)));
  return lines;
}

export function splitLines(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { texts: text.split('\n'), starts };
}

/** Where `want` stands word for word in `have`: first lines, from 0, in order. */
export function placesOf(want: readonly string[], have: readonly string[]): number[] {
  if (want.length === 0) return [];
  // Knuth-Morris-Pratt on lines: a file of equal lines must not cost lines times lines.
  const fail = new Int32Array(want.length + 1);
  fail[0] = -1;
  for (let i = 0, k = -1; i < want.length; ) {
    while (k >= 0 && want[i] !== want[k]) k = fail[k] ?? -1;
    i += 1;
    k += 1;
    fail[i] = k;
  }
  const places: number[] = [];
  for (let i = 0, k = 0; i < have.length; ) {
    while (k >= 0 && have[i] !== want[k]) k = fail[k] ?? -1;
    i += 1;
    k += 1;
    if (k === want.length) {
      places.push(i - k);
      k = fail[k] ?? -1;
    }
  }
  return places;
}
