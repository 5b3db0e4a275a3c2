import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { runLitmus } from '../../../simulator/litmus/run.js';
import type { LitmusTest, Parsed } from '../../../simulator/litmus/test.js';
import { parseLitmus } from '../parse.js';
import { litmusSuite } from '../testing/suites.js';

const catalog = loadCatalog('simulator/catalog');

const parse = (text: string): Parsed | null => parseLitmus('given', text, catalog);

function testOf(text: string): LitmusTest {
  const parsed = parse(text);
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  return parsed.test;
}

/** How often the condition holds, without FEAT_ETS2. */
function holds(text: string): string | null {
  const test = testOf(text);
  const outcome = runLitmus({ ...test, setup: { ...test.setup, setting: new Map([['FEAT_ETS2', false]]) } });
  expect(outcome.stuck).toEqual([]);
  return outcome.holds;
}

/** Instructions of one thread, one after another. */
const alone = (code: string, condition: string, init = ''): string =>
  `AArch64 t\n{ ${init} }\n P0 ;\n${code
    .split(';')
    .map((each) => `${each} ;`)
    .join('\n')}\nforall ${condition}\n`;

describe('what A64 instructions compute', () => {
  it.each([
    ['MOV W0,#-1', '0:X0=0xffffffff'],
    ['MOV X0,#-1 ; ADD W1,W0,#1', '0:X1=0'],
    ['MOVZ X0,#0x12,LSL #16 ; MOVK X0,#0x34', '0:X0=0x120034'],
    ['MOVN W0,#0', '0:W0=-1'],
    ['MOV X1,#6 ; MOV X2,#3 ; EOR X3,X1,X2 ; BIC X4,X1,X2 ; ORN W5,W1,W2', '0:X3=5 /\\ 0:X4=4 /\\ 0:X5=0xfffffffe'],
    [
      'MOV X1,#0xff00 ; UBFX X2,X1,#8,#4 ; SBFX W3,W1,#8,#8 ; LSR X4,X1,#12 ; ROR W5,W1,#12',
      '0:X2=15 /\\ 0:W3=-1 /\\ 0:X4=15 /\\ 0:W5=0xf000000f',
    ],
    ['MOV X1,#-4 ; ASR X2,X1,#1 ; SXTB X3,W1 ; UXTH W4,W1', '0:X2=-2 /\\ 0:X3=-4 /\\ 0:X4=0xfffc'],
    ['MOV X1,#5 ; BFI X1,X1,#4,#2 ; MOV X2,#0x70 ; MOV X3,#0xf ; BFXIL X3,X2,#4,#3', '0:X1=0x15 /\\ 0:X3=0xf'],
    ['MOV X1,#2 ; ADD X2,X1,X1,LSL #4 ; MOV W3,#-1 ; ADD X4,X1,W3,SXTW', '0:X2=34 /\\ 0:X4=1'],
    ['MOV X1,#2 ; MADD X2,X1,X1,X1 ; MSUB X3,X1,X1,X1 ; NEG W4,W1', '0:X2=6 /\\ 0:X3=-2 /\\ 0:W4=-2'],
    [
      'MOV X1,#2 ; CMP X1,#3 ; CSET X2,LO ; CSET X3,LT ; CSET X4,MI ; CSET X5,VS ; CSETM W6,NE',
      '0:X2=1 /\\ 0:X3=1 /\\ 0:X4=1 /\\ 0:X5=0 /\\ 0:W6=-1',
    ],
    ['MOV W1,#0x7fffffff ; CMN W1,#1 ; CSET W2,VS ; CSET W3,CS ; CSET W4,MI ; CSET W5,GE', '0:X2=1 /\\ 0:X3=0 /\\ 0:X4=1 /\\ 0:X5=1'],
    ['MOV W1,#-1 ; ADDS W2,W1,#1 ; CSET W3,CS ; CSET W4,EQ ; CSET W5,HI ; CSET W6,LE', '0:X3=1 /\\ 0:X4=1 /\\ 0:X5=0 /\\ 0:X6=1'],
    ['MOV X1,#4 ; TST X1,#4 ; CSINC X2,X1,X1,EQ ; CINC X3,X1,NE ; CSNEG X4,X1,X1,EQ ; CINV X5,X1,AL0', ''],
    ['MOV X1,#1 ; CMP X1,#1 ; CCMP X1,#2,#0,EQ ; CSET X2,EQ ; CMP X1,#2 ; CCMP X1,#1,#4,EQ ; CSET X3,EQ', '0:X2=0 /\\ 0:X3=1'],
    ['MOV X1,#4 ; TBNZ X1,#2,on ; MOV X2,#1 ; on: TBZ X1,#1,off ; MOV X3,#1 ; off: MOV X4,#1', '0:X2=0 /\\ 0:X3=0 /\\ 0:X4=1'],
    ['MOV X0,#3 ; loop: SUB X0,X0,#1 ; ADD X1,X1,#2 ; CBNZ X0,loop', '0:X0=0 /\\ 0:X1=6'],
    ['BL f ; MOV X1,#1 ; B end ; f: MOV X2,#1 ; RET ; end: NOP', '0:X1=1 /\\ 0:X2=1'],
    ['ADR X0,there ; MSR ELR_EL1,X0 ; ISB ; ERET ; MOV X1,#1 ; there: MOV X2,#1', '0:X1=0 /\\ 0:X2=1'],
    ['ADR X0,there ; BR X0 ; MOV X1,#1 ; there: MOV X2,#1', '0:X1=0 /\\ 0:X2=1 /\\ 0:X0=label:"P0:there"'],
  ])('%s', (code, condition) => {
    if (condition === '')
      expect(parse(alone(code, 'true'))).toMatchObject({ k: 'malformed', malformed: { expected: 'a condition, like EQ', found: '`AL0`' } });
    else expect(holds(alone(code, `(${condition})`))).toBe('always');
  });

  it.each([
    ['STR W0,[X1] ; LDR W2,[X1]', '0:X2=7 /\\ x=7'],
    ['STR W0,[X1,#0]! ; LDR W2,[X1],#8 ; LDR W3,[X1,#-8]!', '0:X2=7 /\\ 0:X3=7 /\\ 0:X1=x'],
    ['LDR W2,[X1],#0 ; STR W0,[X1,X3]', '0:X2=3 /\\ x=7'],
    ['LDADD W0,W2,[X1] ; LDR W4,[X1]', '0:X2=3 /\\ 0:X4=10'],
    ['STCLR W0,[X1]', 'x=0'],
    ['LDEOR W0,W2,[X1]', 'x=4 /\\ 0:X2=3'],
    ['SWP W0,WZR,[X1]', 'x=7'],
    ['MOV W2,#3 ; CAS W2,W0,[X1]', 'x=7 /\\ 0:X2=3'],
    ['MOV W2,#4 ; CASA W2,W0,[X1]', 'x=3 /\\ 0:X2=3'],
  ])('%s', (code, condition) => {
    expect(holds(alone(code, `(${condition})`, 'x=3; 0:X0=7; 0:X1=x;'))).toBe('always');
  });

  it('an exclusive store may fail', () => {
    expect(holds(alone('LDXR W2,[X1] ; STXR W3,W0,[X1]', '(0:X3=0 /\\ x=7)', 'x=3; 0:X0=7; 0:X1=x;'))).toBe('sometimes');
    expect(holds(alone('LDXR W2,[X1] ; STXR W3,W0,[X1]', '(0:X3=0 /\\ x=7 \\/ 0:X3=1 /\\ x=3)', 'x=3; 0:X0=7; 0:X1=x;'))).toBe('always');
  });
});

