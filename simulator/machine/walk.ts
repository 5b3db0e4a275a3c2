import { objectOf } from '../interp/memory.js';
import type { Abort, Operation, Request } from '../interp/operation.js';
import { optionalAxis } from '../interp/setup.js';
import { nestsTooDeep } from '../interp/trap.js';
import { isUninitialised, ONE, type Value } from '../interp/value.js';
import { BothStages } from './both-stages.js';
import { isAway } from './elsewhere.js';
import { usesFreed } from './invariants/stale-translation.js';
import { nobodyHandles, overflows } from './invariants/unhandled-fault.js';
import { useBeforeInit } from './invariants/use-before-init.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { type Decoded, decode, type Entry, entryFor, slotFor } from './mmu.js';
import { GOES, NOT_THERE, permitted } from './permission.js';
import { orderLater } from './read.js';
import { covers } from './tlbi.js';
import { store } from './write.js';

/** One way a translation may go: which write of each entry it used, and where it ends. */
interface Walk {
  /** Where it ends in an entry that is empty for good. */
  readonly empty?: string;
  readonly uses: readonly { readonly entry: Entry; readonly position: number }[];
  readonly end: Decoded;
  /** View of an access ordered after this walk. */
  readonly post: number;
  /** True where an entry older than memory's newest was used. */
  readonly stale: boolean;
}

/** Every translation of `va` that this CPU's hardware may use now, from the root down. */
function walks(m: Machine, s: Int32Array, cpu: number, va: bigint, address: number): Walk[] {
  const { mmu } = m;
  if (!mmu) return [];
  const found: Walk[] = [];
  const go = (table: string, uses: Walk['uses'], post: number, stale: boolean): void => {
    const entry = entryFor(m.entries, table, va);
    if (!entry) {
      found.push({ uses, end: { k: 'invalid' }, post, stale, empty: slotFor(mmu, table, va) });
      return;
    }
    const newest = m.order.latest(s, entry.index, m.order.length(s));
    for (const position of m.order.open(s, entry.index, 0)) {
      const value = m.auto.value(m.order.valueAt(s, entry.index, position));
      const end = decode(m.setup.arch, value, entry.depth + 1 === mmu.levels.length);
      const view = Math.max(post, position);
      if (!mayUse(m, s, cpu, entry, position, end, post, view)) continue;
      const next = [...uses, { entry, position }];
      const old = stale || position !== newest;
      const below = end.k === 'table' ? m.pages.find((obj) => m.setup.physical.get(obj) === end.to) : undefined;
      if (below === undefined) found.push({ uses: next, end, post: view, stale: old });
      else go(below, next, view, old);
    }
  };
  go(mmu.root, [], address, false);
  return found;
}

/** Whether hardware may act on the write at `position` (0: the first value) of `entry`. */
function mayUse(
  m: Machine,
  s: Int32Array,
  cpu: number,
  entry: Entry,
  position: number,
  value: Decoded,
  before: number,
  post: number,
): boolean {
  const at = m.layout;
  const latest = (view: number): number => m.order.latest(s, entry.index, view);
  if (m.arch.invalidations === 'executed') {
    if (position < latest(m.get(s, cpu, at.TLB + entry.index))) return false;
    if (value.k !== 'invalid') return true;
    if (m.arch.memory === 'weak') return m.invalidEntries() === 'cached' || position >= latest(m.get(s, cpu, at.FRESH));
    // x86 and s390 never cache what faults, and see a fault by walking once more: after older loads, and own stores (AMD APM vol. 2, "Use of
    // Cached Entries When Reporting a Page Fault Exception"; z/Architecture Principles of Operation, "Translation-Lookaside Buffer").
    return position >= latest(Math.max(m.get(s, cpu, at.RN), m.get(s, cpu, at.COH + entry.index)));
  }
  // arm64 and powerpc never cache what faults; such a value is read by a fresh walk, ordered by what came before it and ISB (ptesync).
  if (value.k === 'invalid' && position < latest(Math.max(before, m.get(s, cpu, at.ISB)))) return false;
  const table = value.k === 'table';
  // A table is reached through stage-2 copies alone; a leaf also through copies of the whole translation.
  const stage2 = m.mmu?.regime === 'arm64-stage2';
  const stages = stage2 && !table ? new BothStages() : null;
  for (let t = 1; t <= m.order.length(s); t++) {
    const code = m.order.code(s, t);
    if (code >= 0) continue;
    const invalidation = m.invalidations[-1 - code];
    const scope = m.invalidationScope[-1 - code];
    if (!invalidation || scope === undefined || (scope >= 0 && scope !== cpu)) continue;
    const covered = covers(invalidation, entry, table) && !(stage2 && table && invalidation.tlbi.stage === 1);
    const issued = m.order.floorOf(s, t);
    const gone = stages ? stages.take(invalidation.tlbi, t, issued, covered) : covered ? issued : null;
    if (gone === null || position >= latest(gone)) continue;
    const walked = Math.max(post, m.get(s, cpu, at.ISB));
    const accessed = Math.max(walked, m.get(s, cpu, at.RN));
    const used = m.get(s, cpu, at.TLB + entry.index);
    // The issuer's own later accesses may still be old until its ISB; other CPUs are bound by the whole access, and never go back.
    const own = m.invalidationIssuer[-1 - code] === cpu;
    if (walked >= t || (!own && (accessed >= t || used >= t))) return false;
  }
  return true;
}

