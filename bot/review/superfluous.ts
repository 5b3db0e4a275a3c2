import { placeOf, type Synchronisation } from '../../simulator/program/synchronisation.js';
import { findingId } from '../report/id.js';
import type { Finding } from '../report/schema.js';
import { archName } from './findings.js';
import type { ScenarioRuns } from './scenario-runs.js';

/** A context synchronisation that a patch adds, as one scenario sees it. */
export interface Added extends Synchronisation {
  readonly scenario: string;
  readonly arch: string;
  readonly patch: string;
  readonly states: number;
}

/**
 * What the patches add and the runs come to, with what it comes straight behind: under every setting, after its patch and after all of them.
 * `at[i]` is the version of the code after i patches; `patches` their message-ids.
 */
export function addedSynchronisations(runs: ScenarioRuns, at: readonly number[], patches: readonly string[]): Added[] {
  const { scenario, arch } = runs.scenario.spec;
  const found = new Map<string, Added>();
  const last = at.at(-1) ?? 0;
  patches.forEach((patch, i) => {
    const [before, after] = [at[i] ?? 0, at[i + 1] ?? 0];
    if (before === after) return;
    const old = new Set(runs.leaves.flatMap((leaf) => leaf.result[before]?.synchronisations ?? []).map(placeOf));
    for (const { result } of runs.leaves) {
      for (const version of new Set([after, last])) {
        const outcome = result[version];
        if (!outcome) continue;
        const followed = outcome.stuck.length === 0 && outcome.full.stopped === null;
        for (const each of outcome.synchronisations) {
          const place = placeOf(each);
          const known = found.get(place);
          if (each.origin !== 'patch' || old.has(place) || (known && known.patch !== patch) || (!known && version !== after)) continue;
          const behind = followed && (known === undefined || known.behind === each.behind) ? each.behind : null;
          const states = (known?.states ?? 0) + outcome.full.states;
          found.set(place, { ...each, behind, scenario, arch: archName(scenario, arch), patch, states });
        }
      }
    }
  });
  return [...found.values()];
}

/** Those that order nothing in any scenario which comes to them, each told once. */
export function superfluous(added: readonly Added[], review: string): Finding[] {
  const places = new Map<string, Added[]>();
  for (const each of added) places.set(placeOf(each), [...(places.get(placeOf(each)) ?? []), each]);
  return [...places].flatMap(([place, all]) => {
    const [first] = all;
    if (first?.behind == null || all.some(({ behind }) => behind === null)) return [];
    const { scenario, arch, patch, procedure, file, line, behind } = first;
    const whys = [...new Set(all.map((each) => each.behind))].join(' or ');
    return [
      {
        id: findingId({ review, status: 'superfluous', violation: null, scenario, axes: { place } }),
        status: 'superfluous' as const,
        violation: null,
        scenario,
        arch,
        axes: {},
        where: [],
        setting: {},
        patch,
        summary: `The ISB in ${procedure}() comes straight behind ${whys}, which is a context synchronisation already.`,
        because: `Nothing that it could wait for lies in between: it opens no race and closes none (${behind} synchronises; Arm ARM, "Context synchronization event").`,
        functions: [{ name: procedure, from: 'patch' as const, file, line }],
        trace: [],
        cpuNames: {},
        states: first.states,
        exhaustive: true,
      },
    ];
  });
}
