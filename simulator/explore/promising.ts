import type { Operation } from '../interp/operation.js';
import { deadlock } from '../machine/invariants/deadlock.js';
import type { Machine, Sink } from '../machine/machine.js';
import { OrderFull } from '../machine/order.js';
import type { Write } from '../machine/promises.js';
import { background, operate } from '../machine/step.js';
import { deliver, ownInterrupts } from '../machine/interrupts.js';
import type { ViolationKind } from '../machine/violation.js';

export interface PromisingBudget {
  readonly states: number;
  readonly ms: number;
  /** Promises that may be outstanding at a time. */
  readonly ahead: number;
}

export interface PromisingSearch {
  readonly violations: ReadonlySet<ViolationKind>;
  readonly states: number;
  /** Null where everything was tried; else what stopped the search. */
  readonly stopped: string | null;
  /** Why some runs could not be followed. */
  readonly stuck: readonly string[];
}

interface Node {
  readonly state: Int32Array;
  /** Thread that owes each position of the order; -1 for the first, which is none. */
  readonly owners: readonly number[];
}

/** Positions that a set of bits can name. */
const MAX_POSITIONS = 30;

/**
 * How often the search is repeated with what the last one found out. A write that only runs with promises come to is promised in the next;
 * without an end, values would feed on each other (what a thread reads, adds one to and promises may be what it reads).
 */
const ROUNDS = 2;

/** What is not memory, and so has no place in the order: it happens when it is done, between the steps of the others. */
const SCHEDULED: ReadonlySet<Operation['op']> = new Set([
  'lock',
  'unlock',
  'ipi',
  'interrupt-return',
  'page-free',
  'translation-gone',
  'rcu-call',
  'rcu-sync',
  'rcu-quiescent',
  'context',
  'resched',
  'sbi-sfence',
  'flush',
]);

/** A walk goes by what other CPUs have made this one drop, where that is done to it and has no place in the order. */
const isScheduled = (m: Machine, { op }: Operation): boolean =>
  SCHEDULED.has(op) || (op === 'touch' && m.arch.invalidations === 'executed');

/**
 * Promises as steps (Pulte et al., "Promising-ARM/RISC-V", PLDI 2019, sections 4 to 6): a thread may put a write into the order before it
 * gets there, others read it from then on, and a run counts where every promise was kept. What a thread may promise is what some run of it
 * came to.
 *
 * Unlike promise-first it runs the threads together, so it takes locks, interrupts and grace periods: they are steps as in the interleaving
 * search, done only by a thread all of whose knowledge has come true. Load buffering across such a step is thus left out: what it acts on
 * (who holds a lock, which page is freed) has no place in the order, and would be seen before its time.
 *
 * `visit` gets every state in which nobody goes on and nothing is owed.
 */
export function promising(
  m: Machine,
  budget: PromisingBudget,
  visit: (state: Int32Array) => void,
  now: () => number = () => performance.now(),
): PromisingSearch {
  const code = new Code();
  const deadline = now() + budget.ms;
  try {
    let found = sweep(m, code, { ...budget, ahead: 0 }, deadline, visit, now);
    for (let round = 0; round < ROUNDS && found.stopped === null && budget.ahead > 0; round++) {
      const before = code.size;
      code.settle();
      found = sweep(m, code, budget, deadline, visit, now);
      if (code.size === before) break;
    }
    return found;
  } finally {
    m.promises = null;
  }
}

interface Attempt {
  readonly thread: number;
  readonly write: Write;
  /** Local states in which a thread came to it. */
  readonly nodes: Set<number>;
  /** Local states from which it may come to it. */
  readonly from: Set<number>;
}

const keyOf = (thread: number, { code, value }: Write): string => `${String(thread)} ${String(code)} ${String(value)}`;

/** What runs have shown of each thread's code: which writes it comes to, and how it gets there. */
class Code {
  private readonly known = new Map<string, Attempt>();
  private readonly before = new Map<number, Set<number>>();
  private steps = 0;

  /** Grows with all that is new. */
  get size(): number {
    return this.steps + [...this.known.values()].reduce((sum, { nodes }) => sum + nodes.size, 0);
  }

  get attempts(): Iterable<Attempt> {
    return this.known.values();
  }

  step(from: number, to: number): void {
    const before = this.before.get(to) ?? new Set();
    if (before.has(from)) return;
    this.before.set(to, before.add(from));
    this.steps++;
  }

  attempt(thread: number, write: Write, node: number): void {
    const key = keyOf(thread, write);
    const known = this.known.get(key) ?? { thread, write, nodes: new Set(), from: new Set() };
    known.nodes.add(node);
    this.known.set(key, known);
  }

  /** Whether a thread in this local state may still come to the write. */
  leadsTo(node: number, thread: number, write: Write): boolean {
    return this.known.get(keyOf(thread, write))?.from.has(node) === true;
  }

  /** Works out, of what is known so far, what leads where. */
  settle(): void {
    for (const { nodes, from } of this.known.values()) {
      const open = [...nodes];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        if (from.has(node)) continue;
        from.add(node);
        open.push(...(this.before.get(node) ?? []));
      }
    }
  }
}

