import { type Budget, explore, type Exploration } from '../explore/explore.js';
import { type TraceStep, traceOf } from '../explore/trace.js';
import { type Promela, promelaOf } from '../generate/promela.js';
import { exploreGenerated, exploreWithTables } from '../generate/search.js';
import { Automaton } from '../interp/automaton.js';
import { type Encountered, Interpreter } from '../interp/interpreter.js';
import { objectOf } from '../interp/memory.js';
import type { AxisValue } from '../interp/setup.js';
import { EntryWritten, SharingChanged, SharingFacts } from '../interp/sharing.js';
import { LayoutTooSmall, Machine, type Trait, TraitNeeded } from '../machine/machine.js';
import { decode, entriesOf, LARGE_TABLE } from '../machine/mmu.js';
import type { Violation, ViolationKind } from '../machine/violation.js';
import type { Linked } from './link.js';

/** What one scenario showed under one setting. */
export interface Outcome {
  readonly setting: ReadonlyMap<string, AxisValue>;
  readonly window: 0 | 1;
  readonly violations: ReadonlyMap<ViolationKind, { readonly violation: Violation; trace(): TraceStep[] }>;
  readonly states: number;
  readonly transitions: number;
  readonly ms: number;
  readonly stopped: string | null;
  readonly stuck: readonly string[];
  readonly encountered: Encountered;
  readonly shared: readonly string[];
  /** Digest of the search tree: two runs of which it differs are not the same, step for step. */
  readonly shape: number;
}

export interface RunOptions {
  readonly window: 0 | 1;
  readonly budget: Budget;
  /** Counterfactual: a CPU with preemption or interrupts off does not hold up a grace period. */
  readonly onlyExplicitReaders?: boolean;
  /** Which of the two searches, state for state the same. Where nothing is said: the one that pays, by the number of states. */
  readonly search?: 'generated' | 'interpreted';
}

/**
 * What runs of one Program have learned about it: which memory is shared, how much room states need. Runs under other settings start from
 * there instead of learning it again; knowing more than a run needs never changes what it shows.
 */
export class Learned {
  readonly sharing: SharingFacts;
  room = 8;
  readonly traits = new Set<Trait>();
  automaton: Automaton | null = null;
  /** Page-table entries that hold something, or that a run has written. */
  readonly entries: Set<string>;

  constructor(linked: Linked) {
    const walked = new Set(linked.mmu ? entriesOf(linked.mmu).map((entry) => entry.loc) : []);
    this.entries = new Set([...walked].filter((loc) => holdsSomething(linked, loc)));
    const large = new Set([...walked].filter((loc) => isLarge(linked, loc)));
    // What stands in a page is watched from the start: it may be freed under a reader.
    const inPage = (loc: string): boolean => linked.setup.physical.has(objectOf(loc)) && !loc.startsWith('.', objectOf(loc).length);
    const empty = (loc: string): boolean => large.has(loc) && !this.entries.has(loc);
    this.sharing = new SharingFacts((loc) => (walked.has(loc) || inPage(loc)) && !empty(loc), empty);
  }
}

function holdsSomething({ setup, mmu }: Linked, loc: string): boolean {
  const value = setup.initial.get(loc);
  const table = mmu?.tables.find((each) => each.obj === objectOf(loc));
  if (value === undefined || table === undefined) return value !== undefined;
  return value.k !== 'int' || decode(setup.arch, value, table.depth + 1 === mmu?.levels.length).k !== 'invalid';
}

function isLarge({ mmu }: Linked, loc: string): boolean {
  const table = mmu?.tables.find((each) => each.obj === objectOf(loc));
  return (mmu?.levels[table?.depth ?? -1]?.entries ?? 0) > LARGE_TABLE;
}

/** A finished search and the machine whose states it holds. */
export interface Searched {
  readonly machine: Machine;
  readonly run: Exploration;
}

