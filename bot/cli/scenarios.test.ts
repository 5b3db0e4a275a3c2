import { describe, expect, it } from 'vitest';
import { faultline } from './testing/run.js';

interface Printed {
  readonly scenarios: readonly {
    scenario: string;
    states: number;
    troubles: string[];
    shown: { violation: string; window: number; known: string | null }[];
  }[];
}

describe('faultline scenarios', () => {
  it('lists what there is, of one architecture where one is named', () => {
    const ran = faultline(['scenarios']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/^riscv\/new-vmalloc-mapping +A hart maps two pages/m);
    const arm = faultline(['scenarios', 'list', '--arch', 'arm64']);
    expect(arm.stdout).toMatch(/^kvm-arm64\/stage2-unmap-table /m);
    expect(arm.stdout).not.toMatch(/^riscv\//m);
  });

  it('shows header and code', () => {
    const ran = faultline(['scenarios', 'show', 'riscv/new-vmalloc-mapping']);
    expect(ran.stdout).toContain('scenario: riscv/new-vmalloc-mapping');
    expect(ran.stdout).toContain('void mapper(void)');
  });

  it('runs those on the skeletons: nothing shows but what the headers know of them', () => {
    const ran = faultline(['scenarios', 'run', '--json']);
    const { scenarios } = JSON.parse(ran.stdout) as Printed;
    const shown = scenarios.map(({ scenario, shown: found }) => [scenario, found.map(({ violation, window }) => [violation, window])]);
    const known = JSON.parse(faultline(['scenarios', 'list', '--json']).stdout) as {
      scenario: string;
      known: { kernel: string; violation: string; window: number }[];
    }[];
    expect(shown).toEqual(
      scenarios.map(({ scenario }) => [
        scenario,
        known
          .find((each) => each.scenario === scenario)
          ?.known.filter(({ kernel }) => kernel === 'skeletons')
          .map(({ violation, window }) => [violation, window]),
      ]),
    );
    expect(scenarios.flatMap(({ troubles }) => troubles)).toEqual([]);
    expect(Math.min(...scenarios.map(({ states }) => states))).toBeGreaterThan(10);
    expect(ran.status).toBe(0);
  });

  it('says of one whether it is silent, and in how many states', () => {
    const ran = faultline(['scenarios', 'run', 'riscv/new-vmalloc-mapping']);
    expect(ran.stdout).toMatch(/^riscv\/new-vmalloc-mapping +silent; [\d,]+ states, \d+ settings$/m);
    expect(ran.stdout).toContain('1 scenario: 1 silent, nothing unexpected.');
  });

  it.each([
    [['scenarios', 'dance'], 'faultline: faultline scenarios dance: it takes list, show or run\n'],
    [['scenarios', 'show'], 'faultline: which scenario shall be shown? Give its name; faultline scenarios list has them\n'],
  ])('%j: says what it takes', (args, said) => {
    const ran = faultline(args);
    expect(ran.stderr).toBe(said);
    expect(ran.status).toBe(2);
  });
});
