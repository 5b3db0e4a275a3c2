import { describe, expect, it } from 'vitest';
import { holds, type Parts } from './testing/run.js';

/** Steps behind what faulted, with 9 in X2. */
const SKIP_EL1 = 'MOV X2,#9; MRS X20,ELR_EL1; ADD X20,X20,#4; MSR ELR_EL1,X20; ERET';
const SKIP_EL2 = 'MOV X2,#9; MRS X20,ELR_EL2; ADD X20,X20,#4; MSR ELR_EL2,X20; ERET';
/** At EL1 and EL2 with their own stacks, and from below. */
const HANDLERS = { '0x1200': SKIP_EL1, '0x1400': SKIP_EL1, '0x2200': SKIP_EL2, '0x2400': SKIP_EL2 };
const VECTORS = { VBAR_EL1: '0x1000', VBAR_EL2: '0x2000', 'PSTATE.SP': '0b1' };

/** One thread that changes an entry, does `between`, and loads through it: does the old translation still count? */
function stillOld(between: string, registers: Readonly<Record<string, string>> = {}, parts: Partial<Parts> = {}): boolean {
  const found = holds({
    setup: 'physical d1; p |-> d1; p ?-> invalid; *d1 = 1;',
    sections: HANDLERS,
    assertion: '0:X2 = 1',
    threads: [
      {
        code: `STR XZR,[X1]; DSB SY; ${between}; LDR X2,[X3]`,
        registers: { X1: 'pte3(p, page_table_base)', X3: 'p', X4: 'page(p)', 'PSTATE.EL': '0b01', ...VECTORS, ...registers },
      },
    ],
    ...parts,
  });
  return found !== 'never';
}

const DONE = 'DSB SY; ISB';

describe('TLB maintenance of stage 1', () => {
  it('an entry made invalid stays in use without it', () => {
    expect(stillOld(DONE)).toBe(true);
    expect(stillOld(`TLBI VAE1,X4; ${DONE}`)).toBe(false);
    expect(stillOld('TLBI VAE1,X4')).toBe(true);
  });

  it('by address means that page', () => {
    expect(stillOld(`TLBI VAE1,X4; ${DONE}`, { X4: 'page(q)' })).toBe(true);
    expect(stillOld(`TLBI VMALLE1; ${DONE}`)).toBe(false);
    expect(stillOld(`TLBI ALLE1; ${DONE}`)).toBe(false);
  });

  const other = { X4: 'bvor(page(p), asid(0x2))', X5: 'asid(0x2)' };
  const same = { X4: 'bvor(page(p), asid(0x7))', X5: 'asid(0x7)' };
  const own = { TTBR0_EL1: 'ttbr(asid=0x7, base=page_table_base)' };
  const global: Partial<Parts> = { setup: 'physical d1; p |-> d1 with [nG = 0b0] and default; p ?-> invalid; *d1 = 1;' };

  it('by address means an ASID, or global entries', () => {
    expect(stillOld(`TLBI VAE1IS,X4; ${DONE}`, { ...own, ...other })).toBe(true);
    expect(stillOld(`TLBI VAE1IS,X4; ${DONE}`, { ...own, ...same })).toBe(false);
    expect(stillOld(`TLBI VAE1IS,X4; ${DONE}`, { ...own, ...other }, global)).toBe(false);
    expect(stillOld(`TLBI VAAE1IS,X4; ${DONE}`, { ...own, ...other })).toBe(false);
  });

  it('by ASID leaves global entries', () => {
    expect(stillOld(`TLBI ASIDE1,X5; ${DONE}`, { ...own, ...other })).toBe(true);
    expect(stillOld(`TLBI ASIDE1,X5; ${DONE}`, { ...own, ...same })).toBe(false);
    expect(stillOld(`TLBI ASIDE1,X5; ${DONE}`, { ...own, ...same }, global)).toBe(true);
  });

  it('last-level forms leave entries that lead to tables', () => {
    const table: Partial<Parts> = { setup: 'physical d1; p |-> d1; p ?-> invalid at level 2; *d1 = 1;' };
    const entry = { X1: 'pte2(p, page_table_base)' };
    expect(stillOld(`TLBI VALE1,X4; ${DONE}`)).toBe(false);
    expect(stillOld(`TLBI VALE1,X4; ${DONE}`, entry, table)).toBe(true);
    expect(stillOld(`TLBI VAE1,X4; ${DONE}`, entry, table)).toBe(false);
  });

  it('of EL2 means the tables of EL2', () => {
    const el2 = { 'PSTATE.EL': '0b10' };
    expect(stillOld(`TLBI VAE1,X4; ${DONE}`, el2)).toBe(true);
    expect(stillOld(`TLBI VAE2,X4; ${DONE}`, el2)).toBe(false);
    expect(stillOld(`TLBI VMALLE1; ${DONE}`, el2)).toBe(true);
    expect(stillOld(`TLBI ALLE2; ${DONE}`, el2)).toBe(false);
  });

  it('reaches another CPU only as a broadcast', () => {
    const remote = (tlbi: string): string | null =>
      holds({
        setup: 'physical d1 d2; p |-> d1; p ?-> invalid; q |-> d2; *d1 = 1;',
        sections: HANDLERS,
        assertion: '1:X0 = 1 & 1:X2 = 1',
        threads: [
          {
            code: `STR XZR,[X1]; DSB SY; TLBI ${tlbi},X4; DSB SY; STR X5,[X6]`,
            registers: { X1: 'pte3(p, page_table_base)', X4: 'page(p)', X5: '1', X6: 'q', 'PSTATE.EL': '0b01' },
          },
          { code: 'LDR X0,[X6]; DSB SY; ISB; LDR X2,[X3]', registers: { X6: 'q', X3: 'p', ...VECTORS } },
        ],
      });
    expect(remote('VAE1')).toBe('sometimes');
    expect(remote('VAE1IS')).toBe('never');
  });
});

