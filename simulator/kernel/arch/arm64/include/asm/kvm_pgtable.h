/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_KVM_PGTABLE_H
#define FAULTLINE_ARM64_KVM_PGTABLE_H

#include <linux/types.h>
#include <asm/kvm_host.h>
#include <asm/tlbflush.h>

typedef u64 kvm_pte_t;

/* Descriptor bits: Arm ARM DDI 0487, D8.3. */
#define KVM_PTE_VALID BIT(0)
#define KVM_PTE_TYPE BIT(1)
#define KVM_PTE_ADDR_MASK 0x0000fffffffff000UL

#define KVM_PGTABLE_LAST_LEVEL 3
#define KVM_PGTABLE_MAX_LEVELS 4

/*
 * A scenario has tables of few entries, so that runs stay small; the span of
 * an entry shrinks with them. PTE_INDEX_BITS is the scenario's.
 */
static inline u64 kvm_granule_shift(u32 level)
{
	return PAGE_SHIFT + (KVM_PGTABLE_LAST_LEVEL - level) * PTE_INDEX_BITS;
}

static inline u64 kvm_granule_size(u32 level)
{
	return BIT(kvm_granule_shift(level));
}

static inline bool kvm_pte_valid(kvm_pte_t pte)
{
	return pte & KVM_PTE_VALID;
}

static inline u64 kvm_pte_to_phys(kvm_pte_t pte)
{
	return pte & KVM_PTE_ADDR_MASK;
}

enum kvm_pgtable_walk_flags {
	KVM_PGTABLE_WALK_LEAF		= BIT(0),
	KVM_PGTABLE_WALK_TABLE_PRE	= BIT(1),
	KVM_PGTABLE_WALK_TABLE_POST	= BIT(2),
	KVM_PGTABLE_WALK_SHARED		= BIT(3),
};

struct kvm_pgtable_mm_ops {
	void (*get_page)(void *addr);
	void (*put_page)(void *addr);
	int (*page_count)(void *addr);
	void *(*phys_to_virt)(phys_addr_t phys);
	phys_addr_t (*virt_to_phys)(void *addr);
	void (*free_unlinked_table)(void *addr, u32 level);
	void (*dcache_clean_inval_poc)(void *addr, size_t size);
};

struct kvm_pgtable {
	kvm_pte_t *pgd;
	u32 start_level;
	struct kvm_pgtable_mm_ops *mm_ops;
	struct kvm_s2_mmu *mmu;
	u64 flags;
};

struct kvm_pgtable_visit_ctx {
	kvm_pte_t *ptep;
	kvm_pte_t old;
	void *arg;
	struct kvm_pgtable_mm_ops *mm_ops;
	u64 start;
	u64 addr;
	u64 end;
	u32 level;
	enum kvm_pgtable_walk_flags flags;
};

typedef int (*kvm_pgtable_visitor_fn_t)(const struct kvm_pgtable_visit_ctx *ctx,
					enum kvm_pgtable_walk_flags visit);

struct kvm_pgtable_walker {
	kvm_pgtable_visitor_fn_t cb;
	void *arg;
	enum kvm_pgtable_walk_flags flags;
};

int kvm_pgtable_walk(struct kvm_pgtable *pgt, u64 addr, u64 size, struct kvm_pgtable_walker *walker);
int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size);
void kvm_pgtable_stage2_free_unlinked(struct kvm_pgtable_mm_ops *mm_ops, void *pgtable, u32 level);
void kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t addr, size_t size);

void __kvm_tlb_flush_vmid_ipa(struct kvm_s2_mmu *mmu, phys_addr_t ipa, int level);
void __kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t start, unsigned long pages);
void __kvm_tlb_flush_vmid(struct kvm_s2_mmu *mmu);

#endif
