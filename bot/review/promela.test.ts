import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import type { AxisValue } from '../../simulator/interp/setup.js';
import { exportPromela, Learned, search } from '../../simulator/scenarios/run.js';
import { loadResources } from './resources.js';
import { linked, versionOf } from './scenario-runs.js';

const resources = loadResources();
const BUDGET = { states: 100_000, ms: 60_000 };
const tools = ['spin', 'gcc'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const skipped = tools.length > 0;
if (skipped && process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(`not installed: ${tools.join(', ')}`);
if (skipped) process.stderr.write(`SKIPPED: exported models are not run, for want of ${tools.join(' and ')}\n`);

interface Spin {
  readonly states: number;
  readonly violations: readonly string[];
  readonly errors: number;
}

/** Runs a model with nothing reduced. */
function spin(text: string): Spin {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-spin-'));
  const run = (program: string, args: readonly string[]): string => {
    const ran = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    if (ran.status !== 0) throw new Error(`${program}: ${ran.stdout.slice(0, 2000)}${ran.stderr.slice(0, 2000)}`);
    return ran.stdout;
  };
  try {
    writeFileSync(join(folder, 'model.pml'), text);
    run('spin', ['-a', 'model.pml']);
    run('gcc', ['-w', '-DSAFETY', '-DNOFAIR', '-DNOREDUCE', '-o', 'pan', 'pan.c']);
    const said = run('./pan', ['-c0', '-m1000000']);
    const number = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? NaN);
    const violations = [...said.matchAll(/^violation: (.*)$/gm)].map((match) => match[1] ?? '');
    return { states: number(/(\d+) states, stored/), violations: violations.sort(), errors: number(/errors: (\d+)/) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const riscv = { 'invalid-entries': 'cached', Svvptc: false };
const kvm = { FEAT_TLBIRANGE: false, FEAT_S2FWB: false, FEAT_TTL: true };
const cases: readonly (readonly [string, Readonly<Record<string, AxisValue>>, 0 | 1, boolean])[] = [
  ['riscv/new-vmalloc-mapping', { ...riscv, 'ipi-rfence': false }, 1, false],
  ['riscv/new-vmalloc-mapping', { ...riscv, 'ipi-rfence': true }, 0, false],
  ['riscv/bad-kernel-address', { ...riscv, 'ipi-rfence': true }, 1, false],
  ['kvm-arm64/stage2-unmap-table', { ...kvm, FEAT_TTL: false }, 1, false],
  ['kvm-arm64/stage2-unmap-table-unlocked', kvm, 1, true],
];

describe.skipIf(skipped)('Spin counts the states of an exported model as we do, and finds what we find', () => {
  beforeAll(initC);

  it.each(cases)('%s %o, window %i', (name, axes, window, broken) => {
    const scenario = resources.scenarios.find(({ spec }) => spec.scenario === name);
    if (!scenario) throw new Error(`no scenario ${name}`);
    const size = scenario.spec.explore;
    const model = linked(
      resources,
      scenario,
      size,
      versionOf(resources, resources.skeleton, scenario, size),
      new Map(Object.entries(axes)),
    );
    const { run } = search(model, { window, budget: BUDGET, search: 'interpreted' }, new Learned(model));
    const made = exportPromela(model, { window, budget: BUDGET }, name);
    if (!made.ok) throw new Error(made.why);
    const found = spin(made.text);
    expect(found.states).toBe(run.states);
    expect(found.violations).toEqual([...run.found.keys()].sort());
    expect(found.errors > 0).toBe(run.found.size > 0);
    expect(run.found.size > 0).toBe(broken);
  });
});
