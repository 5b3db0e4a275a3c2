import type { ScenarioMutants } from './mutate.js';
import type { Fate, Tried } from './types.js';

/** One mutant, judged by all scenarios that run its procedure. */
export interface Judged {
  readonly what: string;
  readonly operator: Tried['mutant']['operator'];
  readonly procedure: string;
  readonly file: string;
  readonly line: number;
  readonly origin: Tried['mutant']['at']['origin'];
  readonly fate: Fate;
  /** The scenario that the fate comes from; for one that survived or never ran, all that tried. */
  readonly scenarios: readonly string[];
}

/** What decides where scenarios differ: one that objects is enough, and silence of one that runs the place outweighs one that does not. */
const RANK: Readonly<Record<Fate['k'], number>> = { killed: 0, survived: 1, 'not-modelled': 2, equivalent: 3, 'not-run': 4 };

/** One line a mutant, sorted by place. */
export function summarise(all: readonly ScenarioMutants[]): Judged[] {
  const byMutant = new Map<string, Tried[]>();
  for (const tried of all.flatMap((each) => each.tried)) {
    const { at, procedure, what, operator } = tried.mutant;
    const key = [at.file, procedure, at.line, operator, what].join('\0');
    byMutant.set(key, [...(byMutant.get(key) ?? []), tried]);
  }
  return [...byMutant.values()].flatMap((tried) => {
    const [first] = [...tried].sort((a, b) => RANK[a.fate.k] - RANK[b.fate.k]);
    if (!first) return [];
    const { mutant, fate } = first;
    const same = tried.filter((each) => each.fate.k === fate.k).map((each) => each.scenario);
    const { file, line, origin } = mutant.at;
    const scenarios = fate.k === 'survived' || fate.k === 'not-run' ? same : [first.scenario];
    return [{ what: mutant.what, operator: mutant.operator, procedure: mutant.procedure, file, line, origin, fate, scenarios }];
  });
}

/** How many mutants met each fate. */
export const tally = (mutants: readonly Judged[]): Readonly<Record<Fate['k'], number>> => {
  const counts = { killed: 0, equivalent: 0, survived: 0, 'not-modelled': 0, 'not-run': 0 };
  for (const { fate } of mutants) counts[fate.k]++;
  return counts;
};
