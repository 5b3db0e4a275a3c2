import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKinds } from './kinds.js';
import { litmusSuite } from './testing/suites.js';

describe('parseKinds', () => {
  it('knows the words of all tools', () => {
    const text = 'A\tAllow\nB Allowed\nC  Sometimes\nD Forbid\nE Forbidden\nF.litmus Never\nG Require\nH required\nI Always\n';
    const { expected, malformed } = parseKinds(text);
    expect([...expected].map(([name, kind]) => `${name} ${kind}`)).toEqual([
      ...['A allowed', 'B allowed', 'C allowed', 'D forbidden', 'E forbidden', 'F forbidden', 'G required', 'H required', 'I required'],
    ]);
    expect(malformed).toEqual([]);
  });

  it('skips comments and blank lines', () => {
    expect(parseKinds('# all of them\n\nA Allow # why\n   #\tNew\n')).toEqual({ expected: new Map([['A', 'allowed']]), malformed: [] });
  });

  it('says where a line goes wrong and reads on', () => {
    const { expected, malformed } = parseKinds('A Perhaps\nB\n  C Allow 3\nD Forbid\nD Allow\n');
    expect([...expected.keys()]).toEqual(['D']);
    expect(malformed.map(({ line, column, found }) => ({ line, column, found }))).toEqual([
      { line: 1, column: 3, found: '`Perhaps`' },
      { line: 2, column: 2, found: 'the end of the line' },
      { line: 3, column: 10, found: '`3`' },
      { line: 5, column: 1, found: 'a second, different one' },
    ]);
  });

  const suites = ['aarch64-VMSA', 'aarch64-ifetch', 'aarch64-pgtable', 'lkmm', 'riscv-ifetch'];
  it.each(suites)('reads every table of %s without a complaint, and they name nearly all tests', (suite) => {
    const folder = litmusSuite(suite);
    if (folder === null) return;
    const names = readdirSync(folder).filter((name) => /\.litmus(?:\.toml)?$/.test(name));
    for (const table of readdirSync(folder).filter((name) => name.includes('kinds'))) {
      const { expected, malformed } = parseKinds(readFileSync(join(folder, table), 'utf8'));
      expect(malformed).toEqual([]);
      expect(expected.size).toBeGreaterThan(0.9 * names.length);
    }
  });
});
