import { type Line, element, flatTable, ipi, irqDisable, irqEnable, mb, put, store, touch, twoLevels } from '../build.js';
import { AP, ptesync, tlbie, tlbieProcess, tlbieRegisters, tlbsync } from '../invalidations.js';
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
      const flush = (what: Line): readonly Line[] => [ptesync(), what, tlbsync(), ptesync()];
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
    mutants: ['the wait', 'tlbiel', 'the last ptesync'],
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
];
