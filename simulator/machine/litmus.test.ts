import { describe, expect, it } from 'vitest';
import {
  acquire,
  assert,
  binary,
  dependent,
  dmb,
  dsb,
  equal,
  fence,
  fenceI,
  isb,
  type Line,
  load,
  mb,
  note,
  release,
  rmw,
  type Scene,
  store,
  U64,
  when,
  zeroFrom,
} from '../testing/build.js';
import { outcomes, promisedOutcomes, shows, violations } from '../testing/run.js';

/**
 * Classical litmus tests. Both architectures are multi-copy atomic, and agree on every row that has no `arch`. What is `forbidden` must
 * not be shown with any window. What is `allowed` is shown with the windows listed; a window that is missing is a gap of this machine,
 * which appends stores in program order but for one delayed store a CPU (window 1), and which does not reorder a load behind a later store.
 * A gap is asserted too, so that closing it is noticed.
 */
interface Row {
  readonly name: string;
  readonly arch?: 'riscv' | 'arm64';
  readonly cpus: Readonly<Record<string, readonly Line[]>>;
  readonly exists: string;
  readonly verdict: 'forbidden' | 'allowed';
  /** Windows that show it, where it is allowed. */
  readonly shown?: readonly (0 | 1)[];
}

/** A load noted under the name of its register. */
const read = (dst: string, from: string): Line => load(dst, from);
const ld = (dst: string, from: string): Line => [load(dst, from), note(dst)];
const acq = (dst: string, from: string): Line => [acquire(dst, from), note(dst)];
const addr = (dst: string, from: string, on: string): Line => [load(dst, dependent(from, on)), note(dst)];
/** `to = value` with a data dependency on register `on`. */
const data = (to: string, value: number, on: string): Line => store(to, binary('+', zeroFrom(on), value));
const write = (to: string, value = 1): Line => store(to, value);

const MP = 'P1.r1=1 P1.r2=0';
const SB = 'P0.r1=0 P1.r2=0';
const IRIW = 'P1.r1=1 P1.r2=0 P3.r3=1 P3.r4=0';