describe('values of a test', () => {
  const init = (text: string): LitmusTest => testOf(`AArch64 t\n{ ${text} }\n P0 ;\n LDR W0,[X1] ;\nexists x=1\n`);
  const first = (text: string, loc: string): string => {
    const value = init(text).setup.initial.get(loc);
    return value?.k === 'int' ? value.v.toString(16) : String(value?.k);
  };

  it('descriptors hold the bits of the architecture', () => {
    // Valid page at physical 0x40000000, access flag, EL0, writable.
    expect(first('x=0', 'page-table[0]')).toBe('40000443');
    expect(first('[PTE(x)]=(valid:0)', 'page-table[0]')).toBe('40000442');
    expect(first('pte_x=(af:0, db:0, dbm:1, el0:0)', 'page-table[0]')).toBe('8000040000083');
    expect(first('x=0; TTD(y)=(oa:PA(x))', 'page-table[1]')).toBe('40000443');
    expect(first('x=0; y=0; pte_x=(oa:phy_y, attrs:(Normal))', 'page-table[0]')).toBe('40001443');
  });

  it('variables stand for their addresses, entries for pointers', () => {
    const { program } = init('0:X1=x; 0:X2=pte_y; 0:X3=(oa:PA(y)); uint64_t 0:X4; y=-1; int64_t z=-1').setup;
    const sets = program.procedures.get('P0')?.code.filter((each) => each.op === 'set');
    expect(sets?.map(({ dst, value }) => [dst, value.k === 'int' ? value.value : value.k])).toEqual([
      ['X1', 0x100000n],
      ['X2', 'index'],
      ['X3', 0x40001443n],
    ]);
    expect(first('y=-1', 'y')).toBe('ffffffff');
    expect(first('int64_t y=-1', 'y')).toBe('ffffffffffffffff');
  });

  it('pointers to entries are numbers to arithmetic, and keep dependencies', () => {
    const code = 'LDR X5,[X3] ; EOR X6,X5,X5 ; LDR X7,[X2,X6] ; LSR X8,X5,#12 ; AND X9,X5,#7 ; CMP X5,X2 ; CSET W10,EQ ; MVN W11,W5';
    const condition = '(0:X5=pte_x /\\ 0:X6=0 /\\ 0:X7=(oa:PA(x)) /\\ 0:X8=0x80000 /\\ 0:X9=0 /\\ 0:X10=1 /\\ 0:X11=0x7fffffff)';
    expect(holds(alone(code, condition, 'x=0; z=pte_x; 0:X2=pte_x; 0:X3=z;'))).toBe('always');
  });

  it('arrays have elements', () => {
    const { setup, condition } = testOf('AArch64 t\n{ int x[2]={1,2}; 0:X1=x[1]; }\n P0 ;\n LDR W0,[X1] ;\nexists (x[1]=2 /\\ x={1,2})\n');
    expect([...setup.initial].filter(([loc]) => loc.startsWith('x'))).toEqual([
      ['x[0]', { k: 'int', v: 1n }],
      ['x[1]', { k: 'int', v: 2n }],
    ]);
    expect(condition).toMatchObject({ k: 'and', of: [{ loc: 'x[1]' }, { k: 'and', of: [{ loc: 'x[0]' }, { loc: 'x[1]' }] }] });
    expect(setup.program.procedures.get('P0')?.code[0]).toMatchObject({ dst: 'X1', value: { value: 0x100004n } });
  });

  it('conditions speak of registers of either width, of places, of faults', () => {
    const { condition, setup } = testOf(
      'AArch64 t\n{ 1:X2=P0:L0; }\n P0 | P1 ;\n NOP | LDR W0,[X1] ;\n L0: | ;\n LDR W0,[X1] | ;\nexists (0:W0=-1 /\\ [x]=2) \\/ ~fault(P0:L0,x,MMU:Permission) /\\ 1:X2=0:X0 /\\ Fault(P1,pte_x)\n',
    );
    expect(condition).toEqual({
      k: 'or',
      of: [
        {
          k: 'and',
          of: [
            { k: 'register', cpu: 0, name: 'X0', value: { k: 'int', v: 0xffffffffn } },
            { k: 'location', loc: 'x', value: { k: 'int', v: 2n } },
          ],
        },
        {
          k: 'and',
          of: [
            {
              k: 'and',
              of: [
                { k: 'not', of: { k: 'fault', cpu: 0, word: 1, address: { from: 0x100000n, size: 0x1000n }, type: 'permission' } },
                { k: 'same', a: { k: 'register', cpu: 1, name: 'X2' }, b: { k: 'register', cpu: 0, name: 'X0' } },
              ],
            },
            { k: 'fault', cpu: 1, word: null, address: { from: 0x80000000n, size: 8n }, type: null },
          ],
        },
      ],
    });
    expect(setup.program.procedures.get('P1')?.results).toEqual(['X2']);
    const p0 = setup.program.procedures.get('P0');
    expect(setup.program.procedures.get('P1')?.code[0]).toMatchObject({ dst: 'X2', value: { value: (p0?.base ?? 0n) + 4n } });
  });

  it('lines before the initial state set up the machine', () => {
    const { cpus } = testOf(
      'AArch64 t\nVariant=vmsa,Handled\nTTHM=P0:HA P1:HA P1:HD\nEL0=P1\n{ }\n P0 | P1 | P1.F ;\n NOP | NOP | ERET ;\nexists x=1\n',
    ).setup;
    expect(cpus.map(({ fault, user, updates }) => ({ fault, user, updates }))).toEqual([
      { fault: { k: 'retry' }, user: false, updates: 'ha' },
      { fault: { k: 'handler', procedure: 'P1.F' }, user: true, updates: 'hd' },
    ]);
    expect(testOf('AArch64 t\nTTHM=HD\nVariant=ETS2\n{ }\n P0;\nexists x=1\n').setup).toMatchObject({
      cpus: [{ updates: 'hd', fault: { k: 'stop' } }],
    });
  });
});

