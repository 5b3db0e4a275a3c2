import { isKernel } from '../../analyzers/source/kernel.js';
import type { ViolationKind } from '../../simulator/machine/violation.js';
import { NoSuchLocation } from '../../simulator/scenarios/objects.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Resources } from '../review/resources.js';
import { runVersions, type Version, type VersionOutcome } from '../review/scenario-runs.js';
import { TooManyUnknowns } from '../review/settings.js';

/** What a scenario shows on one version of the code, as it stands. */
export interface ScenarioResult {
  readonly scenario: string;
  /** Settings of the axes that make a difference. */
  readonly settings: number;
  readonly states: number;
  readonly shown: readonly Shown[];
  /** Why the silence of some run says nothing, each a sentence. */
  readonly troubles: readonly string[];
  /** The header says that this kernel has not got what is tested, and why. */
  readonly lacking: string | null;
}

interface Shown {
  readonly violation: ViolationKind;
  /** Delayed stores that it takes. */
  readonly window: 0 | 1;
  /** In how many of the settings. */
  readonly settings: number;
  readonly summary: string;
  /** Why the header says that it is right to show here; null where it says nothing. */
  readonly known: string | null;
}

/** Runs a scenario on one version of the code. Of a kernel, the header may know what it shows. */
export function runAsItStands(resources: Resources, scenario: Scenario, version: Version): ScenarioResult {
  const { spec } = scenario;
  const here = (kernel: string): boolean => (spec.on === 'skeletons' ? kernel === 'skeletons' : isKernel(version.tree, kernel));
  const none = { scenario: spec.scenario, settings: 0, states: 0, shown: [], troubles: [], lacking: null };
  const lacking = spec.lacking.find(({ kernel }) => here(kernel));
  const isReached = (entry: string): boolean => version.reach.procedures.has(entry);
  if (lacking !== undefined && !spec.entries.some(isReached)) return { ...none, lacking: lacking.why };
  // On the skeletons an entry may be a macro or a primitive of the catalog.
  const missing = spec.entries
    .filter((entry) => spec.on === 'tree' && !isReached(entry))
    .map((entry) => `${entry}(), which it is there to test, is not reached`);
  try {
    const { leaves } = runVersions(resources, { scenario, versions: [version], touched: new Set() });
    const outcomes = leaves.flatMap(({ result }) => result);
    const why = (violation: ViolationKind): string | null =>
      spec.known.find((known) => known.violation === violation && here(known.kernel))?.why ?? null;
    return {
      ...none,
      settings: leaves.length,
      states: outcomes.reduce((sum, { full }) => sum + full.states, 0),
      shown: shownBy(outcomes).map((each) => ({ ...each, known: why(each.violation) })),
      troubles: [...missing, ...troublesOf(outcomes)],
    };
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    return { ...none, troubles: [...missing, error.message] };
  }
}

/** Each violation at the fewest delayed stores that show it. */
function shownBy(outcomes: readonly VersionOutcome[]): Omit<Shown, 'known'>[] {
  const shown = new Map<string, Omit<Shown, 'known'>>();
  for (const outcome of outcomes)
    for (const [violation, { window, violation: told }] of outcome.shown) {
      const before = shown.get(violation);
      const settings = (before?.settings ?? 0) + 1;
      shown.set(
        violation,
        before && before.window <= window ? { ...before, settings } : { violation, window, settings, summary: told.why },
      );
    }
  return [...shown.values()];
}

const troublesOf = (outcomes: readonly VersionOutcome[]): string[] => [
  ...new Set([
    ...outcomes.flatMap(({ stuck }) => stuck.map((why) => `a run could not be followed: ${why}`)),
    ...outcomes.flatMap(({ full }) => (full.stopped === null ? [] : [`a run was stopped after ${full.stopped}`])),
  ]),
];

/** Whether anything shows that the header does not know of, or a run says nothing. */
export const isUnexpected = ({ shown, troubles }: ScenarioResult): boolean =>
  troubles.length > 0 || shown.some(({ known }) => known === null);
