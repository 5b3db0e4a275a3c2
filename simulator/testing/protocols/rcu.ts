import {
  callRcu,
  element,
  ipi,
  irqDisable,
  irqEnable,
  load,
  local,
  preempt,
  put,
  rcuRead,
  release,
  store,
  synchronizeRcu,
  when,
  awaitNonzero,
  assert,
  equal,
  leaveKernel,
  returnToKernel,
} from '../build.js';
import { part, type Protocol } from './protocol.js';

/** Readers without locks. */
/** The pointer is read first: a grace period may pass in between. */
const BEHIND = 'the read in the section (before it)';

export const rcu: readonly Protocol[] = [
  {
    name: 'a lockless reader under RCU',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [store(element('pg', 0), 7), release('ptr', 0), part(w, 'synchronize_rcu', synchronizeRcu()), put('pg')],
        P1: [
          w === BEHIND ? load('p', 'ptr') : [],
          part(w, 'rcu_read_lock', rcuRead('lock')),
          w === BEHIND ? [] : load('p', 'ptr'),
          when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
          part(w, 'rcu_read_lock', rcuRead('unlock')),
        ],
      },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    mutants: ['synchronize_rcu', 'rcu_read_lock', BEHIND],
  },
  {
    name: 'a lockless reader with preemption off, freed by callback',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [store(element('pg', 0), 7), release('ptr', 0), w === 'the grace period' ? put('pg') : callRcu('release_page', 'pg')],
        P1: [
          part(w, 'preempt_disable', preempt('disable')),
          load('p', 'ptr'),
          when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
          part(w, 'preempt_disable', preempt('enable')),
        ],
      },
      procedures: { release_page: [put(local('info'))] },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    mutants: ['the grace period', 'preempt_disable'],
  },
  {
    name: 'a lockless reader with interrupts off, against a shootdown interrupt',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [
          store(element('pg', 0), 7),
          store('ptr', 0),
          part(w, 'the interrupt', ipi('others', 'nothing', 0, w === 'the wait' ? 0 : 1)),
          put('pg'),
        ],
        P1: [
          part(w, 'local_irq_disable', irqDisable()),
          load('p', 'ptr'),
          when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
          part(w, 'local_irq_disable', irqEnable()),
        ],
      },
      procedures: { nothing: [] },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    mutants: ['the interrupt', 'the wait', 'local_irq_disable'],
  },
  {
    name: 'whoever waited for a grace period sees what its readers stored',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('old', 0), part(w, 'synchronize_rcu', synchronizeRcu()), load('s', 'seen'), store('got', 's'), release('done', 1)],
        P1: [
          part(w, 'rcu_read_lock', rcuRead('lock')),
          load('p', 'old'),
          store('seen', 'p'),
          part(w, 'rcu_read_lock', rcuRead('unlock')),
          awaitNonzero('done'),
          load('g', 'got'),
          assert(equal('g', 'p')),
        ],
      },
      initial: { old: 1 },
    }),
    mutants: ['synchronize_rcu', 'rcu_read_lock'],
  },
  {
    name: 'so does a callback',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('old', 0), callRcu('callback', 'old')],
        P1: [
          part(w, 'rcu_read_lock', rcuRead('lock')),
          load('p', 'old'),
          store('seen', 'p'),
          part(w, 'rcu_read_lock', rcuRead('unlock')),
          awaitNonzero('done'),
          load('g', 'got'),
          assert(equal('g', 'p')),
        ],
      },
      procedures: { callback: [load('s', 'seen'), store('got', 's'), release('done', 1)] },
      initial: { old: 1 },
    }),
    mutants: ['rcu_read_lock'],
  },
  {
    name: 'and what was stored before a CPU went idle',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('old', 0), part(w, 'synchronize_rcu', synchronizeRcu()), load('s', 'seen'), store('got', 's'), release('done', 1)],
        P1: [
          irqDisable(),
          load('p', 'old'),
          store('seen', 'p'),
          leaveKernel('idle'),
          awaitNonzero('done'),
          returnToKernel(),
          irqEnable(),
          load('g', 'got'),
          assert(equal('g', 'p')),
        ],
      },
      initial: { old: 1 },
    }),
    mutants: ['synchronize_rcu'],
  },
];
