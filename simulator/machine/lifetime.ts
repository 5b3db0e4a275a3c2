import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import { staleTranslation, usesReplaced } from './invariants/stale-translation.js';
import { walkerUseAfterFree } from './invariants/walker-use-after-free.js';
import type { Machine, Sink } from './machine.js';
import { holdsOld, reaches } from './reach.js';

/** Frees a page: wrong while any CPU's hardware may still reach it. */
export function freePage(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'page-free' }>,
  sink: Sink,
): void {
  if (m.delayed(s, cpu)) return;
  const text = line(m, request, () => `frees ${does.obj}`);
  const reach = reaches(m, s, does.obj, m.known(s, cpu), cpu);
  if (reach) {
    const freed = { by: m.cpuName(cpu), obj: does.obj, reach };
    sink.violation(cpu, reach.table ? walkerUseAfterFree(m, s, freed) : staleTranslation(m, s, freed), text);
    return;
  }
  const t = m.begin(s, cpu);
  m.markFreed(t, does.obj);
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}

/** A program goes on as if nobody used what stood in an entry before it was changed: wrong while any CPU's hardware may still do so. */
export function translationGone(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'translation-gone' }>,
  sink: Sink,
): void {
  if (m.delayed(s, cpu)) return;
  const text = line(m, request, () => `relies on the old ${does.loc} being gone`);
  const entry = m.entries.find(({ loc }) => loc === does.loc);
  if (entry === undefined) {
    sink.stuck(`${does.loc} is no entry of the tables at hand`);
    return;
  }
  const reach = holdsOld(m, s, entry, m.known(s, cpu), cpu);
  if (reach) {
    sink.violation(cpu, usesReplaced(m, s, m.cpuName(cpu), reach), text);
    return;
  }
  const t = m.begin(s, cpu);
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}