describe('TLB maintenance of stage 2', () => {
  const parts: Partial<Parts> = { setup: 'physical d1; intermediate i1; p |-> i1; i1 |-> d1; i1 ?-> invalid; *d1 = 1;' };
  const registers = {
    X1: 'pte3(i1, s2_page_table_base)',
    X5: 'page(i1)',
    X6: 'vmid(0x3)',
    'PSTATE.EL': '0b10',
    SPSR_EL2: '0b00101',
    ELR_EL2: 'L0:',
  };
  const after = (between: string, more: Readonly<Record<string, string>> = {}): boolean =>
    stillOld(`${between}; DSB SY; ERET; L0:`, { ...registers, ...more }, parts);

  it('by IPA leaves what a TLB made of both stages: stage 1 has to follow', () => {
    expect(after('TLBI IPAS2E1,X5')).toBe(true);
    expect(after('TLBI IPAS2E1,X5; DSB SY; TLBI VMALLE1')).toBe(false);
    expect(after('TLBI IPAS2E1,X5; DSB SY; TLBI VAE1,X4')).toBe(false);
    expect(after('TLBI VMALLE1; DSB SY; TLBI IPAS2E1,X5')).toBe(true);
    expect(after('TLBI IPAS2E1,X5; TLBI VMALLE1')).toBe(true);
  });

  it('of both stages needs no more', () => {
    expect(after('TLBI VMALLS12E1')).toBe(false);
    expect(after('TLBI VMALLE1')).toBe(true);
  });

  it('means the VMID of the moment', () => {
    const foreign = { X7: 'ttbr(vmid=0x3, base=s2_page_table_base)', X8: 's2_page_table_base' };
    expect(after('MSR VTTBR_EL2,X7; ISB; TLBI VMALLS12E1; DSB SY; MSR VTTBR_EL2,X8', foreign)).toBe(true);
    expect(after('MSR VTTBR_EL2,X7; ISB; TLBI ALLE1; DSB SY; MSR VTTBR_EL2,X8', foreign)).toBe(false);
  });
});