const rows: readonly Row[] = [
  // Message passing.
  { name: 'MP', cpus: { P0: [write('x'), write('y')], P1: [ld('r1', 'y'), ld('r2', 'x')] }, exists: MP, verdict: 'allowed', shown: [0, 1] },
  {
    name: 'MP+rel+acq',
    cpus: { P0: [write('x'), release('y', 1)], P1: [acq('r1', 'y'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+rel+po',
    cpus: { P0: [write('x'), release('y', 1)], P1: [ld('r1', 'y'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  // Window 0 leaves out: stores take their place in program order.
  {
    name: 'MP+po+acq',
    cpus: { P0: [write('x'), write('y')], P1: [acq('r1', 'y'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'MP+fence+addr',
    cpus: { P0: [write('x'), fence('w', 'w'), write('y')], P1: [read('r1', 'y'), addr('r2', 'x', 'r1'), note('r1')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+po+addr',
    cpus: { P0: [write('x'), write('y')], P1: [read('r1', 'y'), addr('r2', 'x', 'r1'), note('r1')] },
    exists: MP,
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'MP+fences',
    cpus: { P0: [write('x'), fence('w', 'w'), write('y')], P1: [ld('r1', 'y'), fence('r', 'r'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+fence+po',
    cpus: { P0: [write('x'), mb(), write('y')], P1: [ld('r1', 'y'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'MP+fence w,w+fence w,w',
    cpus: { P0: [write('x'), fence('w', 'w'), write('y')], P1: [ld('r1', 'y'), fence('w', 'w'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'MP+fence r,r+fence r,r',
    cpus: { P0: [write('x'), fence('r', 'r'), write('y')], P1: [ld('r1', 'y'), fence('r', 'r'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'MP+fence+ctrl',
    cpus: { P0: [write('x'), mb(), write('y')], P1: [read('r1', 'y'), when('r1', ld('r2', 'x')), note('r1')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'MP+dmb.st+dmb.ld',
    arch: 'arm64',
    cpus: { P0: [write('x'), dmb('st'), write('y')], P1: [ld('r1', 'y'), dmb('ld'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+dmb.st+dmb.st',
    arch: 'arm64',
    cpus: { P0: [write('x'), dmb('st'), write('y')], P1: [ld('r1', 'y'), dmb('st'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'MP+dmb.ld+dmb.ld',
    arch: 'arm64',
    cpus: { P0: [write('x'), dmb('ld'), write('y')], P1: [ld('r1', 'y'), dmb('ld'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'MP+dsbs',
    arch: 'arm64',
    cpus: { P0: [write('x'), dsb(), write('y')], P1: [ld('r1', 'y'), dsb(), ld('r2', 'x')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+dmb+ctrl-isb',
    arch: 'arm64',
    cpus: { P0: [write('x'), dmb(), write('y')], P1: [read('r1', 'y'), when('r1', isb(), ld('r2', 'x')), note('r1')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+dmb+isb',
    arch: 'arm64',
    cpus: { P0: [write('x'), dmb(), write('y')], P1: [ld('r1', 'y'), isb(), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  // fence.i orders later fetches, and an instruction's accesses come after its fetch (RISC-V unprivileged, "Zifencei" and "RVWMO").
  {
    name: 'MP+fence+ctrl-fence.i',
    arch: 'riscv',
    cpus: { P0: [write('x'), mb(), write('y')], P1: [read('r1', 'y'), when('r1', fenceI(), ld('r2', 'x')), note('r1')] },
    exists: MP,
    verdict: 'forbidden',
  },
  // A fully ordered atomic is a fence on both sides (LKMM); a relaxed one is none.
  {
    name: 'MP+rmw.full+rmw.full',
    cpus: { P0: [write('x'), rmw(null, 'y', 'swap', 1, 'full')], P1: [rmw('r1', 'y', 'add', 0, 'full'), ld('r2', 'x'), note('r1')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+rmw.rel+rmw.acq',
    cpus: { P0: [write('x'), rmw(null, 'y', 'swap', 1, 'release')], P1: [rmw('r1', 'y', 'add', 0, 'acquire'), ld('r2', 'x'), note('r1')] },
    exists: MP,
    verdict: 'forbidden',
  },
  {
    name: 'MP+rmw.rel+rmw.relaxed',
    cpus: { P0: [write('x'), rmw(null, 'y', 'swap', 1, 'release')], P1: [rmw('r1', 'y', 'add', 0, 'relaxed'), ld('r2', 'x'), note('r1')] },
    exists: MP,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'MP+rmw.relaxed+acq',
    cpus: { P0: [write('x'), rmw(null, 'y', 'swap', 1, 'relaxed')], P1: [acq('r1', 'y'), ld('r2', 'x')] },
    exists: MP,
    verdict: 'allowed',
    shown: [1],
  },

  // Store buffering.
  { name: 'SB', cpus: { P0: [write('x'), ld('r1', 'y')], P1: [write('y'), ld('r2', 'x')] }, exists: SB, verdict: 'allowed', shown: [0, 1] },
  {
    name: 'SB+fences',
    cpus: { P0: [write('x'), mb(), ld('r1', 'y')], P1: [write('y'), mb(), ld('r2', 'x')] },
    exists: SB,
    verdict: 'forbidden',
  },
  {
    name: 'SB+fence+po',
    cpus: { P0: [write('x'), mb(), ld('r1', 'y')], P1: [write('y'), ld('r2', 'x')] },
    exists: SB,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'SB+fence w,w+fence r,r',
    cpus: {
      P0: [write('x'), fence('w', 'w'), fence('r', 'r'), ld('r1', 'y')],
      P1: [write('y'), fence('w', 'w'), fence('r', 'r'), ld('r2', 'x')],
    },
    exists: SB,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'SB+rmw.full',
    cpus: { P0: [rmw(null, 'x', 'swap', 1, 'full'), ld('r1', 'y')], P1: [rmw(null, 'y', 'swap', 1, 'full'), ld('r2', 'x')] },
    exists: SB,
    verdict: 'forbidden',
  },
  {
    name: 'SB+rmw.relaxed',
    cpus: { P0: [rmw(null, 'x', 'swap', 1), ld('r1', 'y')], P1: [rmw(null, 'y', 'swap', 1), ld('r2', 'x')] },
    exists: SB,
    verdict: 'allowed',
    shown: [0, 1],
  },
  // smp_store_release and smp_load_acquire of riscv are fences rw,w and r,rw, which do not order this.
  {
    name: 'SB+rels+acqs',
    arch: 'riscv',
    cpus: { P0: [release('x', 1), acq('r1', 'y')], P1: [release('y', 1), acq('r2', 'x')] },
    exists: SB,
    verdict: 'allowed',
    shown: [0, 1],
  },
  // STLR and LDAR of arm64 do (Arm ARM DDI 0487, B2.3 "Barrier-ordered-before").
  {
    name: 'SB+stlrs+ldars',
    arch: 'arm64',
    cpus: { P0: [release('x', 1), acq('r1', 'y')], P1: [release('y', 1), acq('r2', 'x')] },
    exists: SB,
    verdict: 'forbidden',
  },

  // Coherence.
  { name: 'CoRR', cpus: { P0: [write('x')], P1: [ld('r1', 'x'), ld('r2', 'x')] }, exists: MP, verdict: 'forbidden' },
  {
    name: 'CoRR2',
    cpus: { P0: [write('x', 1)], P1: [write('x', 2)], P2: [ld('r1', 'x'), ld('r2', 'x')], P3: [ld('r3', 'x'), ld('r4', 'x')] },
    exists: 'P2.r1=1 P2.r2=2 P3.r3=2 P3.r4=1',
    verdict: 'forbidden',
  },
  { name: 'CoWW', cpus: { P0: [write('x', 1), write('x', 2)], P1: [ld('r1', 'x')] }, exists: 'x=1', verdict: 'forbidden' },
  { name: 'CoWR', cpus: { P0: [write('x', 1), ld('r1', 'x')], P1: [write('x', 2)] }, exists: 'P0.r1=0', verdict: 'forbidden' },
  { name: 'CoWR2', cpus: { P0: [write('x', 1), ld('r1', 'x')], P1: [write('x', 2)] }, exists: 'P0.r1=2 x=1', verdict: 'forbidden' },
  { name: 'CoRW1', cpus: { P0: [ld('r1', 'x'), write('x', 1)], P1: [ld('r2', 'x')] }, exists: 'P0.r1=1', verdict: 'forbidden' },
  { name: 'CoRW2', cpus: { P0: [ld('r1', 'x'), write('x', 1)], P1: [write('x', 2)] }, exists: 'P0.r1=2 x=2', verdict: 'forbidden' },

  // Two stores each, crosswise.
  {
    name: '2+2W',
    cpus: { P0: [write('x', 1), write('y', 2)], P1: [write('y', 1), write('x', 2)], P2: [ld('r1', 'x'), ld('r2', 'y')] },
    exists: 'x=1 y=1',
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: '2+2W+fences',
    cpus: {
      P0: [write('x', 1), fence('w', 'w'), write('y', 2)],
      P1: [write('y', 1), fence('w', 'w'), write('x', 2)],
      P2: [ld('r1', 'x'), ld('r2', 'y')],
    },
    exists: 'x=1 y=1',
    verdict: 'forbidden',
  },
  {
    name: '2+2W+rels',
    cpus: { P0: [write('x', 1), release('y', 2)], P1: [write('y', 1), release('x', 2)], P2: [ld('r1', 'x'), ld('r2', 'y')] },
    exists: 'x=1 y=1',
    verdict: 'forbidden',
  },

  // Write-to-read causality: multi-copy atomicity.
  {
    name: 'WRC',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), write('y')], P2: [ld('r2', 'y'), ld('r3', 'x')] },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'WRC+data+addr',
    cpus: {
      P0: [write('x')],
      P1: [read('r1', 'x'), data('y', 1, 'r1'), note('r1')],
      P2: [read('r2', 'y'), addr('r3', 'x', 'r2'), note('r2')],
    },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'forbidden',
  },
  {
    name: 'WRC+fence+fence',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), mb(), write('y')], P2: [ld('r2', 'y'), mb(), ld('r3', 'x')] },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'forbidden',
  },
  {
    name: 'WRC+rel+acq',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), release('y', 1)], P2: [acq('r2', 'y'), ld('r3', 'x')] },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'forbidden',
  },
  // Left out: P1's store would have to pass its older load.
  {
    name: 'WRC+po+addr',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), write('y')], P2: [read('r2', 'y'), addr('r3', 'x', 'r2'), note('r2')] },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'allowed',
    shown: [],
  },
  {
    name: 'ISA2',
    cpus: { P0: [write('x'), write('y')], P1: [ld('r1', 'y'), write('z')], P2: [ld('r2', 'z'), ld('r3', 'x')] },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'ISA2+fence+data+addr',
    cpus: {
      P0: [write('x'), fence('w', 'w'), write('y')],
      P1: [read('r1', 'y'), data('z', 1, 'r1'), note('r1')],
      P2: [read('r2', 'z'), addr('r3', 'x', 'r2'), note('r2')],
    },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'forbidden',
  },
  {
    name: 'ISA2+po+data+addr',
    cpus: {
      P0: [write('x'), write('y')],
      P1: [read('r1', 'y'), data('z', 1, 'r1'), note('r1')],
      P2: [read('r2', 'z'), addr('r3', 'x', 'r2'), note('r2')],
    },
    exists: 'P1.r1=1 P2.r2=1 P2.r3=0',
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'RWC+fences',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), mb(), ld('r2', 'y')], P2: [write('y'), mb(), ld('r3', 'x')] },
    exists: 'P1.r1=1 P1.r2=0 P2.r3=0',
    verdict: 'forbidden',
  },
  {
    name: 'RWC+addr+po',
    cpus: { P0: [write('x')], P1: [read('r1', 'x'), addr('r2', 'y', 'r1'), note('r1')], P2: [write('y'), ld('r3', 'x')] },
    exists: 'P1.r1=1 P1.r2=0 P2.r3=0',
    verdict: 'allowed',
    shown: [0, 1],
  },

  // Independent reads of independent writes.
  {
    name: 'IRIW',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), ld('r2', 'y')], P2: [write('y')], P3: [ld('r3', 'y'), ld('r4', 'x')] },
    exists: IRIW,
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'IRIW+fences',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), mb(), ld('r2', 'y')], P2: [write('y')], P3: [ld('r3', 'y'), mb(), ld('r4', 'x')] },
    exists: IRIW,
    verdict: 'forbidden',
  },
  {
    name: 'IRIW+acqs',
    cpus: { P0: [write('x')], P1: [acq('r1', 'x'), ld('r2', 'y')], P2: [write('y')], P3: [acq('r3', 'y'), ld('r4', 'x')] },
    exists: IRIW,
    verdict: 'forbidden',
  },
  {
    name: 'IRIW+addrs',
    cpus: {
      P0: [write('x')],
      P1: [read('r1', 'x'), addr('r2', 'y', 'r1'), note('r1')],
      P2: [write('y')],
      P3: [read('r3', 'y'), addr('r4', 'x', 'r3'), note('r3')],
    },
    exists: IRIW,
    verdict: 'forbidden',
  },
  {
    name: 'IRIW+acq+po',
    cpus: { P0: [write('x')], P1: [acq('r1', 'x'), ld('r2', 'y')], P2: [write('y')], P3: [ld('r3', 'y'), ld('r4', 'x')] },
    exists: IRIW,
    verdict: 'allowed',
    shown: [0, 1],
  },

  // R and S.
  {
    name: 'R',
    cpus: { P0: [write('x'), write('y', 1)], P1: [write('y', 2), ld('r1', 'x')], P2: [ld('r2', 'y')] },
    exists: 'y=2 P1.r1=0',
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'R+fences',
    cpus: { P0: [write('x'), mb(), write('y', 1)], P1: [write('y', 2), mb(), ld('r1', 'x')], P2: [ld('r2', 'y')] },
    exists: 'y=2 P1.r1=0',
    verdict: 'forbidden',
  },
  {
    name: 'R+fence w,w+po',
    cpus: { P0: [write('x'), fence('w', 'w'), write('y', 1)], P1: [write('y', 2), ld('r1', 'x')], P2: [ld('r2', 'y')] },
    exists: 'y=2 P1.r1=0',
    verdict: 'allowed',
    shown: [0, 1],
  },
  {
    name: 'R+po+fence',
    cpus: { P0: [write('x'), write('y', 1)], P1: [write('y', 2), mb(), ld('r1', 'x')], P2: [ld('r2', 'y')] },
    exists: 'y=2 P1.r1=0',
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'S',
    cpus: { P0: [write('x', 2), write('y')], P1: [ld('r1', 'y'), write('x', 1)], P2: [ld('r2', 'x')] },
    exists: 'P1.r1=1 x=2',
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'S+po+data',
    cpus: { P0: [write('x', 2), write('y')], P1: [read('r1', 'y'), data('x', 1, 'r1'), note('r1')], P2: [ld('r2', 'x')] },
    exists: 'P1.r1=1 x=2',
    verdict: 'allowed',
    shown: [1],
  },
  {
    name: 'S+fence+data',
    cpus: { P0: [write('x', 2), fence('w', 'w'), write('y')], P1: [read('r1', 'y'), data('x', 1, 'r1'), note('r1')], P2: [ld('r2', 'x')] },
    exists: 'P1.r1=1 x=2',
    verdict: 'forbidden',
  },
  // Left out: P1's store would have to pass its older load.
  {
    name: 'S+fence+po',
    cpus: { P0: [write('x', 2), fence('w', 'w'), write('y')], P1: [ld('r1', 'y'), write('x', 1)], P2: [ld('r2', 'x')] },
    exists: 'P1.r1=1 x=2',
    verdict: 'allowed',
    shown: [],
  },

  // Load buffering: left out, as this machine says (promise-first would show it).
  {
    name: 'LB',
    cpus: { P0: [ld('r1', 'x'), write('y')], P1: [ld('r2', 'y'), write('x')] },
    exists: 'P0.r1=1 P1.r2=1',
    verdict: 'allowed',
    shown: [],
  },
  {
    name: 'LB+datas',
    cpus: { P0: [read('r1', 'x'), data('y', 1, 'r1'), note('r1')], P1: [read('r2', 'y'), data('x', 1, 'r2'), note('r2')] },
    exists: 'P0.r1=1 P1.r2=1',
    verdict: 'forbidden',
  },

  // An own store forwarded before it is visible: allowed behind a control dependency (Arm ARM, "Dependency-ordered-before"; RVWMO PPO 11, 12).
  {
    name: 'PPOCA',
    cpus: {
      P0: [write('x'), mb(), write('y')],
      P1: [read('r1', 'y'), when('r1', write('z'), read('r2', 'z'), addr('r3', 'x', 'r2'), note('r2')), note('r1')],
      P2: [ld('r4', 'z')],
    },
    exists: 'P1.r1=1 P1.r2=1 P1.r3=0',
    verdict: 'allowed',
    // Window 0 leaves out: the store is visible before it is read.
    shown: [1],
  },

  // Atomics.
  {
    name: 'two atomic increments',
    cpus: { P0: [rmw(null, 'x', 'add', 1)], P1: [rmw(null, 'x', 'add', 1)], P2: [ld('r1', 'x')] },
    exists: 'x=1',
    verdict: 'forbidden',
  },
  {
    name: 'swap hands each value out once',
    cpus: { P0: [rmw('r1', 'x', 'swap', 1), note('r1')], P1: [rmw('r2', 'x', 'swap', 1), note('r2')] },
    exists: 'P0.r1=0 P1.r2=0',
    verdict: 'forbidden',
  },
  {
    name: 'only one compare-and-swap wins',
    cpus: { P0: [rmw('r1', 'x', 'cas', 1, 'relaxed', U64, 0), note('r1')], P1: [rmw('r2', 'x', 'cas', 2, 'relaxed', U64, 0), note('r2')] },
    exists: 'P0.r1=0 P1.r2=0',
    verdict: 'forbidden',
  },
  {
    name: 'a store between the halves of an atomic',
    cpus: { P0: [rmw('r1', 'x', 'add', 1), note('r1')], P1: [write('x', 5)] },
    exists: 'P0.r1=0 x=1',
    verdict: 'forbidden',
  },
];

describe('classical litmus tests', () => {
  for (const row of rows) {
    const shown = row.shown ?? [];
    for (const arch of row.arch ? [row.arch] : (['riscv', 'arm64'] as const)) {
      const scene: Scene = { arch, cpus: row.cpus };
      for (const window of [0, 1] as const) {
        const how = row.verdict === 'forbidden' ? 'forbidden' : shown.includes(window) ? 'allowed, shown' : 'allowed, left out';
        it(`${row.name} (${arch}, window ${String(window)}): ${how}`, () => {
          expect(shows(scene, window, row.exists)).toBe(row.verdict === 'allowed' && shown.includes(window));
        });
      }
    }
  }

  // What the interleaving search leaves out, the promise-first search shows.
  for (const row of rows) {
    for (const arch of row.arch ? [row.arch] : (['riscv', 'arm64'] as const)) {
      it(`${row.name} (${arch}, promise-first): ${row.verdict}`, () => {
        expect(shows({ arch, cpus: row.cpus }, 'promise-first', row.exists)).toBe(row.verdict === 'allowed');
      });
    }
  }

  it('promise-first shows whatever interleaving shows', () => {
    // Interleaving keeps what only one CPU uses out of memory.
    const threads = (ends: Set<string>): string[] =>
      [...ends].map((end) =>
        end
          .split(' ')
          .filter((part) => /^P\d/.test(part))
          .join(' '),
      );
    for (const row of rows) {
      const scene: Scene = { arch: row.arch ?? 'riscv', cpus: row.cpus };
      const all = threads(promisedOutcomes(scene));
      for (const end of threads(outcomes(scene, 1))) expect(all, row.name).toContain(end);
    }
  });

  it('window 1 shows whatever window 0 shows', () => {
    for (const row of rows) {
      const scene: Scene = { arch: row.arch ?? 'riscv', cpus: row.cpus };
      const one = outcomes(scene, 1);
      for (const end of outcomes(scene, 0)) expect(one, row.name).toContain(end);
    }
  });

  it('each test has the outcomes that sequential consistency gives', () => {
    expect(outcomes({ cpus: { P0: [write('x'), mb(), ld('r1', 'y')], P1: [write('y'), mb(), ld('r2', 'x')] } }, 1)).toEqual(
      new Set(['P0.r1=1 P1.r2=1 x=1 y=1', 'P0.r1=0 P1.r2=1 x=1 y=1', 'P0.r1=1 P1.r2=0 x=1 y=1']),
    );
  });
});

describe('lost updates', () => {
  const increment: readonly Line[] = [load('old', 'x'), store('x', binary('+', 'old', 1))];
  const two = (first: readonly Line[], second: readonly Line[]): Scene => ({ cpus: { P0: first, P1: second, P2: [ld('r1', 'x')] } });

  it('two plain increments lose one, two atomic ones do not', () => {
    expect(shows(two(increment, increment), 0, 'x=1')).toBe(true);
    expect(shows(two([rmw(null, 'x', 'add', 1)], [rmw(null, 'x', 'add', 1)]), 1, 'x=1')).toBe(false);
  });

  it('are named when the run ends badly for it', () => {
    const checked = (how: readonly Line[]): Scene => ({
      cpus: {
        P0: [how, release('done', 1)],
        P1: [how, acquire('other', 'done'), when('other', load('sum', 'x'), assert(equal('sum', 2)))],
      },
    });
    expect(violations(checked(increment))).toEqual(['lost-update']);
    expect(violations(checked([rmw(null, 'x', 'add', 1, 'acquire')]))).toEqual([]);
  });
});
