import type { Group } from './group.js';
import type { Patch } from './types.js';

/** What is missing of a series or odd about it, each a sentence. */
export function seriesProblems(group: Group, patches: readonly Patch[], total: number): readonly string[] {
  const problems: string[] = [];
  const have = new Set(patches.map((patch) => patch.index));
  const missing = missingPatches(patches, total, (index) => group.hollow.has(index));
  if (missing !== null) problems.push(missing);
  for (const [index, why] of group.hollow) if (!have.has(index)) problems.push(`patch ${index} of ${total}: ${why}`);
  const said = group.cover?.subject.total ?? null;
  if (said !== null && said !== total) problems.push(`the cover letter counts ${said} patches, the patches count ${total}`);
  problems.push(...carried(patches, total, group.version ?? 1));
  for (const patch of patches) {
    if (patch.index > total) problems.push(`a patch ${patch.index} of ${total} was added to the series`);
    if (patch.via.kind === 'quoted') {
      problems.push(
        `patch ${patch.index} of ${total} is put together from the quote in <${patch.via.quotedBy}>; parts that the reply left out are missing`,
      );
    }
    const bad = patch.diff.problems.length;
    if (bad > 0) problems.push(`patch ${patch.index} of ${total}: ${bad} ${bad === 1 ? 'part' : 'parts'} of the diff cannot be used`);
  }
  return problems;
}

/** Which patches of the series are not here, as a sentence; null where all are. `told`: those of which something else is said. */
export function missingPatches(
  patches: readonly { readonly index: number }[],
  total: number,
  told: (index: number) => boolean = () => false,
): string | null {
  const have = new Set(patches.map((patch) => patch.index));
  const missing: number[] = [];
  for (let i = 1; i <= total; i++) if (!have.has(i) && !told(i)) missing.push(i);
  if (missing.length === 0) return null;
  return `${missing.length === 1 ? 'patch' : 'patches'} ${ranges(missing)} of ${total} ${missing.length === 1 ? 'is' : 'are'} not in the source`;
}

function carried(patches: readonly Patch[], total: number, own: number): readonly string[] {
  const byVersion = new Map<number, number[]>();
  for (const { index, via } of patches) {
    if (via.kind === 'earlier') byVersion.set(via.version, [...(byVersion.get(via.version) ?? []), index]);
  }
  return [...byVersion].map(([version, indices]) => {
    const one = indices.length === 1;
    return `${one ? 'patch' : 'patches'} ${ranges(indices)} of ${total} ${one ? 'was' : 'were'} not sent again and ${one ? 'is' : 'are'} taken from ${version === own ? 'the series that this answers' : `v${version}`}`;
  });
}

const MOST_RANGES = 9;

/** `2`, `2 and 3`, `1-65 and 70`; a long list ends in `and others`. */
function ranges(numbers: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const words = runs.flatMap(({ from, to }) => (to - from === 1 ? [`${from}`, `${to}`] : [from === to ? `${from}` : `${from}-${to}`]));
  if (words.length > MOST_RANGES) words.splice(MOST_RANGES - 1, words.length, 'others');
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}
