import { describe, expect, it } from 'vitest';
import { assert, equal, field, flatTable, type Line, load, primitive, type Scene, store, symbol } from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

const FILL = { kind: 'fill', to: 0, value: 1 } as const;
const fill = (to: string, value: number): Line => primitive(FILL, [symbol(to), value]);
/** What a primitive of the tests is called. */
const named = (does: object): string => `${JSON.stringify(does)}()`;
const stuck = (scene: Scene): readonly string[] => [...explored(scene).run.stuck];

describe('memset and its like', () => {
  it('make what is the own CPU’s zero, with all below it', () => {
    const scene: Scene = {
      cpus: {
        P0: [
          store(field('info', 'start'), 5, 'plain'),
          fill('info', 0),
          load('now', field('info', 'start'), 'plain'),
          assert(equal('now', 0)),
        ],
      },
    };
    expect(violations(scene)).toEqual([]);
    expect(stuck(scene)).toEqual([]);
  });

  it('are not followed where other CPUs look', () => {
    const scene: Scene = { cpus: { P0: [fill('x', 0)], P1: [load('r', 'x')] } };
    expect(stuck(scene)).toEqual([`${named(FILL)} of x, which other CPUs use, is not modelled`]);
  });

  it('nor with other bytes', () => {
    const scene: Scene = { cpus: { P0: [fill('x', 255), load('r', 'x', 'plain')] } };
    expect(stuck(scene)).toEqual([`${named(FILL)} of x, which does not become zero, is not modelled`]);
  });

  it('say nothing of what a page holds, and something of a table', () => {
    const mmu = flatTable('riscv');
    const [table = ''] = mmu.tables.map(({ object }) => object);
    expect(stuck({ mmu, cpus: { P0: [fill(`${table}_page0`, 1)] } })).toEqual([]);
    expect(stuck({ mmu, cpus: { P0: [fill(table, 1)] } })[0]).toContain('is not modelled');
  });
});

describe('what changes translations and is not modelled', () => {
  it('ends the run with the reason', () => {
    const UNMAP = { kind: 'unmodelled', why: 'unmaps by rmap' } as const;
    expect(stuck({ cpus: { P0: [primitive(UNMAP)] } })).toEqual([`${named(UNMAP)}: unmaps by rmap`]);
  });
});
