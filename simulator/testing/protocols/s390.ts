import { awaitNonzero, element, flatTable, put, release, store, touch, twoLevels } from '../build.js';
import { csp, flushAll, idte, ipte, loadControl } from '../invalidations.js';
import { instead, part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const PAGE_INVALID = 0x400;
const TABLE_INVALID = 0x20;
/** Where the tables of a scene begin. */
const ROOT = 0x8000_0000n;

/** s390: IPTE, IDTE and CSP reach every CPU and are done when they have ended. */
export const s390: readonly Protocol[] = [
  {
    name: 's390: a page is freed after IPTE of its entry',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [
          w === 'IPTE (a store)'
            ? store(element('pt', 0), PAGE_INVALID)
            : w === 'all CPUs (the local form)'
              ? ipte(element('pt', 0), 'local')
              : w === 'its entry (another one)'
                ? [store(element('pt', 0), PAGE_INVALID), ipte(element('pt', 1))]
                : ipte(element('pt', 0)),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('s390', 'pages', 2),
    }),
    mutants: ['IPTE (a store)', 'all CPUs (the local form)', 'its entry (another one)'],
  },
  {
    name: 's390: pages are freed after IPTE of a range',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [ipte(element('pt', 0), 'global', w === 'the whole range' ? 0 : 1), put('pt_page0'), put('pt_page1')],
        P1: null,
      },
      mmu: flatTable('s390', 'pages', 2),
    }),
    mutants: ['the whole range'],
  },
  {
    name: 's390: a table is freed after IDTE of the entry that leads to it',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [
          part(
            w,
            'IDTE',
            w === 'all CPUs (the local form)'
              ? idte(element('root', 0), 'local')
              : w === 'the entry above (IPTE of one below)'
                ? [store(element('root', 0), TABLE_INVALID), ipte(element('table', 0))]
                : idte(element('root', 0)),
          ),
          put('table'),
        ],
        P1: null,
      },
      mmu: twoLevels('s390'),
      initial: { 'table.@count': 1 },
    }),
    mutants: ['IDTE', 'all CPUs (the local form)', 'the entry above (IPTE of one below)'],
  },
  {
    name: 's390: a page is freed after IDTE of the entry above it',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [instead(w, 'IDTE (a store)', idte(element('root', 0)), store(element('root', 0), TABLE_INVALID)), put('table_page0')],
        P1: null,
      },
      mmu: twoLevels('s390'),
    }),
    mutants: ['IDTE (a store)'],
  },
  {
    name: 's390: a page is freed after its entry was swapped and the TLBs purged',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [csp('old', element('pt', 0), w === 'the expected value' ? 0 : 0x8000_1000, PAGE_INVALID), put('pt_page0')],
        P1: null,
      },
      mmu: flatTable('s390'),
    }),
    mutants: ['the expected value'],
  },
  {
    name: 's390: a page is freed after a flush of every CPU',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [
          part(w, 'the clearing', store(element('pt', 0), PAGE_INVALID)),
          part(w, 'the flush', flushAll(w === 'every CPU (PTLB)' ? 'self' : 'all')),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('s390'),
    }),
    mutants: ['the clearing', 'the flush', 'every CPU (PTLB)'],
  },
  {
    name: 's390: a new mapping needs no flush, only to be there first',
    kind: 'unhandled-fault',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [
          instead(w, 'the order', store(element('pt', 0), 0x8000_1000), release('mapped', 1)),
          instead(w, 'the order', release('mapped', 1), store(element('pt', 0), 0x8000_1000)),
        ],
        P1: [awaitNonzero('mapped'), touch(VA)],
      },
      mmu: flatTable('s390', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the order'],
  },
  {
    name: 's390: a CPU that comes to the tables holds nothing of what was freed before',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [store(element('pt', 0), PAGE_INVALID), put('pt_page0'), release('gone', 1)],
        P1: [instead(w, 'the wait', awaitNonzero('gone'), []), loadControl(ROOT)],
      },
      also: {
        P0: { elsewhere: true },
        P1: { elsewhere: w === 'copies from before (it may have kept some)' ? true : 'fresh' },
      },
      mmu: flatTable('s390'),
    }),
    mutants: ['the wait', 'copies from before (it may have kept some)'],
  },
  {
    name: 's390: what a CPU has kept of tables that it left is dropped before it comes back',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [store(element('pt', 0), PAGE_INVALID), part(w, 'the flush', flushAll('all')), put('pt_page0'), release('gone', 1)],
        P1: [
          loadControl(0n, w === 'going (another control register)' ? 13 : 7),
          release('left', 1),
          awaitNonzero('gone'),
          loadControl(ROOT),
        ],
      },
      also: { P0: { elsewhere: true } },
      mmu: flatTable('s390'),
    }),
    mutants: ['the flush'],
    equivalent: { 'going (another control register)': 'the flush reaches it wherever it is' },
  },
  {
    name: 's390: a store changes a valid entry of a process only while nobody else is attached',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [awaitNonzero('left'), store(element('pt', 0), PAGE_INVALID), flushAll('all')],
        P1: [w === '' ? loadControl(0n) : [], release('left', 1)],
      },
      mmu: flatTable('s390'),
      setting: { 'user-tables': w !== 'going, where the tables are of the kernel' },
      also: { P0: { elsewhere: true } },
    }),
    mutants: ['going'],
    equivalent: { 'going, where the tables are of the kernel': 'Linux changes their entries by stores' },
  },
  {
    name: 's390: a page is freed while the CPU that used it is away',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 's390',
      cpus: {
        P0: [awaitNonzero('left'), store(element('pt', 0), PAGE_INVALID), put('pt_page0')],
        P1: [loadControl(w === 'other tables (the same)' ? ROOT : 0n, w === 'register 7 (another one)' ? 1 : 7), release('left', 1)],
      },
      also: { P0: { elsewhere: true } },
      mmu: flatTable('s390'),
    }),
    mutants: ['other tables (the same)', 'register 7 (another one)'],
  },
];
