import { elementBytes, locationOf } from '../interp/memory.js';
import type { FaultType, Operation, Request } from '../interp/operation.js';
import { runsAsUser } from '../interp/trap.js';
import { int, type Value } from '../interp/value.js';
import { rmw, storeExclusive } from './atomic.js';
import { line } from './line.js';
import { load } from './read.js';
import type { Through } from './through.js';
import { store } from './write.js';
import type { Machine, Sink } from './machine.js';
import { decode, type Entry, entryFor } from './mmu.js';
import { leafOf, setAccessed, setWritable } from './leaf.js';
import type { Path, Wanted } from './path.js';
import { AT_END, places, put, type Write } from './promises.js';
import { baseOf, entryAt, inSpace, pathsThroughSpaces } from './spaces.js';
import { afterUpdate } from './riscv/leaf.js';
import { riscvPaths } from './riscv/walk.js';
import { covers } from './tlbi.js';
import { trapSync } from './walk.js';

type Translated = Extract<Operation, { op: 'translated' }>;

/**
 * An access by virtual address (arm64). Any value of an entry may be used, however old, unless an invalidation rules it out; values that
 * fault as "not there" are never cached, so that only a fresh walk may show them (Arm ARM DDI 0487, D8.16 "Translation Lookaside Buffers").
 */
export function translated(m: Machine, s: Int32Array, cpu: number, request: Request, does: Translated, sink: Sink): void {
  const { access } = does;
  const wanted: Wanted = { write: access.op !== 'load', user: runsAsUser(m.setup, m.node(s, cpu).state) };
  const found = m.setup.arch === 'riscv' ? riscvPaths(m, s, cpu, does.va, wanted) : paths(m, s, cpu, does, wanted, request);
  for (const path of found) {
    if (path.end.k === 'fault') fault(m, s, cpu, request, path, path.end, sink);
    else {
      const loc = physicalLocation(m, path.end.to + (does.va & 0xfffn));
      if (loc === null) sink.stuck(`physical address 0x${path.end.to.toString(16)} is no page of this test`);
      else if (path.update === null) perform(m, s, cpu, request, does, loc, path, sink);
      else {
        for (const { state, position } of updates(m, s, cpu, request, path, path.update)) {
          const after = m.setup.arch === 'riscv' ? afterUpdate(path, position) : path;
          perform(m, state, cpu, request, does, loc, after, sink);
        }
      }
    }
  }
}

/** Location that stands at a physical address, or null where the test has no page. */
function physicalLocation(m: Machine, address: bigint): string | null {
  const page = baseOf(address);
  const spaces = m.mmu?.spaces;
  const entry = spaces ? entryAt(m, spaces, address) : null;
  if (entry) return entry.loc;
  for (const [obj, base] of m.setup.physical) {
    if (base !== page) continue;
    const offset = address - page;
    if (offset === 0n) return locationOf(m.setup, obj, '');
    const size = BigInt(elementBytes(m.setup, obj));
    return offset % size === 0n ? `${obj}[${String(offset / size)}]` : `${obj}+${String(offset)}`;
  }
  return null;
}

function perform(m: Machine, s: Int32Array, cpu: number, request: Request, does: Translated, loc: string, path: Path, sink: Sink): void {
  const at = m.layout;
  const { access } = does;
  const used = at.USED + m.address(inSpace(does.va, does.regime));
  const through: Through = {
    post: path.post,
    limit: path.limit,
    apply(t) {
      for (const { entry } of path.steps) m.raise(t, cpu, at.WALKED + entry.index, path.post);
      m.raise(t, cpu, used, path.post);
      m.raise(t, cpu, at.CAP, path.post);
      m.raise(t, cpu, at.VM, path.post);
    },
  };
  switch (access.op) {
    case 'load':
      load(m, s, cpu, request, { ...access, loc }, sink, through);
      return;
    case 'store':
      store(m, s, cpu, request, { ...access, loc }, sink, through);
      return;
    case 'rmw':
      rmw(m, s, cpu, request, { ...access, loc }, sink, through);
      return;
    case 'store-exclusive':
      storeExclusive(m, s, cpu, request, { ...access, loc }, sink, through);
  }
}

