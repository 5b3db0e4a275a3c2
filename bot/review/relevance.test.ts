import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import type { Hunk } from '../../analyzers/diff/types.js';
import { changesCode, flushWords } from './relevance.js';
import { loadResources } from './resources.js';

const resources = loadResources();

const words = (...lines: readonly string[]): string[] => {
  const count = (mark: string): number => lines.filter((line) => !line.startsWith(mark)).length;
  const at = `@@ -1,${String(count('+'))} +1,${String(count('-'))} @@`;
  const { files } = parseDiff(['diff --git a/mm/a.c b/mm/a.c', '--- a/mm/a.c', '+++ b/mm/a.c', at, ...lines, ''].join('\n'));
  return flushWords(resources, files);
};

describe('words of flush logic in a change', () => {
  it('are those of its code, and not of a comment', () => {
    expect(words(' int x;', '+flush_tlb_page(vma, addr);', ' int y;')).toContain('flush_tlb_page');
    expect(words(' int x;', '+/* flush_tlb_page() comes later */', ' int y;')).toEqual([]);
    expect(words(' /* One', '- * flush_tlb_page', '+ * flush_tlb_page()', ' */')).toEqual([]);
    expect(words(' int x; ', '-x = 1;', '+x = 1; // set_pte', ' int y;')).toEqual([]);
  });

  it('are those of code that moves, or that a comment takes out', () => {
    expect(words('-flush_tlb_page(vma, addr);', ' x = 1;', '+flush_tlb_page(vma, addr);')).toContain('flush_tlb_page');
    expect(words(' x = 1;', '+/*', ' flush_tlb_page(vma, addr);', '+*/', '+set_pte(ptep, pte);')).toContain('set_pte');
    expect(words(' x = 1;', '-*ptep = pte;', '+*ptep = old_pte;')).toContain('ptep');
  });
});

describe('names that other subsystems use', () => {
  it.each([
    'struct bpf_insn *insn = prog->insnsi;',
    'insn->off = 0;',
    'mmc_decode_csd(card);',
    'skcipher_walk_done(&walk, n);',
    'xfs_icache_free(ip);',
  ])('make nothing relevant: %s', (line) => {
    expect(words(' int x;', `+${line}`, ' int y;')).toEqual([]);
  });
});

describe('what everybody does', () => {
  const said = (path: string, line: string): string[] =>
    flushWords(resources, parseDiff(`--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,2 @@\n int x;\n+${line}\n`).files);

  it.each([
    ['net/core/dev.c', 'rcu_read_lock();'],
    ['drivers/net/bonding/bond_alb.c', 'bond_tlb_clear(bond);'],
    ['block/blk-flush.c', 'spin_lock_irqsave(&fq->lock, flags);'],
    ['drivers/nvme/host/core.c', 'flush_work(&ctrl->scan_work);'],
    ['drivers/dma-buf/a.c', 'smp_mb();'],
    ['drivers/gpu/drm/a.c', 'dc->fence = sync;'],
    ['arch/riscv/kernel/vector.c', 'csr_read(CSR_VLENB);'],
    ['net/a.c', 'ptr = vmalloc(size);'],
    ['kernel/sched/fair.c', 'smp_wmb();'],
  ])('makes nothing relevant: in %s, %s', (path, line) => {
    expect(said(path, line)).toEqual([]);
  });

  it.each([
    ['arch/x86/kernel/alternative.c', 'smp_wmb();'],
    ['mm/khugepaged.c', 'rcu_read_lock();'],
    ['arch/arm64/kernel/entry.S', 'isb'],
    ['drivers/xen/a.c', 'flush_tlb_kernel_range(start, end);'],
  ])('is about translations or text: in %s, %s', (path, line) => {
    expect(said(path, line)).not.toEqual([]);
  });
});

describe('words of flush logic around a change', () => {
  const under = (section: string, path = 'mm/a.c'): string[] => {
    const text = [
      `diff --git a/${path} b/${path}`,
      `--- a/${path}`,
      `+++ b/${path}`,
      `@@ -4,3 +4,3 @@ ${section}`,
      ' \tint x;',
      '-\tx = 1;',
      '+\tx = 2;',
      ' ',
      '',
    ];
    return flushWords(resources, parseDiff(text.join('\n')).files);
  };

  it('are those of the function that it stands in', () => {
    expect(under('static void hv_flush_tlb_others(const struct cpumask *cpus)')).toEqual(['hv_flush_tlb_others']);
    expect(under('static inline void flush_icache_range(unsigned long start, unsigned long end)')).toEqual(['flush_icache_range']);
    expect(under('static void smp_call_function_many_cond(const struct cpumask *mask,')).toEqual(['smp_call_function_many_cond']);
    expect(under('static int count_pages(pte_t *pte)')).toEqual([]);
    expect(under('int probe(struct device *dev)')).toEqual([]);
  });

  it('are the path of a file that is about nothing else', () => {
    expect(under('static inline void set_mm(struct mm_struct *prev)', 'arch/riscv/mm/context.c')).toEqual(['arch/riscv/mm/context.c']);
    expect(under('int init(void)', 'arch/x86/include/asm/kfence.h')).toEqual(['arch/x86/include/asm/kfence.h']);
    expect(under('int init(void)', 'drivers/gpu/context.c')).toEqual([]);
  });

  it('are those of a configuration', () => {
    const select = (symbol: string): string[] =>
      flushWords(
        resources,
        parseDiff(`--- a/arch/x/Kconfig\n+++ b/arch/x/Kconfig\n@@ -1,2 +1,3 @@\n config X\n+\tselect ${symbol}\n \n`).files,
      );
    expect(select('ARCH_WANT_PMD_SHARE')).toEqual(['ARCH_WANT_PMD_SHARE']);
    expect(select('GENERIC_CLOCK')).toEqual([]);
  });
});

it('a hunk is read once, however many scenarios ask whether it changes code', () => {
  let reads = 0;
  const hunk: Hunk = {
    oldStart: 1,
    oldCount: 0,
    newStart: 1,
    newCount: 1,
    mailLine: 1,
    section: '',
    get lines() {
      reads += 1;
      return [{ kind: 'added' as const, text: 'int a;', noNewline: false }];
    },
  };
  for (let i = 0; i < 10; i += 1) expect(changesCode(hunk)).toBe(true);
  expect(reads).toBe(1);
});
