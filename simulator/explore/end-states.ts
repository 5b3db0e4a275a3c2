import { MAX_CALLBACKS, MAX_LOCKS, MAX_PENDING_TLBI } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { valueKey } from '../interp/value.js';
import type { Exploration } from './explore.js';

/**
 * What every complete run of a search leaves behind, as texts that do not hang on how the program is written: memory, the writes and
 * invalidations that some CPU may still be behind of, in their order, and pages that were freed. What a CPU that has ended knows of them is
 * not in it: machines forget that.
 */
export function endStates(m: Machine, run: Exploration): ReadonlySet<string> {
  const ends = new Set<string>();
  const state = new Int32Array(m.layout.size);
  const locations = namedLocations(m);
  for (let i = 0; i < run.states; i++) {
    run.store.restore(i, state);
    if (m.setup.cpus.every((_, cpu) => m.ended(state, cpu))) ends.add(textOf(m, state, locations));
  }
  return ends;
}

type Location = readonly [name: string, index: number];

const namedLocations = (m: Machine): readonly Location[] =>
  Array.from({ length: m.locationCount }, (_, index): Location => [m.locationName(index), index]).sort(([a], [b]) => (a < b ? -1 : 1));

function textOf(m: Machine, s: Int32Array, locations: readonly Location[]): string {
  const { layout, order } = m;
  const at = (field: number): number => s[field] ?? 0;
  const valueAt = (loc: number, position: number): string => valueKey(m.auto.value(order.valueAt(s, loc, position)));
  const parts: unknown[] = [m.freedPages(s).sort(), at(layout.LOST)];
  for (const [name, loc] of locations) parts.push(`${name}=${valueAt(loc, 0)}`, at(layout.BASE_VIEW + loc));
  for (let i = 1; i <= order.length(s); i++) {
    const code = order.code(s, i);
    parts.push(
      code >= 0 ? `${m.locationName(code)}=${valueAt(code, i)}` : `${invalidationText(m, -1 - code)}@${String(order.floorOf(s, i))}`,
    );
  }
  parts.push(held(MAX_LOCKS, (i) => [at(layout.LOCK_HOLDER + i), at(layout.LOCK_VIEW + i)]));
  parts.push(held(MAX_CALLBACKS, (i) => [callText(m, at(layout.CB_DESC + i)), at(layout.CB_OWED + i), at(layout.CB_VIEW + i)]));
  for (let thread = 0; thread < layout.threads; thread++) parts.push(threadText(m, s, thread, locations));
  return JSON.stringify(parts);
}

function threadText(m: Machine, s: Int32Array, thread: number, locations: readonly Location[]): unknown[] {
  const { layout } = m;
  const get = (field: number): number => m.get(s, thread, field);
  const delayed = get(layout.PEND_LOC);
  const named: readonly number[] = [layout.NODE, layout.PEND_LOC, layout.PEND_VAL, layout.IPI_DESC];
  const plain = Array.from({ length: layout.TLBI }, (_, field) => (named.includes(field) ? 0 : get(field)));
  return [
    plain,
    delayed === 0 ? '' : `${m.locationName(delayed - 1)}=${valueKey(m.auto.value(get(layout.PEND_VAL)))}`,
    callText(m, get(layout.IPI_DESC)),
    held(MAX_PENDING_TLBI, (i) => [invalidationText(m, get(layout.TLBI + i) - 1), get(layout.TLBI_VIEW + i)]),
    locations.map(([, loc]) => [get(layout.COH + loc), loc < layout.entries ? get(layout.TLB + loc) : 0]),
  ];
}

/** What has no place of its own, in an order that is nobody's choice. */
const held = (count: number, what: (index: number) => readonly unknown[]): string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify(what(i))).sort();

function callText(m: Machine, number: number): string {
  const call = m.calls[number - 1];
  return call === undefined ? '' : `${call.fn}(${valueKey(call.info)})`;
}

function invalidationText(m: Machine, index: number): string {
  if (index < 0) return '';
  const what = [
    m.invalidations[index],
    m.caches.get(index),
    m.remoteFences.get(index),
    m.invalidationScope[index],
    m.invalidationIssuer[index],
  ];
  return JSON.stringify(what, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
}
