import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadReader } from './front-ends.js';
import { loadKindsFiles } from './kinds-files.js';
import { type Reader, runOne } from './one.js';
import { planRuns } from './plan.js';
import { readRecord } from './record.js';
import { findSuites, testName } from './suites.js';
import { compare } from './types.js';

/**
 * A sample of each suite, against the expected kinds; FAULTLINE_LITMUS=all takes all tests. `node dist/bench/litmus.js --check`, which CI runs,
 * runs all of them on worker threads and compares every count.
 */
const STEP = process.env['FAULTLINE_LITMUS'] === 'all' ? 1 : 24;

const shared = join(process.env['FAULTLINE_SHARED'] ?? join('..', 'shared'), 'litmus');
if (!existsSync(shared)) {
  if (process.env['CI'] !== undefined) throw new Error(`${shared} is absent, and litmus suites must not be skipped in CI`);
  console.warn(`SKIPPED: ${shared} is absent; set FAULTLINE_SHARED to test on the suites in it`);
}

const { suites } = findSuites([join('fixtures', 'litmus'), shared].filter(existsSync), {
  kind: (path) => (statSync(path).isDirectory() ? 'folder' : 'file'),
  list: (path) => readdirSync(path).sort(),
});
const runs = suites.flatMap(
  (suite) => planRuns(suite, { kinds: null, axes: {} }, loadKindsFiles(), (path) => readFileSync(path, 'utf8')).runs,
);
const recorded = new Map(readRecord(readFileSync(join('docs', 'litmus.md'), 'utf8')).map((each) => [each.run, each]));

let reader: Reader;
beforeAll(async () => {
  reader = await loadReader();
});

describe('a sample of each litmus suite', () => {
  it.each(runs.map((run) => ({ name: run.name, run })))('$name', ({ run }) => {
    const known = recorded.get(run.name);
    expect(known, 'docs/litmus.md has no row for it; node dist/bench/litmus.js --write makes one').toBeDefined();
    const surprises = run.tests.flatMap((file, i) => {
      if (i % STEP !== 0) return [];
      const input = { name: testName(file), text: readFileSync(file, 'utf8'), setting: run.setting };
      const { name, outcome } = runOne(reader, input, { ms: 30_000, states: 2_000_000 });
      const comparison = compare(outcome, run.expected.get(name) ?? run.expected.get(testName(file)) ?? null);
      if (comparison === 'agree' || comparison === 'no-expectation') return [];
      if (outcome.k === 'unsupported')
        return known?.unsupported.some((each) => each.startsWith(outcome.feature)) === true
          ? []
          : [`unsupported ${name}: ${outcome.feature}`];
      return known?.disagreements.includes(`${comparison} ${name}`) === true ? [] : [`${comparison} ${name}`];
    });
    expect(surprises).toEqual([]);
  });
});
