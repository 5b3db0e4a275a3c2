import { ipi, irqDisable, irqEnable, load, lock, preempt, rcuRead, store, synchronizeRcu, tryLock, unlock, when } from '../build.js';
import { instead, part, type Protocol } from './protocol.js';

const RT = { PREEMPT_RT: true };

/** Where a task may sleep. */
export const sleeping: readonly Protocol[] = [
  {
    name: 'a mutex is taken once preemption is on again',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      cpus: {
        P0: [
          preempt('disable'),
          store('x', 1),
          instead(w, 'the order', preempt('enable'), []),
          lock('m', 'mutex'),
          unlock('m', 'mutex'),
          instead(w, 'the order', [], preempt('enable')),
        ],
        P1: [lock('m', 'mutex'), load('r', 'x'), unlock('m', 'mutex')],
      },
    }),
    mutants: ['the order'],
  },
  {
    name: 'the same with interrupts, and a reader of a sleeping lock',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      cpus: {
        P0: [
          irqDisable(),
          store('x', 1),
          instead(w, 'the order', irqEnable(), []),
          lock('m', 'shared'),
          unlock('m', 'shared'),
          instead(w, 'the order', [], irqEnable()),
        ],
        P1: [lock('m', 'mutex'), load('r', 'x'), unlock('m', 'mutex')],
      },
    }),
    mutants: ['the order'],
  },
  {
    name: 'an interrupt handler takes a lock that spins, or tries one that sleeps',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      cpus: { P0: [store('x', 1)], P1: [ipi('others', 'handler', 0, 0)] },
      procedures: {
        handler: [
          w === 'spinning' ? lock('l', 'mutex') : lock('l', 'spin'),
          w === 'spinning' ? unlock('l', 'mutex') : unlock('l', 'spin'),
          w === 'trying' ? [lock('m', 'mutex'), unlock('m', 'mutex')] : [tryLock('got', 'm', 'mutex'), when('got', unlock('m', 'mutex'))],
        ],
      },
    }),
    mutants: ['spinning', 'trying'],
  },
  {
    name: 'a grace period is waited for outside every reader',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      cpus: {
        P0: [
          rcuRead('lock'),
          load('r', 'x'),
          instead(w, 'leaving the reader first', rcuRead('unlock'), []),
          part(w, 'the lock taken later', lock('l'), unlock('l')),
          w === 'the lock taken later' ? lock('l') : [],
          synchronizeRcu(),
          w === 'the lock taken later' ? unlock('l') : [],
          instead(w, 'leaving the reader first', [], rcuRead('unlock')),
        ],
        P1: [store('x', 1)],
      },
    }),
    mutants: ['leaving the reader first', 'the lock taken later'],
  },
  {
    name: 'PREEMPT_RT: spinlock_t nests in itself and in RCU readers, and stands outside raw_spinlock_t',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      setting: RT,
      cpus: {
        P0: [
          rcuRead('lock'),
          lock('a', 'spin'),
          lock('b', 'spin'),
          w === 'spinlock_t outside raw_spinlock_t' ? [lock('r', 'raw'), lock('c', 'spin'), unlock('c', 'spin'), unlock('r', 'raw')] : [],
          lock('r', 'raw'),
          unlock('r', 'raw'),
          unlock('b', 'spin'),
          unlock('a', 'spin'),
          rcuRead('unlock'),
        ],
        P1: [lock('b', 'spin'), unlock('b', 'spin')],
      },
    }),
    mutants: ['spinlock_t outside raw_spinlock_t'],
  },
  {
    name: 'PREEMPT_RT: what runs with interrupts off or in a hard interrupt takes raw_spinlock_t',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      setting: RT,
      cpus: {
        P0: [
          irqDisable(),
          lock('l', w === 'with interrupts off' ? 'spin' : 'raw'),
          unlock('l', w === 'with interrupts off' ? 'spin' : 'raw'),
          irqEnable(),
        ],
        P1: [ipi('others', 'handler', 0, 0)],
      },
      procedures: {
        handler: [lock('k', w === 'in the handler' ? 'read' : 'raw'), unlock('k', w === 'in the handler' ? 'read' : 'raw')],
      },
    }),
    mutants: ['with interrupts off', 'in the handler'],
  },
  {
    name: 'the same without PREEMPT_RT: either lock spins',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      setting: { PREEMPT_RT: false },
      cpus: {
        P0: [
          irqDisable(),
          lock('l', w === 'a spinning lock' ? 'mutex' : 'spin'),
          unlock('l', w === 'a spinning lock' ? 'mutex' : 'spin'),
          irqEnable(),
        ],
        P1: [lock('l', 'raw'), unlock('l', 'raw')],
      },
    }),
    mutants: ['a spinning lock'],
  },
];
