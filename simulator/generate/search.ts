import { type Budget, type Exploration, type Found, retold } from '../explore/explore.js';
import { deadlock } from '../machine/invariants/deadlock.js';
import { Edges } from '../machine/invariants/livelock.js';
import { onTheGraph } from '../explore/endings.js';
import type { Reductions } from '../explore/reductions.js';
import type { States } from '../explore/state-store.js';
import type { Machine, Sink } from '../machine/machine.js';
import { OrderFull } from '../machine/order.js';
import type { ViolationKind } from '../machine/violation.js';
import { Folds } from './folds.js';
import { FieldTooNarrow, MAX_BITS, pack, type Packing, repacked, roomy } from './packing.js';
import { Parts } from './parts.js';
import { ReducedParts } from './reduce-code.js';
import { type Generated, generated, type Surroundings } from './search-code.js';
import { WAY } from './store-code.js';
import { KIND, Steps } from './steps.js';

/** Widths to begin with, in bits. */
const SHARED_BITS = 12;
const THREAD_BITS = 8;
const RCU_BITS = 2;

/** States of a generated search. */
class PackedStates implements States {
  constructor(
    private readonly parts: Parts,
    private readonly code: Generated,
    readonly bytes: number,
  ) {}

  get size(): number {
    return this.code.states;
  }

  find(state: Int32Array): number {
    const parts = this.parts.find(state);
    return parts ? this.code.find(parts) : -1;
  }

  restore(number: number, into: Int32Array): void {
    this.parts.restore(this.code.parts(number), into);
  }
}

interface Way {
  readonly depth: number;
  readonly way: number;
}

/**
 * The same search as `explore`, state for state, by generated code: what a thread may do is computed once for each pair of shared fields
 * and own block, and a state is a few packed words.
 */
export function exploreGenerated(
  m: Machine,
  budget: Budget,
  now: () => number = () => performance.now(),
  reductions: Reductions | null = null,
): Exploration {
  return exploreWithTables(m, budget, now, undefined, firstWidths(m), reductions).run;
}

/** What the search computed on its way: the model as tables. */
export interface Tables {
  readonly parts: Parts;
  readonly steps: Steps;
  readonly folds: Folds;
  /** Numbers of the parts of a state that was met. */
  readonly partsOf: (state: number) => readonly number[];
}

/** Widths of the parts of a state to begin with, where nothing is known of how many values they have. */
const firstWidths = (m: Machine): number[] =>
  roomy([SHARED_BITS, ...Array.from({ length: m.layout.threads }, (_, thread) => (thread === m.rcuThread ? RCU_BITS : THREAD_BITS))]);

/**
 * The same, with the tables that it filled; it starts from those of an earlier search of the same machine, where there is one. Widths, in
 * bits, are those that states are packed by until a part needs more.
 */
export function exploreWithTables(
  m: Machine,
  budget: Budget,
  now: () => number = () => performance.now(),
  before?: Tables,
  widths = firstWidths(m),
  reductions: Reductions | null = null,
): { readonly run: Exploration; readonly tables: Tables } {
  const parts = before?.parts ?? new Parts(m);
  const steps = before?.steps ?? new Steps(parts);
  const folds = before?.folds ?? new Folds(parts, steps);
  const reduced = reductions && new ReducedParts(parts, reductions);
  const deadline = (budget.since ?? now()) + budget.ms;
  const outOfTime = (): boolean => {
    reductions?.checkMeanwhile();
    return now() > deadline;
  };
  const findings = new Findings(m);
  const search = (bits: readonly number[]): Generated => {
    const packing = pack(bits);
    parts.packing = packing;
    const code: Generated = generated(
      packing,
      reduced?.shape ?? null,
    )(surroundings(packing, parts, steps, folds, findings, () => code, outOfTime, reduced));
    return code;
  };
  let code = search(before ? widened(parts, -1) : widths);
  const start = m.start();
  reductions?.apply(start);
  code.begin(parts.of(start));
  let stopped: string | null = null;
  for (;;) {
    try {
      const why = code.run(budget.states);
      if (why === 'states') stopped = `${String(budget.states)} states`;
      else if (why === 'time') stopped = `${String(budget.ms)} ms`;
      else if (why === 'order') stopped = ORDER_FULL;
      break;
    } catch (error) {
      if (error instanceof OrderFull) {
        stopped = ORDER_FULL;
        break;
      }
      if (!(error instanceof FieldTooNarrow)) throw error;
      const before = code;
      code = search(widened(parts, error.field));
      code.takeOver(before.progress);
    }
  }
  reductions?.check();
  const store = new PackedStates(parts, code, code.bytes + parts.bytes + steps.bytes + folds.bytes + (reduced?.bytes ?? 0));
  if (stopped === null) {
    const edges = new Edges(code.edgesFrom, code.targets, code.states);
    for (const each of onTheGraph(m, store, edges, new Set(code.ends))) findings.add(each, 0, 0);
  }
  const { found, stuck } = findings;
  const { states, transitions } = code;
  const run = {
    found,
    states,
    transitions,
    stopped,
    stuck: [...stuck],
    store,
    reductions,
    parent: (state: number) => code.parent(state),
  };
  return { run: retold(m, run), tables: { parts, steps, folds, partsOf: (state) => code.parts(state) } };
}

