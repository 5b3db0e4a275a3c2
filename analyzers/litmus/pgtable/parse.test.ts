import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../../simulator/litmus/test.js';
import { parseListing } from './listing.js';
import { holds, parse, type Parts, textOf } from './testing/run.js';

const PLAIN: Parts = {
  setup: 'physical d1;\np |-> d1;\n*d1 = 4;',
  threads: [{ code: 'LDR X2,[X3]', registers: { X3: 'p' } }],
  assertion: '0:X2 = 4',
};

/** What the text is refused for, with the part that stands in the place the answer names. */
function refusal(text: string): string {
  const parsed = parse(text);
  if (parsed.k === 'test') return 'accepted';
  const { line, column, what } =
    parsed.k === 'malformed'
      ? { ...parsed.malformed, what: `expected ${parsed.malformed.expected}, found ${parsed.malformed.found}` }
      : { ...parsed.unsupported, what: parsed.unsupported.feature };
  const at = (text.split('\n')[line - 1] ?? '').slice(column - 1, column + 7);
  return `${parsed.k} at <${at}>: ${what}`;
}

const inSetup = (setup: string): string => refusal(textOf({ ...PLAIN, setup }));
const inRegister = (value: string, name = 'X3'): string =>
  refusal(textOf({ ...PLAIN, threads: [{ code: 'NOP', registers: { [name]: value } }] }));
const asserted = (assertion: string): string => refusal(textOf({ ...PLAIN, assertion }));

describe('a test in TOML', () => {
  it('runs', () => {
    expect(holds(PLAIN)).toBe('always');
  });

  it('follows what it says', () => {
    expect(holds({ ...PLAIN, assertion: '0:X2 = 5' })).toBe('never');
    expect(holds({ ...PLAIN, setup: PLAIN.setup.replace('4', '5') })).toBe('never');
    expect(holds({ ...PLAIN, setup: 'physical d1; p |-> d1; *p = 4;' })).toBe('always');
  });

  it('a register that nobody sets meets no assertion', () => {
    expect(holds({ ...PLAIN, assertion: '0:X9 = 0' })).toBe('never');
    expect(holds({ ...PLAIN, assertion: '~(0:X9 = 0)' })).toBe('always');
  });

  it.each([
    ['0:R2 = 4', 'always'],
    ['0:W2 = 0x4', 'always'],
    ['*d1 = 4 & *p = 4', 'always'],
    ['0:X2 = 1 | 0:X2 = 4', 'always'],
    ['~(0:X2 = 4) | false', 'never'],
    ['0:X2 = 1 -> 0:X2 = 7', 'always'],
    ['0:X3 = p', 'always'],
    ['true', 'always'],
  ])('assertion %s holds %s', (assertion, expected) => {
    expect(holds({ ...PLAIN, assertion })).toBe(expected);
  });

  it.each([
    ['extz(0b101, 2)', 1n],
    ['bvor(0x10, bvshl(0b1, 2))', 0x14n],
    ['bvlshr(0xf0, 4)', 15n],
    ['page(p)', 0x600n],
    ['p[15 .. 12]', 0n],
    ['asid(0x2)', 2n << 48n],
    ['ttbr(vmid=0x3, base=s2_page_table_base)', (3n << 48n) | 0x20_0000n],
    ['pa(p, page_table_base)', 0x68_0000n],
    ['offset(level=2, va=p)', 24n],
    ['mkdesc2(table=0x283000)', 0x28_3003n],
  ])('register value %s', (value, expected) => {
    const threads = [{ code: 'NOP', registers: { X2: value } }];
    expect(holds({ ...PLAIN, threads, assertion: `0:X2 = 0x${expected.toString(16)}` })).toBe('always');
  });

  it('an entry and its value agree with what is mapped', () => {
    const threads = [{ code: 'LDR X2,[X1]', registers: { X1: 'pte3(p, page_table_base)' } }];
    expect(holds({ ...PLAIN, threads, assertion: '0:X2 = desc3(p, page_table_base)' })).toBe('always');
    expect(holds({ ...PLAIN, threads, assertion: '0:X2 = mkdesc3(oa=d1)' })).toBe('always');
  });

  it('addresses are one where that is asserted, else two', () => {
    const threads = [{ code: 'NOP', registers: { X2: 'i1' } }];
    const setup = (more: string): string => `physical d1; intermediate i1; ${more} i1 |-> d1;`;
    expect(holds({ setup: setup('assert d1 == i1;'), threads, assertion: '0:X2 = d1' })).toBe('always');
    expect(holds({ setup: setup(''), threads, assertion: '0:X2 = d1' })).toBe('never');
  });
});

