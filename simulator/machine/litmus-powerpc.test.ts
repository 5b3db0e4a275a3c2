import { describe, expect, it } from 'vitest';
import { type Address, type Line, binary, dependent, isb, load, mb, note, store, when, zeroFrom } from '../testing/build.js';
import { fenceTso } from '../testing/invalidations.js';
import { shows } from '../testing/run.js';

/**
 * Classical litmus tests on powerpc. Verdicts: Alglave, Maranget, Tautschnig, "Herding Cats" (2014), and Sarkar et al., "Understanding POWER
 * Multiprocessors" (2011). The machine's memory is one order for all CPUs; what shows only where a store reaches one CPU before another is
 * `missed`, and asserted as missed, so that closing the gap is noticed.
 */
interface Row {
  readonly name: string;
  readonly cpus: Readonly<Record<string, readonly Line[]>>;
  readonly exists: string;
  readonly verdict: 'forbidden' | 'allowed' | 'missed';
}

const lwsync = fenceTso;
const sync = mb;
const isync = isb;
const ld = (dst: string, from: Address): Line => [load(dst, from), note(dst)];
const addr = (dst: string, from: string, on: string): Line => ld(dst, dependent(from, on));
const data = (to: string, on: string): Line => store(to, binary('+', zeroFrom(on), 1));
const write = (to: string, value = 1): Line => store(to, value);
const seen = (...names: string[]): readonly Line[] => names.map((name) => ld(`seen_${name}`, name));

const MP = 'P1.r1=1 P1.r2=0';
const SB = 'P0.r1=0 P1.r2=0';
const R = 'y=2 P1.r1=0';
const WRC = 'P1.r1=1 P2.r2=1 P2.r3=0';
const IRIW = 'P1.r1=1 P1.r2=0 P3.r3=1 P3.r4=0';

const mp = (writer: Line, ...reader: readonly Line[]): Row['cpus'] => ({ P0: [write('x'), writer, write('y')], P1: reader });
const sb = (between: Line): Row['cpus'] => ({ P0: [write('x'), between, ld('r1', 'y')], P1: [write('y'), between, ld('r2', 'x')] });
const r = (first: Line, second: Line): Row['cpus'] => ({
  P0: [write('x'), first, write('y', 1)],
  P1: [write('y', 2), second, ld('r1', 'x')],
  P2: seen('y'),
});
const iriw = (between: Line): Row['cpus'] => ({
  P0: [write('x')],
  P1: [ld('r1', 'x'), between, ld('r2', 'y')],
  P2: [write('y')],
  P3: [ld('r3', 'y'), between, ld('r4', 'x')],
});

const rows: readonly Row[] = [
  { name: 'MP', cpus: mp([], ld('r1', 'y'), ld('r2', 'x')), exists: MP, verdict: 'allowed' },
  { name: 'MP+lwsyncs', cpus: mp(lwsync(), ld('r1', 'y'), lwsync(), ld('r2', 'x')), exists: MP, verdict: 'forbidden' },
  { name: 'MP+lwsync+po', cpus: mp(lwsync(), ld('r1', 'y'), ld('r2', 'x')), exists: MP, verdict: 'allowed' },
  { name: 'MP+po+lwsync', cpus: mp([], ld('r1', 'y'), lwsync(), ld('r2', 'x')), exists: MP, verdict: 'allowed' },
  { name: 'MP+lwsync+addr', cpus: mp(lwsync(), ld('r1', 'y'), addr('r2', 'x', 'r1')), exists: MP, verdict: 'forbidden' },
  {
    name: 'MP+lwsync+ctrl',
    cpus: mp(lwsync(), load('r1', 'y'), when('r1', ld('r2', 'x')), note('r1')),
    exists: MP,
    verdict: 'allowed',
  },
  {
    name: 'MP+lwsync+ctrl-isync',
    cpus: mp(lwsync(), load('r1', 'y'), when('r1', isync(), ld('r2', 'x')), note('r1')),
    exists: MP,
    verdict: 'forbidden',
  },
  { name: 'SB+lwsyncs', cpus: sb(lwsync()), exists: SB, verdict: 'allowed' },
  { name: 'SB+syncs', cpus: sb(sync()), exists: SB, verdict: 'forbidden' },
  {
    name: 'S+lwsync+data',
    cpus: { P0: [write('x', 2), lwsync(), write('y')], P1: [load('r1', 'y'), data('x', 'r1'), note('r1')], P2: seen('x') },
    exists: 'P1.r1=1 x=2',
    verdict: 'forbidden',
  },
  {
    name: 'LB+lwsyncs',
    cpus: { P0: [ld('r1', 'x'), lwsync(), write('y')], P1: [ld('r2', 'y'), lwsync(), write('x')] },
    exists: 'P0.r1=1 P1.r2=1',
    verdict: 'forbidden',
  },
  { name: 'LB', cpus: { P0: [ld('r1', 'x'), write('y')], P1: [ld('r2', 'y'), write('x')] }, exists: 'P0.r1=1 P1.r2=1', verdict: 'allowed' },
  {
    name: '2+2W+lwsyncs',
    cpus: { P0: [write('x', 1), lwsync(), write('y', 2)], P1: [write('y', 1), lwsync(), write('x', 2)], P2: seen('x', 'y') },
    exists: 'x=1 y=1',
    verdict: 'forbidden',
  },
  { name: 'R+syncs', cpus: r(sync(), sync()), exists: R, verdict: 'forbidden' },
  { name: 'R+sync+lwsync', cpus: r(sync(), lwsync()), exists: R, verdict: 'allowed' },
  { name: 'R+lwsync+sync', cpus: r(lwsync(), sync()), exists: R, verdict: 'missed' },
  {
    name: 'WRC+lwsync+addr',
    cpus: { P0: [write('x')], P1: [ld('r1', 'x'), lwsync(), write('y')], P2: [ld('r2', 'y'), addr('r3', 'x', 'r2')] },
    exists: WRC,
    verdict: 'forbidden',
  },
  {
    name: 'WRC+data+addr',
    cpus: {
      P0: [write('x')],
      P1: [load('r1', 'x'), data('y', 'r1'), note('r1')],
      P2: [ld('r2', 'y'), addr('r3', 'x', 'r2')],
    },
    exists: WRC,
    verdict: 'missed',
  },
  { name: 'IRIW+syncs', cpus: iriw(sync()), exists: IRIW, verdict: 'forbidden' },
  { name: 'IRIW+lwsyncs', cpus: iriw(lwsync()), exists: IRIW, verdict: 'missed' },
];

describe('powerpc', () => {
  for (const { name, cpus, exists, verdict } of rows) {
    it(`${name}: ${verdict}`, () => {
      expect(shows({ arch: 'powerpc', cpus }, 'promise-first', exists)).toBe(verdict === 'allowed');
    });
    // The interleaving search shows nothing that the promise-first search does not: what is allowed, it may leave out.
    if (verdict === 'allowed') continue;
    for (const window of [0, 1] as const) {
      it(`${name} (window ${String(window)}): ${verdict}`, () => {
        expect(shows({ arch: 'powerpc', cpus }, window, exists)).toBe(false);
      });
    }
  }
});
