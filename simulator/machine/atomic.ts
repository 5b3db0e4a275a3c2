import type { Operation, Request } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { ONE, type Value, ZERO } from '../interp/value.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { AT_END, places, type Write } from './promises.js';
import { freed, orderLater, read, readFloor, viewOfRead } from './read.js';
import { exclusiveStored, oneOperation } from './riscv/rvwmo.js';
import { showAt } from './show.js';
import { type Through, UNTRANSLATED } from './through.js';
import { commit, released, writeFloor, written } from './write.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** Atomic read-modify-write: leaves no room for another write between the one it reads and its own. */
export function rmw(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  asked: Of<'rmw'>,
  sink: Sink,
  through: Through = UNTRANSLATED,
): void {
  const at = m.layout;
  const loc = m.location(asked.loc);
  // Whatever order the kernel asks for, and whether or not it stores: see Architecture.memory.
  const total = m.arch.memory === 'total-store';
  const does: Of<'rmw'> = total ? { ...asked, order: 'full', noReturn: false, acquiresOnFailure: true } : asked;
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
  read(
    m,
    t,
    cpu,
    request,
    loc,
    newest,
    Math.max(m.order.viewOf(s, loc, newest), m.slots(s, cpu, request.addr)),
    acquires(does, out !== null),
  );
  if (out) {
    commit(m, t, cpu, { code: loc, value: m.auto.valueId(out) }, 0, AT_END);
    if (does.order === 'full') orderLater(m, t, cpu, m.order.length(t));
  } else if (total) orderLater(m, t, cpu, m.get(t, cpu, at.VW));
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
      read(m, t, cpu, request, loc, position, post, acquire, does.noReturn);
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
      if (releases) released(m, t, cpu, request, stored);
      if (both) orderLater(m, t, cpu, stored);
      if (m.setup.arch === 'riscv') oneOperation(m, t, cpu, request, stored, acquire);
      m.moveWith(t, cpu, number);
      sink.next(t, cpu, stale, text);
    }
  }
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
      const stored = m.get(t, cpu, at.COH + loc);
      if (does.release) released(m, t, cpu, request, stored);
      exclusiveStored(m, t, cpu, request, stored);
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
