import { COUNTED } from '../../simulator/measure/counts.js';
import { NoSuchLocation } from '../../simulator/scenarios/objects.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Count, Review } from '../report/schema.js';
import { axesText, type Setting } from './cubes.js';
import { whereOf } from './findings.js';
import type { Resources } from './resources.js';
import { measured, type Version } from './scenario-runs.js';
import { TooManyUnknowns } from './settings.js';

/** Counts before and after (of versions compiled at the size for it), each pair with the axes it holds under. Rows that no setting counts on either side are left out. */
export function countsOf(
  resources: Resources,
  scenario: Scenario,
  [before, after]: readonly [Version, Version],
  arch: string,
  notModelled: Review['notModelled'][number][],
): Count[] {
  const size = scenario.spec.measure;
  if (!size) return [];
  const name = scenario.spec.scenario;
  let runs: ReturnType<typeof measured>;
  try {
    runs = measured(resources, scenario, before, after);
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    notModelled.push({ what: `counts of ${name}`, why: error.message });
    return [];
  }
  const pairs = new Map<string, { setting: Setting; metric: (typeof COUNTED)[number]; before: number; after: number }[]>();
  const settings: Setting[] = [];
  for (const { setting, result } of runs) {
    const [was, is] = result;
    if (was.k === 'stuck' || is.k === 'stuck') {
      const under = axesText(setting);
      notModelled.push({
        what: `counts of ${name}${under === '' ? '' : ` with ${under}`}`,
        why: was.k === 'stuck' ? was.why : is.k === 'stuck' ? is.why : '',
      });
      continue;
    }
    settings.push(setting);
    for (const metric of COUNTED) {
      const row = { setting, metric, before: was.counts.get(metric), after: is.counts.get(metric) };
      if (row.before === 0 && row.after === 0) continue;
      const key = `${metric} ${String(row.before)} ${String(row.after)}`;
      pairs.set(key, [...(pairs.get(key) ?? []), row]);
    }
  }
  return [...pairs.values()].flatMap((rows) => {
    const [row] = rows;
    if (!row) return [];
    const { axes, where } = whereOf(
      rows.map((each) => each.setting),
      settings,
    );
    const places = where.length === 0 ? [axes] : where;
    return places.map((place) => ({
      scenario: name,
      arch,
      axes: place,
      metric: row.metric,
      before: row.before,
      after: row.after,
      what: size.what,
    }));
  });
}
