import { describe, expect, it } from 'vitest';
import {
  acquire,
  assert,
  awaitNonzero,
  binary,
  callRcu,
  dsb,
  element,
  equal,
  fence,
  flatTable,
  ipi,
  irqDisable,
  irqEnable,
  isb,
  label,
  type Line,
  load,
  local,
  lock,
  preempt,
  put,
  rcuRead,
  release,
  sbiFence,
  type Scene,
  sfence,
  goto,
  store,
  synchronizeRcu,
  tlbi,
  touch,
  trapReturn,
  twoLevels,
  unlock,
  when,
} from '../testing/build.js';
import { violations } from '../testing/run.js';
import type { ViolationKind } from './violation.js';

/**
 * For each violation a protocol that is right, and mutants of it that drop or weaken one barrier, flush, lock or wait. The right one is
 * silent; each mutant shows the one kind of violation and no other, with every window.
 */
interface Protocol {
  readonly name: string;
  readonly kind: ViolationKind;
  /** The protocol; `without` names the part that a mutant drops. */
  readonly scene: (without: string) => Scene;
  readonly mutants: readonly string[];
  /** Parts whose removal changes nothing, with the reason. */
  readonly equivalent?: Readonly<Record<string, string>>;
  /** Mutants that need a delayed store to be seen. */
  readonly onlyDelayed?: readonly string[];
}

/** `lines`, unless the mutant drops the part. */
const part = (without: string, name: string, ...lines: Line[]): Line => (without === name ? [] : lines);
const instead = (without: string, name: string, line: Line, other: Line): Line => (without === name ? other : line);

const VA = 0x4000n;
const at = (i: number): Line => store(element('pt', i), 0);
const VALID = 0x80001000n / 4n + 0xc7n;

