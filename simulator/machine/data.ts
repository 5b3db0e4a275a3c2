import type { Operation, Request } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { ONE, truthOf, type Value, ZERO } from '../interp/value.js';
import type { Machine, Sink } from './machine.js';
import { AT_END, type Place, places, put, type Write } from './promises.js';
import { showAt } from './show.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** What the translation of its address means for an access. */
export interface Through {
  /** The access comes after this view: where the walk read. */
  readonly post: number;
  /** The access comes before this position: the first invalidation of the translation that it still uses. */
  readonly limit: number;
  /** Notes in the new state that the translation was used. */
  apply(t: Int32Array): void;
}

/** An access that no MMU translates. */
const UNTRANSLATED: Through = { post: 0, limit: Number.POSITIVE_INFINITY, apply: () => undefined };

/** Loads: any write from the floor on; reading one raises the floor of the location (coherence) and fills the view slot. */
export function load(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Of<'load'>,
  sink: Sink,
  through: Through = UNTRANSLATED,
): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  if (freed(m, s, cpu, request, does.loc, 'reads', sink)) return;
  if (m.get(s, cpu, at.PEND_LOC) === loc + 1) {
    const t = m.begin(s, cpu);
    const pending = m.get(s, cpu, at.PEND_VAL);
    const value = m.auto.value(pending);
    const post = Math.max(m.slots(s, cpu, request.addr), m.get(s, cpu, at.PEND_DEPS));
    if (request.slot >= 0) m.set(t, cpu, at.SLOT + request.slot, post);
    m.moveWith(t, cpu, pending);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => `${does.loc} is ${showAt(m, loc, value)} (own store, not yet visible to others)`),
    );
    return;
  }
  const pre = readFloor(m, s, cpu, request, through, does.acquire && does.rcpc !== true);
  for (const position of m.order.open(s, loc, Math.max(pre, m.get(s, cpu, at.COH + loc)))) {
    const post = Math.max(pre, viewOfRead(m, s, cpu, loc, position, does.acquire));
    if (post >= through.limit) continue;
    const t = m.begin(s, cpu);
    const number = m.order.valueAt(s, loc, position);
    const value = m.auto.value(number);
    through.apply(t);
    read(m, t, cpu, request, loc, post, does.acquire);
    if (does.exclusive === true && at.exact) {
      m.set(t, cpu, at.MONITOR_LOC, loc + 1);
      m.set(t, cpu, at.MONITOR_POS, position);
    }
    m.moveWith(t, cpu, number);
    const stale = position !== m.order.latest(s, loc, m.order.length(s));
    sink.next(
      t,
      cpu,
      stale,
      line(m, request, () => `${does.loc} is ${showAt(m, loc, value)}${stale ? ' (not the newest)' : ''}`),
    );
  }
}

/** View that a read comes after, whatever it reads. */
function readFloor(m: Machine, s: Int32Array, cpu: number, request: Request, through: Through, afterRelease: boolean): number {
  const at = m.layout;
  // LDAR comes after an older STLR of its CPU (Arm ARM DDI 0487, B2.3 Barrier-ordered-before); RISC-V's fences say so by themselves.
  const released = afterRelease && m.setup.arch === 'arm64' ? m.get(s, cpu, at.REL) : 0;
  return Math.max(m.slots(s, cpu, request.addr), m.get(s, cpu, at.RN), m.get(s, cpu, at.ISB), released, through.post);
}

/**
 * What a CPU knows that has read the write at `position`. An own store may be forwarded before it has its place: then it is what the store's
 * address and data depended on (Pulte et al. 2019). An acquire takes no such short cut past an own atomic.
 */
function viewOfRead(m: Machine, s: Int32Array, cpu: number, loc: number, position: number, acquire: boolean): number {
  const at = m.layout;
  if (at.exact && position > 0 && m.get(s, cpu, at.FORWARD + loc) === position) {
    const atomic = (m.get(s, cpu, at.FORWARD_RMW) & (1 << loc)) !== 0;
    if (!(atomic && acquire)) return m.get(s, cpu, at.FORWARD_VIEW + loc);
  }
  return m.order.viewOf(s, loc, position);
}