describe('addresses that assertions bind', () => {
  const threads = [{ code: 'LDR X2,[X3]; LDR X4,[X5]', registers: { X3: 'v', X5: 'w' } }];
  const setup = 'aligned 8 virtual v w; physical d1; assert PAGE(v) == PAGE(w); v |-> d1; *v = 1; *w = 2;';

  it('two words of one page', () => {
    expect(holds({ setup, threads, assertion: '0:X2 = 1 & 0:X4 = 2' })).toBe('always');
    expect(holds({ setup, threads, assertion: '*w = 2 & ~(*v = 2)' })).toBe('always');
  });

  it('functions of one’s own', () => {
    const same = 'let LOW(a) = a[11 .. 0]; assert LOW(p) == LOW(q); physical d1; p |-> d1;';
    expect(holds({ ...PLAIN, setup: `${same} *d1 = 4;` })).toBe('always');
    expect(refusal(textOf({ ...PLAIN, setup: same.replace('==', '!=') }))).toMatch(/unsupported .*assertions on addresses/);
  });
});

describe('what is refused', () => {
  it.each([
    ['physical d1;\np |-> nobody;', /malformed at <nobody;>: expected the name of an address or of tables/],
    ['physical d1;\np -> d1;', /malformed at <-> d1;>: expected `\|->` or `\?->`/],
    ['p |-> d1 at level 2;\nphysical d1;', /malformed .*expected an address that a level 2 entry can lead to/],
    ['physical p;', /malformed at <p;>: expected a name that is not declared yet/],
    ['physical d1\np |-> d1;', /malformed at <\|-> d1;>: expected `;`/],
    ['let f(x) = x;', /accepted/],
    ['let f = x;', /malformed at <= x;>: expected `\(`/],
    ['let f(a) = f(a);\nassert f(p) == p;', /unsupported .*functions of a page table setup that go on and on/],
    ['physical d1; p |-> d1 with [Contiguous = 0b1] and default;', /unsupported .*the contiguous bit/],
    ['physical d1; p |-> d1 with [Colour = 0b1] and default;', /unsupported .*field Colour of a stage 1 descriptor/],
    ['option magic = true;', /unsupported at <option m>: option magic/],
    ['s1table t { p |-> invalid; }', /malformed .*expected an address for the tables t/],
    ['physical d1 d2; assert d1 == 7;', /unsupported .*assertions on addresses/],
    ['p |-> @;', /malformed at <@;>: expected a name, a number or an operator/],
  ])('setup %j', (setup, expected) => {
    expect(inSetup(setup)).toMatch(expected);
  });

  it.each([
    ['pte3(nobody, page_table_base)', /malformed at <nobody, >/],
    ['pte3(p)', /malformed at <pte3\(p\)">: expected pte3\(\) with 2 arguments, found 1 arguments/],
    ['pte3(0x40000000, page_table_base)', /malformed .*expected an address whose level 3 entry is there, found the walk ends at level 1/],
    ['frobnicate(1)', /unsupported .*function frobnicate\(\)/],
    ['L7:', /malformed .*expected a label of the thread/],
    ['p q', /malformed at <q">: expected the end of the expression/],
  ])('register value %j', (value, expected) => {
    expect(inRegister(value)).toMatch(expected);
  });

  it('registers, assertions and code', () => {
    expect(inRegister('1', 'TCR_EL1')).toMatch(/unsupported .*register TCR_EL1 of a thread/);
    expect(inRegister('0b11', 'PSTATE.EL')).toMatch(/unsupported .*EL3/);
    expect(asserted('7:X2 = 1')).toMatch(/malformed at <7:X2 = 1>: expected a thread from 0 to 0/);
    expect(asserted('0:X2 1')).toMatch(/malformed at <1">: expected `=`, found `1`/);
    expect(asserted('*q = 1')).toMatch(/malformed at <q = 1">: expected an address that is mapped to data/);
    const code = (text: string): string => refusal(textOf({ ...PLAIN, threads: [{ code: text, registers: {} }] }));
    expect(code('NOP; FROB X1,X2')).toMatch(/unsupported at <FROB X1,>: FROB/);
    expect(code('LDR X2,[banana]')).toMatch(/malformed at <\[banana\]>/);
    expect(code('B nowhere')).toMatch(/malformed at <nowhere>: expected a label/);
  });

  it('documents', () => {
    const text = textOf(PLAIN);
    expect(refusal(text.replace('[final]', '[final'))).toMatch(/malformed at <.*>: expected TOML/);
    expect(refusal(text.replace(/\[final\][\s\S]*/, ''))).toMatch(/malformed .*expected a table \[final\], found none/);
    expect(refusal(text.replace('AArch64', 'RISCV'))).toMatch(/unsupported at <RISCV"?>?.*RISCV tests in TOML/);
    expect(refusal(text.replace('[thread.0]', '[thread.1]').replace('[thread.0.reset]', '[thread.1.reset]'))).toMatch(
      /expected thread 0: threads are numbered from 0/,
    );
    expect(refusal(text.replace('name =', 'smell = "x"\nname ='))).toMatch(/unsupported .*table or key "smell" of a test/);
    expect(refusal(text.replace('"made"', '7'))).toMatch(/malformed at <7.*expected a string for name, found 7/);
  });

  it('whatever the text: never an exception', () => {
    const text = textOf(PLAIN);
    for (let i = 0; i < text.length; i += 7) {
      const results: Parsed['k'][] = [
        text.slice(0, i),
        `${text.slice(0, i)}}${text.slice(i)}`,
        `${text.slice(0, i)}${text.slice(i + 3)}`,
      ].map((cut) => (/^(?:arch|name) *=/.test(cut) ? parse(cut).k : 'malformed'));
      for (const k of results) expect(['test', 'malformed', 'unsupported']).toContain(k);
    }
  });
});

describe('listings', () => {
  it('numeric labels are found forwards and backwards, comments are not read', () => {
    const { lines } = parseListing('t', { text: '1: NOP // 1:\n CBZ X0,1f\nL: B 1b /* 2: */\n1:\n', at: { line: 5, column: 1 } });
    expect(lines.map((line) => (line.k === 'label' ? `${line.name}:` : line.operands.map(({ text }) => text).join()))).toEqual([
      '1@0:',
      '',
      'X0,1@5',
      'L:',
      '1@0',
      '1@5:',
    ]);
    expect(lines.map(({ at }) => at.line)).toEqual([5, 5, 6, 7, 7, 8]);
  });
});

const suite = join(process.env['FAULTLINE_SHARED'] ?? join('..', 'shared'), 'litmus', 'aarch64-pgtable');
const files = (() => {
  try {
    return readdirSync(suite).filter((name) => name.endsWith('.litmus.toml'));
  } catch {
    if (process.env['CI'] !== undefined) throw new Error(`${suite} is absent, and litmus suites must not be skipped in CI`);
    console.warn(`SKIPPED: ${suite} is absent; set FAULTLINE_SHARED to test on it`);
    return [];
  }
})();

describe.runIf(files.length > 0)('the suite of page-table tests', () => {
  it.each(files)('%s is read', (file) => {
    expect(refusal(readFileSync(join(suite, file), 'utf8'))).toBe('accepted');
  });
});
