import { describe, expect, it } from 'vitest';
import { int, ptr } from '../interp/value.js';
import { ARCHES } from '../program/arch.js';
import { architecture } from './arch/rules.js';
import { decode, entriesOf, entryFor, type Mmu } from './mmu.js';

const PAGE = 0x8000_1000n;

describe('page-table entries', () => {
  it('riscv (privileged spec, Sv39: V bit 0, R, W, X bits 1 to 3, page number from bit 10)', () => {
    const pfn = (PAGE >> 12n) << 10n;
    expect(decode('riscv', int(0), true)).toEqual({ k: 'invalid' });
    expect(decode('riscv', int(pfn | 0xcen), true)).toEqual({ k: 'invalid' });
    expect(decode('riscv', int(pfn | 0xcfn), true)).toEqual({ k: 'leaf', to: PAGE });
    // A superpage is a leaf at any level; R alone and X alone are enough.
    for (const bits of [0x3n, 0x9n, 0x7n]) expect(decode('riscv', int(pfn | bits), false)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('riscv', int(pfn | 1n), false)).toEqual({ k: 'table', to: PAGE });
    // G, A, D and the software bits, PBMT and N are not part of it.
    expect(decode('riscv', int(pfn | 1n | 0x3e0n), false)).toEqual({ k: 'table', to: PAGE });
    expect(decode('riscv', int(pfn | 0xfffn | (0x7n << 61n)), true)).toMatchObject({ k: 'leaf' });
    // PROT_NONE: present to software alone.
    expect(decode('riscv', int(pfn | 0x20n), true)).toEqual({ k: 'invalid' });
  });

  it('arm64 (DDI 0487, "Translation table descriptor formats": bit 0 valid, bit 1 table or page, address bits 47 to 12)', () => {
    expect(decode('arm64', int(PAGE | 2n), true)).toEqual({ k: 'invalid' });
    expect(decode('arm64', int(PAGE | 3n), false)).toEqual({ k: 'table', to: PAGE });
    expect(decode('arm64', int(PAGE | 1n), false)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('arm64', int(PAGE | 3n), true)).toEqual({ k: 'leaf', to: PAGE });
    // A block at the last level is reserved: it faults.
    expect(decode('arm64', int(PAGE | 1n), true)).toEqual({ k: 'invalid' });
    // Attributes above and below the address.
    expect(decode('arm64', int(PAGE | 0x7c3n | (0x7fn << 52n)), true)).toEqual({ k: 'leaf', to: PAGE });
  });

  it('x86 (Intel SDM vol. 3, entry formats of 4-level paging: P bit 0, PS bit 7, address bits 51 to 12)', () => {
    expect(decode('x86', int(PAGE | 0x62n), true)).toEqual({ k: 'invalid' });
    expect(decode('x86', int(PAGE | 0x63n), true)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('x86', int(PAGE | 0x23n), false)).toEqual({ k: 'table', to: PAGE });
    // Bit 7 is PS above the last level and PAT on it.
    expect(decode('x86', int(PAGE | 0xe3n), true)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('x86', int(0x8020_0000n | 0xe3n), false)).toEqual({ k: 'leaf', to: 0x8020_0000n });
    // Bit 12 of a large page's entry is PAT; XD and protection keys are bits 63 to 59.
    expect(decode('x86', int(0x8020_1000n | 0xe3n | (0xf8n << 56n)), false)).toEqual({ k: 'leaf', to: 0x8020_0000n });
  });

  it('powerpc radix (Power ISA Book III, "Radix Tree Translation": valid and leaf are the two most significant bits)', () => {
    const V = 1n << 63n;
    const L = 1n << 62n;
    expect(decode('powerpc', int(L | PAGE | 0x186n), true)).toEqual({ k: 'invalid' });
    expect(decode('powerpc', int(V | L | PAGE | 0x186n), true)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('powerpc', int(V | L | PAGE), false)).toEqual({ k: 'leaf', to: PAGE });
    // The low bits of a directory entry are the size of the next directory.
    expect(decode('powerpc', int(V | PAGE | 0x9n), false)).toEqual({ k: 'table', to: PAGE });
    // A C program computes it as a signed number.
    expect(decode('powerpc', int(BigInt.asIntN(64, V | L | PAGE)), true)).toEqual({ k: 'leaf', to: PAGE });
  });

  it('s390 (Principles of Operation, "Dynamic Address Translation": valid unless I is set, in another place on the last level)', () => {
    expect(decode('s390', int(PAGE), true)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('s390', int(PAGE | 0x200n), true)).toEqual({ k: 'leaf', to: PAGE });
    expect(decode('s390', int(PAGE | 0x400n), true)).toEqual({ k: 'invalid' });
    expect(decode('s390', int(PAGE), false)).toEqual({ k: 'table', to: PAGE });
    expect(decode('s390', int(PAGE | 0x20n), false)).toEqual({ k: 'invalid' });
    // FC: a segment-table entry that maps 1 MiB.
    expect(decode('s390', int(0x8010_0000n | 0x400n), false)).toEqual({ k: 'leaf', to: 0x8010_0000n });
    expect(decode('s390', int(0n), true)).toEqual({ k: 'leaf', to: 0n });
  });

  it('each format reads what it writes', () => {
    const LARGE = 0x8020_0000n;
    for (const arch of ARCHES) {
      const format = architecture(arch).entries;
      expect(format.decode(format.encode('page', PAGE, false), true), arch).toEqual({ k: 'leaf', to: PAGE });
      expect(format.decode(format.encode('table', PAGE, false), false), arch).toEqual({ k: 'table', to: PAGE });
      expect(format.decode(format.encode('block', LARGE, false), false), arch).toEqual({ k: 'leaf', to: LARGE });
      for (const last of [true, false]) expect(format.decode(format.empty(last), last), arch).toEqual({ k: 'invalid' });
    }
  });

  it('what is no number is invalid', () => {
    expect(decode('riscv', ptr('x'), true)).toEqual({ k: 'invalid' });
    expect(decode('arm64', { k: 'unknown', key: 'x' }, true)).toEqual({ k: 'invalid' });
  });
});

