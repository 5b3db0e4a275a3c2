import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { loadResources } from './resources.js';
import { runVersions, versionOf } from './scenario-runs.js';
import { edited, type SkeletonMutant } from './testing/skeleton-mutant.js';
import { KICK_MUTANTS } from './testing/kick-mutants.js';
import { VMEMMAP_MUTANTS } from './testing/vmemmap-mutants.js';
import { X86_MUTANTS } from './testing/x86-mutants.js';

type Edit = SkeletonMutant['edits'][number];

const TLB = 'arch/arm64/kvm/hyp/vhe/tlb.c';
const PGTABLE = 'arch/arm64/kvm/hyp/pgtable.c';
const FLUSH = 'arch/riscv/mm/tlbflush.c';
const VMALLOC = 'mm/vmalloc.c';
const FAULT = 'arch/riscv/mm/fault.c';

const EAGER = 'kvm_call_hyp(__kvm_tlb_flush_vmid_ipa, mmu, ctx->addr, ctx->level);';
const CHOICE = `		if (!stage2_unmap_defer_tlb_flush(pgt))\n			${EAGER}`;
/** The skeleton is the kernel of about v6.8, before tables were flushed at once and without a hint; this is how it was mended. */
const mended = (table: string): Edit => [
  PGTABLE,
  CHOICE,
  `		if (kvm_pte_table(ctx->old, ctx->level)) {\n			${table}\n		} else if (!stage2_unmap_defer_tlb_flush(pgt)) {\n			${EAGER}\n		}`,
];
const FLUSH_TABLE = 'kvm_call_hyp(__kvm_tlb_flush_vmid_ipa, mmu, ctx->addr, TLBI_TTL_UNKNOWN);';
const MENDED = mended(FLUSH_TABLE);

/** Where the flush of one address comes to stage 1. */
const STAGE1 = '	/* Copies of both stages together go with stage 1, once stage 2 is done. */\n	dsb(ish);\n';

const UNMAP = 'kvm-arm64/stage2-unmap-table';
const MAPPING = 'riscv/new-vmalloc-mapping';
const BAD = 'riscv/bad-kernel-address';
const TABLES = 'riscv/gather-tables';
const LOCKLESS = 'riscv/lockless-walk';
const UNMAPPING = 'riscv/kernel-unmap';
const DIRTY = 'mm/soft-dirty';
const GATHER = 'mm/mmu_gather.c';

