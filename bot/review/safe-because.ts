import type { Review } from '../report/schema.js';
import type { Setting } from './cubes.js';
import { whereOf } from './findings.js';
import type { Resources } from './resources.js';
import { type ScenarioRuns, type Version, withoutImplicitReaders } from './scenario-runs.js';

/**
 * Why a scenario that queues RCU callbacks is silent, where that hangs on a CPU being an RCU reader only by having preemption or interrupts
 * off: found by running it once more without counting such a CPU.
 */
export function whySafe(resources: Resources, runs: ScenarioRuns, last: number): Review['safeBecause'][number][] {
  const version = runs.versions[last];
  if (!version || !queuesCallbacks(resources, runs, version)) return [];
  const silent = runs.leaves.filter((leaf) => leaf.result[last]?.shown.size === 0);
  const readers = withoutImplicitReaders(resources, runs.scenario, version);
  const hinges = new Map<string, Setting[]>();
  for (const { setting } of silent) {
    for (const kind of readers.under(setting)) hinges.set(kind, [...(hinges.get(kind) ?? []), setting]);
  }
  readers.end();
  const all = runs.leaves.map((leaf) => leaf.setting);
  const lock = heldLock(resources, runs, version);
  return [...hinges].flatMap(([kind, settings]) => {
    const { axes, where } = whereOf(settings, all);
    const why = `${lock} makes the caller an RCU reader (preemption is off, or, on PREEMPT_RT, the lock takes rcu_read_lock() itself), so the grace period cannot end before the flush inside it; for a caller that is no RCU reader there: ${kind}`;
    return (where.length === 0 ? [axes] : where).map((place) => ({ scenario: runs.scenario.spec.scenario, axes: place, why }));
  });
}

function queuesCallbacks(resources: Resources, runs: ScenarioRuns, version: Version): boolean {
  return callsOf(version).some((name) => resources.catalog.find(runs.scenario.spec.arch, name)?.does.kind === 'rcu-call');
}

function callsOf(version: Version): string[] {
  return [...version.reach.procedures].flatMap((name) =>
    (version.program.procedures.get(name)?.code ?? []).flatMap((instr) =>
      instr.op === 'call' && instr.callee.k === 'name' ? [instr.callee.name] : [],
    ),
  );
}

/** Names the lock that the scenario's caller takes, as its source spells it. */
function heldLock(resources: Resources, runs: ScenarioRuns, version: Version): string {
  for (const name of callsOf(version)) {
    const row = resources.catalog.find(runs.scenario.spec.arch, name);
    if (row?.does.kind !== 'lock' || row.does.do !== 'acquire') continue;
    const argument = new RegExp(`\\b${name}\\(&?([\\w>.-]+)\\)`).exec(runs.scenario.text)?.[1];
    if (argument !== undefined) return `the hold of ${argument} (${name}) over walk and flush`;
  }
  return 'having preemption or interrupts off over walk and flush';
}