/** An access by software to what stood in a page that was freed. */
function freed(m: Machine, s: Int32Array, cpu: number, request: Request, loc: string, what: string, sink: Sink): boolean {
  if (!m.isFreed(s, loc)) return false;
  const why = `${m.cpuName(cpu)} ${what} ${loc}, which stands in a page that was freed`;
  const text = line(m, request, () => `${what} ${loc} in a freed page`);
  sink.violation(cpu, { kind: 'walker-use-after-free', endsIn: null, why, victim: cpu, victimText: '' }, text);
  return true;
}

function read(
  m: Machine,
  t: Int32Array,
  cpu: number,
  request: Request,
  loc: number,
  post: number,
  acquire: boolean,
  noReturn = false,
): void {
  const at = m.layout;
  m.raise(t, cpu, at.COH + loc, post);
  if (!noReturn) m.raise(t, cpu, at.VR, post);
  m.raise(t, cpu, at.VM, post);
  m.raise(t, cpu, at.CAP, m.slots(t, cpu, request.addr | request.picks.addr));
  if (at.exact) m.raise(t, cpu, at.READ + loc, post);
  if (acquire) orderLater(m, t, cpu, post);
  // A slot that already stands for an older read keeps the later of the two.
  if (request.slot >= 0) {
    if (request.live & (1 << request.slot)) m.raise(t, cpu, at.SLOT + request.slot, post);
    else m.set(t, cpu, at.SLOT + request.slot, post);
  }
}

/** Later accesses and faults of this CPU come after `view`. */
function orderLater(m: Machine, t: Int32Array, cpu: number, view: number): void {
  m.raise(t, cpu, m.layout.RN, view);
  m.raise(t, cpu, m.layout.FN, view);
  if (m.layout.exact) m.raise(t, cpu, m.layout.WN, view);
}

/** View that a write comes after. Where stores take their places as they are made, that is always so. */
function writeFloor(m: Machine, s: Int32Array, cpu: number, request: Request, loc: number, release: boolean, through: Through): number {
  const at = m.layout;
  if (!at.exact) return 0;
  const { addr, data, picks, ctrl } = request;
  const view = (field: number): number => m.get(s, cpu, field);
  return Math.max(
    m.slots(s, cpu, addr | data | picks.addr | picks.data | ctrl),
    view(at.WN),
    view(at.ISB),
    view(at.CAP),
    view(at.CTRL),
    view(at.COH + loc),
    view(at.WALKED + loc),
    through.post,
    release ? Math.max(view(at.VR), view(at.VW)) : 0,
  );
}

/** Waits for a value that is not zero and reads it with acquire: a scenario's way to start a CPU. */
export function awaitNonzero(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'await'>, sink: Sink): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  if (freed(m, s, cpu, request, does.loc, 'reads', sink)) return;
  const pre = Math.max(m.get(s, cpu, at.RN), m.get(s, cpu, at.COH + loc));
  for (const position of m.order.open(s, loc, pre)) {
    const number = m.order.valueAt(s, loc, position);
    const value = m.auto.value(number);
    if (truthOf(value) !== true) continue;
    const t = m.begin(s, cpu);
    read(m, t, cpu, request, loc, Math.max(pre, m.order.viewOf(s, loc, position)), true);
    m.moveWith(t, cpu, number);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => `sees ${does.loc} = ${showAt(m, loc, value)}`),
    );
  }
}

