import {
  awaitNonzero,
  element,
  fence,
  flatTable,
  type Line,
  load,
  primitive,
  put,
  release,
  store,
  str,
  translationGone,
} from '../build.js';
import { part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const VALID = 0xc7n;
const GLOBAL = 1n << 5n;
const READ_ONLY = 0xc3n;
const PAGE = 0x80001000n / 4n;
const entry = element('pt', 0);

/** sfence.vma of all addresses in one ASID. */
const inSpace = (asid: number): Line => primitive({ kind: 'sfence', asid: 0 }, [asid]);
const everywhere: Line = primitive({ kind: 'sfence' });
/** A write of satp: the tables of the run, or others, under an ASID. */
const satp = (tables: 'own' | 'other', asid: number): Line => {
  const root = tables === 'own' ? 0x8000_0000n : 0x9000_0000n;
  return primitive({ kind: 'csr', do: 'write' }, [str('CSR_SATP'), (8n << 60n) | (BigInt(asid) << 44n) | (root >> 12n)]);
};
/** P0 takes the page away where P1 says so, who used it under ASID 3 before, and no more. */
const elsewhere = { also: { P0: { elsewhere: true } }, mmu: { ...flatTable('riscv', 'pages', 1, VA), number: 3 } } as const;
const unmapWhenLeft: readonly Line[] = [awaitNonzero('left'), store(entry, 0), put('pt_page0'), release('gone', 1)];
/** The hart that unmaps is the only one. */
const unmap = (flush: Line): readonly Line[] => [load('r', entry), store(entry, 0), flush, put('pt_page0')];

/** Fences by ASID, and changes of a live entry. */
export const riscv: readonly Protocol[] = [
  {
    name: 'a global entry goes with a fence of all address spaces alone',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: { P0: unmap(w === 'the scope' ? inSpace(0) : everywhere) },
      mmu: flatTable('riscv', 'pages', 1, VA),
      initial: { 'pt[0]': Number(PAGE | VALID | GLOBAL) },
    }),
    mutants: ['the scope'],
  },
  {
    name: 'an entry of one address space goes with a fence of its ASID',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: { P0: unmap(inSpace(w === 'the ASID' ? 4 : 3)) },
      mmu: { ...flatTable('riscv', 'pages', 1, VA), number: 3 },
    }),
    mutants: ['the ASID'],
  },
  {
    name: 'an entry that loses a permission is used as it was until a fence',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: { P0: [store(entry, PAGE | READ_ONLY), part(w, 'the fence', everywhere), translationGone(entry)], P1: [fence('rw', 'rw')] },
      mmu: flatTable('riscv', 'pages', 1, VA),
      also: w === 'the other hart' ? {} : { P1: { accesses: 'listed' } },
    }),
    mutants: ['the fence', 'the other hart'],
  },
  {
    name: 'riscv: a hart that goes to other tables uses nothing it has kept, but under the same ASID',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: { P0: unmapWhenLeft, P1: [satp('other', w === 'another ASID (the same)' ? 3 : 4), release('left', 1)] },
      ...elsewhere,
    }),
    mutants: ['another ASID (the same)'],
  },
  {
    name: 'riscv: without ASIDs a hart drops all that it has once it is away',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: unmapWhenLeft,
        P1: [
          w === 'the fence last (first)' ? everywhere : [],
          satp('other', 3),
          w === 'the fence last (first)' ? [] : part(w, 'the fence', inSpace(w === 'its ASID (another one)' ? 4 : 3)),
          release('left', 1),
        ],
      },
      ...elsewhere,
    }),
    mutants: ['the fence', 'the fence last (first)', 'its ASID (another one)'],
  },
  {
    name: 'riscv: a hart comes back to what it has kept under its ASID, and to nothing under another',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: unmapWhenLeft,
        P1: [satp('other', 4), release('left', 1), awaitNonzero('gone'), satp('own', w === 'a new ASID (the old one)' ? 3 : 5)],
      },
      ...elsewhere,
    }),
    mutants: ['a new ASID (the old one)'],
  },
  {
    name: 'riscv: an ASID that was given to others is theirs once the hart has fenced',
    kind: 'stale-translation',
    scene: (w) => ({
      cpus: {
        P0: unmapWhenLeft,
        P1: [satp('other', 4), release('left', 1), awaitNonzero('gone'), part(w, 'the fence', everywhere), satp('other', 3)],
      },
      ...elsewhere,
    }),
    mutants: ['the fence'],
  },
];
