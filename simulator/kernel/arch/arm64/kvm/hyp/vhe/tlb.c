// SPDX-License-Identifier: Apache-2.0
/*
 * Stage-2 invalidation with VHE. Loading and restoring the guest's VTTBR is
 * left out: the scenario has one VMID, and it is the one invalidated.
 */
#include <linux/types.h>
#include <asm/kvm_pgtable.h>

struct tlb_inv_context {
	unsigned long flags;
};

/* What follows is of the guest: nothing may interrupt it, and it has to see the guest's registers. */
static void __tlb_switch_to_guest(struct kvm_s2_mmu *mmu, struct tlb_inv_context *cxt)
{
	cxt->flags = arch_local_irq_save();
	isb();
}

static void __tlb_switch_to_host(struct tlb_inv_context *cxt)
{
	isb();
	arch_local_irq_restore(cxt->flags);
}

void __kvm_tlb_flush_vmid_ipa(struct kvm_s2_mmu *mmu, phys_addr_t ipa, int level)
{
	struct tlb_inv_context cxt;

	dsb(ishst);
	__tlb_switch_to_guest(mmu, &cxt);

	ipa >>= 12;
	__tlbi_level(ipas2e1is, ipa, level);

	/* Copies of both stages together go with stage 1, once stage 2 is done. */
	dsb(ish);
	__tlbi(vmalle1is);
	dsb(ish);
	isb();

	__tlb_switch_to_host(&cxt);
}

void __kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t start, unsigned long pages)
{
	struct tlb_inv_context cxt;
	unsigned long stride;

	/* Nobody knows at which level the range is mapped: pages are the least. */
	stride = PAGE_SIZE;
	start = round_down(start, stride);

	dsb(ishst);
	__tlb_switch_to_guest(mmu, &cxt);

	__flush_s2_tlb_range_op(ipas2e1is, start, pages, stride, TLBI_TTL_UNKNOWN);

	dsb(ish);
	__tlbi(vmalle1is);
	dsb(ish);
	isb();

	__tlb_switch_to_host(&cxt);
}

void __kvm_tlb_flush_vmid(struct kvm_s2_mmu *mmu)
{
	struct tlb_inv_context cxt;

	dsb(ishst);
	__tlb_switch_to_guest(mmu, &cxt);

	__tlbi(vmalls12e1is);
	dsb(ish);
	isb();

	__tlb_switch_to_host(&cxt);
}