/** Stores: at once, or later as the one store that the window lets a CPU delay past what follows. */
export function store(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Of<'store'>,
  sink: Sink,
  through: Through = UNTRANSLATED,
): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  if (freed(m, s, cpu, request, does.loc, 'writes', sink)) return;
  const pending = m.get(s, cpu, at.PEND_LOC);
  // Coherence: an own older store to the same place goes first; release waits for every older one.
  if (pending !== 0 && (pending === loc + 1 || does.release)) return;
  const value = m.auto.valueId(does.value);
  const readView = request.readSlot >= 0 ? m.get(s, cpu, at.SLOT + request.readSlot) + 1 : 0;
  const shown = (): string => `${does.loc} = ${showAt(m, loc, does.value)}`;

  const write: Write = { code: loc, value };
  const floor = writeFloor(m, s, cpu, request, loc, does.release, through);
  for (const place of places(m, s, cpu, write, floor, through.limit)) {
    const t = m.begin(s, cpu);
    through.apply(t);
    const lost = commit(m, t, cpu, write, readView, place);
    written(m, t, cpu, request, loc, false);
    if (does.release && m.setup.arch === 'arm64') m.raise(t, cpu, at.REL, m.get(t, cpu, at.COH + loc));
    m.move(t, cpu);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => shown() + (lost ? lostText(m, cpu, does.loc) : '')),
    );
  }

  // A store through a translation is not delayed: it would have to be checked against invalidations again when it becomes visible.
  if (m.window === 0 || pending !== 0 || does.release || through !== UNTRANSLATED) return;
  const d = m.begin(s, cpu);
  m.set(d, cpu, at.PEND_LOC, loc + 1);
  m.set(d, cpu, at.PEND_VAL, value);
  m.set(d, cpu, at.PEND_READ, readView);
  m.set(d, cpu, at.PEND_DEPS, m.slots(s, cpu, request.addr | request.data));
  m.move(d, cpu);
  sink.next(
    d,
    cpu,
    true,
    line(m, request, () => `${shown()}, not yet visible to others`),
  );
}

/** What an own store leaves behind: a later load may be given its value before it has a place. */
function written(m: Machine, t: Int32Array, cpu: number, request: Request, loc: number, atomic: boolean): void {
  const at = m.layout;
  m.raise(t, cpu, at.CAP, m.slots(t, cpu, at.exact ? request.addr | request.picks.addr : 0));
  if (!at.exact) return;
  m.set(t, cpu, at.FORWARD + loc, m.get(t, cpu, at.COH + loc));
  m.set(t, cpu, at.FORWARD_VIEW + loc, m.slots(t, cpu, request.addr | request.data));
  const atomics = m.get(t, cpu, at.FORWARD_RMW) & ~(1 << loc);
  m.set(t, cpu, at.FORWARD_RMW, atomics | (atomic ? 1 << loc : 0));
}

/** STXR, sc: stores where nobody stored since the exclusive load; may fail for no reason at all. */
export function storeExclusive(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Of<'store-exclusive'>,
  sink: Sink,
  through: Through = UNTRANSLATED,
): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  const write: Write = { code: loc, value: m.auto.valueId(does.value) };
  if (m.get(s, cpu, at.MONITOR_LOC) === loc + 1) {
    const floor = writeFloor(m, s, cpu, request, loc, does.release, through);
    for (const place of places(m, s, cpu, write, floor, through.limit, m.get(s, cpu, at.MONITOR_POS))) {
      const t = m.begin(s, cpu);
      through.apply(t);
      commit(m, t, cpu, write, 0, place);
      written(m, t, cpu, request, loc, true);
      if (does.release && m.setup.arch === 'arm64') m.raise(t, cpu, at.REL, m.get(t, cpu, at.COH + loc));
      m.set(t, cpu, at.MONITOR_LOC, 0);
      m.set(t, cpu, at.MONITOR_POS, 0);
      m.moveWith(t, cpu, m.auto.valueId(ZERO));
      sink.next(
        t,
        cpu,
        false,
        line(m, request, () => `${does.loc} = ${showAt(m, loc, does.value)}, exclusively`),
      );
    }
  }
  const t = m.begin(s, cpu);
  m.set(t, cpu, at.MONITOR_LOC, 0);
  m.set(t, cpu, at.MONITOR_POS, 0);
  m.moveWith(t, cpu, m.auto.valueId(ONE));
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `the exclusive store to ${does.loc} fails`),
  );
}

