import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acquire,
  assert,
  awaitNonzero,
  equal,
  goto,
  irqDisable,
  label,
  load,
  lock,
  mb,
  note,
  type Scene,
  store,
  unlock,
  when,
} from '../testing/build.js';
import { BUDGET, explored, trace, violations } from '../testing/run.js';
import { explore } from './explore.js';
import { endless, Edges } from '../machine/invariants/livelock.js';

/** CPUs of a counterexample, a step each. */
const cpus = (scene: Scene, window: 0 | 1 = 0): number[] => trace(scene, 'assertion', window).map((step) => step.cpu);

describe('counterexamples', () => {
  const message: Scene = {
    cpus: { P0: [store('x', 1), store('y', 1)], P1: [load('flag', 'y'), when('flag', load('m', 'x'), assert('m'))] },
  };

  it('are shortest', () => {
    // Both stores, both loads, the assertion: fewer can't do.
    expect(cpus(message)).toEqual([0, 0, 1, 1, 1]);
  });

  it('prefer a run without old values to one with', () => {
    // P1 can fail by reading old text of x after P0's store, or simply by running first: three steps each way.
    const scene: Scene = { cpus: { P0: [store('x', 1)], P1: [load('r', 'x'), assert('r')] } };
    expect(cpus(scene)).toEqual([1, 1]);
    const told = trace(message, 'assertion');
    expect(told.filter((step) => step.text.includes('(not the newest)'))).toHaveLength(1);
  });

  it('then prefer fewer changes of CPU', () => {
    const scene: Scene = {
      cpus: {
        P0: [store('a', 1), store('b', 1)],
        P1: [store('c', 1), store('d', 1)],
        P2: [acquire('b', 'b'), when('b', acquire('d', 'd'), when('d', load('a', 'a'), load('c', 'c'), assert(0)))],
      },
    };
    const order = cpus(scene);
    const changes = order.filter((cpu, i) => i > 0 && cpu !== order[i - 1]).length;
    expect(changes).toBe(2);
  });

  it('name the line that each step stands on', () => {
    expect(trace(message, 'assertion').map((step) => `${step.procedure}:${String(step.at?.line)}`)).toEqual([
      'P0:1',
      'P0:2',
      'P1:1',
      'P1:3',
      'P1:4',
    ]);
    expect(trace(message, 'assertion').at(-1)?.kind).toBe('bad');
  });

  it('a delayed store is told when it becomes visible', () => {
    const scene: Scene = {
      cpus: { P0: [store('x', 1), store('y', 1)], P1: [acquire('flag', 'y'), when('flag', load('m', 'x'), assert('m'))] },
    };
    expect(violations(scene, 0)).toEqual([]);
    expect(trace(scene, 'assertion', 1).map((step) => step.text)).toContain('x = 1, not yet visible to others');
  });
});

describe('runs without an end', () => {
  it('a deadlock names who waits', () => {
    const { run } = explored({ cpus: { P0: [lock('l')], P1: [lock('l'), unlock('l')] } });
    expect(run.found.get('deadlock')?.violation.why).toMatch(/^P1 waits for ever/);
  });

  it('waiting for a part that never comes is no deadlock', () => {
    expect(violations({ cpus: { P0: [awaitNonzero('never')], P1: [store('never', 0)] } })).toEqual([]);
  });

  it('a loop that may end is no livelock, one that can not is', () => {
    const spin = (value: number): Scene => ({
      cpus: { P0: [label('again'), load('r', 'flag'), when(equal('r', 0), goto('again'))], P1: [store('flag', value)] },
    });
    expect(violations(spin(1))).toEqual([]);
    expect(violations(spin(0))).toEqual(['livelock']);
  });

  it('backwards from the ends', () => {
    const edges = new Edges();
    for (const [from, to] of [
      [0, 1],
      [0, 3],
      [1, 2],
      [3, 4],
      [4, 3],
    ] as const)
      edges.add(from, to);
    expect(endless(5, edges, new Set([2]))).toBe(3);
    expect(endless(3, edges, new Set([2]))).toBeNull();
    expect(endless(1, new Edges(), new Set([0]))).toBeNull();
  });

  it('edges grow', () => {
    const edges = new Edges();
    for (let i = 0; i < 10_000; i++) edges.add(i, i + 1);
    expect(edges.count).toBe(10_000);
    expect(endless(10_001, edges, new Set([10_000]))).toBeNull();
  });

  it('what reaches an end is the same by sweeps as edge by edge, whichever way edges lead', () => {
    const pair = fc.tuple(fc.nat(19), fc.nat(19));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 60 }), fc.array(fc.nat(19), { maxLength: 3 }), (pairs, ends) => {
        const edges = new Edges();
        for (const [from, to] of pairs.sort((a, b) => a[0] - b[0])) edges.add(from, to);
        const marked = new Set(ends);
        for (let size = -1; size !== marked.size; ) {
          size = marked.size;
          for (const [from, to] of pairs) if (marked.has(to)) marked.add(from);
        }
        const stuck = Array.from({ length: 20 }, (_, i) => i).find((state) => !marked.has(state));
        expect(endless(20, edges, ends)).toBe(stuck ?? null);
        const spread = new Uint8Array(20);
        for (const end of ends) spread[end] = 1;
        edges.spread(spread);
        expect([...spread].flatMap((mark, i) => (mark === 1 ? [i] : []))).toEqual([...marked].sort((a, b) => a - b));
      }),
    );
  });

  it('a way back through the numbers that sweeps do not finish', () => {
    // From each state on to the middle of the rest and back again: every sweep settles few.
    const edges = new Edges();
    const path = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i / 2 : 39 - (i - 1) / 2));
    const next = new Map(path.slice(1).map((to, i) => [path[i] ?? 0, to]));
    for (let state = 0; state < 40; state++) edges.add(state, next.get(state) ?? state);
    expect(endless(40, edges, [path.at(-1) ?? 0])).toBeNull();
    expect(endless(41, edges, [path.at(-1) ?? 0])).toBe(40);
  });
});

describe('budgets', () => {
  const many: Scene = {
    cpus: Object.fromEntries(
      [0, 1, 2].map((i) => [`P${String(i)}`, [0, 1, 2].flatMap((j) => [load(`r${String(j)}`, 'x'), store('x', i + j)])]),
    ),
  };

  it('say what stopped the search', () => {
    expect(explored(many, 1, { states: 50, ms: 10_000 }).run.stopped).toBe('50 states');
    const { machine } = explored({ cpus: { P0: [store('x', 1)], P1: [load('r', 'x')] } });
    let now = 0;
    expect(explore(machine, { states: 1000, ms: 5 }, () => (now += 10)).stopped).toBe('5 ms');
    expect(explore(machine, BUDGET).stopped).toBeNull();
  });

  it('a search that was stopped claims no livelock', () => {
    const loop: Scene = {
      cpus: { P0: [label('again'), load('r', 'x'), goto('again')], P1: [store('x', 1), mb(), store('x', 2), mb(), store('x', 3)] },
    };
    const { run } = explored(loop, 0, { states: 3, ms: 10_000 });
    expect(run.stopped).not.toBeNull();
    expect(run.found.has('livelock')).toBe(false);
  });

  it('what is not modelled is said, and is no verdict', () => {
    const { run } = explored({ cpus: { P0: [{ op: 'unsupported', what: 'a construct' }], P1: [irqDisable(), load('r', 'x'), note('r')] } });
    expect(run.stuck.join()).toMatch(/a construct/);
    expect([...run.found.keys()]).toEqual([]);
  });
});
