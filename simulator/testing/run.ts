import type { Budget, Exploration } from '../explore/explore.js';
import { EVERYTHING } from '../explore/reductions.js';
import { traceOf, type TraceStep } from '../explore/trace.js';
import { showValue } from '../interp/value.js';
import { finalStates, LITMUS_BUDGET, searchOrders } from '../litmus/run.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { ViolationKind } from '../machine/violation.js';
import type { Linked } from '../scenarios/link.js';
import { Learned, search } from '../scenarios/run.js';
import { linked, type Scene } from './build.js';
import { sameFindings, sameSearch } from './same-search.js';

export const BUDGET: Budget = { states: 200_000, ms: 20_000 };

export interface Explored {
  readonly machine: Machine;
  readonly run: Exploration;
}

/** Where false, `explored` searches without generated code, and compares nothing: for a machine that a test has changed. */
export const generatedSearch = { on: true };

/**
 * As runScenario does, with the machine and every state at hand. Searches with generated code and without, and throws where the two differ, and
 * once with reductions, and throws where that shows something else: every test of the machine is one of these as well.
 */
export function explored(scene: Scene | Linked, window: 0 | 1 = 0, budget = BUDGET): Explored {
  const model = 'setup' in scene ? scene : linked(scene);
  const learned = new Learned(model);
  const interpreted = search(model, { window, budget, search: 'interpreted' }, learned);
  if (!generatedSearch.on) return interpreted;
  const generated = search(model, { window, budget, search: 'generated' }, learned);
  sameSearch(interpreted.run, generated.run);
  const reduced = search(model, { window, budget, search: 'interpreted', reduce: EVERYTHING }, learned);
  sameFindings(generated.run, reduced.run);
  return generated;
}

/** Kinds of violation that any run shows, sorted. Throws where the search was not exhaustive or met what is not modelled. */
export function violations(scene: Scene | Linked, window: 0 | 1 = 0): ViolationKind[] {
  const { run } = explored(scene, window);
  complete(run);
  return [...run.found.keys()].sort();
}

export function trace(scene: Scene, kind: ViolationKind, window: 0 | 1 = 0): TraceStep[] {
  const { machine, run } = explored(scene, window);
  complete(run);
  const found = run.found.get(kind);
  if (!found) throw new Error(`no ${kind}: ${[...run.found.keys()].join(', ')}`);
  return traceOf(machine, run, found);
}

function complete(run: Exploration): void {
  if (run.stopped !== null) throw new Error(`not exhaustive: ${run.stopped}`);
  if (run.stuck.length > 0) throw new Error(`not modelled: ${run.stuck.join('; ')}`);
}

/**
 * Every way the runs may end: what `note` noted on each CPU, and the last value of shared locations, as `P0.r1=0 P1.r2=1 x=1`. Locations
 * that only one CPU uses are not among them.
 */
export function outcomes(scene: Scene, window: 0 | 1): Set<string> {
  const { machine, run } = explored(scene, window);
  complete(run);
  const found = new Set<string>();
  const state = new Int32Array(machine.layout.size);
  for (let number = 0; number < run.states; number++) {
    run.store.restore(number, state);
    const steps: 'step'[] = [];
    const on = (): void => {
      steps.push('step');
    };
    expand(machine, state, { next: on, violation: on, stuck: on });
    if (steps.length === 0) found.add(endOf(machine, state));
  }
  return found;
}

/** The same by the promise-first search: every behaviour of the machine, load buffering included. */
export function promisedOutcomes(scene: Scene): Set<string> {
  const isPrivate = (loc: string): boolean => loc.startsWith('noted ');
  const { machine: m, search } = searchOrders(linked(scene), LITMUS_BUDGET, isPrivate);
  if (search.stopped !== null) throw new Error(`not exhaustive: ${search.stopped}`);
  if (search.stuck.length > 0) throw new Error(`not modelled: ${search.stuck.join('; ')}`);
  const found = new Set<string>();
  for (const execution of search.executions) {
    for (const final of finalStates(m, execution)) {
      const parts: string[] = [];
      m.setup.cpus.forEach((cpu, i) => {
        for (const [loc, { value }] of final.threads[i]?.memory ?? [])
          if (isPrivate(loc)) parts.push(`${cpu.name}.${loc.slice('noted '.length)}=${showValue(value)}`);
      });
      for (let loc = 0; loc < m.locationCount; loc++)
        parts.push(`${m.locationName(loc)}=${showValue(final.location(m.locationName(loc)))}`);
      found.add(parts.sort().join(' '));
    }
  }
  return found;
}

function endOf(m: Machine, s: Int32Array): string {
  const parts: string[] = [];
  m.setup.cpus.forEach((cpu, i) => {
    for (const [loc, { value }] of m.node(s, i).state.memory)
      if (loc.startsWith('noted ')) parts.push(`${cpu.name}.${loc.slice('noted '.length)}=${showValue(value)}`);
  });
  for (let loc = 0; loc < m.locationCount; loc++)
    parts.push(`${m.locationName(loc)}=${showValue(m.auto.value(m.order.valueAt(s, loc, m.order.latest(s, loc, m.order.length(s)))))}`);
  return parts.sort().join(' ');
}

/** Whether some run ends with all of `parts` (`P1.r1=1`, `x=2`) true. Throws where a part names what no run ends with at all. */
export function shows(scene: Scene, window: 0 | 1 | 'promise-first', parts: string): boolean {
  const ends = [...(window === 'promise-first' ? promisedOutcomes(scene) : outcomes(scene, window))].map((end) => end.split(' '));
  const wanted = parts.split(' ');
  for (const part of wanted) {
    const name = part.slice(0, part.indexOf('=') + 1);
    if (!ends.some((end) => end.some((each) => each.startsWith(name)))) throw new Error(`no run ends with a value of ${name}`);
  }
  return ends.some((end) => wanted.every((part) => end.includes(part)));
}
