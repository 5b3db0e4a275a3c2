import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLitmus } from '../../analyzers/litmus/parse.js';
import { litmusSuite } from '../../analyzers/litmus/testing/suites.js';
import { loadCatalog } from '../../simulator/catalog/load.js';
import { eagerOutcomes } from '../../simulator/litmus/eagerly.js';
import { compareSearches } from '../../simulator/litmus/interleaving.js';

const catalog = loadCatalog('simulator/catalog');
/** Every test where the whole is asked for, each sixteenth on a user's machine. */
const EACH = process.env['FAULTLINE_LITMUS'] === 'all' ? 1 : 16;

describe('the searches on Arm’s virtual-memory tests', () => {
  const folder = litmusSuite('aarch64-VMSA');
  const files = folder === null ? [] : readdirSync(folder).filter((name, i) => name.endsWith('.litmus') && i % EACH === 0);
  for (const ets2 of [false, true]) {
    it(`show the same, or less where less was promised${ets2 ? ' (FEAT_ETS2)' : ''}`, { timeout: 300_000 }, () => {
      let same = 0;
      let eagerSays = 0;
      for (const name of files) {
        const parsed = parseLitmus(name, readFileSync(join(folder ?? '', name), 'utf8'), catalog);
        if (parsed?.k !== 'test') throw new Error(`${name} can't be read`);
        const { setup, mmu } = parsed.test;
        const test = { mmu, setup: { ...setup, setting: new Map(setup.setting).set('FEAT_ETS2', ets2) } };
        const { promiseFirst, interleaving, locations, incomplete } = compareSearches(test, 1, { states: 300_000, ms: 60_000 });
        expect(incomplete, name).toBeNull();
        expect(
          [...interleaving].filter((end) => !promiseFirst.has(end)),
          `interleaving, ${name}`,
        ).toEqual([]);
        if (interleaving.size === promiseFirst.size) same++;
        if (setup.cpus.length > 2) continue;
        const eager = eagerOutcomes(test, locations, 2_000);
        if (eager.incomplete !== null) continue;
        eagerSays++;
        expect(
          [...eager.ends].filter((end) => !promiseFirst.has(end)),
          `eager, ${name}`,
        ).toEqual([]);
      }
      // What interleaving leaves out is rare: load buffering, and stores delayed past more than one younger store.
      expect(same).toBeGreaterThanOrEqual(Math.floor(0.85 * files.length));
      expect(eagerSays).toBeGreaterThanOrEqual(Math.floor(0.2 * files.length));
    });
  }
});
