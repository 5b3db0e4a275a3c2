import { describe, expect, it } from 'vitest';
import { instructionListing } from '../testing/listing.js';
import { compileA64 } from './compile.js';
import { A64Failure, type A64Line } from './types.js';

const at = { file: 'f.S', line: 1, origin: 'tree' } as const;

/** `L0: LDR W0,[X1]` on lines of their own. */
const parse = (text: string): A64Line[] =>
  text.split('\n').flatMap((line): A64Line[] => {
    const [, label, mnemonic = '', rest = ''] = /^\s*(?:(\w+):)?\s*(\S*)\s*(.*)$/.exec(line) ?? [];
    const operands = rest === '' ? [] : rest.split(/,(?![^[]*\])/).map((each) => each.trim());
    return [
      ...(label === undefined ? [] : [{ k: 'label', name: label } as const]),
      ...(mnemonic === '' ? [] : [{ k: 'instruction', mnemonic, operands, at } as const]),
    ];
  });

const compile = (text: string, offset = 0): ReturnType<typeof compileA64> =>
  compileA64(parse(text), { base: 0x1000n, label: (name) => (name === 'elsewhere' ? { k: 'int', value: 0x8000n } : null) }, offset);

const listing = (text: string): string[] => compile(text).code.map(instructionListing);

const complaint = (text: string): string => {
  try {
    compile(text);
  } catch (error) {
    if (!(error instanceof A64Failure)) throw error;
    const { fault, line } = error;
    return fault.k === 'unsupported'
      ? `${String(line)} unsupported ${fault.feature}`
      : `${String(line)} ${String(fault.operand)} ${fault.expected}`;
  }
  return 'compiled';
};

describe('accesses of A64', () => {
  it.each([
    ['LDR W0,[X1]', ['X0 = load u32 X1 once']],
    ['ldr x0, [x1, #8]', ['X0 = load u64 (X1 +u 8) once']],
    ['LDR W0,[X1,W2,SXTW]', ['X0 = load u32 (X1 +u u64(s32(X2))) once']],
    ['LDR X0,[X1,X2,LSL #3]', ['X0 = load u64 (X1 +u (X2 <<u 3)) once']],
    ['LDR WZR,[X1]', ['$discard = load u32 X1 once']],
    ['LDR X0,[X1,#8]!', ['$address = (X1 +u 8)', 'X0 = load u64 $address once', 'X1 = $address']],
    ['STR X0,[X1],#-8', ['store u64 X1 = X0 once', 'X1 = (X1 +u -8)']],
    ['LDRSB W0,[X1]', ['X0 = load s8 X1 once', 'X0 = u32(X0)']],
    ['LDRSW X0,[X1]', ['X0 = load s32 X1 once']],
    ['STRH WZR,[X1]', ['store u16 X1 = 0 once']],
    ['LDAR W0,[X1]', ['X0 = load u32 X1 acquire']],
    ['LDAPR X0,[X1]', ['X0 = load u64 X1 acquire-pc']],
    ['STLR W0,[SP]', ['store u32 SP = u32(X0) release']],
    ['LDAXR W0,[X1]', ['X0 = load u32 X1 acquire exclusive']],
    ['STLXR W3,X0,[X1]', ['X3 = store-exclusive u64 X1, X0 release']],
    ['STP W0,W1,[X2]', ['$pair = (X2 +u 4)', 'store u32 X2 = u32(X0) once', 'store u32 $pair = u32(X1) once']],
  ])('%s', (text, expected) => {
    expect(listing(text)).toEqual(expected);
  });

  it.each([
    ['LDADD W0,W1,[X2]', 'X1 = add.relaxed u32 X2, u32(X0)'],
    ['LDCLRAL X0,X1,[X2]', 'X1 = andnot.acq-rel u64 X2, X0'],
    ['SWPA W0,W1,[X2]', 'X1 = swap.acquire u32 X2, u32(X0)'],
    // A result that is thrown away takes the acquire with it, except for CAS.
    ['SWPAL W0,WZR,[X2]', '_ = swap.release u32 X2, u32(X0)'],
    ['LDSETA X0,XZR,[X2]', '_ = or.relaxed u64 X2, X0'],
    ['STEORL W0,[X2]', '_ = xor.release u32 X2, u32(X0)'],
    ['CASAL W0,W1,[X2]', 'X0 = cas.acq-rel u32 X2, u32(X1)'],
    ['CAS WZR,W1,[X2]', '$discard = cas.relaxed u32 X2, u32(X1)'],
  ])('%s', (text, expected) => {
    expect(listing(text)).toEqual([expected]);
  });
});

