import { element, fence, flatTable, type Line, load, primitive, put, store, translationGone } from '../build.js';
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
];