describe('tables', () => {
  const mmu: Mmu = {
    regime: 'arm64-stage2',
    root: 'root',
    levels: [
      { level: 2, shift: 21, entries: 2 },
      { level: 3, shift: 12, entries: 4 },
    ],
    tables: [
      { obj: 'root', depth: 0, base: 0n },
      { obj: 'table', depth: 1, base: 0x20_0000n },
    ],
  };

  it('number their entries in order, each with the addresses it translates', () => {
    const entries = entriesOf(mmu);
    expect(entries.map(({ index, loc }) => `${String(index)} ${loc}`)).toEqual([
      '0 root[0]',
      '1 root[1]',
      '2 table[0]',
      '3 table[1]',
      '4 table[2]',
      '5 table[3]',
    ]);
    expect(entries[1]).toMatchObject({ level: 2, from: 0x20_0000n, size: 0x20_0000n });
    expect(entries[5]).toMatchObject({ level: 3, from: 0x20_3000n, size: 0x1000n });
  });

  it('find the entry of an address', () => {
    const entries = entriesOf(mmu);
    expect(entryFor(entries, 'root', 0x20_0000n)?.loc).toBe('root[1]');
    expect(entryFor(entries, 'root', 0x1f_ffffn)?.loc).toBe('root[0]');
    expect(entryFor(entries, 'table', 0x20_2fffn)?.loc).toBe('table[2]');
    expect(entryFor(entries, 'table', 0x20_4000n)).toBeNull();
    expect(entryFor(entries, 'table', 0n)).toBeNull();
  });

  it('stand at a depth that the scenario has', () => {
    expect(() => entriesOf({ ...mmu, tables: [{ obj: 't', depth: 2, base: 0n }] })).toThrow(/depth 2/);
  });
});
