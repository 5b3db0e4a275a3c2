import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { runLitmus } from '../../../simulator/litmus/run.js';
import { parseLitmus } from '../parse.js';

/**
 * The classical tests of data accesses, as A64. Names follow Alglave, Maranget and Tautschnig, "Herding Cats" (2014); verdicts follow from
 * Arm ARM DDI 0487, B2.3 "Definition of the Armv8 memory model", which is multi-copy atomic.
 *
 * Registers: X1 = x, X3 = y, X5 = z, X0 = 1, X2 = 2; results from X10 on. A cell may hold several instructions, with `;` between them.
 */
const catalog = loadCatalog('simulator/catalog');

function holds(threads: readonly string[], condition: string): string | null {
  const columns = threads.map((thread) => thread.split(';').map((line) => line.trim()));
  const init = columns.map((_, i) => `${i}:X0=1; ${i}:X2=2; ${i}:X1=x; ${i}:X3=y; ${i}:X5=z;`).join(' ');
  const head = columns.map((_, i) => `P${i}`).join(' | ');
  const rows = Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, row) =>
    columns.map((column) => column[row] ?? '').join(' | '),
  );
  const parsed = parseLitmus(
    't',
    `AArch64 t\n{ ${init} }\n ${head} ;\n${rows.map((row) => ` ${row} ;\n`).join('')}exists (${condition})\n`,
    catalog,
  );
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  const { test } = parsed;
  const outcome = runLitmus({ ...test, setup: { ...test.setup, setting: new Map([['FEAT_ETS2', false]]) } });
  expect(outcome.stuck).toEqual([]);
  return outcome.holds;
}

const [Wx, Wy] = ['STR W0,[X1]', 'STR W0,[X3]'];
const [relX, relY] = ['STLR W0,[X1]', 'STLR W0,[X3]'];
const [Rx, Ry] = ['LDR W10,[X1]', 'LDR W10,[X3]'];
const [thenRx, thenRy] = ['LDR W11,[X1]', 'LDR W11,[X3]'];
const dependent = 'EOR W20,W10,W10';
const [addrRx, addrRy] = [`${dependent}; LDR W11,[X1,W20,SXTW]`, `${dependent}; LDR W11,[X3,W20,SXTW]`];
const [dataWx, dataWy] = [`${dependent}; ADD W20,W20,#1; STR W20,[X1]`, `${dependent}; ADD W20,W20,#1; STR W20,[X3]`];
const ctrl = 'CBNZ W10,on; on: NOP';
const pick = 'CMP W10,#0; CSEL W20,WZR,WZR,EQ';

const SB = '0:X10=0 /\\ 1:X10=0';
const MP = '1:X10=1 /\\ 1:X11=0';
const LB = '0:X10=1 /\\ 1:X10=1';
const WRC = '1:X10=1 /\\ 2:X10=1 /\\ 2:X11=0';
const IRIW = '1:X10=1 /\\ 1:X11=0 /\\ 3:X10=1 /\\ 3:X11=0';
const RWC = '1:X10=1 /\\ 1:X11=0 /\\ 2:X11=0';

