import { describe, expect, it } from 'vitest';
import type { Entry } from './mmu.js';
import { covers, decodeOperand, decodeTlbi, type Invalidation } from './tlbi.js';

/** `r`: range, `L`: last level, `l`: this CPU alone. */
const show = (word: string): string | null => {
  const found = decodeTlbi(word);
  return found && `${String(found.stage)} ${found.by}${found.range ? ' r' : ''}${found.last ? ' L' : ''}${found.local ? ' l' : ''}`;
};

describe('TLBI mnemonics', () => {
  // Arm ARM DDI 0487, "A64 System instructions for TLB maintenance"; DDI 0601 for each operation.
  const rows: Readonly<Record<string, string | null>> = {
    vmalle1: '1 all l',
    vmalle1is: '1 all',
    vmalle1os: '1 all',
    vmalls12e1is: '12 all',
    vmalls12e1: '12 all l',
    alle1is: '12 all',
    alle1: '12 all l',
    aside1is: '1 asid',
    aside1: '1 asid l',
    vae1: '1 address l',
    vae1is: '1 address',
    vaae1is: '1 address',
    vale1is: '1 address L',
    vaale1is: '1 address L',
    vae2is: '1 address',
    ipas2e1is: '2 address',
    ipas2e1: '2 address l',
    ipas2le1is: '2 address L',
    rvae1is: '1 address r',
    rvale1is: '1 address r L',
    rvaale1os: '1 address r L',
    ripas2e1is: '2 address r',
    ripas2le1is: '2 address r L',
    // FEAT_XS
    vae1isnxs: '1 address',
    vmalls12e1isnxs: '12 all',
    // Not modelled, or no TLBI at all: the run ends as not modelled.
    paall: null,
    rpaos: null,
    dvae1is: null,
    'vae1is ': null,
    VAE1IS: null,
    '': null,
  };
  for (const [word, meaning] of Object.entries(rows)) {
    it(word === '' ? '(nothing)' : word, () => {
      expect(show(word)).toBe(meaning);
    });
  }
});

describe('operands', () => {
  const operand = (word: string, value: bigint) => {
    const tlbi = decodeTlbi(word);
    if (!tlbi) throw new Error(word);
    const { from, to, level } = decodeOperand(tlbi, value);
    return [from, to, level];
  };

  it('name a page, in either half of the addresses, and may hint at a level (DDI 0601, TLBI VAE1IS)', () => {
    expect(operand('vae1is', 0x5n)).toEqual([0x5000n, 0x6000n, 0]);
    expect(operand('vale1is', (0x1n << 48n) | (0x6n << 44n) | 0x5n)).toEqual([0x5000n, 0x6000n, 2]);
    // Without a translation granule in bits 47:46 there is no hint.
    expect(operand('vale1is', (0x2n << 44n) | 0x5n)).toEqual([0x5000n, 0x6000n, 0]);
    expect(operand('vaae1is', (0xffff_8000_0020_0000n >> 12n) & 0xfff_ffff_ffffn)).toEqual([
      0xffff_8000_0020_0000n,
      0xffff_8000_0020_1000n,
      0,
    ]);
    expect(operand('ipas2e1is', 0x8_0000_0000n)).toEqual([0x8000_0000_0000n, 0x8000_0000_1000n, 0]);
  });

  it('name a range by number and scale (DDI 0601, TLBI RVAE1IS)', () => {
    expect(operand('rvae1is', 0x5n)).toEqual([0x5000n, 0x7000n, 0]);
    expect(operand('rvale1is', (1n << 46n) | (3n << 39n) | (3n << 37n) | 0x5n)).toEqual([0x5000n, 0x5000n + 8n * 4096n, 3]);
    expect(operand('rvae1is', (2n << 44n) | (1n << 39n))).toEqual([0n, (4096n << 11n) << 1n, 0]);
    expect(operand('rvaae1is', (0xffff_8000_0000_0000n >> 12n) & 0x1f_ffff_ffffn)[0]).toBe(0xffff_8000_0000_0000n);
  });
});

describe('what an invalidation covers', () => {
  const leaf: Entry = { index: 1, loc: 'table[1]', table: 'table', depth: 1, level: 3, from: 0x1000n, size: 0x1000n };
  const table: Entry = { index: 0, loc: 'root[0]', table: 'root', depth: 0, level: 2, from: 0n, size: 0x20_0000n };
  /** A block at level 2: an entry of the same level as `table`, seen as a leaf. */
  const block = table;
  const of = (word: string, from = 0n, to = 0n, hint: number | null = null): Invalidation => {
    const tlbi = decodeTlbi(word);
    if (!tlbi) throw new Error(word);
    return { tlbi, from, to, hint };
  };
  const page = (word: string, hint: number | null = null): Invalidation => of(word, 0x1000n, 0x2000n, hint);

  const rows: readonly (readonly [string, Invalidation, boolean, boolean, boolean])[] = [
    // name, invalidation, the leaf at level 3, the table entry above it, a block at level 2.
    // By address: the leaf and every table entry of its walk (DDI 0601, TLBI VAE1IS).
    ['vae1is', page('vae1is'), true, true, true],
    ['ipas2e1is', page('ipas2e1is'), true, true, true],
    // Last level: leaves alone (DDI 0601, TLBI VALE1IS).
    ['vale1is', page('vale1is'), true, false, true],
    ['ipas2le1is', page('ipas2le1is'), true, false, true],
    // A level hint names the level of the leaf; where it is wrong nothing need go (DDI 0601, TLBI VAE1IS, TTL).
    ['vae1is, hint 3', page('vae1is', 3), true, false, false],
    ['vae1is, hint 2', page('vae1is', 2), false, false, true],
    ['vale1is, hint 3', page('vale1is', 3), true, false, false],
    ['vale1is, hint 1', page('vale1is', 1), false, false, false],
    // Another address.
    ['vae1is of the page above', of('vae1is', 0x2000n, 0x3000n), false, true, true],
    ['vae1is far away', of('vae1is', 0x4000_0000n, 0x4000_1000n), false, false, false],
    // Ranges (FEAT_TLBIRANGE): first byte in, last byte out.
    ['rvae1is over it', of('rvae1is', 0n, 0x10000n), true, true, true],
    ['rvae1is up to it', of('rvae1is', 0n, 0x1000n), false, true, true],
    ['rvae1is from its end', of('rvae1is', 0x2000n, 0x3000n), false, true, true],
    ['rvale1is over it', of('rvale1is', 0n, 0x10000n), true, false, true],
    ['ripas2e1is with hint 3', of('ripas2e1is', 0n, 0x10000n, 3), true, false, false],
    // Everything, of an ASID or of all: no address, no level.
    ['aside1is', of('aside1is'), true, true, true],
    ['vmalle1is', of('vmalle1is'), true, true, true],
    ['vmalls12e1is', of('vmalls12e1is'), true, true, true],
  ];
  for (const [name, invalidation, onLeaf, onTable, onBlock] of rows) {
    it(name, () => {
      expect([covers(invalidation, leaf, false), covers(invalidation, table, true), covers(invalidation, block, false)]).toEqual([
        onLeaf,
        onTable,
        onBlock,
      ]);
    });
  }
});
