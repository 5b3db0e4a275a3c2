/** What a run may end in, and what that means in one clause. */
export const VIOLATIONS = {
  'walker-use-after-free': 'a page-table walker may read a page that was freed',
  'stale-translation': 'a CPU may use a translation after the caller was told that it is gone',
  'break-before-make': 'an entry changes from one valid value to another that needs an invalid one and a flush between them',
  'unhandled-fault': 'a CPU takes a fault that no handler resolves',
  'stale-instruction': 'a CPU may execute old text after it was to be seen as patched',
  'lost-update': 'a store overwrites what another CPU stored between its load and this store',
  deadlock: 'no CPU can take another step',
  livelock: 'CPUs take steps for ever and none of them leads out',
  'unbounded-wait': 'a CPU waits for one that may not run for any length of time',
  'sleep-in-atomic': 'a task sleeps where it must not',
  'rcu-not-watching': 'a reader counts on RCU while RCU does not watch its CPU',
  'use-before-init': 'a CPU may read an object before its first value is there',
  assertion: 'a condition that the scenario states does not hold',
} as const;

type Violation = keyof typeof VIOLATIONS;

export const VIOLATION_NAMES: readonly Violation[] = Object.keys(VIOLATIONS).filter((name): name is Violation => name in VIOLATIONS);

/** The table of docs/report.md. */
export function violationsTable(): string {
  return ['| violation | meaning |', '|---|---|', ...VIOLATION_NAMES.map((name) => `| \`${name}\` | ${VIOLATIONS[name]} |`)].join('\n');
}
