import { describe, expect, it } from 'vitest';
import { explore } from '../explore/explore.js';
import { ownInterrupts } from '../machine/interrupts.js';
import type { Machine, Sink } from '../machine/machine.js';
import { background, operate, settle } from '../machine/step.js';
import {
  element,
  equal,
  flatTable,
  ipi,
  irqEnable,
  linked,
  load,
  lock,
  mb,
  note,
  put,
  type Scene,
  sfence,
  store,
  touch,
  unlock,
  when,
} from '../testing/build.js';
import { BUDGET, explored } from '../testing/run.js';
import { sameSearch } from '../testing/same-search.js';
import { search } from '../scenarios/run.js';
import { exploreGenerated, exploreWithTables } from './search.js';
import { isLocal } from './steps.js';

const none = (): void => undefined;
const nobody: Sink = { next: none, violation: none, stuck: none };

/** Runs `step` on `s` and hands `seen` the index of each field that it reads or writes, of `s` and of the states it makes. */
function watch(m: Machine, s: Int32Array, seen: (index: number, of: Int32Array) => void, step: (s: Int32Array) => void): void {
  const at = (of: Int32Array, key: string | symbol): void => {
    if (typeof key === 'string' && /^\d+$/.test(key)) seen(Number(key), of);
  };
  const watched = (of: Int32Array): Int32Array =>
    new Proxy(of, {
      get(target, key) {
        at(target, key);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
      set(target, key, value: unknown) {
        at(target, key);
        return Reflect.set(target, key, value, target);
      },
    });
  const copy = m.copy.bind(m);
  m.copy = () => watched(copy(s));
  m.canonical = false;
  try {
    step(watched(s));
  } finally {
    m.canonical = true;
    Reflect.deleteProperty(m, 'copy');
  }
}

/** Threads whose blocks a CPU's operation in `s` looks at or changes. */
function threadsTouched(m: Machine, s: Int32Array, cpu: number): Set<number> {
  const touched = new Set<number>();
  const { globalSize, threadSize } = m.layout;
  const seen = (index: number): void => {
    if (index >= globalSize) touched.add(Math.floor((index - globalSize) / threadSize));
  };
  watch(m, s, seen, (state) => {
    operate(m, state, cpu, nobody);
  });
  return touched;
}

/** Locations whose values a thread's steps in `s` look at, and those that the order says were looked at. */
function valuesSeen(m: Machine, s: Int32Array, thread: number): { readonly seen: Set<number>; readonly looked: ReadonlySet<number> } {
  const found = new Set<number>();
  const { BASE, BASE_VIEW, ORDER, globalSize } = m.layout;
  const end = ORDER + 2 * m.order.length(s);
  const seen = (index: number, of: Int32Array): void => {
    if (index >= BASE && index < BASE_VIEW) found.add(index - BASE);
    const code = of[index - 1] ?? 0;
    // What the step itself adds behind the end is no value that it has read.
    if (index >= ORDER && index < Math.min(end, globalSize) && (index - ORDER) % 2 === 1 && code >= 0) found.add(code);
  };
  m.order.looked.clear();
  watch(m, s, seen, (state) => {
    settle(m, state, thread, nobody);
    if (thread < m.rcuThread) ownInterrupts(m, state, thread, nobody);
    background(m, state, thread, nobody);
    if (isLocal(m, m.node(state, thread).request.does)) operate(m, state, thread, nobody);
  });
  return { seen: found, looked: m.order.looked };
}

const scenes: Readonly<Record<string, Scene>> = {
  'memory and locks': {
    cpus: {
      P0: [store('x', 1), mb(), lock('l'), load('r', 'y'), note('r'), unlock('l')],
      P1: [store('y', 1), lock('l'), load('r', 'x'), note('r'), unlock('l')],
    },
  },
  'walks and frees': {
    mmu: flatTable('riscv'),
    cpus: { P0: [touch(0n), store(element('pt', 0), 0), sfence(0n), put('pt_page0')], P1: [touch(0n)] },
  },
  interrupts: {
    procedures: { handler: [sfence()] },
    cpus: { P0: [irqEnable(), store('x', 1), ipi('others', 'handler')], P1: [irqEnable(), load('r', 'x'), note('r')] },
  },
};

describe('operations that are computed once for a pair of shared fields and own block', () => {
  it.each(Object.entries(scenes))('look at no other thread: %s', (_, scene) => {
    for (const window of [0, 1] as const) {
      const { machine, run } = explored(scene, window);
      const s = new Int32Array(machine.layout.size);
      let checked = 0;
      for (let state = 0; state < run.states; state++) {
        run.store.restore(state, s);
        for (let cpu = 0; cpu < machine.rcuThread; cpu++) {
          const { does } = machine.node(s, cpu).request;
          if (!isLocal(machine, does) || does.op === 'end') continue;
          expect(
            [...threadsTouched(machine, s, cpu)].filter((thread) => thread !== cpu),
            does.op,
          ).toEqual([]);
          checked++;
        }
      }
      expect(checked).toBeGreaterThan(0);
    }
  });

  it('are not those that do', () => {
    const { machine, run } = explored(scenes['interrupts'] ?? { cpus: {} });
    const s = new Int32Array(machine.layout.size);
    const others = new Set<string>();
    for (let state = 0; state < run.states; state++) {
      run.store.restore(state, s);
      for (let cpu = 0; cpu < machine.rcuThread; cpu++)
        if ([...threadsTouched(machine, s, cpu)].some((thread) => thread !== cpu)) others.add(machine.node(s, cpu).request.does.op);
    }
    expect([...others]).toEqual(['interrupt-return']);
  });
});

/** States in which a thread saw a value that the order does not list, over all states of a machine. */
function unlisted(m: Machine, states: { readonly size: number; restore(state: number, into: Int32Array): void }): number {
  const s = new Int32Array(m.layout.size);
  let count = 0;
  for (let state = 0; state < states.size; state++) {
    states.restore(state, s);
    for (let thread = 0; thread < m.layout.threads; thread++) {
      const { seen, looked } = valuesSeen(m, s, thread);
      if ([...seen].some((loc) => !looked.has(loc))) count++;
    }
  }
  return count;
}

describe('pairs that share what steps do', () => {
  it.each(Object.entries(scenes))('read no value but those that the order lists: %s', (_, scene) => {
    for (const window of [0, 1] as const) {
      const { machine, run } = explored(scene, window);
      expect(unlisted(machine, run.store)).toBe(0);
    }
  });

  it('a value that is read past the order is noticed', () => {
    const { machine, run } = explored(scenes['memory and locks'] ?? { cpus: {} });
    const latest = machine.order.latest.bind(machine.order);
    // A rule that looks at the oldest write, whichever location it is of.
    machine.order.latest = (s, loc, view) => (s[machine.layout.ORDER + 1] === -7 ? 0 : latest(s, loc, view));
    expect(unlisted(machine, run.store)).toBeGreaterThan(0);
  });

  it('a search that does not know what was read goes wrong', () => {
    const scene: Scene = { cpus: { P0: [store('x', 1)], P1: [store('x', 2)], P2: [load('r', 'x'), when(equal('r', 2), mb(), note('r'))] } };
    const { machine, run } = explored(scene);
    expect(() => {
      sameSearch(run, exploreGenerated(machine, BUDGET));
    }).not.toThrow();
    machine.order.looked.add = () => machine.order.looked;
    expect(() => {
      sameSearch(run, exploreGenerated(machine, BUDGET));
    }).toThrow('differ');
  });
});

describe('the generated search', () => {
  it('packs states anew when a part has more values than its field has room for', () => {
    const scene = scenes['memory and locks'] ?? { cpus: {} };
    const { machine } = explored(scene, 1);
    const interpreted = explore(machine, BUDGET);
    expect(interpreted.states).toBeGreaterThan(100);
    for (const bits of [1, 2, 4]) {
      const widths = Array.from({ length: machine.layout.threads + 1 }, () => bits);
      sameSearch(interpreted, exploreWithTables(machine, BUDGET, undefined, undefined, widths).run);
    }
  });

  it('goes on as the room for states grows', () => {
    // Nobody sees what the others do: every mix of places is a state.
    const cpus = Object.fromEntries([0, 1, 2, 3].map((i) => [`P${String(i)}`, Array.from({ length: 16 }, () => mb())]));
    const { run } = search(linked({ cpus }), { window: 0, budget: { states: 1_000_000, ms: 60_000 }, search: 'generated' });
    expect(run.stopped).toBeNull();
    expect(run.states).toBe(17 ** 4);
    expect(run.transitions).toBe(4 * 16 * 17 ** 3);
    // Every way to a state is as long as the places of its CPUs add up to.
    const depth = new Int32Array(run.states);
    for (let state = 1; state < run.states; state++) depth[state] = 1 + (depth[run.parent(state)] ?? 0);
    expect(depth.at(-1)).toBe(64);
  });
});
