import { awaitNonzero, element, flatTable, release, sbiFence, sfence, store, touch, trapReturn } from '../build.js';
import { part, type Protocol } from './protocol.js';

const VA = 0x4000n;
const VALID = 0x80001000n / 4n + 0xc7n;

/** Faults and what handles them. */
export const traps: readonly Protocol[] = [
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
];
