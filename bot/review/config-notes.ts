import { changeText, configChange } from '../../analyzers/kconfig/change.js';
import { type Arch, ARCHES } from '../../simulator/program/arch.js';
import type { ReviewInput } from './input.js';
import { explainedConfigOf } from './tree-configs.js';
import type { Step } from './steps.js';

/** Symbols named for each architecture at most: a changed default may switch hundreds of drivers. */
const MAX_NAMED = 12;

/** What one patch switches by its changes to Kconfig files and defconfigs, architecture by architecture. */
export function configNotes(step: Step, input: ReviewInput, index: number): string[] {
  const paths = step.merges.filter((file) => file.kind !== 'refused').map(({ path }) => path);
  const configuring = paths.filter(isConfiguration);
  if (configuring.length === 0) return [];
  const patch = input.patches[index];
  const name = input.kind === 'pasted' || patch === undefined ? 'the pasted diff' : `patch ${String(patch.index)}`;
  // Skeletons have Kconfig files for some architectures only.
  const arches = archesOf(configuring, input).filter((arch) => step.before.read(`arch/${arch}/Kconfig`) !== null);
  if (arches.length === 0) return [];
  const notes = arches.flatMap((arch) => switched(step, arch).map((text) => `${name}, ${arch} defconfig: ${text}`));
  return notes.length > 0 ? notes : [`${name} changes ${configuring.join(', ')}, which switches nothing under the defconfigs`];
}

function switched(step: Step, arch: Arch): string[] {
  const changes = configChange(explainedConfigOf(step.before, arch), explainedConfigOf(step.after, arch));
  const more = changes.length - MAX_NAMED;
  return [...changes.slice(0, MAX_NAMED).map(changeText), ...(more > 0 ? [`${String(more)} more symbols`] : [])];
}

function isConfiguration(path: string): boolean {
  return /(?:^|\/)Kconfig[^/]*$|^arch\/[^/]+\/configs\//.test(path);
}

/** The architectures that the files are read for: their own, or for a common file those that the series touches, or all. */
function archesOf(configuring: readonly string[], input: ReviewInput): readonly Arch[] {
  const owners = new Set(configuring.map(archOf));
  if (!owners.has(null)) return ARCHES.filter((arch) => owners.has(arch));
  const touched = new Set(
    input.patches.flatMap(({ files }) => files.flatMap(({ newPath, oldPath }) => archOf(newPath ?? oldPath ?? '') ?? [])),
  );
  const own = ARCHES.filter((arch) => touched.has(arch));
  return own.length > 0 ? own : ARCHES;
}

/** The folder below arch/ that a path is in; null for what all share. */
function archOf(path: string): string | null {
  return /^arch\/([^/]+)\//.exec(path)?.[1] ?? null;
}