/** Searches a linked scenario. Throws AxisNeeded for an axis the setting leaves open. */
export function search(linked: Linked, options: RunOptions, learned = new Learned(linked)): Searched {
  return settled(linked, options, learned, (machine) => ({
    machine,
    run: searchOf(options)(machine),
  }));
}

/** States up to which the interpreted search is done before generated code has been compiled and has filled its tables. */
const SMALL = 20_000;

function searchOf({ search: kind, budget }: RunOptions): (machine: Machine) => Exploration {
  if (kind === 'interpreted') return (machine) => explore(machine, budget);
  if (kind === 'generated') return (machine) => exploreGenerated(machine, budget);
  return (machine) => {
    const small = explore(machine, { ...budget, states: Math.min(budget.states, SMALL) });
    if (small.stopped === null || small.states <= SMALL || budget.states <= SMALL) return small;
    return exploreGenerated(machine, budget);
  };
}

/** A linked scenario as a model for Spin, or why not. `about` goes into its first comment. Throws AxisNeeded, as `search` does. */
export function exportPromela(linked: Linked, options: RunOptions, about: string): Promela {
  return settled(linked, options, new Learned(linked), (machine) => {
    const { run, tables } = exploreWithTables(machine, options.budget);
    if (run.stopped !== null) return { ok: false, why: `the search that makes its tables stopped at ${run.stopped}` };
    return promelaOf(machine, tables, run.states, `${about}; ${String(run.states)} states`);
  });
}

/** Calls `run` with machines for the scenario until one has all that the program needs. */
function settled<T>(linked: Linked, options: RunOptions, learned: Learned, run: (machine: Machine) => T): T {
  const onlyExplicit = options.onlyExplicitReaders ?? false;
  for (;;) {
    // What the CPUs do by themselves does not hang on the window: a second run takes it from the first.
    const kept =
      learned.automaton?.on.setup === linked.setup && learned.automaton.onlyExplicitReaders === onlyExplicit ? learned.automaton : null;
    const automaton = kept ?? new Automaton(new Interpreter(linked.setup, learned.sharing), onlyExplicit);
    learned.automaton = null;
    try {
      const mmu = linked.mmu && { ...linked.mmu, used: new Set(learned.entries) };
      const result = run(new Machine(automaton, mmu, options.window, learned.room, learned.traits));
      learned.automaton = automaton;
      return result;
    } catch (error) {
      if (error instanceof LayoutTooSmall) learned.room *= 2;
      else if (error instanceof TraitNeeded) learned.traits.add(error.trait);
      else if (error instanceof EntryWritten) learned.entries.add(error.loc);
      else if (!(error instanceof SharingChanged)) throw error;
    }
  }
}

/** What a linked scenario shows. Throws AxisNeeded, as `search` does. */
export function runScenario(linked: Linked, options: RunOptions, learned = new Learned(linked)): Outcome {
  const began = performance.now();
  const { machine, run } = search(linked, options, learned);
  return outcome(machine, run, machine.on, linked, options, began);
}

function outcome(
  machine: Machine,
  run: Exploration,
  interpreter: Interpreter,
  linked: Linked,
  options: RunOptions,
  began: number,
): Outcome {
  const violations = new Map<ViolationKind, { violation: Violation; trace(): TraceStep[] }>();
  for (const [kind, found] of run.found) violations.set(kind, { violation: found.violation, trace: () => traceOf(machine, run, found) });
  return {
    setting: linked.setup.setting,
    window: options.window,
    violations,
    states: run.states,
    transitions: run.transitions,
    ms: performance.now() - began,
    stopped: run.stopped,
    stuck: run.stuck,
    encountered: interpreter.encountered,
    shared: interpreter.sharing.shared(),
    shape: shapeOf(run),
  };
}

/** FNV-1a over the parents of all states, in the order in which they were met. */
function shapeOf(run: Exploration): number {
  let hash = 0x811c9dc5 ^ run.transitions;
  for (let state = 0; state < run.states; state++) hash = Math.imul(hash ^ run.parent(state), 0x01000193);
  return hash >>> 0;
}
