import { dsb, element, flatTable, isb, store, tlbi, twoLevels } from '../build.js';
import { part, type Protocol } from './protocol.js';

/** Entry values of arm64: a page or block at `to`, readable and writable unless told otherwise. */
const PAGE = 0x743n;
const BLOCK = 0x741n;
const READ_ONLY = 1n << 7n;
const DEVICE = 1n << 2n;
const CONTIGUOUS = 1n << 52n;
const NOT_TRANSLATING = 1n << 16n;
const HERE = 0x8000_1000n;
const THERE = 0x9000_0000n;

const entry = element('pt', 0);

/** What a live entry of arm64 may change to. */
export const entries: readonly Protocol[] = [
  {
    name: 'arm64: another page behind a live address: break, flush, make',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          part(w, 'the break', store(entry, 0)),
          part(w, 'DSB before the TLBI', dsb('st')),
          part(w, 'the TLBI', w === 'inner shareable (local form)' ? tlbi('vale1', { at: 0n }) : tlbi('vale1is', { at: 0n })),
          part(w, 'DSB after the TLBI', dsb()),
          store(entry, THERE | PAGE),
        ],
        P1: null,
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: ['the break', 'DSB before the TLBI', 'the TLBI', 'inner shareable (local form)', 'DSB after the TLBI'],
  },
  {
    name: 'arm64: the maker waits for its own TLB, too',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [store(entry, 0), dsb('st'), part(w, 'the TLBI', tlbi('vale1', { at: 0n })), dsb('full'), isb(), store(entry, THERE | PAGE)],
      },
      mmu: flatTable('arm64-stage1'),
    }),
    mutants: ['the TLBI'],
  },
  {
    name: 'arm64: permissions change at will, other things do not',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          store(entry, (w === 'the output address' ? THERE : HERE) | PAGE),
          store(entry, HERE | PAGE | READ_ONLY | (w === 'the memory type' ? DEVICE : 0n) | (w === 'the contiguous bit' ? CONTIGUOUS : 0n)),
        ],
        P1: null,
      },
      mmu: flatTable('arm64-stage1'),
      // The page that the table's first entry maps stands behind the table itself.
      initial: { 'pt[0]': `0x${(HERE | PAGE | READ_ONLY).toString(16)}` },
    }),
    mutants: ['the output address', 'the memory type', 'the contiguous bit'],
  },
  {
    name: 'arm64: a block in place of a table, after a flush of all levels',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          part(w, 'the break', store(element('root', 0), 0)),
          dsb('st'),
          part(w, 'the TLBI', w === 'all levels (last-level form)' ? tlbi('vale1is', { at: 0n }) : tlbi('vae1is', { at: 0n })),
          dsb(),
          store(element('root', 0), THERE | BLOCK),
        ],
        P1: null,
      },
      mmu: twoLevels('arm64-stage1'),
    }),
    mutants: ['the break', 'the TLBI', 'all levels (last-level form)'],
  },
  {
    name: 'arm64: FEAT_BBM level 2 lifts the change of size',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      setting: { FEAT_BBM: w === 'level 2' ? 1 : 2 },
      cpus: { P0: [store(element('root', 0), THERE | BLOCK)], P1: null },
      mmu: twoLevels('arm64-stage1'),
    }),
    mutants: ['level 2'],
  },
  {
    name: 'arm64: FEAT_BBM level 1 lifts it for a block with nT',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      setting: { FEAT_BBM: w === 'level 1' ? 0 : 1 },
      cpus: { P0: [store(element('root', 0), THERE | BLOCK | (w === 'nT' ? 0n : NOT_TRANSLATING))], P1: null },
      mmu: twoLevels('arm64-stage1'),
    }),
    mutants: ['level 1', 'nT'],
  },
  {
    name: 'arm64 stage 2: a page moves while the guest runs',
    kind: 'break-before-make',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [
          store(entry, 0),
          dsb('st'),
          part(w, 'IPAS2E1IS', tlbi('ipas2e1is', { at: 0n, level: 3 })),
          dsb(),
          part(w, 'VMALLE1IS', tlbi('vmalle1is')),
          dsb(),
          store(entry, THERE | 0x7c3n),
        ],
        vCPU1: null,
      },
      mmu: flatTable('arm64-stage2'),
    }),
    mutants: ['IPAS2E1IS', 'VMALLE1IS'],
  },
];