describe('faults', () => {
  const missing = (variant: string, handler = ''): string =>
    `AArch64 t\n${variant}\n{ x=5; pte_x=(valid:0); 0:X1=x; 0:X2=pte_x; 0:X3=(oa:PA(x)); 0:X0=9; }\n P0 ${handler === '' ? '' : '| P0.F'} ;\n L0: LDR W0,[X1] ${handler === '' ? '' : '| MOV X6,#1'} ;\n MOV W4,#1 ${handler === '' ? '' : `| ${handler}`} ;\n ${handler === '' ? '' : ' | ERET ;'}\n`;

  it('end a thread, or go on behind the access, or go to a handler', () => {
    expect(holds(`${missing('')}forall (0:X0=9 /\\ 0:X4=0 /\\ fault(P0:L0,x,MMU:Translation))`)).toBe('always');
    expect(holds(`${missing('Variant=skip')}forall (0:X0=9 /\\ 0:X4=1 /\\ fault(P0:L0,x))`)).toBe('always');
    expect(holds(`${missing('', 'STR X3,[X2] ;\n | DSB ISH')}forall (0:X0=5 /\\ 0:X4=1 /\\ 0:X6=1 /\\ fault(P0:L0,x))`)).toBe('always');
  });

  it('of a handler can be come back from elsewhere', () => {
    const text =
      'AArch64 t\n{ pte_x=(db:0); 0:X1=x; 0:X5=7; }\n P0 | P0.F ;\n STR W0,[X1] | ADR X9,there ;\n MOV W4,#1 | MSR ELR_EL1,X9 ;\n there: | MOV X6,X5 ;\n | ERET ;\nforall (0:X4=0 /\\ 0:X6=7 /\\ fault(P0,x,MMU:Permission) /\\ 0:X9=label:"P0:there")\n';
    expect(holds(text)).toBe('always');
  });

  it('in a handler are told by its own labels, and enter it again', () => {
    const text = [
      'AArch64 t',
      '{ 0:X2=x; 0:X3=y; pte_x=(valid:0); pte_y=(valid:0); }',
      ' P0              | P0.F            ;',
      ' L0: LDR W0,[X2] | CBNZ W7,done    ;',
      '                 | MOV W7,#1       ;',
      '                 | L1: LDR W1,[X3] ;',
      '                 | done: MOV W8,#1 ;',
      'forall (fault(P0:L0,x) /\\ fault(P0:L1,y) /\\ ~fault(P0:L0,y) /\\ ~fault(P0:L1,x) /\\ 0:X8=1)',
    ];
    expect(holds(text.join('\n'))).toBe('always');
  });

  it('that never end are said, not counted', () => {
    const test = testOf(
      'AArch64 t\n{ 0:X2=x; pte_x=(valid:0); }\n P0 | P0.F ;\n NOP | LDR W1,[X2] ;\n LDR W0,[X2] | ;\nforall fault(P0,x)\n',
    );
    const outcome = runLitmus({ ...test, setup: { ...test.setup, setting: new Map([['FEAT_ETS2', false]]) } });
    expect(outcome).toMatchObject({ holds: null, stuck: ['a fault handler that faults again and again'] });
  });

  it('of user code are handled by the kernel', () => {
    const text = [
      'AArch64 t',
      'EL0=P0',
      '{ pte_x=(valid:0); pte_y=(el0:0); x=5; y=3; 0:X1=x; 0:X2=pte_x; 0:X3=(oa:PA(x)); 0:X4=y; }',
      ' P0              | P0.F        ;',
      ' LDR W0,[X1]     | STR X3,[X2] ;',
      ' L0: LDR W6,[X4] | DSB ISH     ;',
      '                 | LDR W5,[X4] ;',
      '                 | CBNZ W7,out ;',
      '                 | MOV W7,#1   ;',
      '                 | ERET        ;',
      '                 | out: NOP    ;',
      'forall (0:X0=5 /\\ 0:X5=3 /\\ 0:X6=0 /\\ fault(P0:L0,y,MMU:Permission) /\\ ~fault(P0,pte_x))',
    ];
    expect(holds(text.join('\n'))).toBe('always');
  });

  it('come from user code that touches page tables', () => {
    const text =
      'AArch64 t\nEL0=P0\n{ 0:X2=pte_x; 0:X3=1; }\n P0 ;\n L0: STR X3,[X2] ;\nforall (fault(P0:L0,pte_x,MMU:Permission) /\\ ~fault(P0,pte_y) /\\ pte_x=(oa:PA(x)))\n';
    expect(holds(text)).toBe('always');
  });

  it('SVC goes to the handler and comes back behind itself', () => {
    const text =
      'AArch64 t\n{ }\n P0 | P0.F ;\n SVC #0 | MOV X1,#1 ;\n MOV X2,#1 | ERET ;\nforall (0:X1=1 /\\ 0:X2=1 /\\ fault(P0,SupervisorCall) /\\ ~fault(P0,x))\n';
    expect(holds(text)).toBe('always');
  });
});

