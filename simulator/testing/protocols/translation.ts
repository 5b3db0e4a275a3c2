import {
  type Line,
  dsb,
  dsbOwn,
  element,
  flatTable,
  ipi,
  irqDisable,
  irqEnable,
  lock,
  unlock,
  isb,
  put,
  sbiFence,
  sfence,
  store,
  tlbi,
  twoLevels,
  awaitNonzero,
  release,
} from '../build.js';
import { instead, part, type Protocol } from './protocol.js';

const clear = (i: number): Line => store(element('pt', i), 0);

/** Pages and tables are freed after their translations have gone. */
export const translation: readonly Protocol[] = [
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
          clear(0),
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
          clear(0),
          part(w, 'DSB before the TLBI', w === 'others before the TLBI (nshst)' ? dsbOwn('nshst') : dsb('st')),
          part(
            w,
            'the TLBI',
            w === 'inner shareable (local form)'
              ? tlbi('vale1', { at: 0n })
              : tlbi('vale1is', { at: 0n, level: w === 'the right level' ? 2 : 3 }),
          ),
          part(
            w,
            'DSB after the TLBI',
            w === 'a full DSB (of stores)' ? dsb('st') : w === 'others after the TLBI (nsh)' ? dsbOwn('nsh') : dsb(),
          ),
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
      'others before the TLBI (nshst)',
      'others after the TLBI (nsh)',
      'DSB after the TLBI',
      'a full DSB (of stores)',
    ],
  },
  {
    name: 'arm64 stage 1: who takes the lock next flushes what the last holder cleared',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [lock('l'), clear(0), store('cleared', 1), unlock('l')],
        P1: [
          awaitNonzero('cleared'),
          part(w, 'the lock', lock('l')),
          part(w, 'DSB before the TLBI', dsb('st')),
          tlbi('vale1is', { at: 0n, level: 3 }),
          dsb(),
          part(w, 'the lock', unlock('l')),
          put('pt_page0'),
        ],
        P2: null,
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: ['the lock', 'DSB before the TLBI'],
  },
  {
    name: 'arm64 stage 1: a CPU that is alone with a page flushes for itself',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          clear(0),
          part(w, 'DSB before the TLBI', dsbOwn('nshst')),
          part(w, 'the TLBI', tlbi('vmalle1')),
          part(w, 'DSB after the TLBI', dsbOwn('nsh')),
          isb(),
          put('pt_page0'),
        ],
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: ['DSB before the TLBI', 'the TLBI', 'DSB after the TLBI'],
  },
  {
    name: 'arm64 stage 1: a page is taken out of contiguous entries, which stop being contiguous first',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          part(w, 'the break of the other entry', clear(0)),
          clear(1),
          dsb('st'),
          part(w, 'the TLBI of its address', tlbi('vale1is', { at: 0x1000n })),
          part(w, 'the TLBI of the other address', tlbi('vale1is', { at: 0n })),
          dsb(),
          part(w, 'the break of the other entry', part(w, 'the other entry, alone', store(element('pt', 0), 0x8000_1743n))),
          put('pt_page1'),
        ],
        P1: null,
      },
      mmu: flatTable('arm64-stage1', 'pages', 2),
      // The pages stand behind the table.
      initial: { 'pt[0]': '0x10000080001743', 'pt[1]': '0x10000080002743' },
    }),
    mutants: ['the break of the other entry', 'the TLBI of its address'],
    equivalent: { 'the other entry, alone': 'nobody uses it' },
  },
  {
    name: 'riscv: a page is freed after every hart has fenced',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: [
          clear(0),
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
          clear(0),
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
    name: 'arm64 stage 1: another CPU frees the page once it is told of the flush',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [clear(0), dsb('st'), tlbi('vale1is', { at: 0n }), dsb(w === 'a full DSB (of stores)' ? 'st' : 'full'), release('flushed', 1)],
        P1: [part(w, 'the wait', awaitNonzero('flushed')), put('pt_page0')],
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: ['a full DSB (of stores)', 'the wait'],
  },
  {
    name: 'arm64 stage 1: a page whose own entry stands is freed once its table is unlinked and flushed',
    kind: 'stale-translation',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          part(w, 'the unlinking', store(element('root', 0), 0)),
          dsb('st'),
          part(w, 'the TLBI', w === 'all levels (last-level form)' ? tlbi('vale1is', { at: 0n }) : tlbi('vae1is', { at: 0n })),
          dsb(),
          put('table_page0'),
        ],
        P1: null,
      },
      mmu: twoLevels('arm64-stage1'),
    }),
    mutants: ['the unlinking', 'the TLBI', 'all levels (last-level form)'],
  },
];
