import type { Operation, Request } from '../interp/operation.js';
import { truthOf } from '../interp/value.js';
import { fetchedBefore } from './fetch.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { forwardsAtomics } from './riscv/rvwmo.js';
import { showAt } from './show.js';
import { type Through, UNTRANSLATED } from './through.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

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
    read(m, t, cpu, request, loc, position, post, does.acquire);
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
export function readFloor(m: Machine, s: Int32Array, cpu: number, request: Request, through: Through, afterRelease: boolean): number {
  const at = m.layout;
  // LDAR comes after an older STLR of its CPU (Arm ARM DDI 0487, B2.3 Barrier-ordered-before), and so for RISC-V's RCsc annotations (RVWMO,
  // "Preserved Program Order"); kernel code for riscv has fences instead.
  const released = afterRelease ? m.get(s, cpu, at.REL) : 0;
  const fetched = fetchedBefore(m, s, cpu, request, m.fetches.before.reads);
  return Math.max(m.slots(s, cpu, request.addr), m.get(s, cpu, at.RN), m.get(s, cpu, at.ISB), released, fetched, through.post);
}

/**
 * What a CPU knows that has read the write at `position`. An own store may be forwarded before it has its place: then it is what the store's
 * address and data depended on (Pulte et al. 2019). An acquire takes no such short cut past an own atomic, and on riscv no load does.
 */
export function viewOfRead(m: Machine, s: Int32Array, cpu: number, loc: number, position: number, acquire: boolean): number {
  const at = m.layout;
  if (at.exact && position > 0 && m.get(s, cpu, at.FORWARD + loc) === position) {
    const atomic = (m.get(s, cpu, at.FORWARD_RMW) & (1 << loc)) !== 0;
    if (!atomic || forwardsAtomics(m, acquire)) return m.get(s, cpu, at.FORWARD_VIEW + loc);
  }
  const view = m.order.viewOf(s, loc, position);
  // With total store order a CPU lags behind its own stores: what it knew of the place without having read it is such a store.
  return m.arch.memory === 'total-store' && view <= m.get(s, cpu, at.COH + loc) ? 0 : view;
}

/** An access by software to what stood in a page that was freed. */
export function freed(m: Machine, s: Int32Array, cpu: number, request: Request, loc: string, what: string, sink: Sink): boolean {
  if (!m.isFreed(s, loc)) return false;
  const why = `${m.cpuName(cpu)} ${what} ${loc}, which stands in a page that was freed`;
  const text = line(m, request, () => `${what} ${loc} in a freed page`);
  sink.violation(cpu, { kind: 'walker-use-after-free', endsIn: null, why, victim: cpu, victimText: '' }, text);
  return true;
}

export function read(
  m: Machine,
  t: Int32Array,
  cpu: number,
  request: Request,
  loc: number,
  position: number,
  post: number,
  acquire: boolean,
  noReturn = false,
): void {
  const at = m.layout;
  m.raise(t, cpu, at.COH + loc, post);
  if (!noReturn) m.raise(t, cpu, at.VR, post);
  m.raise(t, cpu, at.VM, post);
  m.raise(t, cpu, at.CAP, m.slots(t, cpu, request.addr | request.picks.addr));
  if (at.exact) {
    m.raise(t, cpu, at.READ + loc, post);
    m.set(t, cpu, at.READ_POSITION + loc, position);
  }
  if (acquire || m.arch.memory === 'total-store') orderLater(m, t, cpu, post);
  // A slot that already stands for an older read keeps the later of the two.
  if (request.slot >= 0) {
    if (request.live & (1 << request.slot)) m.raise(t, cpu, at.SLOT + request.slot, post);
    else m.set(t, cpu, at.SLOT + request.slot, post);
  }
}

/** Later accesses and faults of this CPU come after `view`. */
export function orderLater(m: Machine, t: Int32Array, cpu: number, view: number): void {
  m.raise(t, cpu, m.layout.RN, view);
  m.raise(t, cpu, m.layout.FN, view);
  if (m.layout.exact) m.raise(t, cpu, m.layout.WN, view);
}

/** What a CPU is handed with a lock, an interrupt or the end of a grace period comes before all that it does from then on. */
export function learn(m: Machine, t: Int32Array, cpu: number, view: number): void {
  orderLater(m, t, cpu, view);
  m.raise(t, cpu, m.layout.VM, view);
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
    read(m, t, cpu, request, loc, position, Math.max(pre, m.order.viewOf(s, loc, position)), true);
    m.moveWith(t, cpu, number);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => `sees ${does.loc} = ${showAt(m, loc, value)}`),
    );
  }
}
