import { describe, expect, it } from 'vitest';
import { readRecord, type Recorded, recordText, withRecord } from './record.js';

const SUITE: Recorded = {
  run: 'some suite ETS2',
  tests: 12,
  supported: 11,
  agree: 9,
  forbidsAllowed: 1,
  allowsForbidden: 0,
  overBudget: 0,
  noExpectation: 1,
  disagreements: ['forbids-allowed MP+po'],
  unsupported: ['STZGM (1)'],
};
const EMPTY: Recorded = { ...SUITE, run: 'empty', tests: 0, supported: 0, agree: 0, noExpectation: 0, disagreements: [], unsupported: [] };
const LACKING: Recorded = { ...SUITE, run: 'lacking', disagreements: [] };
const times = { median: 1, p95: 2, max: 3, seconds: 4 };

describe('what the documentation records of the suites', () => {
  const document = 'Before\n<!-- litmus: begin -->\nold\n<!-- litmus: end -->\nAfter\n';
  const text = withRecord(document, recordText([SUITE, LACKING, EMPTY].map((recorded) => ({ recorded, times })))) ?? '';

  it('reads back, whatever the times', () => {
    expect(readRecord(text)).toEqual([SUITE, LACKING, EMPTY]);
    expect(text).toMatch(/^Before\n<!-- litmus: begin -->\n[\s\S]*<!-- litmus: end -->\nAfter\n$/);
    expect(text).not.toContain('old');
  });

  it('shares are of what could be judged', () => {
    expect(text).toMatch(/\| some suite ETS2 \| 12 \| 11 \(91\.7 %\) \| 9 \(90\.0 %\) \| 1 \| 0 \| 0 \| 1 \| 1\.0 /);
  });

  it('a document without a place for it', () => {
    expect(withRecord('nothing here', 'x')).toBeNull();
    expect(readRecord('nothing here')).toEqual([]);
  });
});