/** Every translation of `va` that this CPU may use now, from the root down. */
function paths(m: Machine, s: Int32Array, cpu: number, { va, regime }: Translated, wanted: Wanted, request: Request): Path[] {
  if (!m.mmu) return [];
  const at = m.layout;
  const ets2 = m.axis('FEAT_ETS2');
  const view = (field: number): number => m.get(s, cpu, field);
  const start = Math.max(m.slots(s, cpu, request.addr), view(at.ISB), ets2 ? view(at.DSB) : 0);
  if (regime) return pathsThroughSpaces(m, s, cpu, va, wanted, regime, start, ets2 ? Math.max(view(at.VR), view(at.VW)) : 0);
  const found: Path[] = [];
  const add = (path: Path, ownLimit: number): void => {
    // Once an access to the address went through a new translation, none goes through the old again; a fault may still come from the old.
    const used = path.end.k === 'page' ? view(at.USED + m.address(va)) : 0;
    if (path.post < ownLimit && path.post < path.limit && used < path.limit) found.push(path);
  };
  const go = (table: string, steps: Path['steps'], before: number, ownLimit: number, limit: number, stale: boolean): void => {
    const entry = entryFor(m.entries, table, va);
    if (!entry) {
      add({ steps, ...NOT_THERE, post: before, limit, stale }, ownLimit);
      return;
    }
    const newest = m.order.latest(s, entry.index, m.order.length(s));
    for (const position of m.order.open(s, entry.index, 0)) {
      const value = m.auto.value(m.order.valueAt(s, entry.index, position));
      const decoded = decode(m.setup.arch, value, entry.depth + 1 === m.mmu?.levels.length);
      const post = Math.max(before, m.order.viewOf(s, entry.index, position));
      const bounds = invalidations(m, s, cpu, entry, position, decoded.k === 'table');
      const own = Math.min(ownLimit, bounds.own);
      const others = Math.min(limit, bounds.others);
      const next = [...steps, { entry, position }];
      const old = stale || position !== newest;
      // With FEAT_ETS2 a walk that faults comes after all older explicit accesses (Arm ARM DDI 0487, D8.2.7 "Enhanced translation synchronization").
      const accessed = Math.max(before, ets2 ? Math.max(view(at.VR), view(at.VW)) : 0);
      if (decoded.k === 'table') {
        const below = m.pages.find((obj) => m.setup.physical.get(obj) === decoded.to);
        if (below !== undefined) go(below, next, post, own, others, old);
        else add({ steps: next, ...NOT_THERE, post, limit: others, stale: old }, own);
        continue;
      }
      const outcome = decoded.k === 'invalid' ? NOT_THERE : leaf(m, cpu, value, decoded.to, wanted);
      const uncached = outcome.end.k === 'fault' && outcome.end.type !== 'permission';
      if (uncached && position < m.order.latest(s, entry.index, accessed)) continue;
      // A delayed store is older than the fault, and has no place yet that the fault could come after.
      if (uncached && ets2 && m.delayed(s, cpu)) continue;
      add({ steps: next, ...outcome, post: uncached ? Math.max(post, accessed) : post, limit: others, stale: old }, own);
    }
  };
  go(m.mmu.root, [], start, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, false);
  return found;
}

const faulting = (type: FaultType): Pick<Path, 'end' | 'update'> => ({ end: { k: 'fault', type }, update: null });
const NOT_THERE = faulting('translation');

/** What a valid leaf gives to an access: its page, or a fault (Arm ARM DDI 0487, D8.4 and D8.5). */
function leaf(m: Machine, cpu: number, value: Value, to: bigint, wanted: Wanted): Pick<Path, 'end' | 'update'> {
  if (value.k !== 'int') return NOT_THERE;
  const bits = leafOf(value.v);
  const updates = m.setup.cpus[cpu]?.updates ?? 'none';
  if (!bits.accessed && updates === 'none') return faulting('access-flag');
  if (wanted.user && !bits.user) return faulting('permission');
  let after = bits.accessed ? value.v : setAccessed(value.v);
  if (wanted.write && !bits.writable) {
    if (updates !== 'hd' || !bits.dirtyManaged) return faulting('permission');
    after = setWritable(after);
  }
  return { end: { k: 'page', to }, update: after === value.v ? null : int(after) };
}

/** Invalidations in the order that rule out the write at `position` of `entry`: first own one, first one of another CPU. */
function invalidations(
  m: Machine,
  s: Int32Array,
  cpu: number,
  entry: Entry,
  position: number,
  table: boolean,
): { readonly own: number; readonly others: number } {
  let own = Number.POSITIVE_INFINITY;
  let others = Number.POSITIVE_INFINITY;
  for (let t = m.order.length(s); t > 0; t--) {
    const code = m.order.code(s, t);
    if (code >= 0) continue;
    const invalidation = m.invalidations[-1 - code];
    const scope = m.invalidationScope[-1 - code];
    if (!invalidation || scope === undefined || (scope >= 0 && scope !== cpu) || !covers(invalidation, entry, table)) continue;
    if (position >= m.order.latest(s, entry.index, m.order.floorOf(s, t))) continue;
    if (m.invalidationIssuer[-1 - code] === cpu) own = t;
    else others = t;
  }
  return { own, others };
}

