// SPDX-License-Identifier: Apache-2.0
/*
 * Stage-2 invalidation with VHE. Loading and restoring the guest's VTTBR is
 * left out: the scenario has one VMID, and it is the one invalidated.
 */
#include <linux/types.h>
#include <asm/kvm_pgtable.h>

/* Copies of both stages together go with stage 1, once stage 2 is done. */
static void flush_combined(void)
{
	dsb(ish);
	__tlbi(vmalle1is);
	dsb(ish);
	isb();
}

void __kvm_tlb_flush_vmid_ipa(struct kvm_s2_mmu *mmu, phys_addr_t ipa, int level)
{
	unsigned long flags;

	dsb(ishst);
	flags = arch_local_irq_save();
	__tlbi_level(ipas2e1is, ipa >> 12, level);
	flush_combined();
	arch_local_irq_restore(flags);
}

void __kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t start, unsigned long pages)
{
	unsigned long flags;

	dsb(ishst);
	flags = arch_local_irq_save();
	__flush_s2_tlb_range_op(ipas2e1is, start, pages, PAGE_SIZE, TLBI_TTL_UNKNOWN);
	flush_combined();
	arch_local_irq_restore(flags);
}

void __kvm_tlb_flush_vmid(struct kvm_s2_mmu *mmu)
{
	unsigned long flags;

	dsb(ishst);
	flags = arch_local_irq_save();
	__tlbi(vmalls12e1is);
	dsb(ish);
	isb();
	arch_local_irq_restore(flags);
}
