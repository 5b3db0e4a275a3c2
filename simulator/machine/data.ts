import type { Operation, Request } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { truthOf } from '../interp/value.js';
import type { Machine, Sink } from './machine.js';
import { showAt } from './show.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** Loads: any write from the floor on; reading one raises the floor of the location (coherence) and fills the view slot. */
export function load(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'load'>, sink: Sink): void {
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
  // LDAR comes after an older STLR of its CPU (Arm ARM DDI 0487, B2.3 Barrier-ordered-before); RISC-V's fences say so by themselves.
  const released = does.acquire && m.setup.arch === 'arm64' ? m.get(s, cpu, at.REL) : 0;
  const pre = Math.max(m.slots(s, cpu, request.addr), m.get(s, cpu, at.RN), m.get(s, cpu, at.ISB), released);
  for (const position of m.order.open(s, loc, Math.max(pre, m.get(s, cpu, at.COH + loc)))) {
    const t = m.begin(s, cpu);
    const number = m.order.valueAt(s, loc, position);
    const value = m.auto.value(number);
    read(m, t, cpu, request, loc, Math.max(pre, m.order.viewOf(s, loc, position)), does.acquire);
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

/** An access by software to what stood in a page that was freed. */
function freed(m: Machine, s: Int32Array, cpu: number, request: Request, loc: string, what: string, sink: Sink): boolean {
  if (!m.isFreed(s, loc)) return false;
  const why = `${m.cpuName(cpu)} ${what} ${loc}, which stands in a page that was freed`;
  const text = line(m, request, () => `${what} ${loc} in a freed page`);
  sink.violation(cpu, { kind: 'walker-use-after-free', endsIn: null, why, victim: cpu, victimText: '' }, text);
  return true;
}

function read(m: Machine, t: Int32Array, cpu: number, request: Request, loc: number, post: number, acquire: boolean): void {
  const at = m.layout;
  m.raise(t, cpu, at.COH + loc, post);
  m.raise(t, cpu, at.VR, post);
  m.raise(t, cpu, at.VM, post);
  m.raise(t, cpu, at.CAP, m.slots(t, cpu, request.addr));
  if (acquire) orderLater(m, t, cpu, post);
  // A slot that already stands for an older read keeps the later of the two.
  if (request.slot >= 0) {
    if (request.live & (1 << request.slot)) m.raise(t, cpu, at.SLOT + request.slot, post);
    else m.set(t, cpu, at.SLOT + request.slot, post);
  }
}

/** Later reads and faults of this CPU come after `view`. */
function orderLater(m: Machine, t: Int32Array, cpu: number, view: number): void {
  m.raise(t, cpu, m.layout.RN, view);
  m.raise(t, cpu, m.layout.FN, view);
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
export function store(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'store'>, sink: Sink): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  if (freed(m, s, cpu, request, does.loc, 'writes', sink)) return;
  const pending = m.get(s, cpu, at.PEND_LOC);
  // Coherence: an own older store to the same place goes first; release waits for every older one.
  if (pending !== 0 && (pending === loc + 1 || does.release)) return;
  const value = m.auto.valueId(does.value);
  const readView = request.readSlot >= 0 ? m.get(s, cpu, at.SLOT + request.readSlot) + 1 : 0;
  const shown = (): string => `${does.loc} = ${showAt(m, loc, does.value)}`;

  const t = m.begin(s, cpu);
  const lost = commit(m, t, cpu, loc, value, readView);
  if (does.release && m.setup.arch === 'arm64') m.raise(t, cpu, at.REL, m.order.length(t));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => shown() + (lost ? lostText(m, cpu, does.loc) : '')),
  );

  if (m.window === 0 || pending !== 0 || does.release) return;
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

const lostText = (m: Machine, cpu: number, loc: string): string =>
  `; overwrites what another CPU stored since ${m.cpuName(cpu)} read ${loc}`;

/** The store takes its place in the order. True where it overwrites a value newer than the one it was computed from. */
function commit(m: Machine, t: Int32Array, cpu: number, loc: number, value: number, readView: number): boolean {
  const at = m.layout;
  let lost = false;
  if (readView > 0) {
    const seen = m.order.latest(t, loc, readView - 1);
    const newest = m.order.latest(t, loc, m.order.length(t));
    lost = newest > seen && m.order.valueAt(t, loc, newest) !== m.order.valueAt(t, loc, seen);
    if (lost) t[at.LOST] = loc + 1;
  }
  const position = m.order.append(t, loc, value);
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
  const lost = commit(m, t, cpu, loc, value, m.get(s, cpu, at.PEND_READ));
  m.goTo(t, cpu, m.node(t, cpu).id);
  const name = m.locationName(loc);
  const text = m.explain
    ? `[its store ${name} = ${showAt(m, loc, m.auto.value(value))} becomes visible]${lost ? lostText(m, cpu, name) : ''}`
    : '';
  sink.next(t, cpu, false, text);
}

/** Atomic read-modify-write: reads the newest value and leaves no room for another write in between. */
export function rmw(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'rmw'>, sink: Sink): void {
  const at = m.layout;
  const loc = m.location(does.loc);
  const pending = m.get(s, cpu, at.PEND_LOC);
  if (pending !== 0 && (pending === loc + 1 || does.order === 'full' || does.order === 'release')) return;
  if (freed(m, s, cpu, request, does.loc, 'changes', sink)) return;
  const t = m.begin(s, cpu);
  const newest = m.order.latest(s, loc, m.order.length(s));
  const number = m.order.valueAt(s, loc, newest);
  const old = m.auto.value(number);
  const out = applyRmw(old, does);
  // A compare that fails orders nothing (Documentation/atomic_t.txt).
  const acquire = out !== null && (does.order === 'full' || does.order === 'acquire');
  read(m, t, cpu, request, loc, Math.max(m.order.viewOf(s, loc, newest), m.slots(s, cpu, request.addr)), acquire);
  if (out) {
    commit(m, t, cpu, loc, m.auto.valueId(out), 0);
    if (does.order === 'full') orderLater(m, t, cpu, m.order.length(t));
  }
  m.moveWith(t, cpu, number);
  const effect = (): string =>
    out ? `${does.loc}: ${showAt(m, loc, old)} -> ${showAt(m, loc, out)}, atomically` : `${does.loc} is ${showAt(m, loc, old)}, left alone`;
  sink.next(t, cpu, false, line(m, request, effect));
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
