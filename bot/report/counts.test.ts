import { describe, expect, it } from 'vitest';
import { renderCounts } from './counts.js';
import type { Count } from './schema.js';

function row(metric: Count['metric'], before: number, after: number, axes: Count['axes'] = {}, scenario = 'arm64/one'): Count {
  return { scenario, arch: 'arm64', axes, metric, before, after };
}

describe('renderCounts', () => {
  it('shows what differs, folds what is equal', () => {
    expect(renderCounts([row('isb', 1, 1), row('dsb', 2, 1538), row('tlbi-table', 0, 512), row('faults', 0, 0)], 60, 3)).toEqual([
      'Counts, arm64/one                           before     after',
      '  TLBI, table entries                            0       512',
      '  DSB                                            2     1,538',
      '  equal: ISB 1',
    ]);
  });

  it('makes one table of a scenario, with what holds everywhere first', () => {
    const lines = renderCounts([row('isb', 1, 2, { ttl: true }), row('dsb', 1, 3), row('isb', 1, 4, { ttl: false })], 60, 3);
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'Counts, arm64/one before after',
      ' DSB 1 3',
      ' with ttl=1:',
      ' ISB 1 2',
      ' with ttl=0:',
      ' ISB 1 4',
    ]);
  });

  it('says what was counted', () => {
    expect(renderCounts([{ ...row('dsb', 1, 3), what: 'unmap of 4 tables' }], 60, 3)[1]).toBe('  (unmap of 4 tables)');
  });

  it('says what it leaves out', () => {
    const many = [1, 2, 3, 4].map((n) => row('isb', 0, n, {}, `arm64/s${n}`));
    expect(renderCounts([...many, row('dsb', 1, 1)], 60, 3).slice(-3)).toEqual([
      'Counts differ in 1 more table; the report has them.',
      '',
      'Counts are equal before and after in arm64/one.',
    ]);
  });

  it('is empty without counts', () => {
    expect(renderCounts([], 60, 3)).toEqual([]);
  });
});
