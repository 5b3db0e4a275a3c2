import type { Entry, Group } from './group.js';

/**
 * Fills up versions of which only some patches were sent, each in answer to the patch that it replaces: the others are those of the version
 * before. `[PATCH v2] x` in answer to `[PATCH 2/3] x` of the same author counts as 2/3. A number may stay at the same version.
 */
export function fillRerolls(groups: readonly Group[]): void {
  const byMail = new Map<string, Group>();
  for (const group of groups) for (const { patch } of group.slots.values()) byMail.set(patch.mail.messageId, group);
  const full = groups.filter((group) => group.slots.size > 0 && group.cover === null);
  for (const group of full.sort((a, b) => versionOf(a) - versionOf(b))) {
    const replaced = [...group.slots.values()].map(({ patch }) => byMail.get(patch.mail.inReplyTo ?? ''));
    const before = replaced.reduce((latest, each) => (each && (!latest || versionOf(each) > versionOf(latest)) ? each : latest), undefined);
    if (before && before !== group && isPartOf(group, before)) fill(group, before);
  }
}

/** Whether a version holds fewer patches than the one before, and each replaces that in its place. */
function isPartOf(group: Group, before: Group): boolean {
  if (before.author !== group.author) return false;
  const later = versionOf(group) > versionOf(before) || (versionOf(group) === versionOf(before) && group.total !== null);
  if (!later) return false;
  const whole = group.total !== null && group.slots.size + group.hollow.size >= group.total;
  if (whole || before.slots.size < 2) return false;
  return [...group.slots.values()].every((entry) => placeIn(before, entry) !== null);
}

/** The place of the patch that this one answers, if it is the same patch. */
function placeIn(before: Group, { patch, subject }: Entry): number | null {
  for (const [index, old] of before.slots) {
    if (old.patch.mail.messageId !== patch.mail.inReplyTo) continue;
    const same =
      subject.index === null
        ? subject.title.toLowerCase() === old.subject.title.toLowerCase()
        : subject.index === index && subject.total === old.subject.total;
    return same ? index : null;
  }
  return null;
}

function fill(group: Group, before: Group): void {
  const sent = [...group.slots.values()];
  group.slots.clear();
  group.total ??= before.total;
  for (const entry of sent) {
    const index = placeIn(before, entry) ?? entry.patch.index;
    group.slots.set(index, { ...entry, patch: { ...entry.patch, index } });
  }
  for (const [index, entry] of before.slots) {
    if (group.slots.has(index) || group.hollow.has(index)) continue;
    const { via } = entry.patch;
    const version = via.kind === 'earlier' ? via.version : versionOf(before);
    group.slots.set(index, { ...entry, patch: { ...entry.patch, via: { kind: 'earlier', version } } });
  }
}

function versionOf(group: Group): number {
  return group.version ?? 1;
}
