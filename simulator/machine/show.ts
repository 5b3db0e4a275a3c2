import { showValue, type Value } from '../interp/value.js';
import type { Machine } from './machine.js';
import { decode, type Entry } from './mmu.js';

/** A page-table entry's value as a walker reads it: `table X`, `page Y`, `invalid`. */
function showEntryValue(m: Machine, entry: Entry, value: Value): string {
  const decoded = decode(m.setup.arch, value, entry.depth + 1 === m.mmu?.levels.length);
  if (decoded.k === 'invalid') return value.k === 'int' && value.v === 0n ? 'invalid' : `invalid (${showValue(value)})`;
  const obj = m.pages.find((page) => m.setup.physical.get(page) === decoded.to);
  return `${decoded.k === 'table' ? 'table' : 'page'} ${obj ?? showValue(value)}`;
}

/** A value of shared location `loc` for a reader. */
export function showAt(m: Machine, loc: number, value: Value): string {
  const entry = m.entries[loc];
  return entry ? showEntryValue(m, entry, value) : showValue(value);
}

/** What the write at `position` put into an entry. */
export const showEntry = (m: Machine, s: Int32Array, entry: Entry, position: number): string =>
  showEntryValue(m, entry, m.auto.value(m.order.valueAt(s, entry.index, position)));
