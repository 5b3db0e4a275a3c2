import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { configNotes } from './config-notes.js';
import type { ReviewInput } from './input.js';
import { applyPatches } from './steps.js';

const TREE = memoryTree(
  new Map([
    ['Kconfig', 'source "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n'],
    [
      'arch/riscv/Kconfig',
      'config RISCV\n\tdef_bool y\n\tselect MMU\n\nconfig SVFAST\n\tbool "Fast"\n\tdepends on MMU\n\tdefault y\n\nconfig MMU\n\tbool\n',
    ],
    ['arch/riscv/configs/defconfig', 'CONFIG_SLOW=y\n'],
    ['arch/arm64/Kconfig', 'config ARM64\n\tdef_bool y\n'],
    ['arch/arm64/configs/defconfig', ''],
    ['mm/Kconfig', 'config GATHER_TABLES\n\tbool\n\nconfig SLOW\n\tbool "Slow"\n\nconfig BATCH\n\tdef_bool GATHER_TABLES\n'],
  ]),
  'tree',
);

function notes(diff: string): string[] {
  const { files } = parseDiff(diff);
  const patch = { index: 2, subject: 'x', messageId: 'm', files, problems: [], repairs: [] };
  const input: ReviewInput = {
    kind: 'series',
    title: 't',
    version: 1,
    patches: [patch],
    ordinal: 0,
    problems: [],
    onTop: null,
    missing: null,
    first: [],
    base: null,
  };
  return applyPatches(TREE, [patch]).flatMap((step) => configNotes(step, input, 0));
}

describe('what a patch switches', () => {
  it('by a select of its architecture', () => {
    expect(
      notes(`--- a/arch/riscv/Kconfig
+++ b/arch/riscv/Kconfig
@@ -1,6 +1,7 @@
 config RISCV
 	def_bool y
 	select MMU
+	select GATHER_TABLES if SVFAST
 
 config SVFAST
 	bool "Fast"
`),
    ).toEqual([
      'patch 2, riscv defconfig: BATCH: n → y (default GATHER_TABLES, mm/Kconfig:8)',
      'patch 2, riscv defconfig: GATHER_TABLES: n → y (selected by RISCV, arch/riscv/Kconfig:4)',
    ]);
  });

  it('by a dependency of common code, on each architecture', () => {
    expect(
      notes(`--- a/mm/Kconfig
+++ b/mm/Kconfig
@@ -3,4 +3,5 @@ config GATHER_TABLES
 
 config SLOW
 	bool "Slow"
+	depends on !MMU
 
`).filter((note) => /riscv|arm64/.test(note)),
    ).toEqual(['patch 2, riscv defconfig: SLOW: y → n (depends on !MMU, which is n, mm/Kconfig:4); cannot be switched on']);
  });

  it('or that it switches nothing', () => {
    expect(
      notes(`--- a/arch/arm64/Kconfig
+++ b/arch/arm64/Kconfig
@@ -1,2 +1,3 @@
+# said here
 config ARM64
 	def_bool y
`),
    ).toEqual(['patch 2 changes arch/arm64/Kconfig, which switches nothing under the defconfigs']);
  });
});
