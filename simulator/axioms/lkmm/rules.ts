/**
 * The rules of the Linux kernel memory model, each under the name by which a test may leave it out. Sources: Alglave, Maranget, McKenney,
 * Parri, Stern: "Frightening Small Children and Disconcerting Grown-ups: Concurrency in the Linux Kernel" (ASPLOS 2018), and
 * tools/memory-model of Linux 6.12: Documentation/explanation.txt, linux-kernel.bell, linux-kernel.cat, lock.cat.
 */
export const RULES = [
  // Axioms: each forbids executions.
  'coherence',
  'atomicity',
  'happens-before',
  'propagates-before',
  'rcu',
  'plain-coherence',
  'no-thin-air',
  // Fences and what acts as one.
  'mb',
  'rmb',
  'wmb',
  'before-atomic',
  'after-atomic',
  'after-spinlock',
  'after-unlock-lock',
  'after-srcu-read-unlock',
  'acquire',
  'release',
  'grace-period',
  'unlock-lock',
  // What a CPU keeps in order by itself.
  'address-dependency',
  'data-dependency',
  'control-dependency',
  'overwrite',
  'dependency-read-from',
  'address-plain-wmb',
  'carried-dependency',
  // How writes reach other CPUs.
  'read-from',
  'cumulativity',
  'rmw-sequence',
  'propagation',
  // Read-copy-update.
  'rcu-critical-section',
  'srcu-critical-section',
  'srcu-domain',
  'rcu-chain',
] as const;

export type Rule = (typeof RULES)[number];
export type Rules = ReadonlySet<Rule>;

export const LKMM: Rules = new Set(RULES);

/** The model without some of its rules: for tests that ask whether anybody would notice. */
export const without = (...rules: readonly Rule[]): Rules => new Set(RULES.filter((rule) => !rules.includes(rule)));
