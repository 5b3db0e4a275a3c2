import { type Violation, violated } from '../violation.js';

/**
 * rcu-not-watching: a reader counts on RCU on a CPU that RCU does not watch: idle, user mode of a nohz_full CPU, guest. Grace periods do not wait for
 * it.
 */
export const rcuNotWatching = (cpu: number, name: string, why: string): Violation =>
  violated('rcu-not-watching', `${name} reads under RCU on a CPU that no grace period waits for: ${why}`, cpu);
