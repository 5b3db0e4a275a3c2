import {
  type Line,
  awaitNonzero,
  element,
  flatTable,
  ipi,
  irqDisable,
  irqEnable,
  mb,
  put,
  release,
  store,
  touch,
  twoLevels,
  assert,
  binary,
  equal,
  fixup,
  load,
  trapReturn,
} from '../build.js';
import { flushAll, invlpg, invlpgb, invpcid, tlbsync, writeCr3 } from '../invalidations.js';
import { instead, part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const clear = (i: number): Line => store(element('pt', i), 0);
/** Where the tables of a scene begin. */
const ROOT = 0x8000_0000n;
const GLOBAL_PAGE = 0x8000_1000n | 0x163n;

/** x86: each CPU flushes for itself, so others are interrupted and waited for. */
export const x86: readonly Protocol[] = [
  {
    name: 'x86: a page is freed after a shootdown by interrupt',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [
          instead(w, 'the entry first (it is cleared after the flush)', clear(0), []),
          instead(
            w,
            'every CPU (the others alone)',
            instead(w, 'every CPU (the sender alone)', ipi('all', 'flush', 0, w === 'the wait' ? 0 : 1), invlpg(0n)),
            ipi('others', 'flush'),
          ),
          instead(w, 'the entry first (it is cleared after the flush)', [], clear(0)),
          put('pt_page0'),
        ],
        P1: [irqDisable(), irqEnable()],
        P2: null,
      },
      procedures: { flush: [part(w, 'the flush', instead(w, 'the address (another one)', invlpg(0n), invlpg(0x5000n)))] },
      mmu: flatTable('x86'),
    }),
    mutants: [
      'the flush',
      'the wait',
      'the address (another one)',
      'the entry first (it is cleared after the flush)',
      'every CPU (the others alone)',
      'every CPU (the sender alone)',
    ],
  },
  {
    name: 'x86: a table is freed after INVLPG of any address, once its pages are no longer mapped',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [
          part(w, 'the unlinking', store(element('root', 0), 0)),
          part(w, 'the flush', instead(w, 'copies of tables (INVPCID of one address)', invlpg(0x7f000n), invpcid(0, 0n))),
          put('table'),
        ],
      },
      mmu: twoLevels('x86'),
      initial: { 'table.@count': 1 },
    }),
    mutants: ['the unlinking', 'the flush', 'copies of tables (INVPCID of one address)'],
  },
  {
    name: 'x86: a page of an unlinked table is freed after its own address was flushed',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [
          instead(w, 'its address (before the unlinking)', [], invlpg(0n)),
          store(element('root', 0), 0),
          instead(w, 'its address (before the unlinking)', part(w, 'its address (another one)', invlpg(0n)), []),
          invlpg(0x7f000n),
          put('table_page0'),
        ],
      },
      mmu: twoLevels('x86'),
      initial: { 'table_page0.@count': 1 },
    }),
    mutants: ['its address (another one)', 'its address (before the unlinking)'],
  },
  {
    name: 'x86: what is gone with its tables does not come back by flushes of other addresses',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: { P0: [store(element('root', 0), 0), part(w, 'the flush', flushAll()), invlpg(0x7f000n), put('table_page0')] },
      mmu: {
        regime: 'x86',
        root: 'root',
        levels: [2, 1, 0].map((level) => ({ level, shift: 12, entries: 1 })),
        tables: [
          { object: 'root', depth: 0, base: 0n, entries: ['middle'] },
          { object: 'middle', depth: 1, base: 0n, entries: ['table'] },
          { object: 'table', depth: 2, base: 0n, entries: 'pages' },
        ],
      },
    }),
    mutants: ['the flush'],
  },
  {
    name: 'x86: a page is used by the CPU that mapped it',
    kind: 'unhandled-fault',
    scene: (w) => ({
      arch: 'x86',
      cpus: { P0: [part(w, 'the mapping', store(element('pt', 0), 0x8000_1063)), touch(VA)], P1: null },
      mmu: flatTable('x86', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the mapping'],
  },
  {
    name: 'x86: a fault through an old table is not repeated',
    kind: 'assertion',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [store(element('root', 0), { k: 'int', value: 0x8000_2023n }), store('faults', 0), touch(0n)],
      },
      trap: 'trap',
      procedures: {
        trap: [
          load('n', 'faults'),
          store('faults', binary('+', 'n', 1)),
          assert(equal('n', w === 'the first fault' ? 7 : 0)),
          trapReturn(),
        ],
      },
      mmu: {
        regime: 'x86',
        root: 'root',
        levels: [1, 0].map((level) => ({ level, shift: 12, entries: 1 })),
        tables: [
          { object: 'root', depth: 0, base: 0n, entries: ['old'] },
          { object: 'old', depth: 1, base: 0n, entries: 'empty' },
          { object: 'new', depth: 1, base: 0n, entries: 'pages' },
        ],
      },
    }),
    mutants: ['the first fault'],
  },
  {
    name: 'x86: a global page is freed after a flush that global pages do not survive',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [
          clear(0),
          instead(w, 'global pages (a write of CR3)', instead(w, 'global pages (INVPCID type 3)', flushAll(), invpcid(3)), writeCr3(0n)),
          put('page'),
        ],
      },
      mmu: flatTable('x86', 'empty'),
      pages: ['page'],
      initial: { 'pt[0]': Number(GLOBAL_PAGE) },
    }),
    mutants: ['global pages (a write of CR3)', 'global pages (INVPCID type 3)'],
  },
  {
    name: 'x86: a page is freed after a write of CR3',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: { P0: [clear(0), writeCr3(w === 'bit 63 clear' ? 1n << 63n : 0n), put('pt_page0')] },
      mmu: flatTable('x86'),
    }),
    mutants: ['bit 63 clear'],
  },
  {
    name: 'x86: a CPU comes back to tables that it left, and drops what it kept of them',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [clear(0), put('pt_page0'), release('gone', 1)],
        P1: [awaitNonzero('gone'), writeCr3(w === 'a flush' ? ROOT | (1n << 63n) : ROOT)],
      },
      also: { P0: { elsewhere: true }, P1: { elsewhere: true } },
      setting: { pcid: true },
      mmu: flatTable('x86'),
    }),
    mutants: ['a flush'],
  },
  {
    name: 'x86: a page is freed while a CPU that does not touch it has a translation of it',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [clear(0), put('pt_page0'), release('gone', 1)],
        P1: [awaitNonzero('gone'), part(w, 'a flush', flushAll()), touch(0n, { nofault: true })],
      },
      also: { P0: { elsewhere: true }, P1: { accesses: 'listed' } },
      trap: 'trap',
      procedures: { trap: [fixup('covered'), trapReturn()] },
      mmu: flatTable('x86'),
    }),
    mutants: ['a flush'],
  },
  {
    name: 'x86: a page is freed after INVLPGB, on all CPUs',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [clear(0), part(w, 'the barrier', mb()), part(w, 'INVLPGB', invlpgb(0n, 1, 0)), part(w, 'TLBSYNC', tlbsync()), put('pt_page0')],
        P1: null,
      },
      mmu: flatTable('x86'),
    }),
    mutants: ['INVLPGB', 'TLBSYNC', 'the barrier'],
  },
  {
    name: 'x86: a new mapping needs no flush, only to be there first',
    kind: 'unhandled-fault',
    scene: (w) => ({
      arch: 'x86',
      cpus: {
        P0: [
          instead(w, 'the order', store(element('pt', 0), 0x8000_1063), release('mapped', 1)),
          instead(w, 'the order', release('mapped', 1), store(element('pt', 0), 0x8000_1063)),
        ],
        P1: [awaitNonzero('mapped'), touch(VA)],
      },
      mmu: flatTable('x86', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the order'],
  },
];
