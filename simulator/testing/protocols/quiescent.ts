import {
  assert,
  awaitNonzero,
  callRcu,
  callThrough,
  equal,
  goto,
  label,
  ipi,
  irqDisable,
  irqEnable,
  irqEnter,
  irqExit,
  leaveKernel,
  type Line,
  load,
  local,
  put,
  rcuQuiescent,
  rcuRead,
  release,
  returnToKernel,
  store,
  element,
  synchronizeRcu,
  when,
} from '../build.js';
import { part, type Protocol } from './protocol.js';

const readPage: readonly Line[] = [
  load('p', 'ptr'),
  when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
];
const unlinkAndFree: readonly Line[] = [store(element('pg', 0), 7), release('ptr', 0), synchronizeRcu(), put('pg')];
const page = { pages: ['pg'], initial: { ptr: '&pg' } };

/** Extended quiescent states: idle, user mode of a nohz_full CPU, guests. */
export const quiescent: readonly Protocol[] = [
  {
    name: 'a reader after idle',
    kind: 'rcu-not-watching',
    scene: (w) => ({
      cpus: {
        P0: unlinkAndFree,
        P1: [
          leaveKernel('idle'),
          part(w, 'the end of the quiescent state', returnToKernel()),
          rcuRead('lock'),
          readPage,
          rcuRead('unlock'),
        ],
      },
      ...page,
    }),
    mutants: ['the end of the quiescent state'],
  },
  {
    name: 'nested: idle inside an entry that was not left',
    kind: 'rcu-not-watching',
    scene: (w) => ({
      cpus: {
        P0: unlinkAndFree,
        P1: [
          part(w, 'the outer entry', returnToKernel()),
          leaveKernel('guest'),
          rcuRead('lock'),
          readPage,
          rcuRead('unlock'),
          leaveKernel('guest'),
          returnToKernel(),
        ],
      },
      ...page,
    }),
    mutants: ['the outer entry'],
  },
  {
    name: 'entry code of an interrupt that is taken in idle',
    kind: 'rcu-not-watching',
    scene: (w) => ({
      cpus: {
        P0: [ipi('others', 'handler', 0, 0), ...unlinkAndFree],
        P1: [leaveKernel('idle'), awaitNonzero('tick'), returnToKernel()],
      },
      interrupt: {
        name: 'entry',
        code: [
          part(w, 'irqentry_enter', irqEnter()),
          callThrough(local('fn'), [local('info')]),
          part(w, 'irqentry_enter', irqExit()),
          release('tick', 1),
        ],
      },
      procedures: { handler: [rcuRead('lock'), readPage, rcuRead('unlock')] },
      ...page,
    }),
    mutants: ['irqentry_enter'],
  },
  {
    name: 'a reader with interrupts off counts only where RCU watches',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: unlinkAndFree,
        P1: [
          irqDisable(),
          leaveKernel('user'),
          w === 'the order' ? readPage : [],
          returnToKernel(),
          w === 'the order' ? [] : readPage,
          irqEnable(),
        ],
      },
      ...page,
    }),
    mutants: ['the order'],
  },
  {
    name: 'a grace period does not wait for a CPU that idles with interrupts off',
    kind: 'deadlock',
    scene: (w) => ({
      cpus: {
        P0: [synchronizeRcu(), release('done', 1)],
        P1: [
          irqDisable(),
          part(w, 'the quiescent state', leaveKernel('idle')),
          awaitNonzero('done'),
          part(w, 'the quiescent state', returnToKernel()),
          irqEnable(),
        ],
      },
    }),
    mutants: ['the quiescent state'],
  },
  {
    name: 'a guest is entered with interrupts off: one quiescent state is noted',
    kind: 'livelock',
    scene: (w) => ({
      cpus: {
        P0: [
          store('done', 0),
          callRcu('callback', 'x'),
          release('begun', 1),
          label('again'),
          load('r', 'done'),
          when(equal('r', 0), goto('again')),
        ],
        P1: [irqDisable(), awaitNonzero('begun'), part(w, 'the note', rcuQuiescent()), awaitNonzero('done'), irqEnable()],
        P2: [load('r', 'done')],
      },
      procedures: { callback: [release('done', 1)] },
    }),
    mutants: ['the note'],
  },
  {
    name: 'who comes back from idle knows what grace periods ended for meanwhile',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('old', 0), synchronizeRcu(), store('done', 1)],
        P1: [
          leaveKernel('idle'),
          load('d', 'done'),
          part(w, 'the end of the quiescent state', returnToKernel()),
          when('d', load('o', 'old'), assert(equal('o', 0))),
        ],
      },
      initial: { old: 1 },
    }),
    mutants: ['the end of the quiescent state'],
  },
  {
    name: 'a reader in a handler of an interrupt that comes in idle',
    kind: 'rcu-not-watching',
    scene: (w) => ({
      cpus: {
        P0: [ipi('others', 'handler', 0, 0), ...unlinkAndFree],
        P1: [
          leaveKernel('idle'),
          w === 'in the handler' ? [rcuRead('lock'), readPage, rcuRead('unlock')] : [],
          awaitNonzero('tick'),
          returnToKernel(),
        ],
      },
      procedures: { handler: [rcuRead('lock'), readPage, rcuRead('unlock'), release('tick', 1)] },
      ...page,
    }),
    mutants: ['in the handler'],
  },
];
