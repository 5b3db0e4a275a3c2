import type { Operation, Request } from '../interp/operation.js';
import { FRESH, goTo, HERE, KEPT, whereabouts } from './elsewhere.js';
import { dropOwn, EVERYTHING } from './flush.js';
import { staleTranslation } from './invariants/stale-translation.js';
import { walkerUseAfterFree } from './invariants/walker-use-after-free.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { AT_END, put } from './promises.js';
import { reachedBy } from './reach.js';
import type { Invalidation } from './tlbi.js';
import type { Violation } from './violation.js';

/** Bits 0 to 51 of an ASCE: where the table begins (z/Architecture Principles of Operation, "Address-Space-Control Element"). */
const ORIGIN = 0xffff_ffff_ffff_f000n;

/**
 * s390 LOAD CONTROL of an ASCE, powerpc mtspr PIDR. There is one tree of tables; while a CPU's register names another, it walks nothing and
 * uses no copy. Copies are tagged with what they were made under, so that it may find them again when it comes back, whatever has become of the
 * tables meanwhile (z/Architecture Principles of Operation, "Translation-Lookaside Buffer": attached entries; Power ISA Book III, "Radix Tree
 * Translation", process IDs). It makes none while it is away.
 *
 * Neither serialises: on s390 that is weaker than what Principles of Operation may promise; on powerpc the isync that has to follow counts as done.
 */
export function enterAddressSpace(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'address-space' }>,
  sink: Sink,
): void {
  const at = m.layout;
  m.need('address-spaces');
  const was = whereabouts(m, s, cpu);
  const here = isHere(m, does);
  const t = m.begin(s, cpu);
  const text = line(m, request, () => (here ? 'comes to these tables' : 'goes to other tables'));
  if (!here && was === HERE) goTo(m, t, cpu, KEPT);
  if (here && was !== HERE) {
    goTo(m, t, cpu, HERE);
    if (was === FRESH) comeFresh(m, t, cpu);
    const stale = staleOnReturn(m, s, t, cpu, Math.max(m.known(t, cpu), m.get(t, cpu, at.ISB)));
    if (stale) {
      sink.violation(cpu, stale, text);
      return;
    }
  }
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}

function isHere(m: Machine, { names, value }: Extract<Operation, { op: 'address-space' }>): boolean {
  if (names === 'root') return (value & ORIGIN) === m.setup.physical.get(m.mmu?.root ?? '');
  return m.mmu?.number === undefined || value === m.mmu.number;
}

/** Without copies from before, all that this CPU can hold it walks from now on: nothing older than what it has looked at. */
export function comeFresh(m: Machine, t: Int32Array, cpu: number): void {
  const at = m.layout;
  // Own stores may still be on their way.
  const view = Math.max(m.get(t, cpu, at.RN), m.get(t, cpu, at.VR), m.get(t, cpu, at.DSB), m.get(t, cpu, at.ISB));
  if (m.arch.invalidations === 'executed') {
    dropOwn(m, t, cpu, view, EVERYTHING);
    return;
  }
  const all: Invalidation = {
    tlbi: { word: 'none kept', stage: 1, by: 'all', last: false, range: false, local: true },
    from: 0n,
    to: 0n,
    hint: null,
  };
  const position = put(m, t, cpu, { code: -(m.invalidation(all, cpu, cpu) + 1), value: view }, AT_END);
  for (const field of [at.VM, at.ISB]) m.raise(t, cpu, field, position);
}

/** A CPU that drops everything of its own while it is away has kept nothing: it makes no copies there. */
export function forgetAway(m: Machine, t: Int32Array, cpu: number, done: Invalidation | null | undefined): void {
  const isWhole = done && done.tlbi.by === 'all' && !done.tlbi.last && done.tlbi.tablesOnly !== true;
  if (isWhole && whereabouts(m, t, cpu) === KEPT) goTo(m, t, cpu, FRESH);
}

/** The violation of a CPU that comes back to copies of what was freed while it was away; null where it has none. */
export function staleOnReturn(m: Machine, s: Int32Array, t: Int32Array, cpu: number, view: number): Violation | null {
  for (const obj of m.freedPages(s)) {
    const to = m.setup.physical.get(obj);
    const reach = to === undefined ? null : reachedBy(m, t, cpu, to, view);
    if (!reach) continue;
    const freed = { by: 'somebody', obj, reach };
    return reach.table ? walkerUseAfterFree(m, t, freed) : staleTranslation(m, t, freed);
  }
  return null;
}