describe('classical tests', () => {
  const two = (name: string, p0: readonly string[], p1: readonly string[], end: string): string => {
    const rows = Array.from({ length: Math.max(p0.length, p1.length) }, (_, i) => ` ${p0[i] ?? ''} | ${p1[i] ?? ''} ;`);
    return `AArch64 ${name}\n{ 0:X1=x; 0:X3=y; 1:X1=x; 1:X3=y; 0:X0=1; 1:X0=1; }\n P0 | P1 ;\n${rows.join('\n')}\n${end}\n`;
  };
  const MP = 'exists (1:X4=1 /\\ 1:X5=0)';
  const writer = ['STR W0,[X1]', 'DMB ST', 'STR W0,[X3]'];

  it.each([
    ['MP', ['STR W0,[X1]', 'STR W0,[X3]'], ['LDR W4,[X3]', 'LDR W5,[X1]'], MP, 'sometimes'],
    ['MP+dmb.st+addr', writer, ['LDR W4,[X3]', 'EOR W6,W4,W4', 'LDR W5,[X1,W6,SXTW]'], MP, 'never'],
    ['MP+dmb.st+ctrl', writer, ['LDR W4,[X3]', 'CBNZ W4,on', 'on: LDR W5,[X1]'], MP, 'sometimes'],
    ['MP+dmb.st+ctrl-isb', writer, ['LDR W4,[X3]', 'CBNZ W4,on', 'on: ISB', 'LDR W5,[X1]'], MP, 'never'],
    ['MP+rel+acq', ['STR W0,[X1]', 'STLR W0,[X3]'], ['LDAR W4,[X3]', 'LDR W5,[X1]'], MP, 'never'],
    [
      'SB+dmb.sy+ld',
      ['STR W0,[X1]', 'DMB SY', 'LDR W4,[X3]'],
      ['STR W0,[X3]', 'DMB LD', 'LDR W4,[X1]'],
      'exists (0:X4=0 /\\ 1:X4=0)',
      'sometimes',
    ],
    [
      'SB+dmb.sys',
      ['STR W0,[X1]', 'DMB SY', 'LDR W4,[X3]'],
      ['STR W0,[X3]', 'DMB SY', 'LDR W4,[X1]'],
      'exists (0:X4=0 /\\ 1:X4=0)',
      'never',
    ],
    ['LB', ['LDR W4,[X1]', 'STR W0,[X3]'], ['LDR W4,[X3]', 'STR W0,[X1]'], 'exists (0:X4=1 /\\ 1:X4=1)', 'sometimes'],
    // The condition of a CSEL is no dependency of what it selects.
    ['MP+dmb.st+csel', writer, ['LDR W4,[X3]', 'CMP W4,#0', 'CSEL W6,WZR,WZR,EQ', 'LDR W5,[X1,W6,SXTW]'], MP, 'sometimes'],
  ])('%s', (name, p0, p1, end, expected) => {
    expect(holds(two(name, p0, p1, end))).toBe(expected);
  });
});

