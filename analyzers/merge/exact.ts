import type { Edit, Inserted } from './edit.js';
import type { HunkImage } from './image.js';
import type { Target } from './target.js';

/** Where a hunk's pre-image stands word for word: first lines, from 0. */
export function exactPlaces(image: HunkImage, target: Target): number[] {
  const want = image.pre.lines.map((line) => line.text);
  if (want.length === 0) return [];
  const have = target.file.text.split('\n');
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

/** Line edits of a hunk whose pre-image begins at line `at`. `originOf` gives the origin of an added line by its number in the post-image. */
export function exactEdits(
  image: HunkImage,
  target: Target,
  at: number,
  originOf: (number: number, treeLine: number) => Inserted['origin'],
): Edit[] {
  const { lineStarts, file } = target;
  const offset = (line: number): number => lineStarts[line] ?? file.text.length;
  const edits: Edit[] = [];
  let line = at;
  let number = image.hunk.newStart;
  let from = line;
  let insert: Inserted[] = [];
  const flush = (): void => {
    if (line > from || insert.length > 0) {
      const open = line >= lineStarts.length && !file.text.endsWith('\n');
      edits.push({
        start: offset(from),
        end: offset(line),
        insert,
        breakBefore: true,
        breakAfter: open ? 'soft' : 'force',
        continued: false,
      });
    }
    insert = [];
  };
  for (const hunkLine of image.hunk.lines) {
    if (hunkLine.kind === 'context') {
      flush();
      line += 1;
      number += 1;
      from = line;
    } else if (hunkLine.kind === 'removed') line += 1;
    else {
      insert.push({ text: hunkLine.text, origin: originOf(number, line) });
      number += 1;
    }
  }
  flush();
  return edits;
}
