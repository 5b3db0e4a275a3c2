import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import { MAX_CALLBACKS } from './layout.js';
import type { Machine, Sink } from './machine.js';
import { learn } from './read.js';

/** Marks a grace period that somebody waits for in synchronize_rcu(), rather than a callback. */
export const SYNC = 1 << 20;

function freeSlot(m: Machine, s: Int32Array): number {
  for (let i = 0; i < MAX_CALLBACKS; i++) if ((s[m.layout.CB_DESC + i] ?? 0) === 0) return i;
  return -1;
}

/**
 * Starts a grace period: every CPU that runs something, or has a store under way, owes a quiescent state from now on. The others have passed
 * theirs, and the grace period learns what they knew.
 */
function begin(m: Machine, t: Int32Array, cpu: number, desc: number): boolean {
  const at = m.layout;
  const slot = freeSlot(m, t);
  if (slot < 0) return false;
  let owed = 0;
  let view = m.known(t, cpu);
  for (let i = 0; i < m.rcuThread; i++) {
    if (m.ended(t, i) && !m.delayed(t, i)) view = Math.max(view, m.known(t, i));
    else owed |= 1 << i;
  }
  t[at.CB_DESC + slot] = desc;
  t[at.CB_OWED + slot] = owed;
  t[at.CB_VIEW + slot] = view;
  return true;
}

export function callRcu(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'rcu-call' }>,
  sink: Sink,
): void {
  m.need('hands-views');
  m.need('grace-periods');
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  if (!begin(m, t, cpu, m.call(does.fn, does.head))) {
    sink.stuck(`more than ${String(MAX_CALLBACKS)} RCU callbacks at once`);
    return;
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `queues ${does.fn} for after a grace period`),
  );
}

/** Whether this task of a CPU waits in synchronize_rcu() for a grace period that has not ended. */
export function awaitsGracePeriod(m: Machine, s: Int32Array, cpu: number, task: number): boolean {
  const at = m.layout;
  for (let i = 0; i < MAX_CALLBACKS; i++) if (s[at.CB_DESC + i] === SYNC + m.taskNumber(s, cpu, task)) return s[at.CB_OWED + i] !== 0;
  return false;
}

export function synchronize(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  m.need('hands-views');
  m.need('grace-periods');
  const at = m.layout;
  if (m.delayed(s, cpu)) return;
  for (let i = 0; i < MAX_CALLBACKS; i++) {
    if (s[at.CB_DESC + i] !== SYNC + m.taskNumber(s, cpu)) continue;
    if (s[at.CB_OWED + i] !== 0) return;
    const t = m.begin(s, cpu);
    learn(m, t, cpu, s[at.CB_VIEW + i] ?? 0);
    for (const field of [at.CB_DESC, at.CB_OWED, at.CB_VIEW]) t[field + i] = 0;
    m.move(t, cpu);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => 'the grace period has ended'),
    );
    return;
  }
  const t = m.begin(s, cpu);
  if (!begin(m, t, cpu, SYNC + m.taskNumber(s, cpu))) return;
  m.goTo(t, cpu, m.node(t, cpu).id);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'waits for a grace period'),
  );
}

/**
 * A CPU outside every RCU reader passes a quiescent state: it and the grace period learn what the other knew. A CPU that RCU does not watch
 * passes one by being so; it is told nothing, and the grace period learns what it knew when it stopped being watched.
 */
export function quiesce(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const at = m.layout;
  const node = m.node(s, cpu);
  if (node.reader) return;
  if (!node.state.context.watching) {
    skip(m, s, cpu, sink);
    return;
  }
  if (m.delayed(s, cpu)) return;
  for (let i = 0; i < MAX_CALLBACKS; i++) {
    const owed = s[at.CB_OWED + i] ?? 0;
    if ((owed & (1 << cpu)) === 0) continue;
    const t = m.copy(s);
    t[at.CB_OWED + i] = owed & ~(1 << cpu);
    const view = s[at.CB_VIEW + i] ?? 0;
    t[at.CB_VIEW + i] = Math.max(view, m.known(s, cpu));
    learn(m, t, cpu, view);
    m.goTo(t, cpu, node.id);
    sink.next(t, cpu, false, m.explain ? '[passes a quiescent state]' : '');
  }
}

/** The grace period sees that a CPU is in an extended quiescent state. What that CPU read without acquire since then, it did not hand over. */
function skip(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const at = m.layout;
  for (let i = 0; i < MAX_CALLBACKS; i++) {
    const owed = s[at.CB_OWED + i] ?? 0;
    if ((owed & (1 << cpu)) === 0) continue;
    const t = m.copy(s);
    t[at.CB_OWED + i] = owed & ~(1 << cpu);
    t[at.CB_VIEW + i] = Math.max(s[at.CB_VIEW + i] ?? 0, m.get(s, cpu, at.RN));
    m.goTo(t, cpu, m.node(s, cpu).id);
    sink.next(t, cpu, false, m.explain ? '[in an extended quiescent state: the grace period does not wait for it]' : '');
  }
}

/** Passes a quiescent state for every grace period under way, whatever the interrupt mask (rcu_note_context_switch and its like). */
export function noteQuiescent(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  const at = m.layout;
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const known = m.known(s, cpu);
  for (let i = 0; i < MAX_CALLBACKS; i++) {
    const owed = s[at.CB_OWED + i] ?? 0;
    if ((owed & (1 << cpu)) === 0) continue;
    t[at.CB_OWED + i] = owed & ~(1 << cpu);
    const view = s[at.CB_VIEW + i] ?? 0;
    t[at.CB_VIEW + i] = Math.max(view, known);
    learn(m, t, cpu, view);
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'passes a quiescent state'),
  );
}

/** Runs a callback whose grace period has ended. */
export function runCallback(m: Machine, s: Int32Array, sink: Sink): void {
  const at = m.layout;
  const node = m.node(s, m.rcuThread);
  if (node.request.does.op !== 'end') return;
  for (let i = 0; i < MAX_CALLBACKS; i++) {
    const desc = s[at.CB_DESC + i] ?? 0;
    if (desc === 0 || desc >= SYNC || s[at.CB_OWED + i] !== 0) continue;
    const call = m.calls[desc - 1];
    if (!call) continue;
    const t = m.copy(s);
    const view = s[at.CB_VIEW + i] ?? 0;
    for (const field of [at.CB_DESC, at.CB_OWED, at.CB_VIEW]) t[field + i] = 0;
    learn(m, t, m.rcuThread, view);
    m.goTo(t, m.rcuThread, m.auto.interrupt(node.id, call.fn, call.info, -1));
    sink.next(t, m.rcuThread, false, m.explain ? `[grace period over: ${call.fn} runs]` : '');
  }
}