const name = (m: Machine, obj: string | undefined): string => obj ?? `unmapped memory of ${m.setup.arch}`;

/** A translated access: it goes through, or it faults and the trap handler starts. */
export function touch(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'touch' }>,
  sink: Sink,
): void {
  const at = m.layout;
  if (isAway(m, s, cpu)) {
    sink.stuck('an access through tables that are not those of the scenario');
    return;
  }
  const ordered = m.arch.invalidations === 'ordered';
  const seen = new Set<string>();
  for (const walk of walks(m, s, cpu, does.va, m.slots(s, cpu, request.addr))) {
    const wild = walk.uses.find(({ entry, position }) => isUninitialised(m.auto.value(m.order.valueAt(s, entry.index, position))));
    if (wild) {
      const why = `walks through ${wild.entry.loc} before its first value is there`;
      sink.violation(
        cpu,
        useBeforeInit(cpu, m.cpuName(cpu), why),
        line(m, request, () => why),
      );
      continue;
    }
    const use = walk.uses.at(-1);
    const access =
      walk.end.k === 'leaf' && use ? permitted(m, s, does, use.entry, use.position) : walk.end.k === 'invalid' ? NOT_THERE : GOES;
    if (access.k === 'not-now') continue;
    const t = m.begin(s, cpu);
    const page = walk.end.k === 'leaf' ? walk.end.to : null;
    // Which write an access went through matters only where a view keeps it.
    const update = access.k === 'goes' ? access.update : null;
    const key = `${access.k} ${String(update)} ${String(page)} ${ordered ? String(walk.post) : ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (ordered) {
      for (const use of walk.uses) m.raise(t, cpu, at.TLB + use.entry.index, walk.post);
      m.raise(t, cpu, at.CAP, walk.post);
      m.raise(t, cpu, at.VM, walk.post);
    }
    if (access.k === 'goes') {
      const obj = m.pages.find((each) => m.setup.physical.get(each) === page);
      // Of other CPUs the free itself has asked whether they may still come here; an access made later that nothing orders after it is older.
      const listed = m.arch.memory === 'total-store' && m.setup.cpus[cpu]?.onlyListedAccesses === true;
      if (listed && obj !== undefined && use && m.isFreed(s, obj)) {
        sink.violation(
          cpu,
          usesFreed(m, s, obj, { cpu, ...use, table: false }),
          line(m, request, () => `reaches ${obj}, which is free`),
        );
        continue;
      }
      const loc = does.stores?.locs.find((each) => objectOf(each) === obj);
      if (does.stores && loc !== undefined) {
        storeThrough(m, s, cpu, request, { ...does.stores, loc }, walk, sink);
        continue;
      }
      if (use && update !== null) {
        const place = m.order.append(t, use.entry.index, update);
        for (const field of [m.layout.TLB + use.entry.index, m.layout.VM]) m.raise(t, cpu, field, place);
      }
      m.moveWith(t, cpu, does.tries === true ? m.auto.valueId(ONE) : 0);
      sink.next(
        t,
        cpu,
        walk.stale,
        line(m, request, () => `reaches ${name(m, obj)}${walk.stale ? ' through an old translation' : ''}`),
      );
      continue;
    }
    fault(m, s, t, cpu, request, does, walk, sink);
  }
}

/** A store that its translation has brought to a page whose contents somebody looks at. */
function storeThrough(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  { loc, value, bits }: { readonly loc: string; readonly value: Value; readonly bits: number },
  { uses, post, stale }: Walk,
  sink: Sink,
): void {
  const at = m.layout;
  const apply = (t: Int32Array): void => {
    if (m.arch.invalidations !== 'ordered') return;
    for (const { entry } of uses) m.raise(t, cpu, at.TLB + entry.index, post);
    m.raise(t, cpu, at.CAP, post);
    m.raise(t, cpu, at.VM, post);
  };
  const told: Sink = {
    next: (t, by, _, text) => {
      sink.next(t, by, stale, text);
    },
    violation: (by, violation, text) => {
      sink.violation(by, violation, text);
    },
    stuck: (why) => {
      sink.stuck(why);
    },
  };
  store(m, s, cpu, request, { op: 'store', loc, value, release: false, bits, updates: false }, told, {
    post,
    limit: Number.POSITIVE_INFINITY,
    apply,
  });
}

function fault(
  m: Machine,
  s: Int32Array,
  t: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'touch' }>,
  walk: Walk,
  sink: Sink,
): void {
  const at = m.layout;
  const where = walk.empty ?? walk.uses.at(-1)?.entry.loc ?? 'an address that no table covers';
  const denied = walk.end.k === 'leaf';
  const stale = denied ? `may not, by an old value of ${where}` : `faults: still acts on an invalid ${where}`;
  const text = line(m, request, () => (walk.stale ? stale : denied ? `may not, by ${where}` : `faults on ${where}`));
  if (does.tries === true) {
    m.moveWith(t, cpu, 0);
    sink.next(t, cpu, walk.stale, text);
    return;
  }
  if (m.setup.trap === null) {
    sink.violation(cpu, nobodyHandles(cpu, m.cpuName(cpu)), text);
    return;
  }
  if (nestsTooDeep(m.node(s, cpu).state)) {
    sink.violation(cpu, overflows(cpu, m.cpuName(cpu)), text);
    return;
  }
  trapSync(m, t, cpu, walk.post);
  // A page fault drops the copies that it went through (Intel SDM vol. 3, "Operations that Invalidate TLBs and Paging-Structure Caches").
  if (m.setup.arch === 'x86') for (const use of walk.uses) m.raise(t, cpu, at.TLB + use.entry.index, m.known(t, cpu));
  m.raise(t, cpu, at.VM, walk.post);
  const { id } = m.node(t, cpu);
  m.goTo(
    t,
    cpu,
    m.setup.arch === 'arm64'
      ? m.auto.nextAbort(id, denied ? 'permission' : 'translation', abortOf(m, walk, does.write))
      : m.auto.nextFault(id),
  );
  sink.next(t, cpu, walk.stale, text);
}

/** Where the walk ended: what a handler of arm64 reads in ESR_EL1. */
function abortOf(m: Machine, walk: Walk, write: boolean): Abort {
  const depth = walk.empty === undefined ? walk.uses.length - 1 : walk.uses.length;
  return { stage: 1, level: m.mmu?.levels[Math.max(0, depth)]?.level ?? 0, ipa: null, walk: false, write };
}

/**
 * What taking or leaving a trap orders. On arm64 it is a context synchronisation, unless SCTLR_ELx.EIS or EOS says no (axes `EIS` and `EOS`; Arm
 * ARM DDI 0487, FEAT_ExS; Linux sets both). On riscv a fresh walk, on some microarchitectures.
 */
export function trapSync(m: Machine, t: Int32Array, cpu: number, post: number, crossing: 'entry' | 'return' = 'entry'): void {
  const at = m.layout;
  switch (m.arch.traps) {
    case 'synchronise-context': {
      if (m.setup.arch === 'arm64' && optionalAxis(m.setup, crossing === 'entry' ? 'EIS' : 'EOS', true) === false) return;
      const view = Math.max(post, m.get(t, cpu, at.CTRL), m.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));
      m.raise(t, cpu, at.ISB, view);
      m.raise(t, cpu, at.FETCH, view);
      return;
    }
    case 'wait-for-stores':
      orderLater(m, t, cpu, m.known(t, cpu));
      return;
    case 'nothing':
      if (m.invalidEntries() !== 'early') return;
      // Where stores take their places as they are made, now is the end of the order; else it is what this hart has come to know.
      if (at.exact) m.raise(t, cpu, at.FRESH, Math.max(m.known(t, cpu), post));
      else m.set(t, cpu, at.FRESH, m.order.length(t));
  }
}
