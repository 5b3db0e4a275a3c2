import { isWaiting } from '../machine/invariants/deadlock.js';
import type { Machine } from '../machine/machine.js';
import { declarations, map, numbers, tuples } from './c-tables.js';
import { farSteps, kindsOf } from './far-steps.js';
import type { Tables } from './search.js';
import { meetOf, meets } from './search-code.js';
import { ENTRY, KIND, STAY } from './steps.js';

/** A model for Spin, or why there is none. */
export type Promela = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/**
 * The compiled model as Promela. A state is the number of the shared fields and of each thread's block; one process takes, in one `d_step`
 * each, any entry that the tables have for any thread, and puts the state in canonical form, by embedded C (Spin's `c_expr` and `c_code`).
 * So each state that Spin stores is one of ours, its first included, and none stands between two of ours: with -DNOREDUCE Spin's "states,
 * stored" is our number of states.
 *
 * What it cross-checks is the search: the store, the packing, the choice of successors, deadlocks and violations. The rules of the machine
 * are in the tables. Livelocks and waits without bound, which show on the whole graph only, are not asked of Spin.
 */
export function promelaOf(m: Machine, tables: Tables, states: number, about: string): Promela {
  const { parts, steps, folds } = tables;
  const n = parts.threads.length;
  const refused = unfit(tables);
  if (refused !== null) return { ok: false, why: refused };
  const first = parts.of(m.start());
  const far = farSteps(tables, states);
  const farMost = Math.max(0, ...far.map(({ to }) => to.length));
  const kinds = [...new Set([...steps.violations.map(({ kind }) => kind), ...far.flatMap(({ violations }) => violations)])];
  const names = ['g', ...list(n, (i) => `t${i}`)];
  const now = names.map((name) => `now.${name}`).join(', ');
  const params = names.map((name) => `int ${name}`).join(', ');
  const all = (each: (i: number) => string, between = '\n'): string => list(n, each).join(between);
  const assign = names.map((name) => `now.${name} = next_${name};`).join(' ');

  const data = [
    numbers('outline_of', parts.outlineOf.items, parts.outlineOf.length),
    numbers('entries', steps.list.items, steps.list.length),
    numbers(
      'violation_kind',
      steps.violations.map(({ kind }) => kinds.indexOf(kind)),
    ),
    map('meets', folds.meets),
    map('folds', folds.folds),
    ...list(n, (i) => [
      map(`pairs${i}`, steps.pairs[i]),
      map(`floors${i}`, steps.floorsOf[i]),
      map(`rewritten${i}`, folds.rewritten[i]),
      numbers(`waits${i}`, waits(m, tables, i)),
    ]).flat(),
    tuples(
      'far',
      n + 1,
      far.map(({ parts: key }) => key),
    ),
    numbers('far_from', [0, ...sums(far.map(({ to }) => to.length))]),
    numbers(
      'far_to',
      far.flatMap(({ to }) => to.flat()),
    ),
    numbers(
      'far_bad',
      far.map(({ violations }) => violations.reduce((mask, kind) => mask | (1 << kinds.indexOf(kind)), 0)),
    ),
  ];

  const code = `
static const char *kind_name[] = { ${[...kinds, 'deadlock'].map((kind) => `"${kind}"`).join(', ')} };
static char told[${kinds.length + 1}];
static int ${names.map((name) => `next_${name}`).join(', ')};
/* The values of a pair in a map: four numbers a slot. */
static const int *values(const int *rows, unsigned mask, int a, int b)
{
	unsigned h = (unsigned)(a + 1) * 0x9e3779b1u ^ (unsigned)b * 0x85ebca77u;
	h ^= h >> 15;
	for (unsigned s = h & mask;; s = (s + 1) & mask) {
		const int *r = rows + 4 * s;
		if (r[0] == a + 1 && r[1] == b) return r + 2;
		if (r[0] == 0) { fprintf(stderr, "a pair that the tables do not have\\n"); exit(1); }
	}
}
static int get(const int *rows, unsigned mask, int a, int b) { return *values(rows, mask, a, b); }
static int meet(int a, int b) { return a == b ? a : get(meets, meets_mask, a, b); }
static void report(int kind)
{
	if (!told[kind]) { told[kind] = 1; printf("violation: %s\\n", kind_name[kind]); }
}
/* Number of the steps that look at several threads, or -1. */
static int far_of(${params})
{
	unsigned h = 0x811c9dc5u;
	${names.map((name) => `h = (h ^ (unsigned)${name}) * 0x01000193u;`).join(' ')}
	for (unsigned s = (h ^ h >> 15) & far_mask;; s = (s + 1) & far_mask) {
		const int *r = far + ${n + 2} * s;
		if (r[0] == 0) return -1;
		if (${names.map((name, i) => `r[${i + 1}] == ${name}`).join(' && ')}) return r[0] - 1;
	}
}
static int can_far(int k, ${params}) { int f = far_of(${names.join(', ')}); return f >= 0 && k < far_from[f + 1] - far_from[f]; }
static void go_far(int k, ${params})
{
	const int *to = far_to + ${n + 1} * (far_from[far_of(${names.join(', ')})] + k);
	${names.map((name, i) => `next_${name} = to[${i}];`).join(' ')}
}
static int bad_far(${params}) { int f = far_of(${names.join(', ')}); return f >= 0 ? far_bad[f] : 0; }
${all(
  (i) => `/* Entry k of thread ${i}, or null. */
static const int *entry${i}(int k, int g, int t)
{
	int from = get(pairs${i}, pairs${i}_mask, g, t);
	int at = from + 1 + ${ENTRY} * k;
	return at < entries[from] ? entries + at : 0;
}
static int can${i}(int k, int g, int t) { const int *e = entry${i}(k, g, t); return e && e[0] <= ${KIND.stale}; }
static int bad${i}(int k, int g, int t) { const int *e = entry${i}(k, g, t); return e && e[0] == ${KIND.violation}; }
static int steps${i}(int g, int t)
{
	const int *e;
	for (int k = 0; (e = entry${i}(k, g, t)); k++) if (e[0] <= ${KIND.violation}) return 1;
	return 0;
}
static void go${i}(int k, ${params})
{
	const int *e = entry${i}(k, g, t${i});
	int h = e[1] == ${STAY} ? g : e[1], o = outline_of[h], floor = e[4], how = -1, floors = -1;
	const int ${all((j) => `f${j} = ${j === i ? 'h != g ? floor : ' : ''}get(floors${j}, floors${j}_mask, o, t${j})`, ', ')};
	next_g = h;
	if (h != g) floors = ${meetOf(n, (j) => `f${j}`)};
	else if (floor != f${i}) {
		${meets(n)}
		floors = ${n === 1 ? 'floor' : `meet(others${i}, floor)`};
		/* A canonical state whose floors stay is canonical. */
		if (floors == all) floors = -1;
	}
	if (floors >= 0) {
		const int *f = values(folds, folds_mask, h, floors);
		next_g = f[0];
		how = f[1];
	}
	if (how < 0) { ${all((j) => `next_t${j} = ${j === i ? 'e[2]' : `t${j}`};`, ' ')} }
	else { ${all((j) => `next_t${j} = get(rewritten${j}, rewritten${j}_mask, how, ${j === i ? 'e[3]' : `t${j}`});`, ' ')} }
}`,
)}
static int dead(${params})
{
	if (far_of(${names.join(', ')}) >= 0 || ${all((i) => `steps${i}(g, t${i})`, ' || ')}) return 0;
	return ${all((i) => `waits${i}[t${i}]`, ' || ')};
}
`;
  // Spin takes a comma outside parentheses in an expression of C for one that changes something.
  const option = (guard: string, does: string): string => `	:: d_step { c_expr { (${guard}) } -> ${does} }`;
  const step = (guard: string, go: string): string => option(guard, `c_code { ${go} ${assign} }`);
  const wrong = (guard: string, kind: string): string => option(guard, `c_code { report(${kind}); }; assert(false)`);
  const text = `/* ${about.replaceAll('*/', '* /')}
   g: shared fields, t0 to t${n - 1}: threads, the last one runs RCU callbacks.
   spin -a FILE && gcc -O3 -w -DSAFETY -DNOFAIR -DNOREDUCE -o pan pan.c && ./pan -c0 -m10000000 */
${declarations(data, code)}
${names.map((name, i) => `int ${name} = ${first[i] ?? 0};`).join('\n')}

active proctype machine()
{
end:	do
${[
  ...list(n, (i) => {
    const { steps: most, violations } = longest(tables, i);
    return [
      ...list(most, (k) => step(`can${i}(${k}, now.g, now.t${i})`, `go${i}(${k}, ${now});`)),
      ...list(violations, (k) => wrong(`bad${i}(${k}, now.g, now.t${i})`, `violation_kind[entry${i}(${k}, now.g, now.t${i})[1]]`)),
    ];
  }).flat(),
  ...list(farMost, (k) => step(`can_far(${k}, ${now})`, `go_far(${k}, ${now});`)),
  ...kinds.flatMap((kind, i) =>
    far.some(({ violations }) => violations.includes(kind)) ? [wrong(`bad_far(${now}) & ${1 << i}`, String(i))] : [],
  ),
  wrong(`dead(${now})`, String(kinds.length)),
].join('\n')}
	od
}
`;
  return { ok: true, text };
}

