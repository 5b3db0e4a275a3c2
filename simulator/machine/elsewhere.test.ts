import { describe, expect, it } from 'vitest';
import { die, flatTable, release, type Scene, touch } from '../testing/build.js';
import { explored, violations } from '../testing/run.js';
import { FRESH, goTo, HERE, isAway, KEPT, mayUseCopies, USABLE, whereabouts } from './elsewhere.js';
import type { Machine } from './machine.js';
import { forgetSpace, isOfSpace, note, ownAsid } from './riscv/asid.js';

const VA = 0x4000n;
const REGIMES = { riscv: 'riscv', x86: 'x86', s390: 's390', powerpc: 'powerpc-radix' } as const;
type Arch = keyof typeof REGIMES;
const ARCHES = Object.keys(REGIMES) as Arch[];

/** P0 is at the tables, P1 elsewhere, P2 elsewhere and without copies. */
const scene = (arch: Arch): Scene => ({
  arch,
  cpus: { P0: [release('x', 1)], P1: null, P2: null },
  also: { P1: { elsewhere: true }, P2: { elsewhere: 'fresh' } },
  mmu: { ...flatTable(REGIMES[arch], 'pages', 1, VA), ...(arch === 'riscv' ? { number: 3 } : {}) },
});
const started = (arch: Arch): { m: Machine; s: Int32Array } => {
  const { machine } = explored(scene(arch));
  return { m: machine, s: machine.start() };
};
const CPUS = [0, 1, 2];

describe.each(ARCHES)('%s: a CPU whose register names other tables', (arch) => {
  it('is where the scenario says at the start', () => {
    const { m, s } = started(arch);
    expect(CPUS.map((cpu) => whereabouts(m, s, cpu))).toEqual([HERE, KEPT, FRESH]);
    expect(CPUS.map((cpu) => isAway(m, s, cpu))).toEqual([false, true, true]);
    expect(CPUS.map((cpu) => mayUseCopies(m, s, cpu))).toEqual([true, false, false]);
  });

  it('comes and goes alone', () => {
    const { m, s } = started(arch);
    goTo(m, s, 1, HERE);
    goTo(m, s, 0, KEPT);
    expect(CPUS.map((cpu) => isAway(m, s, cpu))).toEqual([true, false, true]);
  });

  it('accesses nothing through tables that the scenario has not got', () => {
    const away: Scene = {
      ...scene(arch),
      cpus: { P0: [touch(VA)] },
      also: { P0: { elsewhere: true } },
      trap: 'trap',
      procedures: { trap: [die()] },
    };
    expect(explored(away).run.stuck).toEqual(['an access through tables that are not those of the scenario']);
    expect(violations({ ...away, also: {} })).toEqual([]);
  });
});

it('where nobody says which tables a CPU names, all may use what they hold', () => {
  const { machine } = explored({ ...scene('s390'), also: {} });
  expect(CPUS.map((cpu) => mayUseCopies(machine, machine.start(), cpu))).toEqual([true, true, true]);
});

describe('riscv: the ASID stands beside', () => {
  it('copies serve other tables under the ASID that they were made under', () => {
    const { m, s } = started('riscv');
    note(m, s, 1, USABLE, 7n);
    expect([isAway(m, s, 1), mayUseCopies(m, s, 1), ownAsid(m, s, 1)]).toEqual([true, true, 7n]);
    expect([isOfSpace(m, s, 1, 7n), isOfSpace(m, s, 1, 3n), isOfSpace(m, s, 0, 3n)]).toEqual([true, false, true]);
  });

  it('a hart that forgets keeps its ASID; one that is at the tables makes new copies, and stays', () => {
    const { m, s } = started('riscv');
    note(m, s, 1, USABLE, 7n);
    for (const hart of CPUS) forgetSpace(m, s, hart);
    expect(CPUS.map((hart) => whereabouts(m, s, hart))).toEqual([HERE, FRESH, FRESH]);
    expect(ownAsid(m, s, 1)).toBe(7n);
  });
});
