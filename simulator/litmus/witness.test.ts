import { describe, expect, it } from 'vitest';
import { linked, load, type Scene, store } from '../testing/build.js';
import { LITMUS_BUDGET } from './run.js';
import type { Condition, LitmusTest } from './test.js';
import { findWitness } from './witness.js';

function test(cpus: Scene['cpus'], condition: Condition): LitmusTest {
  const built = linked({ arch: 'arm64', cpus });
  const procedures = new Map(built.setup.program.procedures);
  for (const [name, procedure] of procedures) procedures.set(name, { ...procedure, results: ['a', 'b'] });
  const setup = { ...built.setup, program: { ...built.setup.program, procedures } };
  return { name: 'MP', setup, mmu: null, quantifier: 'exists', condition, filter: null };
}

const register = (cpu: number, name: string, value: bigint): Condition => ({ k: 'register', cpu, name, value: { k: 'int', v: value } });
const MP = { P0: [store('x', 1), store('y', 1)], P1: [load('a', 'y'), load('b', 'x')] };

describe('a witness', () => {
  it('tells the order of writes and what each thread did', () => {
    const found = findWitness(test(MP, { k: 'and', of: [register(1, 'a', 1n), register(1, 'b', 0n)] }), LITMUS_BUDGET);
    expect(found?.holds).toBe(true);
    expect(found?.order).toHaveLength(2);
    expect(found?.order).toContain('P0: y = 1');
    expect(found?.threads[1]?.steps).toEqual(['y is 1', 'x is 0 (not the newest)']);
  });

  it('is any run where the condition never holds', () => {
    const found = findWitness(test(MP, register(1, 'a', 7n)), LITMUS_BUDGET);
    expect(found?.holds).toBe(false);
    expect(found?.threads.map(({ name }) => name)).toEqual(['P0', 'P1']);
  });
});