const lostText = (m: Machine, cpu: number, loc: string): string =>
  `; overwrites what another CPU stored since ${m.cpuName(cpu)} read ${loc}`;

/** The store takes its place in the order. True where it overwrites a value newer than the one it was computed from. */
function commit(m: Machine, t: Int32Array, cpu: number, write: Write, readView: number, place: Place): boolean {
  const at = m.layout;
  const { code: loc } = write;
  let lost = false;
  if (readView > 0) {
    const seen = m.order.latest(t, loc, readView - 1);
    const newest = m.order.latest(t, loc, m.order.length(t));
    lost = newest > seen && m.order.valueAt(t, loc, newest) !== m.order.valueAt(t, loc, seen);
    if (lost) t[at.LOST] = loc + 1;
  }
  const position = put(m, t, cpu, write, place);
  m.raise(t, cpu, at.COH + loc, position);
  m.raise(t, cpu, at.VW, position);
  m.raise(t, cpu, at.VM, position);
  return lost;
}

/** The delayed store becomes visible to everybody. */
export function drain(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const at = m.layout;
  const loc = m.get(s, cpu, at.PEND_LOC) - 1;
  if (loc < 0) return;
  const t = m.copy(s);
  const value = m.get(s, cpu, at.PEND_VAL);
  for (const field of [at.PEND_LOC, at.PEND_VAL, at.PEND_READ, at.PEND_DEPS]) m.set(t, cpu, field, 0);
  const lost = commit(m, t, cpu, { code: loc, value }, m.get(s, cpu, at.PEND_READ), AT_END);
  m.goTo(t, cpu, m.node(t, cpu).id);
  const name = m.locationName(loc);
  const text = m.explain
    ? `[its store ${name} = ${showAt(m, loc, m.auto.value(value))} becomes visible]${lost ? lostText(m, cpu, name) : ''}`
    : '';
  sink.next(t, cpu, false, text);
}

/** Atomic read-modify-write: leaves no room for another write between the one it reads and its own. */
export function rmw(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Of<'rmw'>,
  sink: Sink,
  through: Through = UNTRANSLATED,
): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  const pending = m.get(s, cpu, at.PEND_LOC);
  if (pending !== 0 && (pending === loc + 1 || does.order === 'full' || does.order === 'release' || does.order === 'acq-rel')) return;
  if (freed(m, s, cpu, request, does.loc, 'changes', sink)) return;
  if (at.exact) {
    exactRmw(m, s, cpu, request, does, sink, through);
    return;
  }
  const newest = m.order.latest(s, loc, m.order.length(s));
  const number = m.order.valueAt(s, loc, newest);
  const old = m.auto.value(number);
  const out = applyRmw(old, does);
  const t = m.begin(s, cpu);
  read(m, t, cpu, request, loc, Math.max(m.order.viewOf(s, loc, newest), m.slots(s, cpu, request.addr)), acquires(does, out !== null));
  if (out) {
    commit(m, t, cpu, { code: loc, value: m.auto.valueId(out) }, 0, AT_END);
    if (does.order === 'full') orderLater(m, t, cpu, m.order.length(t));
  }
  m.moveWith(t, cpu, number);
  sink.next(t, cpu, false, line(m, request, rmwText(m, does.loc, loc, old, out)));
}

/** A compare that fails orders nothing in C (Documentation/atomic_t.txt); the instruction acquires all the same. */
function acquires(does: Of<'rmw'>, stores: boolean): boolean {
  if (does.noReturn === true && does.order !== 'full') return false;
  return does.order !== 'relaxed' && does.order !== 'release' && (stores || does.acquiresOnFailure === true);
}

function rmwText(m: Machine, name: string, loc: number, old: Value, out: Value | null): () => string {
  return () =>
    out ? `${name}: ${showAt(m, loc, old)} -> ${showAt(m, loc, out)}, atomically` : `${name} is ${showAt(m, loc, old)}, left alone`;
}

