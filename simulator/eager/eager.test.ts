import { describe, expect, it } from 'vitest';
import { compareSearches } from '../litmus/interleaving.js';
import { eagerOutcomes } from '../litmus/eagerly.js';
import { finalStates, LITMUS_BUDGET, searchOrders } from '../litmus/run.js';
import { wholeOutcome } from '../litmus/final.js';
import { dmb, dsb, element, flatTable, isb, type Line, linked, load, num, type Scene, store, tlbi } from '../testing/build.js';

/** Virtual address of the page that entry 0 maps. */
const VA = 0x10000n;
const OTHER = 0x8000_1000n;
const VALID = 0x743n;

const touch = (dst: string): Line => load(dst, num(VA));
const entry = element('pt', 0);
const unmap: Line = store(entry, 0);
const remap: Line = store(entry, OTHER | VALID);
const shoot: readonly Line[] = [dsb(), tlbi('vaae1is', { at: VA }), dsb()];
const fenced: readonly Line[] = [dsb(), isb()];

/** Each program as CPU0 and CPU1 run it. `same`: every access is fenced off from the next, so that both machines show the same. */
const programs: readonly { readonly name: string; readonly cpus: Scene['cpus']; readonly same: boolean }[] = [
  { name: 'unmap, access by another CPU', cpus: { P0: [unmap], P1: [touch('a')] }, same: true },
  { name: 'unmap and access', cpus: { P0: [unmap, touch('a')], P1: [] }, same: false },
  { name: 'unmap, DSB, access', cpus: { P0: [unmap, dsb(), touch('a')], P1: [] }, same: true },
  { name: 'unmap, DSB, ISB, access', cpus: { P0: [unmap, ...fenced, touch('a')], P1: [] }, same: true },
  { name: 'unmap, shootdown, access without ISB', cpus: { P0: [unmap, ...shoot, touch('a')], P1: [] }, same: true },
  { name: 'unmap, shootdown, ISB, access', cpus: { P0: [unmap, ...shoot, isb(), touch('a')], P1: [] }, same: true },
  { name: 'remap without break', cpus: { P0: [remap, ...fenced, touch('a')], P1: [touch('b'), ...fenced, touch('c')] }, same: true },
  {
    name: 'break before make',
    cpus: { P0: [unmap, ...shoot, isb(), remap, ...fenced, touch('a')], P1: [touch('b'), ...fenced, touch('c')] },
    same: true,
  },
  {
    name: 'shootdown seen through a flag',
    cpus: { P0: [unmap, ...shoot, store('flag', 1)], P1: [load('f', 'flag'), ...fenced, touch('a')] },
    same: true,
  },
  {
    name: 'shootdown seen through a flag, no barrier on the reader',
    cpus: { P0: [unmap, ...shoot, store('flag', 1)], P1: [load('f', 'flag'), touch('a')] },
    same: false,
  },
  {
    name: 'unmap without a DSB before the TLBI',
    cpus: { P0: [unmap, tlbi('vaae1is', { at: VA }), dsb(), store('flag', 1)], P1: [load('f', 'flag'), ...fenced, touch('a')] },
    same: false,
  },
  { name: 'two accesses while it is unmapped', cpus: { P0: [unmap, ...shoot], P1: [touch('a'), dmb(), touch('b')] }, same: false },
];

const scene = (cpus: Scene['cpus'], ets2: boolean): ReturnType<typeof linked> => {
  const built = linked({
    arch: 'arm64',
    cpus,
    mmu: flatTable('arm64-stage1', 'pages', 1, VA),
    pages: ['other'],
    setting: { FEAT_ETS2: ets2 },
  });
  const procedures = new Map(built.setup.program.procedures);
  for (const [name, procedure] of procedures) procedures.set(name, { ...procedure, results: ['a', 'b', 'c', 'f'] });
  const each = built.setup.cpus.map((cpu) => ({ ...cpu, fault: { k: 'stop' } as const }));
  const initial = new Map(built.setup.initial).set('pt_page0[0]', { k: 'int', v: 7n }).set('other[0]', { k: 'int', v: 8n });
  expect(built.setup.physical.get('other')).toBe(OTHER);
  return { ...built, setup: { ...built.setup, initial, cpus: each, program: { ...built.setup.program, procedures } } };
};

const LOCATIONS = ['pt[0]'];

function eagerly(test: ReturnType<typeof linked>): ReadonlySet<string> {
  const { ends, incomplete } = eagerOutcomes(test, LOCATIONS, 200_000);
  expect(incomplete).toBeNull();
  return ends;
}

function promised(test: ReturnType<typeof linked>): Set<string> {
  const { machine, search } = searchOrders(test, LITMUS_BUDGET);
  expect(search.stopped).toBeNull();
  expect(search.stuck).toEqual([]);
  return new Set(search.executions.flatMap((one) => [...finalStates(machine, one)].map((end) => wholeOutcome(end, LOCATIONS))));
}

describe('the eager machine and the interleaving search as witnesses', () => {
  for (const ets2 of [false, true]) {
    for (const { name, cpus, same } of programs) {
      it(`${name}${ets2 ? ' (FEAT_ETS2)' : ''}: ${same ? 'the same outcomes' : 'no outcome that the other machine lacks'}`, () => {
        const test = scene(cpus, ets2);
        const eager = eagerly(test);
        const all = promised(test);
        expect(eager.size).toBeGreaterThan(0);
        expect([...eager].filter((end) => !all.has(end))).toEqual([]);
        if (same) expect([...all].filter((end) => !eager.has(end))).toEqual([]);
        const { promiseFirst, interleaving, incomplete } = compareSearches(test, 1, { states: 100_000, ms: 20_000 });
        expect(incomplete).toBeNull();
        expect([...interleaving].filter((end) => !promiseFirst.has(end))).toEqual([]);
        if (same) expect([...promiseFirst].filter((end) => !interleaving.has(end))).toEqual([]);
      });
    }
  }
});
