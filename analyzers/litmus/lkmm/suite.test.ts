import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { judgeLkmm } from '../../../simulator/litmus/lkmm.js';
import { initC } from '../../c/parser.js';
import { parseLitmus } from '../parse.js';
import { litmusSuite } from '../testing/suites.js';

/** Every so many files of the suite; all of them with LITMUS_ALL=1. */
const STRIDE = process.env['LITMUS_ALL'] === undefined ? 13 : 1;
const WORDS: Readonly<Record<string, string>> = { never: 'Never', sometimes: 'Sometimes', always: 'Always' };

beforeAll(initC);

describe('the memory model of the kernel', () => {
  const folder = litmusSuite('lkmm');
  if (folder === null) return;
  const catalog = loadCatalog('simulator/catalog');
  const kinds = new Map(
    readFileSync(join(folder, 'kinds.txt'), 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name = '', kind = '']) => [name, kind] as const),
  );
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.litmus'))
    .sort();
  // Small and large tests by hand lie first in the alphabet, generated ones of one shape behind.
  const chosen = all.filter((name, i) => i % STRIDE === 0 || !name.startsWith('auto_'));

  it(`agrees with the authors of ${String(chosen.length)} tests`, () => {
    const unsupported: string[] = [];
    const wrong: string[] = [];
    for (const file of chosen) {
      const parsed = parseLitmus(file, readFileSync(join(folder, file), 'utf8'), catalog);
      if (parsed?.k === 'unsupported') {
        unsupported.push(`${file}: ${parsed.unsupported.feature}`);
        continue;
      }
      if (parsed?.k !== 'test') throw new Error(`${file} was not read`);
      const verdict = judgeLkmm(parsed.test, { executions: 100_000, ms: 10_000 });
      const expected = kinds.get(parsed.test.name);
      expect(expected, parsed.test.name).toBeDefined();
      const got = verdict.k === 'verdict' ? WORDS[verdict.holds] : verdict.k;
      if (got !== expected) wrong.push(`${file}: ${String(got)}, not ${String(expected)}`);
    }
    expect(wrong).toEqual([]);
    expect(unsupported.length, unsupported.join(', ')).toBeLessThanOrEqual(chosen.length * 0.02);
  }, 300_000);
});