describe('branches and words', () => {
  it('each instruction is a word; labels name words', () => {
    const { code, words, labels } = compile('CMP X0,#1\nB.EQ L1\nNOP\nLDR X2,[X3],#8\nL1: MOV X1,#1\nend:', 3);
    expect(code.map(instructionListing)).toEqual([
      'PSTATE.Z = (X0 ==u 1)',
      'ifzero !PSTATE.Z goto 7',
      'X2 = load u64 X3 once',
      'X3 = (X3 +u 8)',
      'X1 = 1',
    ]);
    expect(words).toEqual([3, 4, 5, 5, 7]);
    expect([...labels]).toEqual([
      ['L1', 4],
      ['end', 5],
    ]);
  });

  it('an indirect branch goes to labels and behind calls', () => {
    expect(listing('BL f\nB end\nf: RET\nend:')).toEqual([
      'X30 = 4100',
      'goto 3',
      'goto 7',
      'ifzero (X30 !=u 4100) goto 2',
      'ifzero (X30 !=u 4104) goto 3',
      'ifzero (X30 !=u 4108) goto 7',
      'unsupported: a branch to an address that no label of this code has',
    ]);
  });

  it('ADR gives addresses, of labels elsewhere as well', () => {
    expect(listing('NOP\nL: ADR X0,L\nADR X1,elsewhere')).toEqual(['X0 = 4100', 'X1 = 32768']);
  });

  it('keeps only the flags that are read', () => {
    expect(listing('CMP X0,X1\nCSET W2,HI').slice(0, -1)).toEqual(['PSTATE.C = (X0 >=u X1)', 'PSTATE.Z = (X0 ==u X1)']);
    expect(listing('CMP X0,X1')).toEqual([]);
  });
});

describe('system instructions', () => {
  it.each([
    ['DMB ISHLD', ['_ = asm.dmb("ishld")']],
    ['DSB', ['_ = asm.dsb("sy")']],
    ['ISB', ['_ = asm.isb()']],
    ['TLBI VAAE1IS,X9', ['_ = asm.tlbi("vaae1is", X9)']],
    ['tlbi vmalle1', ['_ = asm.tlbi("vmalle1")']],
    ['DC CVAU,X1', ['_ = asm.dc("cvau", X1)']],
    ['IC IALLU', ['_ = asm.ic("iallu")']],
    ['SVC #0', ['_ = asm.svc()']],
    ['MSR ELR_EL1,X9', ['ELR_EL1 = X9']],
    ['MRS X0,ESR_EL1', ['X0 = ESR_EL1']],
    ['NOP', []],
  ])('%s', (text, expected) => {
    expect(listing(text)).toEqual(expected);
  });
});

describe('what is not read', () => {
  it.each([
    ['STZGM X0,[X1]', '0 unsupported STZGM'],
    ['NOP\nLDR Q0,[X1]', '1 unsupported vector registers'],
    ['LDR X0,=x', '0 unsupported loads of literals'],
    ['MSR TTBR0_EL1,X0', '0 unsupported MSR TTBR0_EL1'],
    ['DC ZVA,X1', '0 unsupported DC ZVA'],
    ['CASP W0,W1,W2,W3,[X4]', '0 unsupported CASP'],
    ['LDR W0', '0 null 2 operands'],
    ['LDR Y0,[X1]', '0 0 a register'],
    ['ADD W0,X1,#1', '0 1 a register of 32 bits'],
    ['ADD W0,W1', '0 null 3 operands'],
    ['LDAR W0,[X1,#4]', '0 1 a base register alone, like `[X1]`'],
    ['LDR W0,[W1]', '0 1 an address in brackets, with a 64-bit base register'],
    ['LSL W0,W1,#32', '0 2 an amount from 0 to 31'],
    ['CBZ W0,nowhere', '0 1 a label of this code'],
    ['CSET W0,XX', '0 1 a condition, like EQ'],
    ['DMB HALF', '0 0 a barrier option, like ISH'],
    ['L: NOP\nL: NOP', '2 null each label once'],
    ['$%&', '0 null an A64 instruction'],
  ])('%s', (text, expected) => {
    expect(complaint(text)).toBe(expected);
  });
});
