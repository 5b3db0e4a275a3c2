// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-map-replace
arch: arm64
on: tree
about: A fault maps another page where a guest's stage-2 table maps one already, while another CPU runs the guest; the old page is freed.
entries: [kvm_pgtable_stage2_map, __kvm_tlb_flush_vmid_ipa]
files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c]
axes:
  FEAT_TLBIRANGE: [false]
  FEAT_S2FWB: [true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_old } }
  pages: [page_new]
measure: { what: 'one page of a guest replaced by another' }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

extern u64 s2_root[PTRS_PER_PTE], page_old[PTRS_PER_PTE], page_new[PTRS_PER_PTE];
extern struct kvm_pgtable_mm_ops kvm_s2_mm_ops;

static struct kvm_s2_mmu guest_mmu;
static struct kvm_arch guest_arch;
static rwlock_t guest_lock;

static struct kvm_pgtable guest_pgt = {
	.ia_bits = 31,
	.start_level = 2,
	.pgd = (kvm_pteref_t)s2_root,
	.mm_ops = &kvm_s2_mm_ops,
	.mmu = &guest_mmu,
};

static struct kvm_s2_mmu guest_mmu = { .pgt = &guest_pgt, .arch = &guest_arch };

/* Since 6.2 the walk takes flags. */
#ifdef KVM_PGTABLE_LAST_LEVEL
#define stage2_map(addr, size, page, prot) kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), prot, NULL, 0)
#else
#define stage2_map(addr, size, page, prot) kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), prot, NULL)
#endif

void mapper(void)
{
	write_lock(&guest_lock);
	stage2_map(0, PAGE_SIZE, page_new, KVM_PGTABLE_PROT_R | KVM_PGTABLE_PROT_W);
	write_unlock(&guest_lock);

	/* The guest is entered again, by an exception return, and repeats its access. */
	isb();
	touch_write(0);

	put_page(virt_to_page(page_old));
}
