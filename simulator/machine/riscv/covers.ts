import type { Machine } from '../machine.js';
import type { Entry } from '../mmu.js';

/** What a fence names: addresses (null: all), an ASID (null: all). */
export interface Covers {
  readonly range: { readonly from: bigint; readonly to: bigint } | null;
  readonly asid: bigint | null;
}

export const overlaps = (range: Covers['range'], entry: Entry): boolean =>
  range === null || (entry.from < range.to && entry.from + entry.size > range.from);

/** Whether a fence covers copies of this kind: with an address those that led to a table stay, with an ASID global ones do. */
export function coversCopy(m: Machine, what: Covers, asid: bigint, table: boolean, global: boolean): boolean {
  if (table && what.range !== null) return false;
  if (what.asid === null) return true;
  // It is always legal to fence more: some harts take no notice of the G bit.
  if (global) return m.setup.setting.get('global') === 'fenced';
  return !m.axis('asid') || what.asid === asid;
}
