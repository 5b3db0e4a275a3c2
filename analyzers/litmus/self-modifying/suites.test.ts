import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { runLitmus } from '../../../simulator/litmus/run.js';
import { parseLitmus } from '../parse.js';
import { litmusSuite } from '../testing/suites.js';

const catalog = loadCatalog('simulator/catalog');

/** Verdicts of one published table: `name Allowed`, or `Allow`, `Forbid`. */
function kindsOf(file: string): [name: string, allowed: boolean][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(/\s+/))
    .map(([name = '', kind = '']) => [name, kind.startsWith('Allow')]);
}

/** Every `step`-th test of a suite that is run and shows something else than the table says. */
function disagreements(folder: string, table: string, step: number, axes: readonly (readonly [string, string])[]): string[] {
  return kindsOf(join(folder, table)).flatMap(([name, allowed], i): string[] => {
    const file = join(folder, `${name}.litmus`);
    if (i % step !== 0 || !existsSync(file)) return [];
    const parsed = parseLitmus(name, readFileSync(file, 'utf8'), catalog);
    if (parsed?.k !== 'test') return parsed?.k === 'unsupported' ? [] : [`${name}: not understood`];
    const setting = new Map([...parsed.test.setup.setting, ...axes]);
    const { holds } = runLitmus({ ...parsed.test, setup: { ...parsed.test.setup, setting } });
    return holds !== null && (holds !== 'never') === allowed ? [] : [`${name}: ${String(holds)}`];
  });
}

describe('published verdicts', () => {
  it('of arm64 (a sample)', () => {
    const folder = litmusSuite('aarch64-ifetch');
    if (folder !== null) expect(disagreements(folder, 'kinds.txt', 6, [])).toEqual([]);
  });

  it('of riscv, for each model', () => {
    const folder = litmusSuite('riscv-ifetch');
    if (folder === null) return;
    const tables = readdirSync(folder).flatMap((name) => /^kinds-(.+)\.txt$/.exec(name)?.[1] ?? []);
    expect(tables.length).toBeGreaterThan(0);
    for (const model of tables) expect(disagreements(folder, `kinds-${model}.txt`, 2, [['riscv-fetch', model]]), model).toEqual([]);
  });
});
