import { describe, expect, it } from 'vitest';
import { Automaton } from '../interp/automaton.js';
import { Interpreter } from '../interp/interpreter.js';
import { Machine } from '../machine/machine.js';
import { expand, expandThread } from '../machine/step.js';
import type { Linked } from '../scenarios/link.js';
import { Learned, search } from '../scenarios/run.js';
import {
  acquire,
  assert,
  awaitNonzero,
  binary,
  callRcu,
  dsb,
  element,
  equal,
  flatTable,
  goto,
  ipi,
  irqDisable,
  irqEnable,
  isb,
  type Line,
  label,
  linked,
  load,
  local,
  lock,
  mb,
  num,
  primitive,
  put,
  rcuRead,
  release,
  rmw,
  type Scene,
  sbiFence,
  sfence,
  store,
  synchronizeRcu,
  tlbi,
  touch,
  unlock,
  when,
} from '../testing/build.js';
import { protocols } from '../testing/protocols/all.js';
import { BUDGET } from '../testing/run.js';
import { sameSearch } from '../testing/same-search.js';
import { type Exploration, explore } from './explore.js';
import { Alike } from './order-alike.js';
import { EVERYTHING, NOTHING, type Reduce, Reductions, Relearn } from './reductions.js';
import { traceOf } from './trace.js';

const FUSION: Reduce = { fusion: true, symmetry: false };
const SYMMETRY: Reduce = { fusion: false, symmetry: true };
const WINDOWS = [0, 1] as const;

interface Searched {
  readonly machine: Machine;
  readonly run: Exploration;
}

/** Searches with generated code and without, which have to agree state for state. */
function searched(model: Linked, reduce: Reduce, window: 0 | 1, learned = new Learned(model)): Searched {
  const by = (kind: 'interpreted' | 'generated'): Searched => search(model, { window, budget: BUDGET, search: kind, reduce }, learned);
  if (reduce === NOTHING) return by('interpreted');
  // What a search did not know of the programs it fuses less of: the two agree where both know all.
  let interpreted: Searched;
  do interpreted = by('interpreted');
  while (interpreted.run.reductions?.futures?.allKnown() === false);
  const generated = by('generated');
  sameSearch(interpreted.run, generated.run);
  return generated;
}

/** What a search shows: each kind of violation with the steps of its counterexample, and what is not modelled. */
function shown({ machine, run }: Searched): string[] {
  expect(run.stopped).toBeNull();
  const found = [...run.found].map(([kind, each]) => {
    const steps = traceOf(machine, run, each).filter((step) => step.kind !== 'may');
    return kind === 'livelock' ? kind : `${kind} in ${String(steps.length)} steps`;
  });
  return [...found, ...run.stuck.map((why) => `stuck: ${why}`)].sort();
}

/** Three CPUs that run the same, and what else there is. */
const three = (work: readonly Line[], rest: Scene = { cpus: {} }): Scene => ({
  ...rest,
  cpus: { A: 'work', ...rest.cpus, B: 'work', C: 'work' },
  procedures: { ...rest.procedures, work },
});
const add = (...between: Line[]): readonly Line[] => [
  load('n', 'x'),
  ...between,
  store('x', binary('+', 'n', 1)),
  rmw(null, 'done', 'add', 1, 'full'),
];
const whenAll = (...lines: Line[]): readonly Line[] => [acquire('done', 'done'), when(equal('done', 3), ...lines)];
const checkSum = [...whenAll(load('sum', 'x'), assert(equal('sum', 3)))];

