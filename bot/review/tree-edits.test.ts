import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { testTree } from '../tree/testing/trees.js';
import { loadResources } from './resources.js';
import { runVersions } from './scenario-runs.js';
import { TreeConfigs, versionInTree } from './tree-scenario.js';

const resources = loadResources();
const folder = testTree('6.12');
beforeAll(initC);

interface Edit {
  readonly scenario: string;
  readonly what: string;
  readonly file: string;
  readonly edit: (text: string) => string;
  /** Violations; none where the edit does no harm. */
  readonly shows: readonly string[];
}

/** The same with the function that begins with `head` edited. */
const within =
  (head: string, edit: (code: string) => string): Edit['edit'] =>
  (text) => {
    const from = text.indexOf(head);
    const to = text.indexOf('\n}\n', from);
    return from < 0 ? text : text.slice(0, from) + edit(text.slice(from, to)) + text.slice(to);
  };

const ALTERNATIVE = 'arch/x86/kernel/alternative.c';
const MEMORY = 'mm/memory.c';
const ZAP = '\nvoid zap_page_range_single(';
const START = '\tmmu_notifier_invalidate_range_start(&range);\n';
const END = '\tmmu_notifier_invalidate_range_end(&range);\n';
const KVM = 'arch/x86/kernel/kvm.c';

const EDITS: readonly Edit[] = [
  {
    scenario: 'x86/text-poke',
    what: 'CPUs that are interrupted and do not serialise',
    file: ALTERNATIVE,
    edit: within('\nstatic void do_sync_core(', (code) => code.replace('sync_core();', '')),
    shows: ['assertion', 'stale-instruction'],
  },
  {
    scenario: 'x86/text-poke',
    what: 'another name for what they do',
    file: ALTERNATIVE,
    edit: (text) => text.replaceAll('do_sync_core', 'serialise_here'),
    shows: [],
  },
  {
    scenario: 'x86/text-poke-mapping',
    what: 'a mapping that is not flushed',
    file: ALTERNATIVE,
    edit: within('\nstatic void *__text_poke(', (code) => code.replace(/flush_tlb_mm_range\([^;]*;/, '')),
    shows: ['unhandled-fault'],
  },
  {
    scenario: 'x86/paravirt-flush',
    what: 'a vCPU that is passed by though it may run again',
    file: KVM,
    edit: within('\nstatic void kvm_flush_tlb_multi(', (code) => code.replace(/if \(try_cmpxchg\([^;]*\)\)\n/, '')),
    shows: ['stale-translation'],
  },
  {
    scenario: 'x86/paravirt-flush',
    what: 'vCPUs that are all interrupted',
    file: KVM,
    edit: within('\nstatic void kvm_flush_tlb_multi(', (code) => code.replace('(state & KVM_VCPU_PREEMPTED)', '0')),
    shows: [],
  },
  {
    scenario: 'mm/notified-unmap',
    what: 'nobody told',
    file: MEMORY,
    edit: within(ZAP, (code) => code.replace(START, '').replace(END, '')),
    shows: ['assertion', 'walker-use-after-free'],
  },
  {
    scenario: 'mm/notified-unmap',
    what: 'all told that it is over before it is done',
    file: MEMORY,
    edit: within(ZAP, (code) => code.replace(END, '').replace(START, START + END)),
    shows: ['assertion', 'walker-use-after-free'],
  },
  {
    scenario: 'mm/notified-unmap',
    what: 'all told that it is over once the page is free',
    file: MEMORY,
    edit: within(ZAP, (code) => code.replace(END, '').replace('\ttlb_finish_mmu(&tlb);\n', `\ttlb_finish_mmu(&tlb);\n${END}`)),
    shows: [],
  },
  {
    scenario: 'mm/notified-protect',
    what: 'readers that do not wait',
    file: 'mm/mmu_notifier.c',
    edit: within('\nmmu_interval_read_begin(', (code) => code.replace('if (is_invalidating)', 'if (0)')),
    shows: ['assertion'],
  },
  {
    scenario: 'mm/notified-guest',
    what: 'a sequence that stays',
    file: 'virt/kvm/kvm_main.c',
    edit: within('\nvoid kvm_mmu_invalidate_end(', (code) => code.replace('kvm->mmu_invalidate_seq++;', '')),
    shows: ['assertion'],
  },
];

describe.skipIf(folder === null)('Linux 6.12 with', () => {
  const tree = folderTree(folder ?? '', 'tree');
  const configs = new TreeConfigs(tree);

  it.each(EDITS)(
    '$what: $scenario shows $shows',
    ({ scenario: name, file, edit, shows }) => {
      const scenario = resources.treeScenarios.find(({ spec }) => spec.scenario === name);
      if (!scenario) throw new Error(`no scenario ${name}`);
      const own = tree.read(file)?.text ?? '';
      expect(edit(own)).not.toBe(own);
      const edited = overlay(tree, new Map([[file, wholeFile(file, edit(own), 'patch')]]));
      const version = versionInTree(resources, edited, configs.of(scenario.spec.arch), scenario, scenario.spec.explore);
      const { leaves } = runVersions(resources, { scenario, versions: [version], touched: new Set([file]) });
      const shown = leaves.flatMap(({ result }) => result.flatMap((outcome) => [...outcome.shown.keys()]));
      expect([...new Set(shown)].sort()).toEqual(shows);
    },
    120_000,
  );
});
