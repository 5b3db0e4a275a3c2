import {
  type Line,
  acquire,
  assert,
  binary,
  equal,
  ipi,
  irqDisable,
  irqEnable,
  load,
  lock,
  release,
  store,
  unlock,
  when,
} from '../build.js';
import { instead, part, type Protocol } from './protocol.js';

/** Locks, and who waits for whom. */
export const locks: readonly Protocol[] = [
  {
    name: 'a spin lock around load, change, store',
    kind: 'lost-update',
    scene: (w) => {
      const add = (done: string): readonly Line[] => [
        part(w, 'the lock', lock('l')),
        load('old', 'x'),
        store('x', binary('+', 'old', 1)),
        part(w, 'the lock', unlock('l')),
        release(done, 1),
      ];
      return {
        cpus: {
          P0: add('a'),
          P1: add('b'),
          P2: [acquire('a', 'a'), acquire('b', 'b'), when(binary('&', 'a', 'b'), load('sum', 'x'), assert(equal('sum', 2)))],
        },
      };
    },
    mutants: ['the lock'],
  },
  {
    name: 'two locks, always in the same order',
    kind: 'deadlock',
    scene: (w) => ({
      cpus: {
        P0: [lock('a'), lock('b'), unlock('b'), unlock('a')],
        P1: instead(
          w,
          'the order',
          [lock('a'), lock('b'), unlock('b'), unlock('a')],
          [lock('b'), lock('a'), unlock('a'), unlock('b')],
        ) as readonly Line[],
      },
    }),
    mutants: ['the order'],
  },
  {
    name: 'a lock that an interrupt handler takes too',
    kind: 'deadlock',
    scene: (w) => ({
      cpus: {
        P0: [part(w, 'interrupts off', irqDisable()), lock('l'), unlock('l'), part(w, 'interrupts off', irqEnable())],
        P1: [ipi('others', 'handler', 0, 0)],
      },
      procedures: { handler: [lock('l'), unlock('l')] },
    }),
    mutants: ['interrupts off'],
  },
  {
    name: 'a shootdown is sent with interrupts on',
    kind: 'deadlock',
    scene: (w) => {
      const send: readonly Line[] = [
        instead(w, 'interrupts on', [], irqDisable()),
        ipi('others', 'nothing'),
        instead(w, 'interrupts on', [], irqEnable()),
      ];
      return { cpus: { P0: send, P1: send }, procedures: { nothing: [] } };
    },
    mutants: ['interrupts on'],
  },
];
