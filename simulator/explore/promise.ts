import type { Operation } from '../interp/operation.js';
import type { Machine, Sink } from '../machine/machine.js';
import { OrderFull } from '../machine/order.js';
import type { Promises, Write } from '../machine/promises.js';
import { operate } from '../machine/step.js';
import { accessFlagUpdate } from '../machine/translate.js';

/** Positions that a set of bits can name. */
const MAX_PROMISES = 30;

export interface PromiseBudget {
  /** Orders of writes that may be tried, and steps of single threads. */
  readonly orders: number;
  readonly steps: number;
  readonly ms: number;
}

/** One order of writes that all threads can fill, and how each thread may end under it. */
export interface Execution {
  /** A state whose order is this one; its threads stand at their beginning. */
  readonly order: Int32Array;
  /** CPU that made each write, from position 1 on; -1 for hardware by itself. */
  readonly owners: readonly number[];
  /** For each CPU the local states that it may end in. */
  readonly ends: readonly (readonly number[])[];
}

export interface PromiseSearch {
  readonly executions: readonly Execution[];
  readonly orders: number;
  readonly steps: number;
  /** Null where everything was tried; else what stopped the search. */
  readonly stopped: string | null;
  /** Why some runs could not be followed. */
  readonly stuck: readonly string[];
}

interface Candidate {
  readonly cpu: number;
  readonly write: Write;
}

/** How a thread fares by itself against an order. */
interface Alone {
  /** It can keep all its promises. */
  readonly keeps: boolean;
  /** Local states it may end in having written nothing but what it promised, and all of that. */
  readonly ends: ReadonlySet<number>;
  readonly candidates: readonly Candidate[];
}

class OverBudget extends Error {}

/** What a thread can't do without knowing where the others are: who holds a lock, whether a reader is done, who answers an interrupt. */
const NEEDS_OTHERS: ReadonlySet<Operation['op']> = new Set(['lock', 'unlock', 'rcu-sync', 'rcu-call', 'ipi']);

/**
 * Promise-first search (Pulte et al., "Promising-ARM/RISC-V", PLDI 2019, section 7): the order of all writes is chosen first, write by
 * write; then each thread runs alone against the finished order. Every behaviour of the machine is found, load buffering included, and a
 * reader costs nothing but its own run.
 */
export function promiseFirst(m: Machine, budget: PromiseBudget, now: () => number = () => performance.now()): PromiseSearch {
  const deadline = now() + budget.ms;
  const stuck = new Set<string>();
  const executions: Execution[] = [];
  const cpus = m.setup.cpus.length;
  let steps = 0;
  let stopped: string | null = null;
  const tick = (): void => {
    steps++;
    if (steps > budget.steps) throw new OverBudget(`${String(budget.steps)} steps`);
    if ((steps & 255) === 0 && now() > deadline) throw new OverBudget(`${String(budget.ms)} ms`);
  };

  const waiting: { readonly order: Int32Array; readonly owners: readonly number[] }[] = [{ order: m.start(), owners: [-1] }];
  const seen = new Set<string>(['']);
  let orders = 0;
  try {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      orders++;
      if (orders > budget.orders) throw new OverBudget(`${String(budget.orders)} orders of writes`);
      const { order, owners } = next;
      const runs = Array.from({ length: cpus }, (_, cpu) => runAlone(m, order, owners, cpu, tick, stuck));
      if (runs.some((run) => !run.keeps)) continue;
      if (runs.every((run) => run.ends.size > 0)) executions.push({ order, owners, ends: runs.map((run) => [...run.ends]) });
      const candidates = runs.flatMap((run) => run.candidates);
      for (const write of accessFlagUpdate(m, order)) candidates.push({ cpu: -1, write });
      for (const { cpu, write } of candidates) {
        if (owners.length > MAX_PROMISES) throw new OverBudget(`${String(MAX_PROMISES)} writes`);
        const longer = order.slice();
        m.order.append(longer, write.code, write.value);
        const extended = [...owners, cpu];
        const key = orderKey(m, longer, extended);
        if (seen.has(key)) continue;
        seen.add(key);
        waiting.push({ order: longer, owners: extended });
      }
    }
  } catch (error) {
    if (error instanceof OverBudget) stopped = error.message;
    else if (error instanceof OrderFull) stopped = 'a run that writes more than the order can hold';
    else throw error;
  } finally {
    m.promises = null;
  }
  return { executions, orders, steps, stopped, stuck: [...stuck] };
}

