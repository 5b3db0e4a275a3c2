import { type Violation, violated } from '../violation.js';

/**
 * sleep-in-atomic: a call that may sleep, in code that must not: preemption or interrupts off, in an interrupt, or under rcu_read_lock(). On PREEMPT_RT
 * spinlock_t sleeps.
 */
export const sleepInAtomic = (cpu: number, name: string, why: string): Violation =>
  violated('sleep-in-atomic', `${name} may sleep where it must not: ${why}`, cpu);