describe('what is not supported or not a test', () => {
  const text = (init: string, code = 'NOP', info = ''): string => `AArch64 t\n${info}\n{${init}}\n P0 ;\n ${code} ;\nexists x=1\n`;

  it.each([
    [text('', 'STZGM X0,[X1]'), '5:2 STZGM'],
    [text('pte_x=(oa:PA(x), attrs:(Device))'), '3:26 memory attribute Device'],
    [text('0:X0=phy_x'), '3:7 physical addresses as values'],
    [text('', 'NOP', 'Variant=mte'), '2:1 Variant=mte'],
    [text('', 'DSB ISHNXS'), '5:2 DSB ISHNXS'],
    [text('0:X1=x', 'LDRB W0,[X1]; STR W0,[X1]'), '3:9 accesses of different sizes'],
  ])('%#: names the feature', (test, expected) => {
    const parsed = parse(test);
    if (parsed?.k !== 'unsupported') throw new Error(JSON.stringify(parsed));
    const { line, column, feature } = parsed.unsupported;
    expect(`${String(line)}:${String(column)} ${feature}`).toBe(expected);
  });

  it.each([
    [text('', 'ADD W0, X1,#1'), '5:10 expected a register of 32 bits, found `X1`'],
    [text('', 'LDR W0'), '5:2 expected 2 operands, found `LDR W0`'],
    [text('0:Y0=1'), '3:2 expected a register, like X0 or W0, found `Y0`'],
    [text('x=1; x=2'), '3:7 expected one first value for each place, found a second one'],
    [text('0:X0=P0:L7'), '3:7 expected a label of P0, found `L7`'],
    [text('pte_x=(valid:2)'), '3:15 expected valid:0 or valid:1, found another value'],
    [text('pte_x=(vald:1)'), '3:9 expected oa, valid, af, db, dbm, el0 or attrs, found `vald`'],
    [text('', 'NOP', 'TTHM=HX'), '2:1 expected HA or HD, with or without a thread before it, like `P1:HA`, found `HX`'],
    ['AArch64 t\n{}\n P0;\n NOP;\nexists 7:X0=1\n', '5:8 expected a thread of the program, found P7'],
    ['AArch64 t\n{}\n P0;\n NOP;\nexists fault(P0:L3)\n', '5:8 expected a label of P0, found `L3`'],
  ])('%#: says where and what', (test, expected) => {
    const parsed = parse(test);
    if (parsed?.k !== 'malformed') throw new Error(JSON.stringify(parsed));
    const { line, column, expected: wanted, found } = parsed.malformed;
    expect(`${String(line)}:${String(column)} expected ${wanted}, found ${found}`).toBe(expected);
  });
});

describe('the shared tests with page tables', () => {
  it('all become tests', () => {
    const folder = litmusSuite('aarch64-VMSA');
    if (folder === null) return;
    const files = readdirSync(folder).filter((name) => name.endsWith('.litmus'));
    expect(files.length).toBeGreaterThan(400);
    const others = files.map((name) => parse(readFileSync(join(folder, name), 'utf8'))).filter((parsed) => parsed?.k !== 'test');
    expect(others).toEqual([]);
  });
});
