import type { SourceFile } from '../source/types.js';
import type { Hunk } from '../diff/types.js';
import type { Edit, Inserted } from './edit.js';
import { linesOf } from './lines.js';

/** Line edits of a hunk whose pre-image begins at line `at`. `originOf` gives the origin of an added line by its number in the post-image. */
export function exactEdits(
  hunk: Hunk,
  file: SourceFile,
  at: number,
  originOf: (number: number, treeLine: number) => Inserted['origin'],
): Edit[] {
  const { starts } = linesOf(file);
  const offset = (line: number): number => starts[line] ?? file.text.length;
  const edits: Edit[] = [];
  let line = at;
  let number = hunk.newStart;
  let from = line;
  let insert: Inserted[] = [];
  const flush = (): void => {
    if (line > from || insert.length > 0) {
      const open = line >= starts.length && !file.text.endsWith('\n');
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
  for (const hunkLine of hunk.lines) {
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