const list = <T>(n: number, each: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => each(i));

function sums(items: readonly number[]): number[] {
  let sum = 0;
  return items.map((item) => (sum += item));
}

/** Why some run can not be followed, in words, or null. */
function unfit({ steps, parts }: Tables): string | null {
  if (steps.reasons.length > 0) return `it meets what is not modelled: ${steps.reasons.join('; ')}`;
  const full = parts.threads.some((_, thread) =>
    [...(steps.pairs[thread]?.values() ?? [])].some((start) => kindsOf(steps, start).includes(KIND.orderFull)),
  );
  return full ? 'some run writes more than the order can hold' : null;
}

/** Entries that a thread has in a pair at most, up to the last step and up to the last violation. */
function longest({ steps }: Tables, thread: number): { readonly steps: number; readonly violations: number } {
  const most = { steps: 0, violations: 0 };
  for (const start of steps.pairs[thread]?.values() ?? [])
    kindsOf(steps, start).forEach((kind, k) => {
      if (kind <= KIND.stale) most.steps = Math.max(most.steps, k + 1);
      else if (kind === KIND.violation) most.violations = Math.max(most.violations, k + 1);
    });
  return most;
}

/** For each block of a thread, whether it has code left that it should get to. */
function waits(m: Machine, { parts }: Tables, thread: number): number[] {
  return list(parts.threads[thread]?.size ?? 0, (t) => {
    parts.restoreThread(thread, t, parts.scratch);
    return isWaiting(m, parts.scratch, thread) ? 1 : 0;
  });
}
