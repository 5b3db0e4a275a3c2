import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScenarios, packScenarios } from './load.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-scenarios-'));
  mkdirSync(join(root, 'simulator', 'scenarios', 'riscv'), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(name: string, about: string): void {
  const header = `scenario: riscv/${name}\narch: riscv\non: tree\nabout: ${about}\nentries: [f]\nfiles: [mm/a.c]\nexplore:\n  cpus:\n    - { name: hart 0, runs: p }`;
  writeFileSync(join(root, 'simulator', 'scenarios', 'riscv', `${name}.c`), `/*---\n${header}\n---*/\nvoid p(void) { f(); }\n`);
}

describe('scenarios', () => {
  it('come sorted by name, with their path below the package', () => {
    write('b', 'Second.');
    write('a', 'First.');
    expect(loadScenarios(root).map(({ spec, path }) => [spec.scenario, path])).toEqual([
      ['riscv/a', join('simulator', 'scenarios', 'riscv', 'a.c')],
      ['riscv/b', join('simulator', 'scenarios', 'riscv', 'b.c')],
    ]);
  });

  it('are the same from what the build packed, and follow a header that changed since', () => {
    write('a', 'First.');
    const packed = join(root, 'packed.json');
    writeFileSync(packed, packScenarios(root));
    expect(loadScenarios(root, packed)).toEqual(loadScenarios(root));
    write('a', 'Changed.');
    expect(loadScenarios(root, packed)[0]?.spec.about).toBe('Changed.');
  });

  it('of one file say only what they have otherwise', () => {
    const header = [
      'scenario: riscv/a',
      'arch: riscv',
      'on: tree',
      'about: First.',
      'entries: [f]',
      'files: [mm/a.c]',
      'trap: fault',
      'axes: { svvptc: [false, true], asids: [true] }',
      'explore: { cpus: [{ name: hart 0, runs: p }], initial: { x: 1, y: 2 } }',
      'measure: { what: a run }',
      'further:',
      '  - scenario: riscv/b',
      '    variantOf: riscv/a',
      '    about: Second.',
      '    trap: null',
      '    axes: { svvptc: null }',
      '    explore: { cpus: [{ name: hart 0, runs: q }], initial: { y: 3 } }',
      '  - { scenario: riscv/c, about: Third., measure: null }',
    ].join('\n');
    writeFileSync(join(root, 'simulator', 'scenarios', 'riscv', 'a.c'), `/*---\n${header}\n---*/\nvoid p(void) { f(); }\n`);
    const [a, b, c] = loadScenarios(root);
    expect([a?.spec, b?.spec, c?.spec]).toMatchObject([
      { scenario: 'riscv/a', trap: 'fault', axes: { svvptc: [false, true], asids: [true] } },
      {
        scenario: 'riscv/b',
        variantOf: 'riscv/a',
        about: 'Second.',
        files: ['mm/a.c'],
        explore: { cpus: [{ runs: 'q' }], initial: { x: 1, y: 3 } },
        measure: { what: 'a run', cpus: [{ runs: 'q' }], initial: { x: 1, y: 3 } },
      },
      { scenario: 'riscv/c', about: 'Third.', trap: 'fault' },
    ]);
    expect([b?.spec.trap, b?.spec.axes, c?.spec.measure, c?.spec.variantOf]).toEqual([undefined, { asids: [true] }, undefined, undefined]);
    expect([b?.path, b?.text]).toEqual([a?.path, a?.text]);
  });

  it('that are not as they should be are named', () => {
    writeFileSync(join(root, 'simulator', 'scenarios', 'riscv', 'c.c'), 'void p(void) { }\n');
    expect(() => loadScenarios(root)).toThrow('riscv/c.c: no /*--- … ---*/ header');
  });
});
