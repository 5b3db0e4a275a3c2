import {
  awaitNonzero,
  element,
  flatTable,
  release,
  sbiFence,
  sfence,
  store,
  touch,
  trapReturn,
  assert,
  equal,
  dsb,
  load,
  ipi,
} from '../build.js';
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
  {
    name: 'arm64: a fault handler makes a mapping; going back is a context synchronisation',
    kind: 'assertion',
    scene: (w) => ({
      arch: 'arm64',
      setting: { EOS: w !== 'EOS' },
      cpus: { P0: [touch(VA)] },
      trap: 'trap',
      procedures: {
        trap: [
          load('n', 'faults'),
          assert(equal('n', 0)),
          store('faults', 1),
          store(element('pt', 0), 0x8000_1743n),
          part(w, 'DSB', dsb()),
          trapReturn(),
        ],
      },
      mmu: flatTable('arm64-stage1', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['EOS', 'DSB'],
  },
  {
    name: 'arm64: taking an exception is a context synchronisation',
    kind: 'unhandled-fault',
    scene: (w) => ({
      arch: 'arm64',
      setting: { EIS: w !== 'EIS', EOS: false },
      cpus: {
        P0: [store(element('pt', 0), 0x8000_1743n), part(w, 'DSB', dsb()), ipi('all', 'use')],
      },
      procedures: { use: [touch(VA)] },
      mmu: flatTable('arm64-stage1', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['EIS'],
    equivalent: { DSB: 'an interrupt comes after what its sender had done (sending it takes a DSB)' },
  },
  {
    name: 'riscv: a hart fences for its own new mapping',
    kind: 'unhandled-fault',
    scene: (w) => ({
      cpus: {
        P0: [store(element('pt', 0), VALID), part(w, 'the fence', sfence()), touch(VA)],
        P1: [load('r', element('pt', 0))],
      },
      mmu: flatTable('riscv', 'empty', 1, VA),
      pages: ['page'],
    }),
    mutants: ['the fence'],
  },
];
