import {
  type Line,
  awaitNonzero,
  element,
  equal,
  flatTable,
  ipi,
  irqDisable,
  irqEnable,
  load,
  mb,
  put,
  release,
  store,
  touch,
  twoLevels,
  when,
} from '../build.js';
import { AP, eieio, ptesync, tlbie, tlbieProcess, tlbieRegisters, tlbsync, writePid } from '../invalidations.js';
import { instead, part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const clear = (i: number): Line => store(element('pt', i), 0);

/** powerpc radix: ptesync; tlbie; tlbsync; ptesync. */
export const powerpc: readonly Protocol[] = [
  {
    name: 'powerpc: a page is freed after tlbie of its address',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [
          instead(w, 'the entry first (it is cleared after the tlbie)', clear(0), []),
          instead(w, 'ptesync before tlbie (a sync)', part(w, 'ptesync before tlbie', ptesync()), mb()),
          part(
            w,
            'tlbie',
            w === 'translations (RIC 1)'
              ? tlbieProcess(1)
              : w === 'its page size (another one)'
                ? tlbie(0n, { ap: AP.large })
                : w === 'its address (another one)'
                  ? tlbie(0x5000n)
                  : tlbie(0n, { local: w === 'every CPU (tlbiel)' }),
          ),
          instead(w, 'the entry first (it is cleared after the tlbie)', [], clear(0)),
          part(w, 'eieio', eieio()),
          part(w, 'tlbsync', tlbsync()),
          part(w, 'ptesync after tlbie', ptesync()),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('powerpc-radix'),
    }),
    mutants: [
      'the entry first (it is cleared after the tlbie)',
      'ptesync before tlbie',
      'ptesync before tlbie (a sync)',
      'tlbie',
      'translations (RIC 1)',
      'its page size (another one)',
      'its address (another one)',
      'every CPU (tlbiel)',
      'eieio',
      'tlbsync',
      'ptesync after tlbie',
    ],
  },
  {
    name: 'powerpc: a page is freed after tlbie of what its registers name',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [
          clear(0),
          ptesync(),
          tlbieRegisters(
            w === 'its address (another one)'
              ? VA + 0x1000n
              : w === 'its page size (another one)'
                ? VA | (1n << 5n)
                : w === 'by address (by process)'
                  ? 1n << 10n
                  : VA,
            w === 'translations (RIC 1)' ? 1 : 0,
            { local: w === 'every CPU (tlbiel)' },
          ),
          eieio(),
          tlbsync(),
          ptesync(),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: flatTable('powerpc-radix', 'pages', 1, VA),
    }),
    mutants: ['its address (another one)', 'its page size (another one)', 'translations (RIC 1)', 'every CPU (tlbiel)'],
    equivalent: { 'by address (by process)': 'it covers every page of the process' },
  },
  {
    name: 'powerpc: a table is freed after the page walk cache was flushed',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [
          part(w, 'the unlinking', store(element('root', 0), 0)),
          ptesync(),
          w === 'the page walk cache (RIC 0)'
            ? tlbieProcess(0)
            : w === 'the page walk cache (tlbie by address)'
              ? tlbie(0n, { ric: 2 })
              : tlbieProcess(w === 'all of it (RIC 2)' ? 2 : 1),
          eieio(),
          tlbsync(),
          ptesync(),
          put('table'),
        ],
        P1: null,
      },
      mmu: twoLevels('powerpc-radix'),
      initial: { 'table.@count': 1 },
    }),
    mutants: ['the unlinking', 'the page walk cache (RIC 0)', 'the page walk cache (tlbie by address)'],
    equivalent: { 'all of it (RIC 2)': 'it flushes the page walk cache, too' },
  },
  {
    name: 'powerpc: a page of an unlinked table is freed after both kinds of copies have gone',
    kind: 'stale-translation',
    scene: (w) => {
      const flush = (what: Line): readonly Line[] => [ptesync(), what, eieio(), tlbsync(), ptesync()];
      return {
        arch: 'powerpc',
        cpus: {
          P0: [
            instead(w, 'its translation (before the unlinking)', [], flush(tlbie(0n))),
            store(element('root', 0), 0),
            instead(w, 'the order (it may come back through the page walk cache)', [], flush(tlbie(0n))),
            flush(tlbieProcess(1)),
            w === '' ? flush(tlbie(0n)) : [],
            put('table_page0'),
          ],
          P1: null,
        },
        mmu: twoLevels('powerpc-radix'),
      };
    },
    mutants: ['its translation', 'its translation (before the unlinking)', 'the order (it may come back through the page walk cache)'],
  },
  {
    name: 'powerpc: a shootdown by interrupt with tlbiel',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [clear(0), ipi('all', 'flush', 0, w === 'the wait' ? 0 : 1), put('pt_page0')],
        P1: [irqDisable(), irqEnable()],
      },
      procedures: {
        flush: [
          part(w, 'the first ptesync', ptesync()),
          part(w, 'tlbiel', tlbie(0n, { local: true })),
          part(w, 'the last ptesync', ptesync()),
        ],
      },
      mmu: flatTable('powerpc-radix'),
    }),
    mutants: ['the wait', 'the first ptesync', 'tlbiel', 'the last ptesync'],
  },
  {
    name: 'powerpc: a new mapping of a CPU is used by itself after ptesync',
    kind: 'unhandled-fault',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [
          store(element('pt', 0), { k: 'int', value: (1n << 63n) | (1n << 62n) | 0x8000_1186n }),
          part(w, 'ptesync', ptesync()),
          touch(VA),
        ],
      },
      mmu: flatTable('powerpc-radix', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['ptesync'],
  },
  {
    name: 'powerpc: a page is freed after tlbie of the process that the tables belong to',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [
          clear(0),
          ptesync(),
          tlbieProcess(0, { process: w === 'its process (another one)' ? 6 : 5 }),
          eieio(),
          tlbsync(),
          ptesync(),
          put('pt_page0'),
        ],
        P1: null,
      },
      mmu: { ...flatTable('powerpc-radix'), number: 5 },
    }),
    mutants: ['its process (another one)'],
  },
  {
    name: 'powerpc: a CPU says that it comes to the tables; who has cleared an entry looks whether one has come',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [clear(0), part(w, 'the barrier of the one that frees', mb()), load('come', 'come'), when(equal('come', 0), put('pt_page0'))],
        P1: [store('come', 1), part(w, 'the barrier of the one that comes', mb()), writePid(5)],
      },
      also: { P0: { elsewhere: true }, P1: { elsewhere: w === 'copies from before (it may have kept some)' ? true : 'fresh' } },
      mmu: { ...flatTable('powerpc-radix'), number: 5 },
    }),
    mutants: ['the barrier of the one that frees', 'the barrier of the one that comes', 'copies from before (it may have kept some)'],
  },
  {
    name: 'powerpc: a page is freed while the CPU that used it is away',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [awaitNonzero('left'), clear(0), put('pt_page0')],
        P1: [writePid(w === 'another process (the same)' ? 5 : 0), release('left', 1)],
      },
      also: { P0: { elsewhere: true } },
      mmu: { ...flatTable('powerpc-radix'), number: 5 },
    }),
    mutants: ['another process (the same)'],
  },
  {
    name: 'powerpc: a CPU that drops all of its own while it is away comes back to nothing',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'powerpc',
      cpus: {
        P0: [awaitNonzero('left'), clear(0), put('pt_page0'), release('gone', 1)],
        P1: [
          writePid(0),
          ptesync(),
          part(
            w,
            'the flush',
            tlbieProcess(w === 'all of it (RIC 0)' ? 0 : 2, { process: w === 'its process (another one)' ? 6 : 5, local: true }),
          ),
          ptesync(),
          release('left', 1),
          awaitNonzero('gone'),
          writePid(5),
        ],
      },
      also: { P0: { elsewhere: true } },
      mmu: { ...flatTable('powerpc-radix'), number: 5 },
    }),
    mutants: ['the flush', 'its process (another one)', 'all of it (RIC 0)'],
  },
];