function orderKey(m: Machine, s: Int32Array, owners: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 1; i < owners.length; i++) parts.push(`${String(owners[i])}:${String(m.order.code(s, i))}:${String(m.order.floorOf(s, i))}`);
  return parts.join(' ');
}

/** Follows one thread through every run it may have against the order, writing at the end what it has not promised. */
function runAlone(m: Machine, order: Int32Array, owners: readonly number[], cpu: number, tick: () => void, stuck: Set<string>): Alone {
  const { layout: at } = m;
  const length = owners.length - 1;
  const candidates = new Map<string, Candidate>();
  const promises: Promises = {
    length,
    owners,
    appends: true,
    candidate(by, write) {
      candidates.set(`${String(write.code)}=${String(write.value)}`, { cpu: by, write });
    },
  };
  m.promises = promises;
  const owed = owedBy(owners, cpu);
  let keeps = owed === 0;
  const ends = new Set<number>();
  const seen = new Set<string>();
  const open: Int32Array[] = [order];
  const sink: Sink = {
    next(state) {
      const key = threadKey(m, state, cpu, length);
      if (seen.has(key)) return;
      seen.add(key);
      open.push(state.slice());
    },
    violation(_, violation) {
      if (!guesses) stuck.add(violation.why);
    },
    stuck(why) {
      if (!guesses) stuck.add(why);
    },
  };
  let guesses = false;
  for (let state = open.pop(); state; state = open.pop()) {
    tick();
    // What a run comes to that no order bears out says nothing.
    guesses = m.get(state, cpu, at.GUESSED) !== 0;
    const kept = m.get(state, cpu, at.KEPT) === owed;
    keeps ||= kept;
    const { id, request } = m.node(state, cpu);
    if (request.does.op === 'end') {
      if (kept && m.order.length(state) === length && !guesses) ends.add(id);
    } else if (NEEDS_OTHERS.has(request.does.op)) sink.stuck(`${request.does.op} in a thread that is run by itself`);
    else operate(m, state, cpu, sink);
  }
  return { keeps, ends, candidates: [...candidates.values()] };
}

/** What a thread did, step by step, to end in local state `end`: a shortest such run. */
export function threadSteps(m: Machine, { order, owners }: Execution, cpu: number, end: number): string[] {
  const length = owners.length - 1;
  const owed = owedBy(owners, cpu);
  m.promises = { length, owners, appends: false, candidate: () => undefined };
  m.explain = true;
  try {
    const seen = new Set<string>();
    let layer: { readonly state: Int32Array; readonly steps: readonly string[] }[] = [{ state: order, steps: [] }];
    while (layer.length > 0) {
      const next: typeof layer = [];
      for (const { state, steps } of layer) {
        if (m.node(state, cpu).id === end && m.get(state, cpu, m.layout.KEPT) === owed) return [...steps];
        const ignore = (): void => undefined;
        operate(m, state, cpu, {
          next(to, _cpu, _stale, step) {
            const key = threadKey(m, to, cpu, length);
            if (seen.has(key)) return;
            seen.add(key);
            next.push({ state: to.slice(), steps: [...steps, step] });
          },
          violation: ignore,
          stuck: ignore,
        });
      }
      layer = next;
    }
    return [];
  } finally {
    m.promises = null;
    m.explain = false;
  }
}

function owedBy(owners: readonly number[], cpu: number): number {
  let owed = 0;
  owners.forEach((owner, position) => {
    if (owner === cpu) owed |= 1 << position;
  });
  return owed;
}

/** What tells two states of one thread apart: its own block, and what it has put at the end of the order. */
function threadKey(m: Machine, s: Int32Array, cpu: number, length: number): string {
  const from = m.layout.at(cpu);
  const own = text(s, from, from + m.layout.threadSize);
  const end = m.order.length(s);
  return end === length ? own : own + text(s, m.layout.ORDER + 2 * length, m.layout.ORDER + 2 * end);
}

const text = (s: Int32Array, from: number, to: number): string =>
  Buffer.from(s.buffer, s.byteOffset + 4 * from, 4 * (to - from)).toString('latin1');
