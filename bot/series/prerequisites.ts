import { patchId } from './patch-id.js';
import type { Prerequisite } from './stated.js';
import type { Patch, Series } from './types.js';

/** The patches that a series has to be applied on top of. */
export interface Prerequisites {
  /** In the order to apply them in. */
  readonly patches: readonly Patch[];
  /** Those that nobody has. */
  readonly missing: readonly Prerequisite[];
}

/** Looks the prerequisites of a series up among other series. */
export function prerequisitesOf(series: Series, pool: readonly Series[]): Prerequisites {
  const own = new Set(series.patches.map((patch) => patch.mail.messageId));
  const others = pool.filter((each) => each !== series && each.repeats === null);
  const patches = new Map<string, Patch>();
  const missing: Prerequisite[] = [];
  const byPatchId = new Map<string, Patch>();
  if (series.stated.prerequisites.some(({ kind }) => kind === 'patch-id')) {
    for (const patch of others.flatMap((each) => each.patches)) {
      const id = patchId(patch.diff);
      if (id !== null) byPatchId.set(id, patch);
    }
  }
  for (const prerequisite of series.stated.prerequisites) {
    const found = find(prerequisite, others, byPatchId);
    if (found.length === 0) missing.push(prerequisite);
    for (const patch of found) if (!own.has(patch.mail.messageId)) patches.set(patch.mail.messageId, patch);
  }
  return { patches: [...patches.values()], missing };
}

function find(prerequisite: Prerequisite, pool: readonly Series[], byPatchId: ReadonlyMap<string, Patch>): readonly Patch[] {
  const { id } = prerequisite;
  switch (prerequisite.kind) {
    case 'patch-id': {
      const patch = byPatchId.get(id);
      return patch ? [patch] : [];
    }
    case 'message-id': {
      for (const { cover, patches } of pool) {
        const at = patches.findIndex((patch) => patch.mail.messageId === id);
        // A cover letter, or the first mail of a series, stands for all of it; another patch for what leads up to it.
        if (cover?.messageId === id || at === 0) return patches;
        if (at > 0) return patches.slice(0, at + 1);
      }
      return [];
    }
    case 'change-id': {
      const { version } = prerequisite;
      const versions = pool.filter((each) => each.stated.changeId === id && (version === null || each.version === version));
      return (
        versions.reduce<Series | null>((newest, each) => (newest === null || each.version > newest.version ? each : newest), null)
          ?.patches ?? []
      );
    }
  }
}

/** For people: `the patch with id 0123456789ab`. */
export function prerequisiteText(prerequisite: Prerequisite): string {
  switch (prerequisite.kind) {
    case 'patch-id':
      return `the patch with patch-id ${prerequisite.id.slice(0, 12)}`;
    case 'message-id':
      return `<${prerequisite.id}>`;
    case 'change-id':
      return `the series with change-id ${prerequisite.id}${prerequisite.version === null ? '' : `, v${String(prerequisite.version)}`}`;
  }
}
