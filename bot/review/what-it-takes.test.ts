import { describe, expect, it } from 'vitest';
import { inTree, loadResources } from './resources.js';
import { whatItTakes } from './what-it-takes.js';

const resources = loadResources();
const takes = (paths: readonly string[], names: readonly string[], from = resources): string => whatItTakes(from, paths, names).join('; ');

describe('what it takes to run a change', () => {
  it('is an architecture that the simulator does not have', () => {
    expect(takes(['arch/mips/mm/tlb-r4k.c'], ['local_flush_tlb_page'])).toBe('the simulator has no mips');
    expect(takes(['arch/mips/mm/tlb-r4k.c', 'drivers/a.c'], ['local_flush_tlb_page'])).toContain('a scenario of user mappings');
    expect(takes(['arch/mips/a.c', 'arch/riscv/a.c'], ['local_flush_tlb_page'])).toContain(' on riscv: ');
  });

  it('is a tree, where scenarios run code of the file in one', () => {
    expect(takes(['mm/mmu_gather.c'], ['tlb_flush_mmu'])).toMatch(
      /^in a kernel tree \(--tree\), \d+ scenarios run code of these files: \S/,
    );
    expect(takes(['arch/arm64/include/asm/tlbflush.h'], ['dsb'])).toMatch(
      /^in a kernel tree \(--tree\), \d+ scenarios are compiled with such headers/,
    );
    expect(takes(['mm/Kconfig'], ['MMU_GATHER_TABLE_FREE'])).toContain('give --tree');
  });

  it('is a scenario of its kind, where there is a tree', () => {
    const there = inTree(resources);
    expect(takes(['mm/mmu_gather.c'], ['tlb_flush_mmu'], there)).toBe(
      'it would take a scenario of user mappings: a mapping is taken away or narrowed while another CPU may hold its translation',
    );
    expect(takes(['arch/s390/mm/gmap.c'], ['gmap_shadow_r3t'])).toContain('nested guests on s390: ');
    expect(takes(['mm/a.c'], ['nothing'])).toBe('');
  });
});