/** The same where neither the read nor the write need be of the newest: the write's place decides. */
function exactRmw(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'rmw'>, sink: Sink, through: Through): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  const releases = does.order === 'release' || does.order === 'acq-rel' || does.order === 'full';
  const both = does.order === 'acq-rel' || does.order === 'full';
  // A fully ordered atomic of the kernel comes after everything older; SWPAL's read waits for nothing but older releases.
  const older = does.order === 'full' ? Math.max(m.get(s, cpu, at.VR), m.get(s, cpu, at.VW)) : 0;
  const pre = Math.max(older, readFloor(m, s, cpu, request, through, both || does.order === 'acquire'));
  for (const position of m.order.open(s, loc, Math.max(pre, m.get(s, cpu, at.COH + loc)))) {
    const number = m.order.valueAt(s, loc, position);
    const old = m.auto.value(number);
    const out = applyRmw(old, does);
    const acquire = acquires(does, out !== null);
    const post = Math.max(pre, viewOfRead(m, s, cpu, loc, position, acquire));
    if (post >= through.limit) continue;
    const begin = (): Int32Array => {
      const t = m.begin(s, cpu);
      through.apply(t);
      read(m, t, cpu, request, loc, post, acquire, does.noReturn);
      return t;
    };
    const text = line(m, request, rmwText(m, does.loc, loc, old, out));
    const stale = position !== m.order.latest(s, loc, m.order.length(s));
    if (!out) {
      const t = begin();
      m.moveWith(t, cpu, number);
      sink.next(t, cpu, stale, text);
      continue;
    }
    const write: Write = { code: loc, value: m.auto.valueId(out) };
    const floor = Math.max(position, writeFloor(m, s, cpu, request, loc, releases, through));
    // What is added to the value read depends on the read; what replaces it does not.
    const floorOfData = does.fn === 'swap' || does.fn === 'cas' ? floor : Math.max(floor, post);
    for (const place of places(m, s, cpu, write, floorOfData, through.limit, position)) {
      const t = begin();
      commit(m, t, cpu, write, 0, place);
      written(m, t, cpu, request, loc, true);
      const stored = m.get(t, cpu, at.COH + loc);
      if (releases && m.setup.arch === 'arm64') m.raise(t, cpu, at.REL, stored);
      if (both) orderLater(m, t, cpu, stored);
      m.moveWith(t, cpu, number);
      sink.next(t, cpu, stale, text);
    }
  }
}

/** RISC-V fences and LKMM's barriers: earlier accesses in `pred` before later ones in `succ`. */
export function fence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'fence' | 'dmb'>, sink: Sink): void {
  const at = m.layout;
  const [pred, succ] =
    does.op === 'fence' ? [does.pred, does.succ] : ({ full: ['rw', 'rw'], ld: ['r', 'rw'], st: ['w', 'w'] } as const)[does.of];
  const writes = pred !== 'r';
  if (pred !== 'rw') m.need('partial-fences');
  if (writes && m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const view = Math.max(pred === 'w' ? 0 : m.get(s, cpu, at.VR), writes ? m.get(s, cpu, at.VW) : 0);
  if (succ !== 'w') orderLater(m, t, cpu, view);
  else if (at.exact) m.raise(t, cpu, at.WN, view);
  // DMB ST orders the faults of later stores too (measured against the Arm suites, see docs/machine.md).
  if (at.exact && does.op === 'dmb') m.raise(t, cpu, at.FN, view);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => does.name),
  );
}

/**
 * What a trace shows of a step: the line as it stands in the source, then what it did here, unless the line says so itself.
 */
export function line(m: Machine, request: Request, describe: () => string): string {
  if (!m.explain) return '';
  const effect = describe();
  const source = request.text.trim();
  if (source === '' || source === effect) return effect;
  const bare = (text: string): string => text.toLowerCase().replace(/\W+/g, '');
  return bare(source).includes(bare(effect)) ? source : `${source}\n${effect}`;
}
