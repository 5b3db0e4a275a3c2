import type { LockFlavour } from './operation.js';
import { optionalAxis, type Setup } from './setup.js';
import type { ThreadState } from './thread.js';

/**
 * What a lock does to the task that takes it. On PREEMPT_RT spinlock_t and rwlock_t are locks that sleep: they leave preemption and
 * interrupts on and are RCU readers instead (Linux 6.12 kernel/locking/spinlock_rt.c, __rt_spin_lock; Documentation/locking/locktypes.rst).
 */
export interface LockRule {
  readonly waits: 'spins' | 'sleeps';
  /** What holding it keeps from happening. */
  readonly holds: 'preemption' | 'grace-periods' | 'nothing';
}

const SPINS: LockRule = { waits: 'spins', holds: 'preemption' };
const SLEEPS: LockRule = { waits: 'sleeps', holds: 'nothing' };
const RT: LockRule = { waits: 'sleeps', holds: 'grace-periods' };

export function lockRule(setup: Setup, flavour: LockFlavour): LockRule {
  switch (flavour) {
    case 'mutex':
    case 'shared':
      return SLEEPS;
    case 'raw':
      return SPINS;
    case 'spin':
    case 'read':
    case 'write':
      return preemptRt(setup) ? RT : SPINS;
  }
}

export const preemptRt = (setup: Setup): boolean => optionalAxis(setup, 'PREEMPT_RT', false) !== false;

/**
 * Why this code must not sleep, or null where it may: in_atomic() || irqs_disabled(), as __might_resched() of kernel/sched/core.c asks.
 * `nests`: an RCU reader may wait for it (a lock of PREEMPT_RT: rtlock_might_resched of kernel/locking/spinlock_rt.c).
 */
export function whyAtomic(state: ThreadState, nests: boolean): string | null {
  if (state.frames.some((frame) => frame.entry.k === 'interrupt' && frame.entry.nmi)) return 'in an NMI';
  if (state.frames.some((frame) => frame.entry.k === 'interrupt')) return 'in an interrupt handler';
  if (state.irqOff > 0) return 'with interrupts off';
  if (state.preemptOff > 0) return 'with preemption off';
  if (state.rcuDepth > 0 && !nests) return 'inside rcu_read_lock()';
  return null;
}
