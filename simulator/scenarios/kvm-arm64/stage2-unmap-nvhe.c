// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-unmap-nvhe
arch: arm64
on: tree
about: KVM's own code at EL2, without VHE, unmaps two pages, all that their stage-2 table maps, while another CPU uses the mappings.
entries: [__kvm_nvhe_kvm_pgtable_stage2_unmap, __kvm_nvhe___kvm_tlb_flush_vmid_ipa]
files: [arch/arm64/kvm/hyp/nvhe/tlb.c]
axes:
  vhe: [false]
  pkvm: [false, true]
  FEAT_TLBIRANGE: [false, true]
  FEAT_S2FWB: [false, true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_a, 1: page_b } }
further:
  - scenario: kvm-arm64/stage2-unmap-part-nvhe
    variantOf: kvm-arm64/stage2-unmap-nvhe
    about: KVM's own code at EL2, without VHE, unmaps a page and a block while another CPU uses the mappings; their tables stay, for they map more.
    explore:
      cpus: [{ name: CPU0, runs: unmapper_of_part }, { name: vCPU1 }]
      mmu:
        tables:
          - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table, 1: block } }
          - { object: s2_table, depth: 1, base: 0, entries: { 0: page_kept, 511: page } }
  - scenario: kvm-arm64/host-stage2-donate
    about: KVM's own code at EL2, without VHE, gives a page of the host to another owner and writes that where the host's table maps the page, while another CPU uses the mapping.
    entries: [__kvm_nvhe_kvm_pgtable_stage2_set_owner, __kvm_nvhe___kvm_tlb_flush_vmid_ipa]
    axes: { FEAT_TLBIRANGE: [false], FEAT_S2FWB: [true] }
    explore:
      cpus: [{ name: CPU0, runs: donor }, { name: CPU1 }]
      mmu:
        tables:
          - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
          - { object: s2_table, depth: 1, base: 0, entries: { 0: page_kept, 511: page } }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

extern u64 s2_root[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], page[PTRS_PER_PTE], block[PTRS_PER_PTE];

/*
 * As the hypervisor's image names it: code of EL2 is linked apart from the kernel. It runs at EL2 from the first line on, as it does for
 * the host's own stage 2 under pKVM; a hypercall from EL1, an exception, is not part of this.
 */
int __kvm_nvhe_kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size);
int __kvm_nvhe_kvm_pgtable_stage2_set_owner(struct kvm_pgtable *pgt, u64 addr, u64 size, void *mc, u8 owner_id);

static struct kvm_s2_mmu guest_mmu;
static struct kvm_arch guest_arch;
static rwlock_t guest_lock;

/* Stands for the hypervisor's pool of pages, of which no more matters than that a table may be used again once it is back there. */
static void get_table(void *addr)
{
	get_page(virt_to_page(addr));
}

static void put_table(void *addr)
{
	put_page(virt_to_page(addr));
}

static int count_table(void *addr)
{
	return page_count(virt_to_page(addr));
}

static void *table_at(phys_addr_t phys)
{
	return __va(phys);
}

static phys_addr_t address_of(void *addr)
{
	return __pa(addr);
}

static void clean_nothing(void *addr, size_t size)
{
}

static struct kvm_pgtable_mm_ops pool_ops = {
	.get_page = get_table,
	.put_page = put_table,
	.page_count = count_table,
	.phys_to_virt = table_at,
	.virt_to_phys = address_of,
	.dcache_clean_inval_poc = clean_nothing,
};

static struct kvm_pgtable guest_pgt = {
	.ia_bits = 31,
	.start_level = 2,
	.pgd = (kvm_pteref_t)s2_root,
	.mm_ops = &pool_ops,
	.mmu = &guest_mmu,
};

static struct kvm_s2_mmu guest_mmu = { .pgt = &guest_pgt, .arch = &guest_arch };

static void unmap(u64 addr, u64 size, u64 *first, u64 *second)
{
	write_lock(&guest_lock);
	__kvm_nvhe_kvm_pgtable_stage2_unmap(&guest_pgt, addr, size);
	write_unlock(&guest_lock);

	/* The pages are given away. */
	put_page(virt_to_page(first));
	put_page(virt_to_page(second));

	/* Back to the host or into a guest: an exception return. */
	isb();
}

void unmapper(void)
{
	unmap(0, 2 * PAGE_SIZE, page_a, page_b);
}

void unmapper_of_part(void)
{
	unmap(PMD_SIZE - PAGE_SIZE, PMD_SIZE + PAGE_SIZE, page, block);
}

/* Numbers of owners are the hypervisor's; any but the host's, which is 0, will do. */
#define OTHER 1

void donor(void)
{
	__kvm_nvhe_kvm_pgtable_stage2_set_owner(&guest_pgt, PMD_SIZE - PAGE_SIZE, PAGE_SIZE, NULL, OTHER);

	/* From here on it is the other owner's. */
	put_page(virt_to_page(page));

	/* Back to the host: an exception return. */
	isb();
}
