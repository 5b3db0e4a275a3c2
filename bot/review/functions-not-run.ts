import type { FileDiff, Hunk } from '../../analyzers/diff/types.js';
import type { Review } from '../report/schema.js';
import type { PatchInput } from './input.js';
import { changesCode, flushWords, type Known } from './relevance.js';

/**
 * Says of a patch which functions of C with flush or fault logic it changes that no run comes to, where runs come to others of it: silence says
 * nothing of these. `told`: names of procedures that runs came to, or of which the report says already that they are in none.
 */
export function functionsNotRun(known: Known, patch: PatchInput, told: ReadonlySet<string>): Review['notModelled'] {
  const left = patch.files.flatMap((file) => {
    if (!/\.[ch]$/.test(file.newPath ?? file.oldPath ?? '')) return [];
    return file.hunks
      .filter((hunk) => changesCode(hunk) && flushWords(known, [{ ...file, hunks: [hunk] }]).length > 0)
      .flatMap((hunk) => changedFunctions(hunk, file).filter((name) => !told.has(name)));
  });
  if (left.length === 0) return [];
  const names = [...new Set(left)].map((name) => `${name}()`);
  const shown = names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '');
  return [{ what: patch.subject, why: `no run comes to ${shown}, which it changes` }];
}

const NAMED = 4;

/** Functions that are there before and after, and in which a hunk adds or takes away code, as their heads in it or in its section say. */
export function changedFunctions({ section, lines }: Hunk, { oldPath, newPath }: Pick<FileDiff, 'oldPath' | 'newPath'>): readonly string[] {
  if (oldPath === null || newPath === null) return [];
  const changed = new Set<string>();
  const heads = new Set<string>();
  let inside = headOf(section);
  for (const { kind, text } of lines) {
    const head = headOf(text);
    if (head !== null) {
      inside = head;
      // One that the patch brings or takes away is run, or not, by those that call it.
      if (kind !== 'context') heads.add(head);
    } else if (/^[}#]|^\S.*;\s*$/.test(text)) inside = null;
    else if (kind !== 'context' && inside !== null && isCode(text)) changed.add(inside);
  }
  return [...changed].filter((name) => !heads.has(name));
}

const isCode = (text: string): boolean => /\w/.test(text) && !/^\s*(?:\/?\*|\/\/)/.test(text);

/** The name of the function whose definition a line begins, as far as a line can tell. */
function headOf(line: string): string | null {
  if (!/^[A-Za-z_]/.test(line) || /;\s*$/.test(line) || /^(?:typedef|struct|union|enum|return|goto|case|default|else)\b/.test(line))
    return null;
  return /([A-Za-z_]\w*)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)?[^()]*$/.exec(line)?.[1] ?? null;
}
