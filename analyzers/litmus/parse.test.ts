import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../simulator/catalog/load.js';
import { parseLitmus } from './parse.js';
import { samples } from './testing/samples.js';

const catalog = loadCatalog('simulator/catalog');

/** Where the answer points to must be in the text, or just behind it. */
function expectAnswer(text: string): void {
  const parsed = parseLitmus('given', text, catalog);
  if (parsed === null || parsed.k === 'test') return;
  const { line, column } = parsed.k === 'malformed' ? parsed.malformed : parsed.unsupported;
  const lines = text.split('\n');
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
  if (parsed.k === 'malformed') expect([parsed.malformed.expected, parsed.malformed.found]).not.toContain('');
  else expect(parsed.unsupported.feature).not.toBe('');
}

describe('parseLitmus', () => {
  it('leaves texts of other languages to others', () => {
    expect(parseLitmus('given', 'VAX t\n{}\n P0;\nexists x=1', catalog)).toBeNull();
    expect(parseLitmus('given', 'name = "t"\n', catalog)).toBeNull();
  });

  it('answers every beginning of a test', () => {
    for (const text of samples) for (let i = 0; i <= text.length; i++) expectAnswer(text.slice(0, i));
  });

  it('answers whatever a test is changed to', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        '(*',
        '*)',
        '|',
        ';',
        '"',
        ':',
        'P9',
        'exists',
        '~',
        'fault(',
        'X31',
        '#',
        '99999999999999999999',
        '\n',
      ),
    );
    const edit = fc.record({ sample: fc.nat(samples.length - 1), at: fc.nat(), drop: fc.nat(12), piece });
    fc.assert(
      fc.property(edit, ({ sample, at, drop, piece: put }) => {
        const text = samples[sample] ?? '';
        const from = at % (text.length + 1);
        expectAnswer(text.slice(0, from) + put + text.slice(from + drop));
      }),
      { numRuns: 1500 },
    );
  });

  const program = (rows: string): string => `AArch64 t\n{}\n P0 ;\n${rows} ;\nexists x=1\n`;

  it.each([
    ['many brackets', program(`LDR W0,${'['.repeat(100_000)}`)],
    ['many operands', program(`ADD ${'X0,'.repeat(100_000)}X0`)],
    ['many instructions', program('NOP ;\n'.repeat(100_000))],
    ['many indirect branches', program(Array.from({ length: 900 }, (_, i) => `L${String(i)}: RET`).join(' ;\n'))],
    ['many threads', `AArch64 t\n{}\n${'P0 |'.repeat(100_000)} P1 ;\nexists x=1`],
    ['many variables', `AArch64 t\n{${Array.from({ length: 5000 }, (_, i) => `v${String(i)}=1;`).join('')}}\n P0;\nexists x=1`],
    ['a long word', program('a'.repeat(500_000))],
  ])('refuses %s', (_, text) => {
    const parsed = parseLitmus('given', text, catalog);
    expect(parsed?.k).not.toBe('test');
    expect(JSON.stringify(parsed).length).toBeLessThan(300);
    expectAnswer(text);
  });

  it('takes a long comment for what it is', () => {
    expect(parseLitmus('given', `(* ${'* '.repeat(200_000)}*) AArch64 t\n{}\n P0;\nexists x=1`, catalog)?.k).toBe('test');
  });
});
