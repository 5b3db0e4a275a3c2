import type { Operation, Request } from '../interp/operation.js';
import { fetchedBefore } from './fetch.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { AT_END, type Place, places, put, type Write } from './promises.js';
import { freed } from './read.js';
import { showAt } from './show.js';
import { type Through, UNTRANSLATED } from './through.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** View that a write comes after. Where stores take their places as they are made, that is always so. */
export function writeFloor(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  loc: number,
  release: boolean,
  through: Through,
): number {
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
    fetchedBefore(m, s, cpu, request, m.fetches.before.writes),
    release ? Math.max(view(at.VR), view(at.VW)) : 0,
  );
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
    if (does.release) released(m, t, cpu, request, m.get(t, cpu, at.COH + loc));
    m.move(t, cpu);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => shown() + (lost ? lostText(m, cpu, does.loc) : '')),
    );
  }

  // A store through a translation is not delayed: it would have to be checked against invalidations again when it becomes visible. With total
  // store order it is later loads that may be done as if the store had not yet been.
  if (m.arch.memory === 'total-store' || m.window === 0 || pending !== 0 || does.release || through !== UNTRANSLATED) return;
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

/** Later acquires come after a release: STLR, and RISC-V's annotations. The kernel's C for riscv releases by fences, which say no such thing. */
export function released(m: Machine, t: Int32Array, cpu: number, request: Request, position: number): void {
  const annotated = m.layout.exact && m.setup.program.procedures.get(request.procedure)?.language === 'riscv-asm';
  if (m.arch.releaseBeforeAcquire || annotated) m.raise(t, cpu, m.layout.REL, position);
}

/** What an own store leaves behind: a later load may be given its value before it has a place. */
export function written(m: Machine, t: Int32Array, cpu: number, request: Request, loc: number, atomic: boolean): void {
  const at = m.layout;
  m.raise(t, cpu, at.CAP, m.slots(t, cpu, at.exact ? request.addr | request.picks.addr : 0));
  if (!at.exact) return;
  m.set(t, cpu, at.FORWARD + loc, m.get(t, cpu, at.COH + loc));
  m.set(t, cpu, at.FORWARD_VIEW + loc, m.slots(t, cpu, request.addr | request.data));
  const atomics = m.get(t, cpu, at.FORWARD_RMW) & ~(1 << loc);
  m.set(t, cpu, at.FORWARD_RMW, atomics | (atomic ? 1 << loc : 0));
}

const lostText = (m: Machine, cpu: number, loc: string): string =>
  `; overwrites what another CPU stored since ${m.cpuName(cpu)} read ${loc}`;

/** The store takes its place in the order. True where it overwrites a value newer than the one it was computed from. */
export function commit(m: Machine, t: Int32Array, cpu: number, write: Write, readView: number, place: Place): boolean {
  const at = m.layout;
  const { code: loc } = write;
  let lost = false;
  if (readView > 0) {
    const seen = m.order.latest(t, loc, readView - 1);
    const newest = m.order.latest(t, loc, place === AT_END ? m.order.length(t) : place - 1);
    lost = newest > seen && m.order.valueAt(t, loc, newest) !== m.order.valueAt(t, loc, seen);
    if (lost) t[at.LOST] = loc + 1;
  }
  const position = put(m, t, cpu, write, place);
  m.raise(t, cpu, at.COH + loc, position);
  m.raise(t, cpu, at.VW, position);
  m.raise(t, cpu, at.VM, position);
  if (at.exact && m.arch.memory === 'total-store') m.raise(t, cpu, at.WN, position);
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