describe('exceptions', () => {
  const one = (setup: string, code: string, registers: Readonly<Record<string, string>>, sections: Parts['sections'], assertion: string) =>
    holds({ setup, sections: sections ?? {}, assertion, threads: [{ code, registers }] });

  it('a stage-1 fault tells its level, from the same and from a lower level', () => {
    const setup = 'physical d1; p |-> invalid at level 2;';
    const handler = 'MRS X0,ESR_EL1; MRS X1,FAR_EL1';
    expect(one(setup, 'LDR X2,[X3]', { X3: 'p', VBAR_EL1: '0x1000' }, { '0x1400': handler }, '0:X0 = 0x92000006 & 0:X1 = p')).toBe(
      'always',
    );
    const el1 = { X3: 'p', VBAR_EL1: '0x1000', 'PSTATE.EL': '0b01' };
    expect(one(setup, 'STR X2,[X3]', { ...el1, 'PSTATE.SP': '0b1' }, { '0x1200': handler }, '0:X0 = 0x96000046')).toBe('always');
    expect(one(setup, 'STR X2,[X3]', el1, { '0x1000': handler }, '0:X0 = 0x96000046')).toBe('always');
  });

  it('a stage-2 fault goes to EL2 and tells the intermediate address', () => {
    const setup = 'physical d1; intermediate i1; p |-> i1; i1 |-> invalid;';
    const handler = 'MRS X0,ESR_EL2; MRS X1,HPFAR_EL2; LSL X1,X1,#8';
    const registers = { X3: 'p', VBAR_EL2: '0x2000', 'PSTATE.EL': '0b01' };
    expect(one(setup, 'LDR X2,[X3]', registers, { '0x2400': handler }, '0:X0 = 0x92000007 & 0:X1 = i1')).toBe('always');
  });

  it('calls go to EL1 and EL2, and back behind themselves', () => {
    const setup = 'physical d1; p |-> d1;';
    const sections = { '0x1400': 'MRS X10,ESR_EL1; ERET', '0x2400': 'MRS X11,ESR_EL2; ERET' };
    const code = 'SVC #0; MOV X0,#1';
    expect(one(setup, code, { ...VECTORS }, sections, '0:X10 = 0x56000000 & 0:X0 = 1')).toBe('always');
    expect(one(setup, 'HVC #0; MOV X0,#1', { ...VECTORS, 'PSTATE.EL': '0b01' }, sections, '0:X11 = 0x5a000000 & 0:X0 = 1')).toBe('always');
  });

  it('what stands at no vector ends the thread', () => {
    expect(one('physical d1; p |-> invalid;', 'MOV X0,#1; LDR X2,[X3]; MOV X0,#2', { X3: 'p' }, {}, '0:X0 = 1')).toBe('always');
  });

  it('permissions hang on the level', () => {
    const setup = 'physical d1; p |-> d1 with [AP = 0b00] and default; *d1 = 5;';
    const registers = { X3: 'p', X1: '1', ...VECTORS };
    expect(one(setup, 'LDR X2,[X3]', registers, HANDLERS, '0:X2 = 9')).toBe('always');
    expect(one(setup, 'LDR X2,[X3]', { ...registers, 'PSTATE.EL': '0b01' }, HANDLERS, '0:X2 = 5')).toBe('always');
    const readOnly = 'physical d1; intermediate i1; p |-> i1; i1 |-> d1 with [S2AP = 0b01]; *d1 = 5;';
    expect(one(readOnly, 'STR X1,[X3]; LDR X0,[X3]', registers, HANDLERS, '0:X2 = 9 & 0:X0 = 5')).toBe('always');
  });
});

describe('walks', () => {
  it('blocks, and tables that two roots share', () => {
    const block = 'aligned 2097152 virtual v; aligned 2097152 physical d1; v |-> d1 at level 2; *d1 = 3;';
    expect(holds({ setup: block, assertion: '0:X2 = 3', threads: [{ code: 'LDR X2,[X3]', registers: { X3: 'v' } }] })).toBe('always');
    const roots = `option default_tables = false; physical d1 d2;
      s1table a 0x280000 { p |-> d1; } s1table b 0x2c0000 { p |-> d2; } *d1 = 1; *d2 = 2;`;
    const run = (root: string): string | null =>
      holds({
        setup: roots,
        assertion: '0:X2 = 2',
        threads: [{ code: 'LDR X2,[X3]', registers: { X3: 'p', 'PSTATE.EL': '0b10', TTBR0_EL2: `ttbr(asid=0, base=${root})` } }],
      });
    expect([run('a'), run('b')]).toEqual(['never', 'always']);
  });

  it('a change of tables takes effect with the register', () => {
    const setup = `option default_tables = false; physical d1 d2;
      s1table a 0x280000 { p |-> d1; identity 0x1000 with code; } s1table b 0x2c0000 { p |-> d2; } *d1 = 1; *d2 = 2;`;
    const registers = { X3: 'p', X4: 'ttbr(asid=0, base=b)', 'PSTATE.EL': '0b10', TTBR0_EL2: 'ttbr(asid=0, base=a)' };
    const code = 'LDR X0,[X3]; MSR TTBR0_EL2,X4; ISB; LDR X2,[X3]';
    expect(holds({ setup, assertion: '0:X0 = 1 & 0:X2 = 2', threads: [{ code, registers }] })).toBe('always');
  });
});