const CASES: readonly SkeletonMutant[] = [
  ...KICK_MUTANTS,
  ...VMEMMAP_MUTANTS,
  ...X86_MUTANTS,
  { scenario: UNMAP, what: 'mended code', edits: [MENDED], shows: [] },
  { scenario: `${UNMAP}-unlocked`, what: 'mended code', edits: [MENDED], shows: [] },
  { scenario: UNMAP, what: 'table entry not flushed at once', edits: [mended('')], shows: ['walker-use-after-free'] },
  { scenario: UNMAP, what: 'table entry flushed with its level as hint', edits: [mended(EAGER)], shows: ['walker-use-after-free'] },
  {
    scenario: UNMAP,
    what: 'entry cleared without DSB before the TLBI',
    edits: [MENDED, [TLB, '	dsb(ishst);\n	__tlb_switch_to_guest(mmu, &cxt);\n\n	ipa', '	__tlb_switch_to_guest(mmu, &cxt);\n\n	ipa']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: UNMAP,
    what: 'last-level form for a table',
    edits: [MENDED, [TLB, '__tlbi_level(ipas2e1is,', '__tlbi_level(ipas2le1is,']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: UNMAP,
    what: 'local form',
    edits: [MENDED, [TLB, '__tlbi_level(ipas2e1is,', '__tlbi_level(ipas2e1,']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: UNMAP,
    what: 'stage 1 not invalidated',
    edits: [MENDED, [TLB, `${STAGE1}	__tlbi(vmalle1is);\n	dsb(ish);\n`, STAGE1]],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAP,
    what: 'stage 1 invalidated before stage 2 is done',
    edits: [MENDED, [TLB, 'TLBI_TTL_UNKNOWN);\n\n	dsb(ish);\n', 'TLBI_TTL_UNKNOWN);\n\n']],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAP,
    what: 'deferred flush left out',
    edits: [MENDED, [PGTABLE, '		kvm_tlb_flush_vmid_range(pgt->mmu, addr, size);', '		;']],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAP,
    what: 'deferred flush one page short',
    edits: [
      MENDED,
      [PGTABLE, 'kvm_tlb_flush_vmid_range(pgt->mmu, addr, size);', 'kvm_tlb_flush_vmid_range(pgt->mmu, addr, size - PAGE_SIZE);'],
    ],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAP,
    what: 'table freed before its entry is cleared',
    edits: [
      MENDED,
      [
        PGTABLE,
        '	stage2_unmap_put_pte(ctx, pgt->mmu, mm_ops);\n',
        '	if (childp)\n		mm_ops->put_page(childp);\n	stage2_unmap_put_pte(ctx, pgt->mmu, mm_ops);\n	childp = NULL;\n',
      ],
    ],
    shows: ['walker-use-after-free'],
  },

  { scenario: MAPPING, what: 'code that fences every hart', edits: [], shows: [] },
  {
    scenario: MAPPING,
    what: 'no fence',
    edits: [[FLUSH, '	__flush_tlb_range(NULL, start, end - start, PAGE_SIZE);', '	;']],
    shows: ['unhandled-fault'],
  },
  {
    scenario: MAPPING,
    what: 'fence on the own hart alone',
    edits: [[FLUSH, '	__flush_tlb_range(NULL, start, end - start, PAGE_SIZE);', '	local_flush_tlb_kernel_range(start, end);']],
    shows: ['unhandled-fault'],
  },
  {
    scenario: MAPPING,
    what: 'interrupt without waiting for it',
    edits: [[FLUSH, '&ftd, 1);', '&ftd, 0);']],
    shows: ['unhandled-fault'],
  },
  {
    scenario: MAPPING,
    what: 'fence of the wrong page',
    edits: [[FLUSH, '						   start, size, asid);', '						   start + size, size, asid);']],
    shows: ['unhandled-fault'],
  },
  {
    scenario: MAPPING,
    what: 'fence before the entry is written',
    edits: [
      [VMALLOC, '		set_pte(&vmalloc_table', '		flush_cache_vmap(at, at + PAGE_SIZE), set_pte(&vmalloc_table'],
      [VMALLOC, '>> PAGE_SHIFT, prot));\n	flush_cache_vmap(addr, end);', '>> PAGE_SHIFT, prot));'],
    ],
    shows: ['unhandled-fault'],
  },
  { scenario: TABLES, what: 'code that flushes all where it frees tables', edits: [], shows: [] },
  {
    scenario: TABLES,
    what: 'only the range flushed though tables are freed',
    edits: [['arch/riscv/include/asm/tlb.h', ' || tlb->freed_tables', '']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: TABLES,
    what: 'a table freed before the flush',
    edits: [['include/asm-generic/tlb.h', '		__pmd_free_tlb(tlb, pmdp, address);		\\', '		pmd_free((tlb)->mm, pmdp);		\\']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: TABLES,
    what: 'pages freed before the flush',
    edits: [
      [GATHER, '	tlb_flush_mmu_tlbonly(tlb);\n	tlb_flush_mmu_free(tlb);', '	tlb_flush_mmu_free(tlb);\n	tlb_flush_mmu_tlbonly(tlb);'],
    ],
    shows: ['stale-translation'],
  },
  { scenario: `${TABLES}-wide`, what: 'code that flushes all where it frees tables', edits: [], shows: [] },
  { scenario: 'riscv/gather-table', what: 'code that flushes all where it frees tables', edits: [], shows: [] },
  { scenario: DIRTY, what: 'code that flushes what it makes read-only', edits: [], shows: [] },
  { scenario: DIRTY, what: 'no flush', edits: [['fs/proc/task_mmu.c', '		flush_tlb_mm(mm);\n', '']], shows: ['stale-translation'] },
  {
    scenario: DIRTY,
    what: 'a flush before the entry changes',
    edits: [
      ['fs/proc/task_mmu.c', '		flush_tlb_mm(mm);\n', ''],
      ['fs/proc/task_mmu.c', '		inc_tlb_flush_pending(mm);\n', '		inc_tlb_flush_pending(mm);\n		flush_tlb_mm(mm);\n'],
    ],
    shows: ['stale-translation'],
  },
  {
    scenario: DIRTY,
    what: 'a flush of the own hart alone',
    edits: [['fs/proc/task_mmu.c', '		flush_tlb_mm(mm);\n', '		local_flush_tlb_all();\n']],
    shows: ['stale-translation'],
  },
  { scenario: LOCKLESS, what: 'code that makes tables wait for walkers', edits: [], shows: [] },
  {
    scenario: LOCKLESS,
    what: 'no grace period',
    edits: [[GATHER, 'call_rcu(&batch->rcu, tlb_remove_table_rcu)', 'tlb_remove_table_rcu(&batch->rcu)']],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: LOCKLESS,
    what: 'interrupts on',
    edits: [
      ['mm/gup.c', '	local_irq_save(flags);\n', ''],
      ['mm/gup.c', '	local_irq_restore(flags);\n', ''],
    ],
    shows: ['walker-use-after-free'],
  },
  {
    scenario: LOCKLESS,
    what: 'interrupt without waiting for it',
    edits: [[FLUSH, '&ftd, 1);', '&ftd, 0);']],
    shows: ['walker-use-after-free'],
  },
  { scenario: UNMAPPING, what: 'code that fences every hart', edits: [], shows: [] },
  {
    scenario: UNMAPPING,
    what: 'no fence',
    edits: [[VMALLOC, '	flush_tlb_kernel_range(addr, end);', '	;']],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAPPING,
    what: 'fence of one address space, which leaves global entries',
    edits: [[FLUSH, '	unsigned long asid = FLUSH_TLB_NO_ASID;', '	unsigned long asid = 0;']],
    shows: ['stale-translation'],
  },
  {
    scenario: UNMAPPING,
    what: 'fence on the own hart alone',
    edits: [[FLUSH, '		broadcast = true;', '		broadcast = false;']],
    shows: ['stale-translation'],
  },
  { scenario: BAD, what: 'code that looks for a fixup', edits: [], shows: [] },
  { scenario: BAD, what: 'no fixup', edits: [[FAULT, '	if (fixup_exception())\n		return;\n', '']], shows: ['unhandled-fault'] },
  { scenario: BAD, what: 'a fault that is simply repeated', edits: [[FAULT, 'if (fixup_exception())', 'if (1)']], shows: ['livelock'] },
];

describe('each scenario is silent on correct code and objects to its mutants', () => {
  const resources = loadResources();
  beforeAll(initC);

  it.each(CASES.map((each) => [`${each.scenario}: ${each.what}`, each] as const))('%s', (_, { scenario: name, edits, shows }) => {
    const scenario = resources.scenarios.find((each) => each.spec.scenario === name);
    if (!scenario) throw new Error(`no scenario ${name}`);
    const version = versionOf(resources, edited(resources.skeleton, edits), scenario, scenario.spec.explore);
    const runs = runVersions(resources, { scenario, versions: [version], touched: new Set() });
    const outcomes = runs.leaves.flatMap((leaf) => leaf.result);
    expect(outcomes.flatMap((outcome) => outcome.stuck)).toEqual([]);
    expect(outcomes.filter((outcome) => outcome.full.stopped !== null)).toEqual([]);
    expect([...new Set(outcomes.flatMap((outcome) => [...outcome.shown.keys()]))].sort()).toEqual([...shows].sort());
  });

  it('has a correct version and a mutant of every scenario that is no variant', () => {
    for (const { spec } of resources.scenarios) {
      const cases = CASES.filter((each) => each.scenario === spec.scenario);
      const isKnown = spec.known.some(({ kernel }) => kernel === 'skeletons');
      expect(cases.some((each) => each.shows.length === 0) || isKnown, spec.scenario).toBe(true);
      if (spec.variantOf === undefined) expect(cases.some((each) => each.shows.length > 0)).toBe(true);
    }
  });
});
