import { endStates } from '../explore/end-states.js';
import { type Budget, explore, type Exploration } from '../explore/explore.js';
import { EVERYTHING, NOTHING, type Reduce, Reductions, Relearn } from '../explore/reductions.js';
import { synchronisations } from '../explore/straight-behind.js';
import type { Synchronisation } from '../program/synchronisation.js';
import { type TraceStep, traceOf } from '../explore/trace.js';
import { wander } from '../explore/wander.js';
import { type Promela, promelaOf } from '../generate/promela.js';
import { exploreGenerated, exploreWithTables } from '../generate/search.js';
import { Automaton } from '../interp/automaton.js';
import { type Encountered, Interpreter } from '../interp/interpreter.js';
import type { AxisValue } from '../interp/setup.js';
import { EntryUsed, SharingChanged } from '../interp/sharing.js';
import { LayoutTooSmall, Machine, TraitNeeded } from '../machine/machine.js';
import type { Violation, ViolationKind } from '../machine/violation.js';
import { Learned } from './learned.js';
import type { Linked } from './link.js';

export { Learned } from './learned.js';

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
  /** Context synchronisations of patches that some run came to. */
  readonly synchronisations: readonly Synchronisation[];
  /** Digest of the search tree: two runs of which it differs are not the same, step for step. */
  readonly shape: number;
  /** What complete runs leave behind: see `endStates`. */
  ends(): ReadonlySet<string>;
}

export interface RunOptions {
  readonly window: 0 | 1;
  readonly budget: Budget;
  /** Counterfactual: a CPU with preemption or interrupts off does not hold up a grace period. */
  readonly onlyExplicitReaders?: boolean;
  /** Which of the two searches, state for state the same. Where nothing is said: the one that pays, by the number of states. */
  readonly search?: 'generated' | 'interpreted';
  /** Where nothing is said: none where it is said which search, else both beyond the size that needs none. */
  readonly reduce?: Reduce;
}

/** A finished search and the machine whose states it holds. */
export interface Searched {
  readonly machine: Machine;
  readonly run: Exploration;
  /** The search that was given up for this one: what it found, nothing shorter shows. */
  readonly before?: Searched;
}

/** Searches a linked scenario. Throws AxisNeeded for an axis the setting leaves open. */
export function search(linked: Linked, options: RunOptions, learned = new Learned(linked)): Searched {
  const { search: kind, budget, reduce = kind === undefined ? EVERYTHING : NOTHING } = options;
  if (kind !== undefined) return searchAs(kind, linked, options, reduce, learned);
  const first = { ...options, budget: { ...budget, states: Math.min(budget.states, SMALL) } };
  const small = searchAs('interpreted', linked, first, NOTHING, learned);
  if (small.run.stopped === null || small.run.states <= SMALL || budget.states <= SMALL) return small;
  return { ...searchAs('generated', linked, options, reduce, learned), before: small };
}

/** States up to which the interpreted search is done before generated code has been compiled and has filled its tables. */
const SMALL = 20_000;

function searchAs(kind: 'generated' | 'interpreted', linked: Linked, options: RunOptions, reduce: Reduce, learned: Learned): Searched {
  return settled(linked, options, learned.under(reduce), (machine, reductions, budget) => ({
    machine,
    run: (kind === 'interpreted' ? explore : exploreGenerated)(machine, budget, undefined, reductions),
  }));
}

/** A linked scenario as a model for Spin, or why not. `about` goes into its first comment. Throws AxisNeeded, as `search` does. */
export function exportPromela(linked: Linked, options: RunOptions, about: string): Promela {
  return settled(linked, options, new Learned(linked), (machine, _, budget) => {
    const { run, tables } = exploreWithTables(machine, budget);
    if (run.stopped !== null) return { ok: false, why: `the search that makes its tables stopped at ${run.stopped}` };
    return promelaOf(machine, tables, run.states, `${about}; ${String(run.states)} states`);
  });
}

/** Calls `run` with machines for the scenario until one has all that the program needs. All of them share the budget's time. */
function settled<T>(
  linked: Linked,
  options: RunOptions,
  learned: Learned,
  run: (machine: Machine, reductions: Reductions | null, budget: Budget) => T,
): T {
  const budget = { since: performance.now(), ...options.budget };
  const onlyExplicit = options.onlyExplicitReaders ?? false;
  const { fusion } = learned.reduce;
  // Each new start looks twice as late whether it has to start anew: so all of them take no more than a few times what the last one does.
  let patience = 0;
  for (;;) {
    // What the CPUs do by themselves does not hang on the window: a second run takes it from the first.
    const kept =
      learned.automaton?.on.setup === linked.setup && learned.automaton.onlyExplicitReaders === onlyExplicit ? learned.automaton : null;
    const automaton = kept ?? new Automaton(new Interpreter(linked.setup, learned.sharing), onlyExplicit);
    learned.automaton = null;
    try {
      const mmu = linked.mmu && { ...linked.mmu, used: new Set(learned.entries) };
      // Its own copy: traces are told when other settings have taught us more, and must find the machine that was searched.
      const machine = new Machine(automaton, mmu, options.window, learned.room, new Set(learned.traits));
      if (fusion && automaton.size === 0) wander(machine);
      const result = run(
        machine,
        fusion || learned.alike.length > 0 ? Reductions.of(machine, fusion, learned.alike, patience) : null,
        budget,
      );
      learned.automaton = automaton;
      return result;
    } catch (error) {
      if (error instanceof LayoutTooSmall) learned.room *= 2;
      else if (error instanceof TraitNeeded) learned.traits.add(error.trait);
      else if (error instanceof EntryUsed) learned.entries.add(error.loc);
      else if (error instanceof Relearn) {
        learned.automaton = automaton;
        patience = 2 * patience + 1;
        if (error.asymmetry !== null) learned.tellApart();
      } else if (!(error instanceof SharingChanged)) throw error;
    }
  }
}

/** What a linked scenario shows. Throws AxisNeeded, as `search` does. */
export function runScenario(linked: Linked, options: RunOptions, learned = new Learned(linked)): Outcome {
  const began = performance.now();
  return outcome(search(linked, options, learned), linked, options, began);
}

function outcome({ machine, run, before }: Searched, linked: Linked, options: RunOptions, began: number): Outcome {
  const violations = new Map<ViolationKind, { violation: Violation; trace(): TraceStep[] }>();
  for (const each of [{ machine, run }, ...(before ? [before] : [])])
    for (const [kind, found] of each.run.found)
      violations.set(kind, { violation: found.violation, trace: () => traceOf(each.machine, each.run, found) });
  const interpreter = machine.on;
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
    synchronisations: synchronisations(machine.auto, linked.setup, 'patch'),
    shape: shapeOf(run),
    ends: () => endStates(machine, run),
  };
}

/** FNV-1a over the parents of all states, in the order in which they were met. */
function shapeOf(run: Exploration): number {
  let hash = 0x811c9dc5 ^ run.transitions;
  for (let state = 0; state < run.states; state++) hash = Math.imul(hash ^ run.parent(state), 0x01000193);
  return hash >>> 0;
}