const allowed: readonly [name: string, threads: readonly string[], condition: string][] = [
  ['SB', [`${Wx}; ${Ry}`, `${Wy}; ${Rx}`], SB],
  ['SB+rel+acqpc', [`${relX}; LDAPR W10,[X3]`, `${relY}; LDAPR W10,[X1]`], SB],
  ['SB+dmb.st', [`${Wx}; DMB ST; ${Ry}`, `${Wy}; DMB ST; ${Rx}`], SB],
  ['MP', [`${Wx}; ${Wy}`, `${Ry}; ${thenRx}`], MP],
  ['MP+dmb.st+po', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; ${thenRx}`], MP],
  ['MP+po+addr', [`${Wx}; ${Wy}`, `${Ry}; ${addrRx}`], MP],
  ['MP+dmb.st+ctrl', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; ${ctrl}; ${thenRx}`], MP],
  ['MP+dmb.st+pick', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; ${pick}; LDR W11,[X1,W20,SXTW]`], MP],
  ['MP+dmb.ld+addr', [`${Wx}; DMB LD; ${Wy}`, `${Ry}; ${addrRx}`], MP],
  // An atomic whose result is thrown away is no read to DMB LD, and its acquire is gone.
  ['MP+dmb.st+noreturn-dmb.ld', [`${Wx}; DMB ST; ${Wy}`, `LDADDA W2,WZR,[X3]; DMB LD; ${thenRx}`], 'y=3 /\\ 1:X11=0'],
  ['LB', [`${Rx}; ${Wy}`, `${Ry}; ${Wx}`], LB],
  ['LB+dmb+po', [`${Rx}; DMB SY; ${Wy}`, `${Ry}; ${Wx}`], LB],
  ['LB+data+po', [`${Rx}; ${dataWy}`, `${Ry}; ${Wx}`], LB],
  ['S+dmb+po', ['STR W2,[X1]; DMB SY; STR W0,[X3]', `${Ry}; ${Wx}`], '1:X10=1 /\\ x=2'],
  ['S+po+data', ['STR W2,[X1]; STR W0,[X3]', `${Ry}; ${dataWx}`], '1:X10=1 /\\ x=2'],
  ['R+dmb+po', [`${Wx}; DMB SY; ${Wy}`, `STR W2,[X3]; ${Rx}`], 'y=2 /\\ 1:X10=0'],
  ['R+po+dmb', [`${Wx}; ${Wy}`, `STR W2,[X3]; DMB SY; ${Rx}`], 'y=2 /\\ 1:X10=0'],
  ['2+2W', [`${Wx}; STR W2,[X3]`, `${Wy}; STR W2,[X1]`], 'x=1 /\\ y=1'],
  ['WRC+po+addr', [Wx, `${Rx}; ${Wy}`, `${Ry}; ${addrRx}`], WRC],
  ['IRIW', [Wx, `${Rx}; ${thenRy}`, Wy, `${Ry}; ${thenRx}`], IRIW],
  ['RWC+po+dmb', [Wx, `${Rx}; ${thenRy}`, `${Wy}; DMB SY; ${thenRx}`], RWC],
  // The own store behind a control dependency is read before others see it.
  [
    'PPOCA',
    [`${Wx}; DMB SY; ${Wy}`, `${Ry}; ${ctrl}; STR W0,[X5]; LDR W12,[X5]; EOR W20,W12,W12; LDR W11,[X1,W20,SXTW]`],
    `${MP} /\\ 1:X12=1`,
  ],
  [
    'two exclusive increments, one of which fails',
    ['LDXR W10,[X1]; ADD W10,W10,#1; STXR W11,W10,[X1]', 'LDXR W10,[X1]; ADD W10,W10,#1; STXR W11,W10,[X1]'],
    'x=1',
  ],
];

const forbidden: readonly [name: string, threads: readonly string[], condition: string][] = [
  ['SB+dmbs', [`${Wx}; DMB SY; ${Ry}`, `${Wy}; DMB SY; ${Rx}`], SB],
  ['SB+dsbs', [`${Wx}; DSB ISH; ${Ry}`, `${Wy}; DSB ISH; ${Rx}`], SB],
  ['SB+rel+acq', [`${relX}; LDAR W10,[X3]`, `${relY}; LDAR W10,[X1]`], SB],
  ['SB+swpals', [`SWPAL W0,W12,[X1]; ${Ry}`, `SWPAL W0,W12,[X3]; ${Rx}`], SB],
  ['MP+dmb.st+addr', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; ${addrRx}`], MP],
  ['MP+dmb.st+dmb.ld', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; DMB LD; ${thenRx}`], MP],
  ['MP+rel+acq', [`${Wx}; ${relY}`, `LDAR W10,[X3]; ${thenRx}`], MP],
  ['MP+rel+acqpc', [`${Wx}; ${relY}`, `LDAPR W10,[X3]; ${thenRx}`], MP],
  ['MP+dmb.st+ctrl-isb', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; ${ctrl}; ISB; ${thenRx}`], MP],
  ['MP+dmb.st+pick-isb', [`${Wx}; DMB ST; ${Wy}`, `${Ry}; CMP W10,#0; CSEL W20,W0,W2,EQ; CBNZ W20,on; on: ISB; ${thenRx}`], MP],
  ['MP+dmb.st+rmw-dmb.ld', [`${Wx}; DMB ST; ${Wy}`, `LDADD W2,W10,[X3]; DMB LD; ${thenRx}`], 'y=3 /\\ 1:X11=0'],
  ['MP+dmb.st+rmw-acq', [`${Wx}; DMB ST; ${Wy}`, `LDADDA WZR,W10,[X3]; ${thenRx}`], MP],
  ['MP+rel+failed cas.acq', [`${Wx}; ${relY}`, `MOV W10,#7; CASA W10,W0,[X3]; ${thenRx}`], MP],
  ['LB+datas', [`${Rx}; ${dataWy}`, `${Ry}; ${dataWx}`], LB],
  ['LB+ctrls', [`${Rx}; ${ctrl}; ${Wy}`, `${Ry}; ${ctrl}; ${Wx}`], LB],
  ['LB+rels', [`${Rx}; ${relY}`, `${Ry}; ${relX}`], LB],
  ['LB+acqs', [`LDAR W10,[X1]; ${Wy}`, `LDAR W10,[X3]; ${Wx}`], LB],
  ['S+dmb+data', ['STR W2,[X1]; DMB SY; STR W0,[X3]', `${Ry}; ${dataWx}`], '1:X10=1 /\\ x=2'],
  ['S+dmb+ctrl', ['STR W2,[X1]; DMB SY; STR W0,[X3]', `${Ry}; ${ctrl}; ${Wx}`], '1:X10=1 /\\ x=2'],
  ['R+dmbs', [`${Wx}; DMB SY; ${Wy}`, `STR W2,[X3]; DMB SY; ${Rx}`], 'y=2 /\\ 1:X10=0'],
  ['R+dmb.st+dmb.sy', [`${Wx}; DMB ST; ${Wy}`, `STR W2,[X3]; DMB SY; ${Rx}`], 'y=2 /\\ 1:X10=0'],
  ['2+2W+dmb.sts', [`${Wx}; DMB ST; STR W2,[X3]`, `${Wy}; DMB ST; STR W2,[X1]`], 'x=1 /\\ y=1'],
  ['2+2W+rels', [`${Wx}; STLR W2,[X3]`, `${Wy}; STLR W2,[X1]`], 'x=1 /\\ y=1'],
  ['WRC+data+addr', [Wx, `${Rx}; ${dataWy}`, `${Ry}; ${addrRx}`], WRC],
  ['WRC+dmbs', [Wx, `${Rx}; DMB SY; ${Wy}`, `${Ry}; DMB SY; ${thenRx}`], WRC],
  ['IRIW+addrs', [Wx, `${Rx}; ${addrRy}`, Wy, `${Ry}; ${addrRx}`], IRIW],
  ['IRIW+acqs', [Wx, `LDAR W10,[X1]; ${thenRy}`, Wy, `LDAR W10,[X3]; ${thenRx}`], IRIW],
  ['RWC+addr+dmb', [Wx, `${Rx}; ${addrRy}`, `${Wy}; DMB SY; ${thenRx}`], RWC],
  [
    'ISA2+dmb+data+addr',
    [`${Wx}; DMB SY; ${Wy}`, `${Ry}; ${dependent}; ADD W20,W20,#1; STR W20,[X5]`, 'LDR W10,[X5]; EOR W20,W10,W10; LDR W11,[X1,W20,SXTW]'],
    WRC,
  ],
  ['CoRR', [Wx, `${Rx}; ${thenRx}`], '1:X10=1 /\\ 1:X11=0'],
  ['CoWR', [`${Wx}; ${Rx}`], '0:X10=0'],
  ['CoWW', [`${Wx}; STR W2,[X1]`], 'x=1'],
  ['CoRW1', [`${Rx}; ${Wx}`], '0:X10=1'],
  ['two atomic increments, one lost', ['LDADD W0,W10,[X1]', 'STADD W0,[X1]'], 'x=1'],
  [
    'two exclusive increments that both succeed, one lost',
    ['LDXR W10,[X1]; ADD W10,W10,#1; STXR W11,W10,[X1]', 'LDXR W10,[X1]; ADD W10,W10,#1; STXR W11,W10,[X1]'],
    'x=1 /\\ 0:X11=0 /\\ 1:X11=0',
  ],
  ['a store between the halves of an atomic', ['SWP W2,W10,[X1]', Wx], '0:X10=0 /\\ x=2 /\\ 1:X10=1'],
];

describe('classical tests in A64', () => {
  it.each(allowed)('%s is allowed', (_, threads, condition) => {
    expect(holds(threads, condition)).toBe('sometimes');
  });

  it.each(forbidden)('%s is forbidden', (_, threads, condition) => {
    expect(holds(threads, condition)).toBe('never');
  });
});