function sweep(
  m: Machine,
  code: Code,
  { states, ms, ahead }: PromisingBudget,
  deadline: number,
  visit: (state: Int32Array) => void,
  now: () => number,
): PromisingSearch {
  const violations = new Set<ViolationKind>();
  const stuck = new Set<string>();
  const seen = new Set<string>();
  const open: Node[] = [];
  const add = (state: Int32Array, owners: readonly number[]): void => {
    const key = `${owners.join()} ${text(m, state)}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (mayKeepAll(m, state, owners, code)) open.push({ state: state.slice(), owners });
  };
  let stopped: string | null = null;
  add(m.start(), [-1]);
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.size > states) stopped = `${String(states)} states`;
    else if (now() > deadline) stopped = `${String(ms)} ms`;
    else if (node.owners.length > MAX_POSITIONS) stopped = `${String(MAX_POSITIONS)} writes`;
    if (stopped !== null) break;
    try {
      follow(m, node, code, ahead, { add, visit, violations, stuck });
    } catch (error) {
      if (!(error instanceof OrderFull)) throw error;
      stopped = 'a run that writes more than the order can hold';
      break;
    }
  }
  return { violations, states: seen.size, stopped, stuck: [...stuck] };
}

/** Positions whose writes have not been made. */
const owedIn = (m: Machine, s: Int32Array, owners: readonly number[]): number[] =>
  owners.flatMap((owner, place) => (place > 0 && (m.get(s, owner, m.layout.KEPT) & (1 << place)) === 0 ? [place] : []));

const writeAt = (m: Machine, s: Int32Array, place: number): Write => ({ code: m.order.code(s, place), value: m.order.floorOf(s, place) });

/** Whether every thread that owes a write may still come to it. */
function mayKeepAll(m: Machine, s: Int32Array, owners: readonly number[], code: Code): boolean {
  return owedIn(m, s, owners).every((place) => {
    const owner = owners[place] ?? -1;
    return code.leadsTo(m.node(s, owner).id, owner, writeAt(m, s, place));
  });
}

interface Found {
  readonly add: (state: Int32Array, owners: readonly number[]) => void;
  readonly visit: (state: Int32Array) => void;
  readonly violations: Set<ViolationKind>;
  readonly stuck: Set<string>;
}

/** Every step and every promise from one state. */
function follow(m: Machine, { state: s, owners }: Node, code: Code, ahead: number, found: Found): void {
  const length = owners.length - 1;
  const owed = owedIn(m, s, owners);
  const nodes = Array.from({ length: m.rcuThread + 1 }, (_, thread) => m.node(s, thread).id);
  m.promises = {
    length,
    owners,
    appends: true,
    candidate(thread, write) {
      code.attempt(thread, write, nodes[thread] ?? -1);
    },
  };
  let steps = 0;
  let bad = false as boolean;
  const sink: Sink = {
    next(t, thread) {
      steps++;
      code.step(nodes[thread] ?? -1, m.node(t, thread).id);
      const made = m.order.length(t) - length;
      // What was not promised takes the next place, and is kept at once.
      for (let i = 1; i <= made; i++) m.set(t, thread, m.layout.KEPT, m.get(t, thread, m.layout.KEPT) | (1 << (length + i)));
      found.add(t, made === 0 ? owners : [...owners, ...Array.from({ length: made }, () => thread)]);
    },
    violation(_, violation) {
      bad = true;
      // A run that ends badly is one where nothing is owed any more: a shorter order has it, too.
      if (owed.length === 0) found.violations.add(violation.kind);
    },
    stuck(why) {
      bad = true;
      if (owed.length === 0) found.stuck.add(why);
    },
  };
  for (let thread = 0; thread <= m.rcuThread; thread++) {
    const settled = owed.every((place) => place > m.known(s, thread));
    if (thread < m.rcuThread) {
      ownInterrupts(m, s, thread, sink);
      if (settled) deliver(m, s, thread, sink);
    }
    if (settled) background(m, s, thread, sink);
    if (settled || !isScheduled(m, m.node(s, thread).request.does)) operate(m, s, thread, sink);
  }
  if (steps === 0 && !bad && owed.length === 0) {
    found.visit(s);
    const end = deadlock(m, s);
    if (end) found.violations.add(end.kind);
  }
  if (owed.length >= ahead) return;
  for (const { thread, write, from } of code.attempts) {
    if (!from.has(nodes[thread] ?? -1)) continue;
    const t = s.slice();
    m.order.append(t, write.code, write.value);
    found.add(t, [...owners, thread]);
  }
}

const text = (m: Machine, s: Int32Array): string =>
  Buffer.from(s.buffer, s.byteOffset, 4 * m.layout.sharedLength(s)).toString('latin1') +
  Buffer.from(s.buffer, s.byteOffset + 4 * m.layout.globalSize, 4 * (s.length - m.layout.globalSize)).toString('latin1');
