import type { Operation, Request } from '../interp/operation.js';
import { int } from '../interp/value.js';
import { line } from './line.js';
import { MAX_LOCKS } from './layout.js';
import type { Machine, Sink } from './machine.js';
import { learn, orderLater } from './read.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

const isShared = ({ flavour }: Of<'lock' | 'unlock'>): boolean => flavour === 'read' || flavour === 'shared';

/** Whether whoever asks for the lock could have it now. */
export function isFree(m: Machine, s: Int32Array, does: Of<'lock'>): boolean {
  const holder = s[m.layout.LOCK_HOLDER + m.lock(does.loc)] ?? 0;
  return isShared(does) ? holder <= 0 : holder === 0;
}

/** A lock carries its last holder's view to the next. A CPU that can't have it simply does not step: waiters without end are a deadlock. */
export function acquire(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'lock'>, sink: Sink): void {
  m.need('hands-views');
  const at = m.layout;
  const lock = m.lock(does.loc);
  if (lock >= MAX_LOCKS) {
    sink.stuck(`more than ${String(MAX_LOCKS)} locks`);
    return;
  }
  const holder = s[at.LOCK_HOLDER + lock] ?? 0;
  const shared = isShared(does);
  if (!isFree(m, s, does)) {
    if (does.tries) giveUp(m, s, cpu, request, does, sink);
    return;
  }
  const t = m.begin(s, cpu);
  t[at.LOCK_HOLDER + lock] = shared ? holder - 1 : m.taskNumber(s, cpu);
  const view = s[at.LOCK_VIEW + lock] ?? 0;
  learn(m, t, cpu, view);
  // Taking it is a store, too, and one that comes after the store that gave it back: what orders own stores orders what the last holder did
  // (Linux 6.12 include/asm-generic/qspinlock.h, queued_spin_lock: a cmpxchg).
  m.raise(t, cpu, at.VW, view);
  // Taking a lock is an atomic.
  if (m.arch.memory === 'total-store') orderLater(m, t, cpu, m.known(t, cpu));
  if (does.tries) m.moveWith(t, cpu, m.auto.valueId(int(1)));
  else m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `takes ${does.loc}${shared ? ' for read' : does.flavour === 'write' ? ' for write' : ''}`),
  );
}

/** A try that fails orders nothing (Linux 6.12 include/linux/spinlock.h has no barrier for it; as with a compare that fails). */
function giveUp(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'lock'>, sink: Sink): void {
  const t = m.begin(s, cpu);
  m.moveWith(t, cpu, m.auto.valueId(int(0)));
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `does not get ${does.loc}`),
  );
}

export function release(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'unlock'>, sink: Sink): void {
  const at = m.layout;
  if (m.delayed(s, cpu)) return;
  const lock = m.lock(does.loc);
  const holder = s[at.LOCK_HOLDER + lock] ?? 0;
  const shared = isShared(does);
  if (shared ? holder >= 0 : holder !== m.taskNumber(s, cpu)) {
    sink.stuck(`${m.cpuName(cpu)} releases ${does.loc}, which it does not hold`);
    return;
  }
  const t = m.begin(s, cpu);
  t[at.LOCK_HOLDER + lock] = shared ? holder + 1 : 0;
  t[at.LOCK_VIEW + lock] = Math.max(s[at.LOCK_VIEW + lock] ?? 0, m.known(s, cpu));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `releases ${does.loc}`),
  );
}
