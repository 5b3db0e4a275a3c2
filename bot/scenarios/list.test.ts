import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../package.js';
import { loadScenarios } from '../../simulator/scenarios/load.js';
import { chosen } from './choose.js';
import { listPage, listText } from './list.js';

const all = loadScenarios(packageRoot());

describe('docs/scenario-list.md', () => {
  it('is what the headers say; npm run scenario-list makes it anew', () => {
    expect(readFileSync(join(packageRoot(), 'docs', 'scenario-list.md'), 'utf8')).toBe(listPage(all));
  });
});

describe('the list', () => {
  it('has each scenario with a sentence', () => {
    const text = listText(all, 1000);
    for (const { spec } of all) expect(text).toMatch(new RegExp(`^${spec.scenario} +[A-Z][^\\n]+\\.$`, 'm'));
  });

  it('keeps to the width', () => {
    const widest = Math.max(
      ...listText(all, 100)
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(100);
    expect(widest).toBeGreaterThan(80);
  });
});

describe('the choice', () => {
  const names = (wanted: Parameters<typeof chosen>[1]): unknown => {
    const found = chosen(all, wanted);
    return typeof found === 'string' ? found : found.map(({ spec }) => spec.scenario);
  };
  const [first] = all;

  it('takes names, folders and architectures', () => {
    const riscv = all.filter(({ spec }) => spec.scenario.startsWith('riscv/')).map(({ spec }) => spec.scenario);
    expect(riscv.length).toBeGreaterThan(1);
    expect(names({ names: ['riscv'] })).toEqual(riscv);
    expect(names({ names: [riscv[0] ?? ''] })).toEqual([riscv[0]]);
    expect(names({ names: [] })).toHaveLength(all.length);
    expect(names({ names: [], arch: 'kvm-arm64' })).toEqual(names({ names: ['kvm-arm64'] }));
    expect(names({ names: [], arch: 'arm64' })).toEqual(all.filter(({ spec }) => spec.arch === 'arm64').map(({ spec }) => spec.scenario));
  });

  it('says what there is in place of what there is not', () => {
    expect(names({ names: ['riscv/none'] })).toMatch(/^no scenario riscv\/none; there are /);
    expect(names({ names: ['risc'] })).toMatch(/^no scenario risc; /);
    expect(names({ names: [], arch: 'vax' })).toMatch(/^no scenario of vax; there are arm64, /);
    expect(names({ names: [first?.spec.scenario ?? ''], arch: 'riscv' })).toBe('none of these scenarios is of riscv');
  });
});
