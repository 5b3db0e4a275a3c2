import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../simulator/catalog/load.js';
import { readOne, runOne } from './one.js';
import type { Run } from './plan.js';
import { tallyTable, testLine } from './print.js';
import { litmusReport, parseLitmusReport } from './schema.js';
import { exitStatus, tally } from './tally.js';
import { compare, type Holds, type Outcome, type TestResult } from './types.js';

const verdict = (holds: Holds): Outcome => ({ k: 'verdict', holds, outcomes: 3, states: 12 });
const unsupported: Outcome = { k: 'unsupported', feature: 'STZGM', at: { line: 4, column: 7 } };
const malformed: Outcome = { k: 'malformed', malformed: { line: 2, column: 3, expected: 'a register', found: '{' } };

function result(name: string, outcome: Outcome, expected: TestResult['expected'], ms = 1): TestResult {
  return { name, file: `s/${name}.litmus`, outcome, expected, comparison: compare(outcome, expected), ms };
}

describe('comparison with what is expected', () => {
  it.each([
    ['never', 'allowed', 'forbids-allowed'],
    ['never', 'forbidden', 'agree'],
    ['never', 'required', 'allows-forbidden'],
    ['sometimes', 'allowed', 'agree'],
    ['sometimes', 'forbidden', 'allows-forbidden'],
    ['sometimes', 'required', 'allows-forbidden'],
    ['always', 'allowed', 'agree'],
    ['always', 'forbidden', 'allows-forbidden'],
    ['always', 'required', 'agree'],
    ['always', null, 'no-expectation'],
  ] as const)('condition holds %s, expected %s: %s', (holds, expected, comparison) => {
    expect(compare(verdict(holds), expected)).toBe(comparison);
  });

  it('what gave no verdict is not compared', () => {
    expect([unsupported, malformed, { k: 'over-budget', of: 'time' } as const].map((each) => compare(each, 'allowed'))).toEqual([
      'unsupported',
      'malformed',
      'over-budget',
    ]);
  });
});

const RESULTS = [
  result('A', verdict('never'), 'forbidden', 4),
  result('B', verdict('never'), 'allowed', 1),
  result('C', unsupported, 'allowed', 2),
  result('D', verdict('always'), null, 3),
];
const RUN: Run = { name: 's', folder: 's', tests: [], kinds: null, setting: {}, expected: new Map() };

describe('counts', () => {
  it('of a run', () => {
    const { tests, counts, unsupported: missing, ms } = tally(RUN, RESULTS);
    expect([tests, counts.agree, counts['forbids-allowed'], counts.unsupported, counts['no-expectation']]).toEqual([4, 1, 1, 1, 1]);
    expect(missing).toEqual([{ feature: 'STZGM', tests: 1 }]);
    expect(ms).toEqual({ median: 3, p95: 4, max: 4, sum: 10 });
    expect(tallyTable([tally(RUN, RESULTS)])).toMatch(/^s +4 +1 +1 +0 +1 +0 +1 .*\ns, unsupported: STZGM \(1\)\n$/m);
  });

  it('of nothing', () => {
    expect(tally(RUN, []).ms).toEqual({ median: 0, p95: 0, max: 0, sum: 0 });
  });

  it('exit status', () => {
    const of = (...outcomes: Outcome[]): number => exitStatus(outcomes.map((outcome) => result('x', outcome, 'allowed')));
    expect(of(verdict('sometimes'), unsupported)).toBe(0);
    expect(of(verdict('sometimes'), verdict('never'))).toBe(1);
    expect(of({ k: 'over-budget', of: 'states' })).toBe(1);
    expect(of(verdict('never'), malformed)).toBe(2);
    expect(of({ k: 'unreadable', why: 'permission denied' })).toBe(2);
  });
});

describe('what is printed', () => {
  it('a line a test', () => {
    expect(RESULTS.map(testLine).map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      'agree A forbidden 3 outcomes, 12 states, 4.0 ms',
      'forbids-allowed B forbidden (expected allowed) 3 outcomes, 12 states, 1.0 ms',
      'unsupported C line 4, column 7: STZGM (expected allowed)',
      'no-expectation D allowed 3 outcomes, 12 states, 3.0 ms',
    ]);
    expect(testLine(result('E', malformed, null))).toContain('s/E.litmus, line 2, column 3: expected a register, found "{"');
    expect(testLine(result('F\u001b[31m', { k: 'over-budget', of: 'memory' }, null))).toMatch(
      /^ {2}over-budget {7}F[^\u001b]*out of memory/,
    );
  });

  it('JSON that reads back', () => {
    const report = litmusReport([{ run: RUN, results: RESULTS }]);
    expect(parseLitmusReport(JSON.stringify(report))).toEqual(report);
    expect(report.suites[0]?.tests.map((test) => test.verdict)).toEqual(['forbidden', 'forbidden', null, 'allowed']);
    expect(() => parseLitmusReport('{"schema":"faultline-litmus/9","suites":[]}')).toThrow();
  });
});

describe('texts that nobody reads', () => {
  const reader = { catalog: loadCatalog('simulator/catalog'), frontEnds: [], engine: () => verdict('never') };
  const read = (text: string): ReturnType<typeof readOne> => readOne(reader, { name: 'x', text, setting: {} });

  it('of an architecture we do not have', () => {
    expect(read('PPC MP\n{}')).toMatchObject({ k: 'unsupported', unsupported: { feature: 'PPC tests', line: 1, column: 1 } });
  });

  it('that are no tests', () => {
    expect(read('\n  <html>')).toMatchObject({ k: 'malformed', malformed: { line: 2, column: 3, found: '<html>' } });
    expect(read('')).toMatchObject({ k: 'malformed', malformed: { line: 1, column: 1, found: 'nothing' } });
  });

  it('keep the name of their file', () => {
    expect(runOne(reader, { name: 'x', text: '?', setting: {} }, { ms: 1, states: 1 })).toMatchObject({
      name: 'x',
      outcome: { k: 'malformed' },
    });
  });
});
