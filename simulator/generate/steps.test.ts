import { describe, expect, it } from 'vitest';
import type { Machine } from '../machine/machine.js';
import { operate } from '../machine/step.js';
import {
  element,
  flatTable,
  ipi,
  irqEnable,
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
} from '../testing/build.js';
import { explored } from '../testing/run.js';
import { isLocal } from './steps.js';

/** Threads whose blocks a CPU's operation in `s` looks at or changes. */
function threadsTouched(m: Machine, s: Int32Array, cpu: number): Set<number> {
  const touched = new Set<number>();
  const { globalSize, threadSize } = m.layout;
  const watched = (of: Int32Array): Int32Array =>
    new Proxy(of, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key) && Number(key) >= globalSize)
          touched.add(Math.floor((Number(key) - globalSize) / threadSize));
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
      set(target, key, value: unknown) {
        if (typeof key === 'string' && /^\d+$/.test(key) && Number(key) >= globalSize)
          touched.add(Math.floor((Number(key) - globalSize) / threadSize));
        return Reflect.set(target, key, value, target);
      },
    });
  const copy = m.copy.bind(m);
  m.copy = () => watched(copy(s));
  m.canonical = false;
  const none = (): void => undefined;
  try {
    operate(m, watched(s), cpu, { next: none, violation: none, stuck: none });
  } finally {
    m.canonical = true;
    Reflect.deleteProperty(m, 'copy');
  }
  return touched;
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
