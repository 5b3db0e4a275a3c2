import { createHash } from 'node:crypto';
import type { Instr } from '../../simulator/program/types.js';
import { excluded } from '../../simulator/scenarios/link.js';
import type { ViolationKind } from '../../simulator/machine/violation.js';
import { Learned, type Outcome, runScenario } from '../../simulator/scenarios/run.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { compatible, type Setting } from '../review/cubes.js';
import type { Resources } from '../review/resources.js';
import { linked, type Version } from '../review/scenario-runs.js';
import { type Enumerated, enumerate } from '../review/settings.js';

/** What a scenario does under one setting. */
export interface Leaf {
  /** Each with the stores a CPU had to delay for it: what comes without any is worse than what takes one. */
  readonly violations: ReadonlyMap<ViolationKind, number>;
  /** States, transitions and the search tree of each window: a change that leaves them as they are changes no run. */
  readonly shape: string;
  /** What its runs leave behind, where it is silent; null elsewhere. */
  readonly ends: Ends | null;
  readonly states: number;
  readonly stopped: string | null;
  readonly stuck: readonly string[];
}

/** How many states runs can end in, and a digest of them. */
interface Ends {
  readonly count: number;
  readonly digest: string;
}

export interface Behaviour {
  readonly leaves: readonly Enumerated<Leaf>[];
  readonly executed: ReadonlySet<Instr>;
}

const BUDGET = { states: 400_000, ms: 30_000 };

/** Runs one version of a scenario under every setting that makes a difference; with delayed stores only where it is silent without. */
export class Laboratory {
  private learned: Learned | null = null;

  constructor(
    private readonly resources: Resources,
    readonly scenario: Scenario,
  ) {}

  behaviour(version: Version): Behaviour {
    const executed = new Set<Instr>();
    const leaves = enumerate(
      new Map(Object.entries(this.scenario.spec.axes)),
      (setting) => excluded(this.scenario, setting),
      (setting) => {
        const runs = this.run(version, setting);
        for (const run of runs) for (const instr of run.encountered.executed) executed.add(instr);
        return leafOf(runs);
      },
    );
    return { leaves, executed };
  }

  private run(version: Version, setting: Setting): readonly Outcome[] {
    const model = linked(this.resources, this.scenario, this.scenario.spec.explore, version, setting);
    const known = (this.learned ??= new Learned(model));
    const strong = runScenario(model, { window: 0, budget: BUDGET }, known);
    return strong.violations.size > 0 || this.scenario.spec.explore.window === 0
      ? [strong]
      : [strong, runScenario(model, { window: 1, budget: BUDGET }, known)];
  }
}

function leafOf(runs: readonly Outcome[]): Leaf {
  const violations = new Map(runs.toReversed().flatMap((run) => [...run.violations.keys()].map((kind) => [kind, run.window] as const)));
  return {
    violations,
    ends: violations.size > 0 ? null : endsOf(runs),
    shape: runs.map((run) => `${run.states}/${run.transitions}/${run.shape}`).join(' '),
    states: runs.reduce((sum, run) => sum + run.states, 0),
    stopped: runs.find((run) => run.stopped !== null)?.stopped ?? null,
    stuck: [...new Set(runs.flatMap((run) => run.stuck))],
  };
}

function endsOf(runs: readonly Outcome[]): Ends {
  const ends = runs.map((run) => [...run.ends()].sort());
  const digest = createHash('sha256').update(JSON.stringify(ends)).digest('hex');
  return { count: ends.reduce((sum, each) => sum + each.length, 0), digest };
}

/** The first violation of `behaviour` that `baseline` does not show, with as few delayed stores, under a setting which could be the same. */
export function objection(
  behaviour: Behaviour,
  baseline: Behaviour,
): { readonly violations: readonly ViolationKind[]; readonly setting: Setting } | null {
  for (const { setting, result } of behaviour.leaves) {
    const known = baseline.leaves.filter((leaf) => compatible(leaf.setting, setting));
    const violations = [...result.violations]
      .filter(([kind, window]) => !known.some((leaf) => (leaf.result.violations.get(kind) ?? Infinity) <= window))
      .map(([kind]) => kind);
    if (violations.length > 0) return { violations, setting };
  }
  return null;
}

/** Why silence of a behaviour would prove nothing; null where it does. */
export function incomplete({ leaves }: Behaviour): string | null {
  for (const { result } of leaves) {
    if (result.stopped !== null) return `a run was stopped after ${result.stopped}`;
    const [why] = result.stuck;
    if (why !== undefined) return why;
  }
  return null;
}

/** How many states the runs of two silent behaviours end in, where these are the same for both; null where they differ. */
export function sameEnds(a: Behaviour, b: Behaviour): number | null {
  if (a.leaves.length !== b.leaves.length) return null;
  let count = 0;
  for (const [i, { result }] of a.leaves.entries()) {
    const other = b.leaves[i]?.result.ends ?? null;
    if (result.ends === null || other === null || result.ends.digest !== other.digest) return null;
    count += result.ends.count;
  }
  return count;
}

/** Whether two behaviours have the same runs, step for step. */
export const alike = (a: Behaviour, b: Behaviour): boolean =>
  a.leaves.length === b.leaves.length && a.leaves.every((leaf, i) => leaf.result.shape === b.leaves[i]?.result.shape);
