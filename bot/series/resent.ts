import { diffPrint } from './fingerprint.js';
import type { Group } from './group.js';

/**
 * Which groups are an earlier one sent again under the same prefix, whole or in part, with the same diffs: each mapped to that one. The
 * fullest counts as the first, and of equals the one sent first.
 */
export function findResent(groups: readonly Group[]): ReadonlyMap<Group, Group> {
  const alike = new Map<string, Group[]>();
  for (const group of groups) {
    if (group.slots.size === 0) continue;
    const common = [group.author, group.total, group.version, group.prefixes].join('\n');
    alike.set(common, [...(alike.get(common) ?? []), group]);
  }
  const resent = new Map<Group, Group>();
  for (const same of alike.values()) if (same.length > 1) compare(same, resent);
  return resent;
}

function compare(groups: readonly Group[], resent: Map<Group, Group>): void {
  const first = new Map<string, Group>();
  for (const group of [...groups].sort((a, b) => b.slots.size - a.slots.size)) {
    const keys = [...group.slots].map(([index, entry]) => `${index} ${entry.subject.title}\n${diffPrint(entry.patch.diff)}`);
    const original = first.get(keys[0] ?? '');
    if (original && keys.every((key) => first.get(key) === original)) resent.set(group, original);
    else for (const key of keys) if (!first.has(key)) first.set(key, group);
  }
}