const protocols: readonly Protocol[] = [
  {
    name: 'arm64 stage 2: an unlinked table is freed after its walk-cache entries have gone',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          part(w, 'the unlinking', store(element('root', 0), 0)),
          part(w, 'DSB before the TLBI', dsb('st')),
          part(
            w,
            'the TLBI',
            w === 'all levels (last-level form)'
              ? tlbi('ipas2le1is', { at: 0n })
              : w === 'no level (a hint)'
                ? tlbi('ipas2e1is', { at: 0n, level: 3 })
                : w === 'the address (another one)'
                  ? tlbi('ipas2e1is', { at: 0x100000n })
                  : w === 'inner shareable (local form)'
                    ? tlbi('ipas2e1', { at: 0n })
                    : tlbi('ipas2e1is', { at: 0n }),
          ),
          part(w, 'DSB after the TLBI', dsb()),
          put('table'),
        ],
        vCPU1: null,
      },
      mmu: twoLevels('arm64-stage2'),
      initial: { 'table.@count': 1 },
    }),
    mutants: [
      'the unlinking',
      'DSB before the TLBI',
      'the TLBI',
      'DSB after the TLBI',
      'all levels (last-level form)',
      'no level (a hint)',
      'the address (another one)',
      'inner shareable (local form)',
    ],
  },
  {
    name: 'arm64 stage 2: a leaf page is freed after both kinds of copies have gone',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          at(0),
          dsb('st'),
          part(w, 'IPAS2E1IS', tlbi('ipas2e1is', { at: 0n, level: 3 }), dsb()),
          part(w, 'VMALLE1IS', tlbi('vmalle1is'), dsb()),
          part(w, 'ISB', isb()),
          put('pt_page0'),
        ],
        vCPU1: null,
      },
      mmu: flatTable('arm64-stage2'),
    }),
    mutants: ['IPAS2E1IS', 'VMALLE1IS'],
    equivalent: { ISB: 'it concerns this CPU alone, which does not run the guest' },
  },
  {
    name: 'arm64 stage 1: a page is freed after its translation has gone',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          at(0),
          part(w, 'DSB before the TLBI', dsb('st')),
          part(
            w,
            'the TLBI',
            w === 'inner shareable (local form)'
              ? tlbi('vale1', { at: 0n })
              : tlbi('vale1is', { at: 0n, level: w === 'the right level' ? 2 : 3 }),
          ),
          part(w, 'DSB after the TLBI', w === 'a full DSB (of stores)' ? dsb('st') : dsb()),
          isb(),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: [
      'DSB before the TLBI',
      'the TLBI',
      'inner shareable (local form)',
      'the right level',
      'DSB after the TLBI',
      'a full DSB (of stores)',
    ],
  },
  {
    name: 'riscv: a page is freed after every hart has fenced',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: [
          at(0),
          part(
            w,
            'the fence',
            w === 'the other hart' ? sbiFence(1) : w === 'the address' ? sbiFence(3, 0x100000n, 0x1000n) : sbiFence(3, 0n, 0x1000n),
          ),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('riscv'),
    }),
    mutants: ['the fence', 'the other hart', 'the address'],
  },
  {
    name: 'riscv: a table is freed after a fence of all levels',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [
          store(element('root', 0), 0),
          part(w, 'the fence', instead(w, 'all levels (by address)', sbiFence(3), sbiFence(3, 0n, 0x1000n))),
          put('table'),
        ],
        P1: null,
      },
      mmu: twoLevels('riscv'),
      initial: { 'table.@count': 1 },
    }),
    mutants: ['the fence', 'all levels (by address)'],
  },
  {
    name: 'riscv: a shootdown by interrupt, waited for',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: [
          at(0),
          w === 'every CPU (the others alone)' ? ipi('others', 'flush') : ipi('all', 'flush', 0, w === 'the wait' ? 0 : 1),
          put('pt_page0'),
        ],
        P1: [irqDisable(), irqEnable()],
      },
      procedures: { flush: [part(w, 'the fence', sfence())] },
      mmu: flatTable('riscv'),
    }),
    mutants: ['the wait', 'the fence', 'every CPU (the others alone)'],
  },
  {
    name: 'a lockless reader under RCU',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [store(element('pg', 0), 7), release('ptr', 0), part(w, 'synchronize_rcu', synchronizeRcu()), put('pg')],
        P1: [
          part(w, 'rcu_read_lock', rcuRead('lock')),
          load('p', 'ptr'),
          when('p', load('v', { k: 'index', base: local('p'), index: { k: 'int', value: 0n }, size: 8 })),
          part(w, 'rcu_read_lock', rcuRead('unlock')),
        ],
      },
      pages: ['pg'],
      initial: { ptr: '&pg' },
    }),
    mutants: ['synchronize_rcu', 'rcu_read_lock'],
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
    name: 'riscv: a new mapping is fenced on every hart before it is handed out',
    kind: 'unhandled-fault',
    scene: (w) => ({
      cpus: {
        P0: [store(element('pt', 0), VALID), part(w, 'the fence', sbiFence(w === 'the other hart' ? 1 : 3)), release('mapped', 1)],
        P1: [awaitNonzero('mapped'), touch(VA)],
      },
      mmu: flatTable('riscv', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the fence', 'the other hart'],
  },
  {
    name: 'riscv: a fault handler that makes the mapping and returns',
    kind: 'livelock',
    scene: (w) => ({
      cpus: { P0: [touch(VA)] },
      trap: 'trap',
      procedures: { trap: [part(w, 'the mapping', store(element('pt', 0), VALID)), sfence(), trapReturn()] },
      mmu: flatTable('riscv', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the mapping'],
  },
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
  {
    name: 'a loop that waits for another CPU',
    kind: 'livelock',
    scene: (w) => ({
      cpus: {
        P0: [label('again'), load('r', 'flag'), when(equal('r', 0), goto('again'))],
        P1: [store('flag', w === 'the value' ? 0 : 1)],
      },
    }),
    mutants: ['the value'],
  },
  {
    name: 'a message and the fences on both sides',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('x', 1), part(w, 'fence w,w', fence('w', 'w')), store('y', 1)],
        P1: [load('flag', 'y'), part(w, 'fence r,r', fence('r', 'r')), when('flag', load('message', 'x'), assert('message'))],
      },
    }),
    mutants: ['fence w,w', 'fence r,r'],
    onlyDelayed: ['fence w,w'],
  },
];

describe('what must never happen', () => {
  for (const { name, kind, scene, mutants, equivalent, onlyDelayed } of protocols) {
    describe(name, () => {
      for (const window of [0, 1] as const) {
        it(`is silent (window ${String(window)})`, () => {
          expect(violations(scene(''), window)).toEqual([]);
        });
        for (const mutant of mutants) {
          const seen = window === 1 || onlyDelayed?.includes(mutant) !== true;
          it(`${seen ? kind : 'silent'} without ${mutant} (window ${String(window)})`, () => {
            expect(violations(scene(mutant), window)).toEqual(seen ? [kind] : []);
          });
        }
        for (const [mutant, why] of Object.entries(equivalent ?? {})) {
          it(`silent without ${mutant}: ${why} (window ${String(window)})`, () => {
            expect(violations(scene(mutant), window)).toEqual([]);
          });
        }
      }
    });
  }
});

describe('the table above', () => {
  it('has a protocol for every kind the machine raises', () => {
    const raised = new Set<ViolationKind>(protocols.map((each) => each.kind));
    expect([...raised].sort()).toEqual([
      'assertion',
      'deadlock',
      'livelock',
      'lost-update',
      'stale-translation',
      'unhandled-fault',
      'walker-use-after-free',
    ]);
  });
});
