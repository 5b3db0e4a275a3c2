// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-unmap-table
arch: arm64
about: A guest range that a whole stage-2 table maps is unmapped under mmu_lock while another CPU runs the guest.
entries: [__unmap_stage2_range, kvm_pgtable_stage2_unmap]
files: [arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c, arch/arm64/kvm/mmu.c]
known:
  - kernel: skeletons
    violation: walker-use-after-free
    window: 0
    why: The kernel that the skeletons follow flushes a table that it frees with the level hint of a leaf, or only after it was freed.
axes:
  FEAT_TLBIRANGE: [false, true]
  FEAT_S2FWB: [false, true]
  FEAT_TTL: [false, true]
explore:
  defines: { PTE_INDEX_BITS: 1 }
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 13, entries: 2 }
      - { level: 3, shift: 12, entries: 2 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: [s2_table] }
      - { object: s2_table, depth: 1, base: 0, entries: pages }
  initial: { guest_pgt.pgd: '&s2_root', guest_pgt.mm_ops: '&kvm_s2_mm_ops', guest_pgt.mmu: '&guest_mmu' }
measure:
  what: unmap of 4 tables of 8 pages each
  defines: { PTE_INDEX_BITS: 3, TABLES: 4 }
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: vCPU1 }
    - { name: vCPU2 }
    - { name: vCPU3 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 15, entries: 8 }
      - { level: 3, shift: 12, entries: 8 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: [s2_table, s2_table1, s2_table2, s2_table3] }
      - { object: s2_table, depth: 1, base: 0x0, entries: pages }
      - { object: s2_table1, depth: 1, base: 0x8000, entries: pages }
      - { object: s2_table2, depth: 1, base: 0x10000, entries: pages }
      - { object: s2_table3, depth: 1, base: 0x18000, entries: pages }
  initial: { guest_pgt.pgd: '&s2_root', guest_pgt.mm_ops: '&kvm_s2_mm_ops', guest_pgt.mmu: '&guest_mmu' }
further:
  - scenario: kvm-arm64/stage2-unmap-table-unlocked
    variantOf: kvm-arm64/stage2-unmap-table
    about: As stage2-unmap-table, for a caller that holds no lock over the walk and the flush (the callers in the kernel all hold mmu_lock for write).
    entries: [kvm_pgtable_stage2_unmap]
    explore: { cpus: [{ name: CPU0, runs: careless_unmapper }, { name: vCPU1 }] }
    measure: null
---*/
#include <linux/types.h>
#include <asm/kvm_pgtable.h>

#ifndef TABLES
#define TABLES 1
#endif

extern char s2_table_page0[PAGE_SIZE], s2_table_page1[PAGE_SIZE];
extern struct kvm_pgtable_mm_ops kvm_s2_mm_ops;

static rwlock_t mmu_lock;
static struct kvm_pgtable guest_pgt = { .start_level = 2 };
static struct kvm_s2_mmu guest_mmu = { .pgt = &guest_pgt };

void __unmap_stage2_range(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size, bool may_block);

static void give_back(void)
{
	put_page(s2_table_page0);
	put_page(s2_table_page1);
}

void unmapper(void)
{
	write_lock(&mmu_lock);
	__unmap_stage2_range(&guest_mmu, 0, TABLES * kvm_granule_size(2), true);
	write_unlock(&mmu_lock);

	/* The notifier returns, and the pages go back to the host. */
	give_back();
}

void careless_unmapper(void)
{
	kvm_pgtable_stage2_unmap(&guest_pgt, 0, TABLES * kvm_granule_size(2));
	give_back();
}