const ORDER_FULL = 'a run that writes more than the order can hold';

/** Widths for the values that each part has by now, with room for four times as many in one field. */
function widened(parts: Parts, field: number): number[] {
  return parts.sizes().map((size, i) => {
    const bits = Math.ceil(Math.log2(size + 1)) + (i === field ? 2 : 0);
    if (bits > MAX_BITS) throw new Error(`a part of the states has more than ${2 ** (MAX_BITS - 2)} values`);
    return bits;
  });
}

/** What the search has met that is not a step. */
class Findings {
  readonly found = new Map<ViolationKind, Found & Way>();
  readonly stuck = new Set<string>();

  constructor(private readonly m: Machine) {}

  /** Takes a violation for its kind unless a better way to one is known. */
  add(made: Found, way: number, depth: number): void {
    const known = this.found.get(made.violation.kind);
    const better = !known || (known.depth === depth && way >>> WAY.cpuBits < known.way >>> WAY.cpuBits);
    if (better) this.found.set(made.violation.kind, { ...made, way, depth });
  }

  deadlock(state: number, s: Int32Array, way: number, depth: number): void {
    const violation = this.found.has('deadlock') ? null : deadlock(this.m, s);
    if (violation) this.add({ violation, from: state, cpu: -1 }, way, depth);
  }
}

/** The way after one more step, by `cpu` (as `extended` of the generated code does it for successors). */
function extend(way: number, cpu: number): number {
  const bits = WAY.cpuBits;
  const most = (1 << WAY.switchBits) - 1;
  const changed = (way & ((1 << bits) - 1)) !== cpu + 1 && ((way >>> bits) & most) !== most;
  return (((way >>> bits) + (changed ? 1 : 0)) << bits) | (cpu + 1);
}

function surroundings(
  packing: Packing,
  parts: Parts,
  steps: Steps,
  folds: Folds,
  findings: Findings,
  code: () => Generated,
  outOfTime: () => boolean,
  reduced: ReducedParts | null,
): Surroundings {
  const whole = new Int32Array(parts.m.layout.size);
  return {
    packing,
    repacked: ({ packing: before, arena, states, edgesFrom }) => repacked(before, packing, arena, states + 1, edgesFrom.length, 2),
    pairs: steps.pairs,
    newPair: (thread, g, t) => {
      steps.newPair(thread, g, t);
    },
    list: steps.list,
    outlineOf: parts.outlineOf,
    floorsOf: steps.floorsOf,
    newFloors: (thread, g, t) => steps.newFloors(thread, g, t),
    meets: folds.meets,
    newMeet: (a, b) => {
      folds.newMeet(a, b);
    },
    folds: folds.folds,
    newFold: (g, floors) => {
      folds.newFold(g, floors);
    },
    rewritten: folds.rewritten,
    newRewritten: (thread, rewriting, t) => {
      folds.newRewritten(thread, rewriting, t);
    },
    calls: (thread, t) => steps.callsOf(thread, t),
    event: (kind, number, thread, state, way, depth) => {
      const violation = steps.violations[number];
      if (kind === KIND.violation && violation) findings.add({ violation, from: state, cpu: thread }, extend(way, thread), depth);
      else if (kind === KIND.stuck) findings.stuck.add(steps.reasons[number] ?? '');
      return kind === KIND.orderFull;
    },
    anew: (kind, thread, numbers, state, way, depth) => {
      let events = 0;
      parts.restore(numbers, whole);
      const sink: Sink = {
        next: (to, cpu, stale) => {
          events++;
          code().reach(parts.of(to), cpu, stale);
        },
        violation: (cpu, violation) => {
          events++;
          code().end(true);
          findings.add({ violation, from: state, cpu }, extend(way, cpu), depth);
        },
        stuck: (why) => {
          events++;
          code().end(false);
          findings.stuck.add(why);
        },
      };
      steps.anew(kind, whole, thread, sink);
      return events;
    },
    dead: (numbers, state, way, depth) => {
      parts.restore(numbers, whole);
      findings.deadlock(state, whole, way, depth);
    },
    outOfTime,
    reduced,
  };
}