/**
 * States in which hardware has updated the last entry of the walk. The update is an atomic write of the entry; the access comes after the
 * walk, not after the update (Arm ARM DDI 0487, D8.5.1 "Hardware management of the Access flag" and following).
 */
function updates(m: Machine, s: Int32Array, cpu: number, request: Request, path: Path, value: Value): Updated[] {
  const at = m.layout;
  const last = path.steps.at(-1);
  if (!last) return [];
  const { index } = last.entry;
  const view = (field: number): number => m.get(s, cpu, field);
  const after = Math.max(
    path.post,
    view(at.CAP),
    view(at.CTRL),
    m.slots(s, cpu, request.ctrl | request.addr | request.picks.addr),
    view(at.ISB),
    view(at.WALKED + index),
    m.setup.arch === 'arm64' && m.axis('FEAT_ETS2') ? view(at.DSB) : 0,
  );
  const write: Write = { code: index, value: m.auto.valueId(value) };
  // An own earlier read that missed the update comes before it; one that saw it did not wait for it.
  const missed = (place: number): boolean => view(at.READ_POSITION + index) < place && place <= view(at.READ + index);
  const open = places(m, s, cpu, write, after, Number.POSITIVE_INFINITY, last.position);
  return open
    .filter((place) => place === AT_END || !missed(place))
    .map((place) => {
      const t = s.slice();
      const position = put(m, t, cpu, write, place);
      m.raise(t, cpu, at.VM, position);
      m.raise(t, cpu, at.WALKED + index, position);
      return { state: t, position };
    });
}

interface Updated {
  readonly state: Int32Array;
  readonly position: number;
}

function fault(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  path: Path,
  { type, abort }: Extract<Path['end'], { k: 'fault' }>,
  sink: Sink,
): void {
  const at = m.layout;
  const view = Math.max(path.post, m.get(s, cpu, at.FN), m.get(s, cpu, at.ISB), m.slots(s, cpu, request.addr));
  if (view >= path.limit) return;
  // Where a trap is enough to look again, it looks at what its hart has stored: that has its place by then.
  if (m.arch.traps === 'nothing' && m.delayed(s, cpu) && m.invalidEntries() === 'early') return;
  const t = m.begin(s, cpu);
  trapSync(m, t, cpu, Math.max(path.post, m.slots(s, cpu, request.addr | request.picks.addr)));
  m.raise(t, cpu, at.VM, view);
  const { id } = m.node(t, cpu);
  m.goTo(t, cpu, abort ? m.auto.nextAbort(id, type, abort) : m.auto.nextFault(id, type));
  const where = path.steps.at(-1)?.entry.loc ?? 'an address that no table covers';
  sink.next(
    t,
    cpu,
    path.stale,
    line(m, request, () => `${type} fault at ${where}${path.stale ? ', an old value of it' : ''}`),
  );
}

/** Page tables are the kernel's: an access by user code to an entry itself faults. True where it did. */
export function deniedTable(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): boolean {
  const { does } = request;
  if (!('loc' in does) || !runsAsUser(m.setup, m.node(s, cpu).state) || !m.entries.some((entry) => entry.loc === does.loc)) return false;
  const t = m.begin(s, cpu);
  trapSync(m, t, cpu, 0);
  m.goTo(t, cpu, m.auto.nextFault(m.node(t, cpu).id, 'permission'));
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `permission fault: user code may not touch ${does.loc}`),
  );
  return true;
}

/** Hardware may set the access flag of a valid entry whenever it likes, if any CPU updates flags (Arm ARM DDI 0487, D8.5.1). */
export function accessFlagUpdate(m: Machine, s: Int32Array): Write[] {
  if (!m.setup.cpus.some((cpu) => (cpu.updates ?? 'none') !== 'none')) return [];
  const found: Write[] = [];
  for (const entry of m.entries) {
    const value = m.auto.value(m.order.valueAt(s, entry.index, m.order.latest(s, entry.index, m.order.length(s))));
    if (value.k !== 'int' || decode(m.setup.arch, value, entry.depth + 1 === m.mmu?.levels.length).k !== 'leaf') continue;
    if (!leafOf(value.v).accessed) found.push({ code: entry.index, value: m.auto.valueId(int(setAccessed(value.v))) });
  }
  return found;
}

/** An exception that an instruction is by itself: a context synchronisation (Arm ARM DDI 0487, "Context synchronization event"). */
export function exception(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'exception' }>,
  sink: Sink,
): void {
  const t = m.begin(s, cpu);
  trapSync(m, t, cpu, request.fetched ? m.get(t, cpu, m.layout.OWN_FETCH) : 0);
  m.goTo(t, cpu, m.auto.nextFault(m.node(t, cpu).id, does.cause));
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (does.cause === 'undefined' ? 'undefined instruction' : 'takes an exception of its own asking')),
  );
}
