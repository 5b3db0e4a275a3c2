import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { runLitmus } from '../../../simulator/litmus/run.js';
import { parseLitmus } from '../parse.js';

const catalog = loadCatalog('simulator/catalog');

/** What CTR_EL0 says: DC and IC needed, IC alone, neither. */
const CACHES = { 'DC and IC': '', IC: 'CacheType=IDC', neither: 'CacheType=IDC DIC' } as const;
type Caches = keyof typeof CACHES;

/** `old`: the old code may be run in the end. `new`: it can't. One word for all three kinds of caches, or one each. */
type Verdict = 'old' | 'new';
type Verdicts = Verdict | Readonly<Record<Caches, Verdict>>;

const columns = (threads: readonly (readonly string[])[]): string => {
  const rows = Math.max(...threads.map((lines) => lines.length));
  const row = (i: number): string => `${threads.map((lines) => lines[i] ?? '').join(' | ')} ;`;
  return [`${threads.map((_, i) => `P${String(i)}`).join(' | ')} ;`, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n');
};

function textOf(info: string, threads: readonly (readonly string[])[], end: string, init = ''): string {
  const registers = threads
    .map((_, i) => `${String(i)}:X0=NOP; ${String(i)}:X1=P1:code; ${String(i)}:X3=flag; ${String(i)}:X2=1;`)
    .join(' ');
  return `AArch64 t\n${info}\n{ ${registers} ${init} }\n${columns(threads)}\nexists ${end}\n`;
}

function shown(text: string): boolean {
  const parsed = parseLitmus('t', text, catalog);
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  const { holds, stuck } = runLitmus(parsed.test);
  expect(stuck).toEqual([]);
  return holds !== 'never';
}

/** Code that another thread changes: X9 is 1 once the branch at its start is gone. */
const CODE = ['code: B out', 'MOV W9,#1', 'out: NOP'];
const SYNC = ['DC CVAU,X1', 'DSB ISH', 'IC IVAU,X1', 'DSB ISH'];
const PATCH = 'STR W0,[X1]';
const TELL = 'STR W2,[X3]';
const ASK = 'LDR W4,[X3]';
const MP = '(1:X4=1 /\\ 1:X9=0)';

const rules: readonly (readonly [string, readonly (readonly string[])[], string, Verdicts, string?])[] = [
  // One thread: when its own fetch sees its own store.
  ['nothing', [[], [PATCH, ...CODE]], '1:X9=0', 'old'],
  ['DSB', [[], [PATCH, 'DSB ISH', ...CODE]], '1:X9=0', 'old'],
  ['ISB', [[], [PATCH, 'ISB', ...CODE]], '1:X9=0', 'old'],
  ['DSB, ISB', [[], [PATCH, 'DSB ISH', 'ISB', ...CODE]], '1:X9=0', { 'DC and IC': 'old', IC: 'old', neither: 'new' }],
  ['DMB, ISB', [[], [PATCH, 'DMB ISH', 'ISB', ...CODE]], '1:X9=0', 'old'],
  ['all', [[], [PATCH, ...SYNC, 'ISB', ...CODE]], '1:X9=0', 'new'],
  ['all but the ISB', [[], [PATCH, ...SYNC, ...CODE]], '1:X9=0', 'old'],
  ['no DC', [[], [PATCH, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE]], '1:X9=0', { 'DC and IC': 'old', IC: 'new', neither: 'new' }],
  ['no IC', [[], [PATCH, 'DC CVAU,X1', 'DSB ISH', 'ISB', ...CODE]], '1:X9=0', { 'DC and IC': 'old', IC: 'old', neither: 'new' }],
  [
    'no DSB before the IC',
    [[], [PATCH, 'DC CVAU,X1', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'a DMB before the IC',
    [[], [PATCH, 'DC CVAU,X1', 'DMB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'a DMB behind the IC',
    [[], [PATCH, 'DC CVAU,X1', 'DSB ISH', 'IC IVAU,X1', 'DMB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'IC, then DC',
    [[], [PATCH, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'DC CVAU,X1', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'new', neither: 'new' },
  ],
  [
    'all, for another word',
    [[], [PATCH, 'DC CVAU,X5', 'DSB ISH', 'IC IVAU,X5', 'DSB ISH', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
    '1:X5=flag;',
  ],
  [
    'DC of another word',
    [[], [PATCH, 'DSB ISH', 'DC CVAU,X5', 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'new', neither: 'new' },
    '1:X5=flag;',
  ],
  [
    'DC, then the store',
    [[], ['DC CVAU,X1', 'DSB ISH', PATCH, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE]],
    '1:X9=0',
    { 'DC and IC': 'old', IC: 'new', neither: 'new' },
  ],
  ['IC of everything', [[], [PATCH, 'DC CVAU,X1', 'DSB ISH', 'IC IALLUIS', 'DSB ISH', 'ISB', ...CODE]], '1:X9=0', 'new'],

  // Two threads: the writer does all of it, the reader hears of it.
  [
    'told, DSB and ISB',
    [
      [PATCH, ...SYNC, TELL],
      [ASK, 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'told, DSB LD and ISB',
    [
      [PATCH, ...SYNC, TELL],
      [ASK, 'DSB LD', 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'told, a branch and ISB',
    [
      [PATCH, ...SYNC, TELL],
      [ASK, 'CBNZ W4,on', 'on: ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'told, no ISB',
    [
      [PATCH, ...SYNC, TELL],
      [ASK, 'DSB ISH', ...CODE],
    ],
    MP,
    'old',
  ],
  [
    'told, ISB alone',
    [
      [PATCH, ...SYNC, TELL],
      [ASK, 'ISB', ...CODE],
    ],
    MP,
    'old',
  ],
  [
    'told where to go',
    [
      [PATCH, ...SYNC, 'STR X1,[X3]'],
      ['LDR X4,[X3]', 'BR X4', ...CODE],
    ],
    '1:X9=0',
    'old',
    'flag=P1:out;',
  ],
  [
    'told too early',
    [
      [TELL, PATCH, ...SYNC],
      [ASK, 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    'old',
  ],

  [
    'told, a DMB behind the IC',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', 'IC IVAU,X1', 'DMB ISH', TELL],
      [ASK, 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'told, a DSB ST behind the IC',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', 'IC IVAU,X1', 'DSB ISHST', TELL],
      [ASK, 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],

  // The reader does what the writer left out.
  [
    'the reader does all of it',
    [
      [PATCH, 'DMB ST', TELL],
      [ASK, 'DSB ISH', ...SYNC, 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader does the IC, a DSB between',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', TELL],
      [ASK, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader does the IC, a DMB behind the DC',
    [
      [PATCH, 'DC CVAU,X1', 'DMB ISH', TELL],
      [ASK, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader does the IC, a DMB ST behind the DC',
    [
      [PATCH, 'DC CVAU,X1', 'DMB ST', TELL],
      [ASK, 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    { 'DC and IC': 'old', IC: 'new', neither: 'new' },
  ],
  [
    'the reader does the IC, a DMB before it',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', TELL],
      [ASK, 'DMB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'the reader does the IC where it was told to',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', 'STR X1,[X3]'],
      ['LDR X4,[X3]', 'IC IVAU,X4', 'DSB ISH', 'ISB', ...CODE],
    ],
    '(1:X4=1:X1 /\\ 1:X9=0)',
    'new',
  ],
  [
    'the reader does all of it, a DMB before the DC',
    [
      [PATCH, 'DMB ST', TELL],
      [ASK, 'DMB ISH', ...SYNC, 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader does all of it, an ISB before the DC',
    [
      [PATCH, 'DMB ST', TELL],
      [ASK, 'CBNZ W4,on', 'on: ISB', ...SYNC, 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader does the IC at an address that depends on what it was told',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', TELL],
      [ASK, 'EOR X5,X4,X4', 'ADD X6,X1,X5', 'IC IVAU,X6', 'DSB ISH', 'ISB', ...CODE],
    ],
    MP,
    'new',
  ],
  [
    'the reader has read what was stored behind the DC',
    [
      [PATCH, 'DC CVAU,X1', 'STR W6,[X1]'],
      ['LDR W4,[X1]', 'DSB ISH', 'IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    '(1:X4=instr:"MOV W8,#1" /\\ 1:X9=0)',
    'new',
    '0:X6=instr:"MOV W8,#1";',
  ],
  ['the reader has read the new word', [[PATCH], ['LDR W4,[X1]', ...SYNC, 'ISB', ...CODE]], '(1:X4=1:X0 /\\ 1:X9=0)', 'new'],

  // What a fetch makes wait.
  [
    'new code, then a load',
    [
      [TELL, 'DMB ST', PATCH],
      [...CODE, ASK],
    ],
    '(1:X9=1 /\\ 1:X4=0)',
    'new',
  ],
  [
    'new code, then a store',
    [
      ['STR W2,[X3]', 'DMB ST', PATCH],
      [...CODE, 'MOV W5,#2', 'STR W5,[X3]'],
    ],
    '(1:X9=1 /\\ flag=1)',
    'new',
  ],
  [
    'an own store, fetched',
    [
      ['LDR W4,[X3]', 'DMB LD', 'LDR W5,[X1]'],
      [PATCH, ...CODE, TELL],
    ],
    '(1:X9=1 /\\ 0:X4=1 /\\ ~(0:X5=0:X0))',
    'new',
  ],
  ['own code, before a store to it', [[], [...CODE, PATCH]], '1:X9=1', 'new'],

  // Old code again, after the new one.
  [
    'old code again',
    [[PATCH], ['BL code', 'MOV W5,W9', 'MOV W9,#0', 'BL code', 'B end', ...CODE, 'RET', 'end: NOP']],
    '(1:X5=1 /\\ 1:X9=0)',
    { 'DC and IC': 'old', IC: 'old', neither: 'new' },
  ],
  [
    'old code, after newer code from behind the IC',
    [
      [PATCH, ...SYNC, 'STR W0,[X6]'],
      ['early: B code', 'MOV W5,#1', ...CODE],
    ],
    '(1:X5=1 /\\ 1:X9=0)',
    'new',
    '0:X6=P1:early;',
  ],
  [
    'old code, after newer code and an own IC',
    [
      [PATCH, 'DC CVAU,X1', 'DSB ISH', 'STR W0,[X6]'],
      ['early: B on', 'MOV W5,#1', 'on: IC IVAU,X1', 'DSB ISH', 'ISB', ...CODE],
    ],
    '(1:X5=1 /\\ 1:X9=0)',
    'new',
    '0:X6=P1:early;',
  ],
];

describe('when new code is run', () => {
  for (const [name, threads, end, verdicts, init] of rules) {
    for (const caches of Object.keys(CACHES) as Caches[]) {
      const verdict = typeof verdicts === 'string' ? verdicts : verdicts[caches];
      it(`${name} (caches need ${caches}): ${verdict}`, () => {
        expect(shown(textOf(CACHES[caches], threads, end, init))).toBe(verdict === 'old');
      });
    }
  }
});

/** As `shown`, with axes set. */
function shownWith(text: string, axes: Readonly<Record<string, boolean>>): boolean {
  const parsed = parseLitmus('t', text, catalog);
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  const setting = new Map([...parsed.test.setup.setting, ...Object.entries(axes)]);
  const { holds, stuck } = runLitmus({ ...parsed.test, setup: { ...parsed.test.setup, setting } });
  expect(stuck).toEqual([]);
  return holds !== 'never';
}

describe('axes that no litmus file spells', () => {
  const clean = { 'CTR_EL0.IDC': false, 'CTR_EL0.DIC': true };

  it('DIC without IDC: no IC, but a DC and what waits for it', () => {
    const end = '1:X9=0';
    expect(shownWith(textOf('', [[], [PATCH, 'DSB ISH', 'ISB', ...CODE]], end), clean)).toBe(true);
    expect(shownWith(textOf('', [[], [PATCH, 'DC CVAU,X1', 'ISB', ...CODE]], end), clean)).toBe(true);
    expect(shownWith(textOf('', [[], [PATCH, 'DC CVAU,X1', 'DSB ISH', 'ISB', ...CODE]], end), clean)).toBe(false);
  });

  it('IC IALLU is for its own CPU, unless it is broadcast', () => {
    const text = textOf(
      '',
      [
        [PATCH, 'DC CVAU,X1', 'DSB ISH', 'IC IALLU', 'DSB ISH', TELL],
        [ASK, 'DSB ISH', 'ISB', ...CODE],
      ],
      MP,
    );
    expect(shownWith(text, { 'HCR_EL2.FB': false })).toBe(true);
    expect(shownWith(text, { 'HCR_EL2.FB': true })).toBe(false);
  });
});

describe('code that is no instruction', () => {
  const test = (init: string, end: string): string => `AArch64 t
{ 0:X0=${init}; 0:X1=P0:code; 0:X3=x; }
P0          | P0.F           ;
STR W0,[X1] | MOV W5,#7      ;
MOV W6,#1   | STR W5,[X3]    ;
code: B on  | ADR X8,on      ;
on: NOP     | MSR ELR_EL1,X8 ;
            | ERET           ;
exists ${end}
`;

  it('is an undefined instruction, which the handler takes', () => {
    expect(shown(test('0', '(x=7 /\\ 0:X5=7 /\\ 0:X6=1 /\\ fault(P0:code,UndefinedInstruction))'))).toBe(true);
    expect(shown(test('0', 'x=0'))).toBe(true);
    expect(shown(test('NOP', 'x=7'))).toBe(false);
  });

  it('has been fetched before the handler does anything', () => {
    const text = `AArch64 t
{ 0:X0=0; 0:X1=P1:code; 0:X2=1; 0:X3=x; 1:X3=x; }
P0          | P1          | P1.F           ;
STR W2,[X3] | code: B end | MOV W5,#7      ;
DMB ST      | end: NOP    | STR W5,[X3]    ;
STR W0,[X1] |             | ADR X8,end     ;
            |             | MSR ELR_EL1,X8 ;
            |             | ERET           ;
exists (1:X5=7 /\\ x=1)
`;
    expect(shown(text)).toBe(false);
  });
});

describe('words of code as values', () => {
  it('a load reads what a store wrote, as data', () => {
    const text = (end: string): string => textOf('', [[], ['LDR W4,[X1]', PATCH, 'LDR W5,[X1]', ...CODE]], end);
    expect(shown(text('(1:X4=instr:"B .+8" /\\ 1:X5=NOP)'))).toBe(true);
    expect(shown(text('~(1:X4=instr:"B .+8" /\\ 1:X5=NOP)'))).toBe(false);
  });

  it('relative branches go by where they stand', () => {
    const code = ['code: B no', 'MOV W9,#1', 'MOV W9,#2', 'B end', 'no: NOP', 'end: NOP'];
    const text = textOf('', [[], ['STR W6,[X1]', ...SYNC, 'ISB', ...code]], '~(1:X9=2)', '1:X6=instr:"B .+8";');
    expect(shown(text)).toBe(false);
  });

  it('a call that comes to stand in a word returns behind that word', () => {
    const code = ['code: NOP', 'MOV W8,#1', 'B end', 'f: MOV W9,#1', 'RET', 'end: NOP'];
    const text = textOf('', [[], ['STR W6,[X1]', ...SYNC, 'ISB', ...code]], '~(1:X8=1 /\\ 1:X9=1)', '1:X6=instr:"BL f";');
    expect(shown(text)).toBe(false);
  });

  it('one thread may run the code of another', () => {
    const text = `AArch64 t
Variant=self
{ 0:X1=P1:f; }
P0         | P1           ;
BLR X1     | B end        ;
MOV W6,W5  | f: MOV W5,#3 ;
           | RET          ;
           | end: NOP     ;
forall (0:X6=3 /\\ 1:X5=0)
`;
    const parsed = parseLitmus('t', text, catalog);
    if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
    expect(runLitmus(parsed.test).holds).toBe('always');
  });

  it.each([
    ['{ 0:X1=P0:nowhere; 0:X0=NOP; }', 'STR W0,[X1]', 'malformed 2:8 a label of P0'],
    ['{ 0:X1=P3:code; 0:X0=NOP; }', 'STR W0,[X1]', 'malformed 2:8 a label of P3'],
    ['{ 0:X1=P0:code; 0:X0=NOP; pte_x=(oa:phy_x); }', 'STR W0,[X1]', 'unsupported 2:27 page tables and arrays in self-modifying tests'],
    ['{ 0:Q1=P0:code; 0:X0=NOP; }', 'STR W0,[X1]', 'malformed 2:3 a register'],
  ])('%s', (init, code, expected) => {
    const parsed = parseLitmus('t', `AArch64 t\n${init}\nP0 ;\n${code} ;\ncode: NOP ;\nexists 0:X9=1\n`, catalog);
    const said =
      parsed?.k === 'malformed'
        ? `malformed ${String(parsed.malformed.line)}:${String(parsed.malformed.column)} ${parsed.malformed.expected}`
        : parsed?.k === 'unsupported'
          ? `unsupported ${String(parsed.unsupported.line)}:${String(parsed.unsupported.column)} ${parsed.unsupported.feature}`
          : 'a test';
    expect(said).toBe(expected);
  });
});
