import {
  dc,
  dsb,
  equal,
  fence,
  fenceI,
  fetchText,
  ic,
  ipi,
  isb,
  load,
  preempt,
  put,
  store,
  synchronizeRcu,
  textGone,
  when,
} from '../build.js';
import { part, type Protocol } from './protocol.js';

/** Text that is patched, and text that goes away. */
export const text: readonly Protocol[] = [
  {
    // arch/arm64: a word is written, cleaned and invalidated; an interrupt to every CPU is the context synchronisation.
    name: 'a patched instruction on arm64',
    kind: 'stale-instruction',
    scene: (w) => ({
      arch: 'arm64',
      setting: { 'CTR_EL0.IDC': false, 'CTR_EL0.DIC': false },
      cpus: {
        P0: [
          store('insn', 1),
          part(w, 'DC', dc('insn')),
          part(w, 'the DSB between', dsb()),
          part(w, 'IC', ic('insn')),
          part(w, 'the DSB behind', dsb()),
          part(w, 'the interrupt', ipi('others', 'nothing', 0, 1)),
          textGone('insn'),
        ],
        P1: [fetchText('r', 'insn')],
      },
      procedures: { nothing: [] },
    }),
    mutants: ['DC', 'the DSB between', 'IC', 'the DSB behind', 'the interrupt'],
  },
  {
    name: 'a patched instruction on arm64 that needs no cache maintenance',
    kind: 'stale-instruction',
    scene: (w) => ({
      arch: 'arm64',
      setting: { 'CTR_EL0.IDC': true, 'CTR_EL0.DIC': true },
      cpus: {
        P0: [store('insn', 1), dsb('st'), part(w, 'the wait', ipi('others', 'nothing', 0, 1)), textGone('insn')],
        P1: [fetchText('r', 'insn')],
      },
      procedures: { nothing: [isb()] },
    }),
    mutants: ['the wait'],
  },
  {
    name: 'a patched instruction on riscv',
    kind: 'stale-instruction',
    scene: (w) => ({
      cpus: {
        P0: [store('insn', 1), fence('rw', 'rw'), ipi('others', 'flush', 0, w === 'the wait' ? 0 : 1), textGone('insn')],
        P1: [fetchText('r', 'insn')],
      },
      procedures: { flush: [part(w, 'fence.i', fenceI())] },
    }),
    mutants: ['fence.i', 'the wait'],
  },
  {
    // A call is patched out; nobody may come to it any more, and nobody still be inside, before the page of what it called is freed.
    name: 'a module whose text is freed',
    kind: 'stale-instruction',
    scene: (w) => ({
      pages: ['module'],
      cpus: {
        P0: [
          store('call', 1),
          fence('rw', 'rw'),
          part(w, 'the fences', ipi('others', 'flush', 0, 1)),
          part(w, 'the grace period', synchronizeRcu()),
          put('module'),
        ],
        P1: [
          // Something before, so that a quiescent state may be passed before the call as well.
          fetchText('q', 'before'),
          preempt('disable'),
          fetchText('r', 'call'),
          when(equal('r', 0), fetchText('s', 'module')),
          preempt('enable'),
        ],
      },
      procedures: { flush: [fenceI()] },
    }),
    mutants: ['the fences', 'the grace period'],
  },
  {
    name: 'a CPU of arm64 patches what it executes next',
    kind: 'stale-instruction',
    scene: (w) => ({
      arch: 'arm64',
      setting: { 'CTR_EL0.IDC': true, 'CTR_EL0.DIC': true },
      cpus: {
        P0: [store('insn', 1), part(w, 'DSB', dsb()), part(w, 'ISB', isb()), textGone('insn'), fetchText('r', 'insn')],
        P1: [load('r', 'insn')],
      },
    }),
    mutants: ['DSB', 'ISB'],
  },
];
