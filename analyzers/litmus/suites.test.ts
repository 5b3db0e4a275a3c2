import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseColumns } from './columns.js';
import { parseFile } from './file.js';
import { litmusSuite } from './testing/suites.js';

describe('whole suites', () => {
  it.each(['aarch64-VMSA', 'aarch64-ifetch', 'riscv-ifetch', 'lkmm'])('every file of %s can be taken apart', (suite) => {
    const folder = litmusSuite(suite);
    if (folder === null) return;
    const files = readdirSync(folder).filter((name) => name.endsWith('.litmus'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const file = parseFile(readFileSync(join(folder, name), 'utf8'));
      if (file.arch !== 'C')
        expect(
          parseColumns(file).some((column) => column.lines.length > 0),
          name,
        ).toBe(true);
    }
  });
});
