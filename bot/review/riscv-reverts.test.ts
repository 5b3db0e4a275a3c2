import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { testTree } from '../tree/testing/trees.js';
import { judge } from './findings.js';
import { loadResources } from './resources.js';
import { runVersions } from './scenario-runs.js';
import { TreeConfigs, versionInTree } from './tree-scenario.js';

const resources = loadResources();
const folder = testTree('6.12');
beforeAll(initC);

interface Revert {
  readonly what: string;
  readonly file: string;
  readonly edit: (text: string) => string;
  readonly scenario: string;
  readonly shows: string;
  readonly where: readonly Readonly<Record<string, unknown>>[];
}

const REVERTS: readonly Revert[] = [
  {
    what: 'the atomic clear of the bit of a new mapping',
    file: 'arch/riscv/kernel/entry.S',
    edit: (text) => text.replace(/^\tamoxor\.d\s+\w+, (\w+), \((\w+)\)$/m, '\tREG_L\ta2, 0($2)\n\txor\ta2, a2, $1\n\tREG_S\ta2, 0($2)'),
    scenario: 'riscv/vmap-use',
    shows: 'lost-update',
    where: [{}],
  },
  {
    what: 'the fence after it',
    file: 'arch/riscv/kernel/entry.S',
    edit: (text) => text.replace(/^\tsfence\.vma$/m, ''),
    scenario: 'riscv/vmap-use',
    shows: 'unhandled-fault',
    where: [{ 'invalid-entries': 'cached' }, { 'invalid-entries': 'early-until-fence' }],
  },
  {
    what: 'the full flush where tables are freed',
    file: 'arch/riscv/include/asm/tlb.h',
    edit: (text) => text.replace(/ \|\| tlb->freed_tables\)/, ')'),
    scenario: 'riscv/free-tables',
    shows: 'walker-use-after-free',
    where: [{}],
  },
  {
    what: 'RCU for tables where firmware fences',
    file: 'arch/riscv/include/asm/pgalloc.h',
    edit: (text) => text.replace(/^\tif \(riscv_use_sbi_for_rfence\(\)\)$/m, '\tif (0)'),
    scenario: 'riscv/gup-fast',
    shows: 'walker-use-after-free',
    where: [{ 'ipi-rfence': false }],
  },
  {
    what: 'the mark of a page that KFENCE puts back',
    file: 'arch/riscv/include/asm/kfence.h',
    edit: (text) => text.replace(/^\t\tmark_new_valid_map\(\);$/m, ''),
    scenario: 'riscv/kfence',
    shows: 'unhandled-fault',
    where: [{}],
  },
  {
    what: 'the width of the atomic clear',
    file: 'arch/riscv/kernel/entry.S',
    edit: (text) => text.replace(/^\tamoxor\.d/m, '\tamoxor.w'),
    scenario: 'riscv/probe-unmapped',
    shows: 'livelock',
    where: [{}],
  },
  {
    what: 'fences of the kernel without an ASID',
    file: 'arch/riscv/mm/tlbflush.c',
    edit: (text) => text.replace(': FLUSH_TLB_NO_ASID;', ': 0;'),
    scenario: 'riscv/vunmap',
    shows: 'stale-translation',
    where: [{}],
  },
  {
    what: 'the fence behind satp without ASIDs',
    file: 'arch/riscv/mm/context.c',
    edit: (text) => text.replace(/^\tlocal_flush_tlb_all_asid\(0\);$/m, ''),
    scenario: 'riscv/switch-mm-no-asids',
    shows: 'stale-translation',
    where: [{}],
  },
  {
    what: 'the flush of a hart after a rollover',
    file: 'arch/riscv/mm/context.c',
    edit: (text) => text.replace(/^\t\tneed_flush_tlb = true;$/m, '\t\t;'),
    scenario: 'riscv/asid-rollover',
    shows: 'stale-translation',
    where: [{}],
  },
  {
    what: 'the wait for other harts to flush their icaches',
    file: 'arch/riscv/mm/cacheflush.c',
    edit: (text) => text.replace('on_each_cpu(ipi_remote_fence_i, NULL, 1)', 'on_each_cpu(ipi_remote_fence_i, NULL, 0)'),
    scenario: 'riscv/flush-icache',
    shows: 'stale-instruction',
    where: [{ 'ipi-rfence': true }],
  },
  {
    what: 'the footmark of a hart before it looks for a deferred flush',
    file: 'arch/riscv/mm/context.c',
    edit: (text) =>
      text.replace(
        /^\tset_mm\(prev, next, cpu\);\n\n\tflush_icache_deferred\(next, cpu, task\);$/m,
        '\tflush_icache_deferred(next, cpu, task);\n\tset_mm(prev, next, cpu);',
      ),
    scenario: 'riscv/icache-of-mm',
    shows: 'assertion',
    where: [{}],
  },
];

describe.skipIf(folder === null)('taking out of Linux 6.12 for riscv', () => {
  const tree = folderTree(folder ?? '', 'tree');
  const config = new TreeConfigs(tree).of('riscv');

  it.each(REVERTS)(
    '$what is called introduced, and putting it back fixed',
    ({ file, edit, scenario: name, shows, where }) => {
      const scenario = resources.scenarios.concat(resources.treeScenarios).find(({ spec }) => spec.scenario === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      const own = tree.read(file)?.text ?? '';
      expect(edit(own)).not.toBe(own);
      const without = overlay(tree, new Map([[file, wholeFile(file, edit(own), 'patch')]]));
      const versions = [tree, without, tree].map((each) => versionInTree(resources, each, config, scenario, scenario.spec.explore));
      const runs = runVersions(resources, { scenario, versions, touched: new Set([file]) });
      const { findings, conditional } = judge(runs, [0, 1, 2], ['out', 'in'], [null, null], 'test');
      expect(conditional).toEqual([]);
      const mine = findings.filter(({ status }) => status !== 'pre-existing');
      expect(mine.map(({ status, violation, patch, removedBy, window }) => [status, violation, patch, removedBy, window])).toEqual([
        ['introduced', shows, 'out', 'in', 0],
      ]);
      const axes = mine.flatMap((finding) => (finding.where.length === 0 ? [finding.axes] : finding.where));
      expect(axes).toEqual(where);
    },
    120_000,
  );
});
