import type { FileDiff, Hunk } from '../../analyzers/diff/types.js';
import type { PatchInput } from './input.js';
import { changesCode } from './relevance.js';
import type { Version } from './scenario-runs.js';
import type { Step } from './steps.js';

/**
 * What of a patch is missing from the runs of a scenario though it may change what they run: a hunk that could not be read, or not be placed,
 * in a file that the scenario is compiled from, and that speaks of code the scenario reaches. Null where nothing is missing.
 *
 * Half a patch is not the patch: what its other half does must not be put down to it.
 */
export function missingFor(patch: PatchInput, step: Step | undefined, versions: readonly Version[]): string | null {
  const names = new Set(versions.flatMap((version) => [...version.reach.procedures, ...version.reach.globals]));
  const read = (path: string): boolean => versions.some((version) => version.read.has(path));
  const [problem] = patch.problems;
  if (problem && patch.files.some((file) => read(file.newPath ?? file.oldPath ?? '')))
    return `part of the patch could not be read (line ${problem.line}: ${problem.what})`;
  for (const file of patch.files) {
    const path = file.newPath ?? file.oldPath ?? '';
    if (!read(path)) continue;
    const merge = step?.merges.find((each) =>
      each.kind !== 'merged' ? each.path === path && each.kind === 'refused' : each.path === path && each.refused.length > 0,
    );
    if (!merge) continue;
    const refused = merge.kind === 'merged' ? merge.refused.map(({ hunk }) => hunk) : file.hunks.map((_, i) => i + 1);
    const number = refused.find((hunk) => mentions(file, hunk, names));
    if (number !== undefined) return `hunk ${number} of ${path} has no place in the code at hand`;
  }
  return null;
}

/** Whether a hunk names something that is run: in the function it stands in, or in a line that it changes. */
function mentions(file: FileDiff, number: number, names: ReadonlySet<string>): boolean {
  const hunk = file.hunks[number - 1];
  if (!hunk) return true;
  const said = wordsOf(hunk);
  const [few, many] = said.size < names.size ? [said, names] : [names, said];
  for (const name of few) if (many.has(name)) return true;
  return false;
}

/** The names in a hunk's section and in the lines that it changes; kept with it, since every scenario asks. */
function wordsOf(hunk: Hunk): ReadonlySet<string> {
  let words = known.get(hunk);
  if (words === undefined) {
    const texts = [hunk.section, ...hunk.lines.filter((line) => line.kind !== 'context').map((line) => line.text)];
    words = new Set(texts.flatMap((text) => text.match(/[A-Za-z_.][\w.]*/g) ?? []));
    known.set(hunk, words);
  }
  return words;
}

const known = new WeakMap<Hunk, ReadonlySet<string>>();

/** Whether a patch changes code (not only comments) of functions that a scenario runs, whatever comes of it. */
export function rewrites(patch: PatchInput, step: Step | undefined, version: Version): boolean {
  const names = version.reach.procedures;
  // A hunk that is not in the runs may be the one that matters.
  const left = step?.merges.some(
    (merge) => version.read.has(merge.path) && (merge.kind === 'refused' || (merge.kind === 'merged' && merge.refused.length > 0)),
  );
  if (left !== false || patch.problems.length > 0) return false;
  return patch.files.some((file) => {
    const path = file.newPath ?? file.oldPath ?? '';
    if (!version.read.has(path) || step?.merges.some((merge) => merge.kind === 'merged' && merge.path === path) !== true) return false;
    return file.hunks.some((hunk, i) => mentions(file, i + 1, names) && changesCode(hunk));
  });
}
