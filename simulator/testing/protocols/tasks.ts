import {
  assert,
  binary,
  dsb,
  element,
  equal,
  flatTable,
  goto,
  irqDisable,
  irqEnable,
  irqInherit,
  isb,
  label,
  type Line,
  load,
  lock,
  preempt,
  rcuRead,
  release,
  resched,
  sbiFence,
  set,
  sfence,
  store,
  put,
  local,
  synchronizeRcu,
  tlbi,
  touch,
  trapReturn,
  unlock,
  when,
  fence,
} from '../build.js';
import { part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const PAGE = 0x80001000n / 4n + 0xc7n;
const entry = element('pt', 0);
const spin = (until: string): readonly Line[] => [
  label(`wait ${until}`),
  load('r', until),
  load('t', 'tick'),
  when(equal('r', 0), goto(`wait ${until}`)),
];
const add = (w: string): readonly Line[] => [
  part(w, 'the lock', lock('l', 'mutex')),
  load('old', 'x'),
  store('x', binary('+', 'old', 1)),
  part(w, 'the lock', unlock('l', 'mutex')),
];
const readPage: readonly Line[] = [
  load('p', 'ptr'),
  when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
];

/** Several tasks on one CPU, what interrupts it, and who waits for whom. */
export const tasks: readonly Protocol[] = [
  {
    name: 'two tasks of a CPU and a mutex that blocks',
    kind: 'assertion',
    scene: (w) => ({
      setting: { PREEMPTION: true },
      cpus: {
        P0: [add(w), release('a', 1)],
        P1: [load('a', 'a', 'acquire'), load('b', 'b', 'acquire'), when(binary('&', 'a', 'b'), load('sum', 'x'), assert(equal('sum', 2)))],
      },
      also: { P0: { tasks: ['second'] } },
      procedures: { second: [add(w), release('b', 1)] },
    }),
    mutants: ['the lock'],
  },
  {
    name: 'a task waits for another of its CPU, without preemption: it has to let it run',
    kind: 'livelock',
    scene: (w) => ({
      setting: { PREEMPTION: false },
      cpus: {
        P0: [label('again'), part(w, 'cond_resched', resched()), load('r', 'flag'), load('t', 'tick'), when(equal('r', 0), goto('again'))],
        P1: [store('tick', 1), load('r', 'flag')],
      },
      also: { P0: { tasks: ['second'] } },
      procedures: { second: [store('flag', 1)] },
    }),
    mutants: ['cond_resched'],
  },
  {
    name: 'a task that waits for another of its CPU has preemption on',
    kind: 'livelock',
    scene: (w) => ({
      setting: { PREEMPTION: w !== 'a kernel that preempts' },
      cpus: {
        P0: [w === 'preemption on' ? preempt('disable') : [], spin('flag'), w === 'preemption on' ? preempt('enable') : []],
        P1: [store('tick', 1), load('r', 'flag')],
      },
      also: { P0: { tasks: ['second'] } },
      procedures: { second: [store('flag', 1)] },
    }),
    mutants: ['preemption on', 'a kernel that preempts'],
  },
  {
    name: 'a preempted reader holds up a grace period',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      setting: { PREEMPTION: true },
      cpus: {
        P0: [part(w, 'rcu_read_lock', rcuRead('lock')), readPage, part(w, 'rcu_read_lock', rcuRead('unlock'))],
        P1: [store(element('pg', 0), 7), release('ptr', 0), part(w, 'synchronize_rcu', synchronizeRcu()), put('pg')],
      },
      also: { P0: { tasks: ['second'] } },
      procedures: { second: [store('y', 1)] },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    mutants: ['rcu_read_lock', 'synchronize_rcu'],
  },
  {
    name: 'PREEMPT_RT: a lock that is held is waited for asleep, so its holder can run on the same CPU',
    kind: 'livelock',
    scene: (w) => ({
      setting: { PREEMPT_RT: true },
      cpus: {
        P0: [lock('l', 'spin'), store('x', 1), unlock('l', 'spin')],
        P1: [load('r', 'x')],
      },
      also: { P0: { tasks: ['second'] } },
      procedures: {
        second:
          w === 'sleeping'
            ? [preempt('disable'), set('r', 0), spin('x'), preempt('enable')]
            : [lock('l', 'spin'), load('r', 'x'), unlock('l', 'spin')],
      },
    }),
    mutants: ['sleeping'],
  },
  {
    name: 'a lock that an interrupt of the same CPU takes',
    kind: 'deadlock',
    scene: (w) => ({
      cpus: { P0: [part(w, 'interrupts off', irqDisable()), lock('l', 'raw'), unlock('l', 'raw'), part(w, 'interrupts off', irqEnable())] },
      also: { P0: w === 'a maskable one' ? { nmi: 'handler' } : { irq: 'handler' } },
      procedures: { handler: [lock('l', 'raw'), unlock('l', 'raw')] },
    }),
    mutants: ['interrupts off', 'a maskable one'],
  },
  {
    name: 'interrupts nest where the handler lets them',
    kind: 'assertion',
    scene: (w) => ({
      cpus: { P0: [store('x', 1)] },
      also: { P0: { irq: 'handler', nmi: 'second' } },
      procedures: {
        handler: [store('inside', 1), part(w, 'the end', store('inside', 0))],
        second: [load('r', 'inside'), when('r', load('x', 'never'), assert(w === '' ? 1 : 'x'))],
      },
    }),
    mutants: ['the end'],
  },
  {
    name: 'a fault handler that waits for the maker of the mapping, on vCPUs',
    kind: 'unbounded-wait',
    scene: (w) => {
      const make: readonly Line[] = [lock('l', 'raw'), store(entry, 0), sbiFence(3), store(entry, PAGE), sbiFence(3), unlock('l', 'raw')];
      return {
        setting: { vcpu: w !== 'bare metal', 'invalid-entries': 'early' },
        cpus: {
          P0: w === '' ? [lock('l', 'raw'), store('x', 1), unlock('l', 'raw')] : make,
          P1: [touch(VA)],
        },
        trap: 'trap',
        procedures: { trap: [lock('l', 'raw'), unlock('l', 'raw'), sfence(), trapReturn()] },
        mmu: flatTable('riscv', 'pages', 1, VA),
      };
    },
    mutants: ['a mapping that stays'],
    equivalent: { 'bare metal': 'nobody stops a CPU there' },
  },
  {
    name: 'interrupts off, waiting for a task',
    kind: 'unbounded-wait',
    scene: (w) => ({
      setting: { PREEMPTION: w !== 'preemption' },
      cpus: {
        P0: [w === 'interrupts on' ? irqDisable() : [], spin('flag'), w === 'interrupts on' ? irqEnable() : []],
        P1: [store('y', 1), store('flag', 1)],
        P2: [load('r', 'y')],
      },
    }),
    mutants: ['interrupts on'],
    equivalent: { preemption: 'a task that is not preempted comes to its store' },
  },
  {
    name: 'arm64, PREEMPT_RT: a fault handler that sleeps until a live entry is made again',
    kind: 'sleep-in-atomic',
    scene: (w) => ({
      arch: 'arm64',
      setting: { PREEMPT_RT: true },
      cpus: {
        P0: [
          lock('l', 'spin'),
          store(entry, 0),
          dsb('st'),
          tlbi('vale1is', { at: VA }),
          dsb(),
          store(entry, 0x9000_0743n),
          dsb(),
          unlock('l', 'spin'),
        ],
        P1: [w === 'a task that may sleep' ? preempt('disable') : [], touch(VA), w === 'a task that may sleep' ? preempt('enable') : []],
      },
      trap: 'trap',
      procedures: {
        trap: [
          part(w, 'interrupts as they were', irqInherit()),
          lock('l', 'spin'),
          unlock('l', 'spin'),
          irqDisable(),
          dsb(),
          isb(),
          trapReturn(),
        ],
      },
      mmu: flatTable('arm64-stage1', 'pages', 1, VA),
    }),
    mutants: ['a task that may sleep', 'interrupts as they were'],
  },
  {
    name: 'what one task of a CPU has seen, the next one knows',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('x', 1), part(w, 'fence w,w', fence('w', 'w')), store('y', 1)],
        P1: [load('y', 'y'), store('saw', 'y')],
      },
      also: { P1: { tasks: ['second'] } },
      procedures: { second: [load('saw', 'saw'), load('x', 'x'), when('saw', assert('x'))] },
    }),
    mutants: ['fence w,w'],
    onlyDelayed: ['fence w,w'],
  },
  {
    name: 'two tasks of a CPU and two mutexes, always in the same order',
    kind: 'deadlock',
    scene: (w) => {
      const both = (first: string, second: string): readonly Line[] => [
        lock(first, 'mutex'),
        lock(second, 'mutex'),
        unlock(second, 'mutex'),
        unlock(first, 'mutex'),
      ];
      return {
        setting: { PREEMPTION: true },
        cpus: { P0: both('a', 'b') },
        also: { P0: { tasks: ['second'] } },
        procedures: { second: w === 'the order' ? both('b', 'a') : both('a', 'b') },
      };
    },
    mutants: ['the order'],
  },
  {
    name: 'what only the tasks of one CPU use needs a lock, too',
    kind: 'assertion',
    scene: (w) => ({
      setting: { PREEMPTION: true },
      cpus: { P0: [part(w, 'the lock', lock('l', 'mutex')), store('x', 1), store('x', 0), part(w, 'the lock', unlock('l', 'mutex'))] },
      also: { P0: { tasks: ['second'] } },
      procedures: { second: [lock('l', 'mutex'), load('r', 'x'), assert(equal('r', 0)), unlock('l', 'mutex')] },
    }),
    mutants: ['the lock'],
  },
];
