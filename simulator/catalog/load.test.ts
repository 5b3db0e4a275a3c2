import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CatalogError, loadCatalog, readCatalog } from './load.js';

const here = dirname(fileURLToPath(import.meta.url));

/** A file with one row whose fields the test overrides. */
function file(name: string, ...rows: string[]): { name: string; text: string } {
  return { name, text: `rows:\n${rows.map((row) => `  - ${row}\n`).join('')}` };
}

function faults(...files: { name: string; text: string }[]): readonly string[] {
  try {
    readCatalog(files);
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.faults;
    throw error;
  }
}

const fence = (fields = ''): string =>
  `{ name: my_fence, arch: any, does: { kind: fence, pred: rw, succ: rw }, source: 'include/x.h, my_fence'${fields} }`;

describe('the catalog of the repository', () => {
  const catalog = loadCatalog(here);

  it('parses, and each row cites a manual or a kernel file', () => {
    expect(catalog.rows.length).toBeGreaterThan(400);
    for (const row of catalog.rows) {
      expect(row.source, row.name).toMatch(
        /\.(?:h|c|S|txt|def|md)\b|\bcpucaps\b|Priv, |Unpriv, |SBI specification, |DDI0\d{3}|GCC manual, |SDM vol\. \d, |APM vol\. \d, |PoP, |ISA Book I{2,3}, /,
      );
    }
  });

  it('says what is unsure in words', () => {
    for (const row of catalog.rows) if (row.unsure !== undefined) expect(row.unsure.length, row.name).toBeGreaterThan(10);
  });

  it("prefers an architecture's own row", () => {
    expect(catalog.find('arm64', 'mb')?.does).toEqual({ kind: 'dsb', of: 'full' });
    expect(catalog.find('riscv', 'mb')?.does).toEqual({ kind: 'fence', pred: 'rw', succ: 'rw' });
    expect(catalog.find('riscv', 'isb')).toBeUndefined();
  });

  it('knows families by prefix, and single names before them', () => {
    expect(catalog.find('riscv', 'trace_some_event')?.does.kind).toBe('drop');
    expect(catalog.find('arm64', 'write_sysreg_el1')?.does.kind).toBe('drop');
    expect(catalog.find('riscv', 'write_sysreg_el1')).toBeUndefined();
    expect(catalog.find('riscv', 'tracer')).toBeUndefined();
  });

  it('selects the rows of the names that a Program calls', () => {
    const rows = catalog.rowsFor('arm64', ['trace_some_event', 'dsb', 'no_such_primitive']);
    expect([...rows.keys()]).toEqual(['trace_some_event', 'dsb']);
    expect(rows.get('dsb')?.words).toEqual([0]);
  });

  it('leaves to C what one row cannot say', () => {
    for (const name of ['local_irq_save', 'spin_lock_irqsave', '__set_bit']) expect(catalog.find('riscv', name)?.does.kind, name).toBe('c');
    for (const name of ['get_cpu', 'BUG_ON', 'local_flush_tlb_all']) expect(catalog.find('riscv', name), name).toBeUndefined();
  });

  it('maps feature names to axes', () => {
    expect(catalog.axisOf('RISCV_ISA_EXT_SVVPTC')).toBe('Svvptc');
    expect(catalog.axisOf('ARM64_HAS_STAGE2_FWB')).toBe('FEAT_S2FWB');
    expect(catalog.axisOf('ARM64_HAS_NOTHING')).toBeUndefined();
  });

  it('orders atomics as the kernel documents them', () => {
    expect(catalog.find('riscv', 'atomic_inc')?.does).toMatchObject({ order: 'relaxed', result: 'none' });
    expect(catalog.find('riscv', 'atomic_long_fetch_or')?.does).toMatchObject({ order: 'full', result: 'old' });
    expect(catalog.find('riscv', 'atomic64_cmpxchg_acquire')?.does).toMatchObject({ fn: 'cas', order: 'acquire', expected: 1, operand: 2 });
    expect(catalog.find('riscv', 'test_and_set_bit_lock')?.does).toMatchObject({ order: 'acquire', result: 'old' });
  });
});

describe('faults in a catalog file', () => {
  it('name the file, the row and the field', () => {
    expect(
      faults(file('a.yaml', `{ name: bad, arch: any, does: { kind: fence, pred: q, succ: rw }, source: 'include/x.h, bad' }`)),
    ).toEqual([expect.stringMatching(/^a\.yaml, row bad \(number 1 of rows\): does\.pred: /)]);
  });

  it('are all reported, not the first only', () => {
    const bad = `{ name: bad, arch: mips, does: { kind: isb }, source: '' }`;
    expect(faults(file('a.yaml', fence(), bad), file('b.yaml', fence()))).toHaveLength(2);
  });

  it('refuse a row given twice, in any files', () => {
    expect(faults(file('a.yaml', fence()), file('b.yaml', fence()))).toEqual([
      'b.yaml, row my_fence (any): given twice; it stands in a.yaml, row my_fence (any) already, remove one',
    ]);
    expect(faults(file('a.yaml', fence(), fence().replace('arch: any', 'arch: riscv')))).toEqual([]);
  });

  it('refuse a source that is none', () => {
    expect(faults(file('a.yaml', fence().replace('include/x.h, my_fence', 'TODO: look it up')))[0]).toContain('source: name the manual');
  });

  it('refuse words where none are taken, and the lack of one', () => {
    expect(faults(file('a.yaml', fence(', words: [0]')))[0]).toContain('fence takes no word');
    expect(faults(file('a.yaml', `{ name: t, arch: arm64, does: { kind: tlbi }, source: 'include/x.h, t' }`))[0]).toContain(
      'say which argument',
    );
  });

  it('refuse a prefix that does something', () => {
    expect(faults(file('a.yaml', fence().replace('my_fence', 'my_*')))[0]).toContain('only a row that drops');
  });

  it('say where YAML itself is broken', () => {
    expect(faults({ name: 'a.yaml', text: 'rows:\n  - { name: x\n' })[0]).toMatch(/^a\.yaml, line \d+: not YAML/);
    expect(faults({ name: 'a.yaml', text: 'lines: []\n' }).join()).toContain('a.yaml');
  });
});