/** Scenes in which some CPUs are alike, what they show, and how many times fewer states there are at least where they are put in one order. */
const alike: Readonly<Record<string, readonly [Scene, string, number]>> = {
  'a counter under a lock': [three([lock('l'), ...add(), unlock('l')], { cpus: { check: checkSum } }), '', 3],
  'a counter without one': [three(add(), { cpus: { check: checkSum } }), 'lost-update', 3],
  'who waits for a count that was lost waits for ever': [
    {
      cpus: { A: 'work', B: 'work' },
      procedures: {
        work: [load('n', 'x'), store('x', binary('+', 'n', 1)), label('again'), load('r', 'x'), when(equal('r', 1), goto('again'))],
      },
    },
    'livelock',
    1.5,
  ],
  'a lock that nobody gives back': [three([lock('l'), ...add()]), 'deadlock', 2],
  'handlers of a call to all others': [
    three([irqEnable(), load('n', 'x'), when(equal('n', 1), load('m', 'y'), assert('m'))], {
      cpus: { caller: [store('x', 1), ipi('others', 'handler'), store('y', 1)] },
      procedures: { handler: [load('h', 'x'), assert('h')] },
    }),
    'assertion',
    2,
  ],
  'those that are called by one of them': [
    three([irqEnable(), load('n', 'x'), when(equal('n', 0), store('x', 1), ipi('others', 'handler', 0, 0)), irqDisable()], {
      cpus: {},
      procedures: { handler: [rmw(null, 'y', 'add', 1), load('h', 'y')] },
    }),
    '',
    2,
  ],
  'readers that a grace period waits for': [
    three(
      [
        rcuRead('lock'),
        load('p', 'ptr'),
        when('p', load('v', { k: 'index', base: local('p'), index: num(0), size: 8 })),
        rcuRead('unlock'),
      ],
      {
        cpus: { free: [store(element('pg', 0), 7), release('ptr', 0), synchronizeRcu(), put('pg')] },
        pages: ['pg'],
        initial: { ptr: '&pg' },
      },
    ),
    '',
    2,
  ],
  'readers that a callback does not wait for': [
    three([load('p', 'ptr'), when('p', load('v', { k: 'index', base: local('p'), index: num(0), size: 8 }))], {
      cpus: { free: [store(element('pg', 0), 7), release('ptr', 0), callRcu('late', 'pg')] },
      procedures: { late: [put('pg')] },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    'walker-use-after-free',
    2,
  ],
  'users of a mapping that one of them takes away': [
    three(
      [touch(0n), lock('l'), load('e', element('pt', 0)), when('e', store(element('pt', 0), 0), sfence(), put('pt_page0')), unlock('l')],
      {
        cpus: {},
        mmu: flatTable('riscv'),
      },
    ),
    'stale-translation unhandled-fault',
    2,
  ],
  'the same on arm64': [
    three(
      [
        touch(0n),
        lock('l'),
        load('e', element('pt', 0)),
        when('e', store(element('pt', 0), 0), dsb('st'), tlbi('vale1is', { at: 0n }), dsb(), isb(), put('pt_page0')),
        unlock('l'),
      ],
      { arch: 'arm64', cpus: {}, mmu: flatTable('arm64-stage1'), trap: 'trap', procedures: { trap: [] } },
    ),
    '',
    2,
  ],
};

describe('CPUs that are alike', () => {
  describe.each(Object.entries(alike))('%s', (_, [scene, kind, factor]) => {
    it.each(WINDOWS)('show the same in fewer states (window %i)', (window) => {
      const model = linked(scene);
      const full = searched(model, NOTHING, window);
      const reduced = searched(model, SYMMETRY, window);
      const both = searched(model, EVERYTHING, window);
      expect(reduced.run.reductions?.alike).toBeTruthy();
      expect(shown(reduced)).toEqual(shown(full));
      expect(shown(both)).toEqual(shown(full));
      expect(full.run.states / reduced.run.states).toBeGreaterThan(factor);
      expect(both.run.states).toBeLessThanOrEqual(reduced.run.states);
      expect([...full.run.found.keys()].sort().join(' ')).toBe(kind);
    });

    it.each(WINDOWS)('may do in each other’s place what they do in their own (window %i)', (window) => {
      const { machine } = searched(linked(scene), SYMMETRY, window);
      const { store, states } = explore(machine, BUDGET);
      const { permuter } = new Alike(machine, [...(searched(linked(scene), SYMMETRY, window).run.reductions?.alike?.groups ?? [])]);
      const [s, moved] = [new Int32Array(machine.layout.size), new Int32Array(machine.layout.size)];
      for (let state = 0; state < states; state += Math.ceil(states / 100)) {
        store.restore(state, s);
        permuter.all.forEach((p, which) => {
          permuter.state(s, which, moved);
          const other = new Int32Array(s.length);
          const here = events(
            machine,
            s,
            (next, cpu) => {
              permuter.state(next, which, other);
              return `${String(p[cpu] ?? cpu)} ${other.join()}`;
            },
            (cpu) => p[cpu] ?? cpu,
          );
          expect(events(machine, moved)).toEqual(here);
        });
      }
    });
  });
});

/** All that may happen in a state, sorted. */
function events(
  m: Machine,
  s: Int32Array,
  told = (next: Int32Array, cpu: number): string => `${String(cpu)} ${next.join()}`,
  who = (cpu: number): number => cpu,
): string[] {
  const found: string[] = [];
  expand(m, s, {
    next: (next, cpu) => found.push(told(next, cpu)),
    violation: (cpu, { kind }) => found.push(`${String(who(cpu))} ${kind}`),
    stuck: (why) => found.push(why),
  });
  return found.sort();
}

describe('CPUs that are not alike', () => {
  const cases: Readonly<Record<string, Scene>> = {
    'use their number': three([primitive({ kind: 'cpu-id' }, [], 'me'), store(element('slots', 'me'), 1), load('r', element('slots', 0))]),
    'are called by number': three([store('x', 1), sfence()], { cpus: { caller: [load('r', 'x'), sbiFence(1)] } }),
    'tell others where their task is': three([primitive({ kind: 'current' }, [], 'me'), store('owner', 'me'), load('r', 'owner')]),
  };

  it.each(Object.entries(cases))('that %s are told apart', (_, scene) => {
    const model = linked(scene);
    const [full, reduced] = [searched(model, NOTHING, 0), searched(model, SYMMETRY, 0)];
    expect(reduced.run.reductions).toBeNull();
    expect(reduced.run.states).toBe(full.run.states);
    expect(shown(reduced)).toEqual(shown(full));
  });

  it('CPUs that run different procedures are told apart, whatever these are called', () => {
    const same = [store('x', 1), load('r', 'x')];
    const model = linked({ cpus: { A: 'one', B: 'other' }, procedures: { one: same, other: same } });
    expect(searched(model, SYMMETRY, 0).run.reductions).toBeNull();
  });
});

describe('steps that nobody else can see', () => {
  it('are taken with the step before them', () => {
    const scene: Scene = {
      cpus: {
        P0: [store('x', 1), mb(), mb(), mb(), load('r', 'y'), when('r', mb(), mb())],
        P1: [store('y', 1), mb(), mb(), load('r', 'x')],
      },
    };
    const model = linked(scene);
    const [full, fused] = [searched(model, NOTHING, 0), searched(model, FUSION, 0)];
    expect(fused.run.states).toBeLessThan(full.run.states / 3);
  });

  it('a barrier that an interrupt may come before is not one of them', () => {
    const scene: Scene = {
      procedures: { handler: [load('h', 'y'), assert(equal('h', 0))] },
      cpus: { P0: [irqEnable(), store('x', 1), mb(), load('r', 'z')], P1: [store('y', 1), ipi('others', 'handler'), store('z', 1)] },
    };
    const model = linked(scene);
    expect(shown(searched(model, FUSION, 1))).toEqual(shown(searched(model, NOTHING, 1)));
  });

  it('a search looks meanwhile whether its programs went further than was known, as patiently as it is told, and always in the end', () => {
    const model = linked({
      cpus: { A: [store('x', 1), store('y', 1), store('z', 1)], B: [load('r', 'x'), load('s', 'y'), load('t', 'z')] },
    });
    const learned = new Learned(model);
    search(model, { window: 0, budget: BUDGET, search: 'interpreted', reduce: NOTHING }, learned);
    const reductions = (patience: number): Reductions | null => {
      const machine = new Machine(new Automaton(new Interpreter(model.setup, learned.sharing)), model.mmu, 0, learned.room, learned.traits);
      expand(machine, machine.start(), { next: () => undefined, violation: () => undefined, stuck: () => undefined });
      const made = Reductions.of(machine, true, [], patience);
      explore(machine, BUDGET);
      return made;
    };
    const patient = reductions(2);
    expect(() => patient?.checkMeanwhile()).not.toThrow();
    expect(() => patient?.checkMeanwhile()).not.toThrow();
    expect(() => patient?.checkMeanwhile()).toThrow(Relearn);
    expect(() => reductions(0)?.checkMeanwhile()).toThrow(Relearn);
    expect(() => reductions(2)?.check()).toThrow(Relearn);
  });

  const models = protocols.flatMap(({ name, scene, mutants }) =>
    ['', ...mutants].map((without) => [without === '' ? name : `${name}, without ${without}`, linked(scene(without))] as const),
  );

  it.each(models)('%s: with and without reductions the same', (_, model) => {
    const learned = new Learned(model);
    for (const window of WINDOWS)
      expect(shown(searched(model, EVERYTHING, window, learned))).toEqual(shown(searched(model, NOTHING, window, learned)));
  });

  it.each(models)('%s: what is fused commutes with all that others may do', (_, model) => {
    const { machine, run } = searched(model, NOTHING, 1);
    const reductions = Reductions.of(machine, true, []);
    const s = new Int32Array(machine.layout.size);
    for (let state = 0; reductions && state < run.states; state++) {
      run.store.restore(state, s);
      for (let cpu = 0; cpu < machine.rcuThread; cpu++) commutes(machine, reductions, s, cpu);
    }
  });
});

/** Holds a step that would be fused against each step of each other thread: either may come first, and it makes no difference. */
function commutes(m: Machine, { fusion }: Reductions, s: Int32Array, cpu: number): void {
  const after = s.slice();
  if (fusion?.mayFuse(s, cpu) !== true || fusion.take(after, cpu) === null) return;
  for (let thread = 0; thread <= m.rcuThread; thread++) {
    if (thread === cpu) continue;
    const first = threadEvents(m, s, thread).map((next) => {
      if (typeof next === 'string') return next;
      expect(fusion.mayFuse(next, cpu)).toBe(true);
      expect(fusion.take(next, cpu)).not.toBeNull();
      return next.join();
    });
    const second = threadEvents(m, after, thread).map((next) => (typeof next === 'string' ? next : next.join()));
    expect(second.sort()).toEqual(first.sort());
  }
}

function threadEvents(m: Machine, s: Int32Array, thread: number): (Int32Array | string)[] {
  const found: (Int32Array | string)[] = [];
  expandThread(m, s, thread, {
    next: (next) => found.push(next.slice()),
    violation: (_, { kind }) => found.push(kind),
    stuck: (why) => found.push(why),
  });
  return found;
}

describe('what a reduced search tells', () => {
  it('is a run of the machine: every CPU is the same from the first step to the last', () => {
    const { machine, run } = searched(linked(alike['a counter without one']?.[0] ?? { cpus: {} }), EVERYTHING, 0);
    const found = run.found.get('lost-update');
    if (!found) throw new Error('nothing found');
    const steps = traceOf(machine, run, found);
    // Each CPU takes its own steps in the order of its code.
    for (const cpu of [0, 2, 3]) {
      const lines = steps.filter((step) => step.cpu === cpu).map((step) => step.at?.line ?? 0);
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
    }
    expect(steps.at(-1)?.text).toContain('does not hold');
    expect(found.violation.why).toContain('check');
  });

  it('leaves out what a CPU does alone and nobody comes to see', () => {
    const scene: Scene = { cpus: { P0: [mb(), mb(), store('x', 1), mb(), mb()], P1: [mb(), mb(), load('r', 'x'), assert(equal('r', 0))] } };
    const { machine, run } = searched(linked(scene), FUSION, 0);
    const found = run.found.get('assertion');
    if (!found) throw new Error('nothing found');
    expect(traceOf(machine, run, found).map((step) => step.cpu)).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });
});

describe('what the verdict hangs on a whole graph for', () => {
  it('is searched without reductions where somebody may be stopped', () => {
    const model = linked({ setting: { PREEMPTION: true }, cpus: { P0: [store('x', 1), mb()], P1: [awaitNonzero('x'), mb()] } });
    expect(searched(model, EVERYTHING, 0).run.reductions).toBeNull();
  });
});
