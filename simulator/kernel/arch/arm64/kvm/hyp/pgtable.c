// SPDX-License-Identifier: Apache-2.0
/*
 * The stage-2 page table of a guest: the walk, and what unmapping does at each
 * entry of it.
 */
#include <linux/types.h>
#include <asm/kvm_host.h>
#include <asm/kvm_pgtable.h>

/* Built for the host; the nVHE image has its own copy. */
static inline bool is_hyp_code(void)
{
	return false;
}

static bool kvm_pte_table(kvm_pte_t pte, u32 level)
{
	return level != KVM_PGTABLE_LAST_LEVEL && kvm_pte_valid(pte) && (pte & KVM_PTE_TYPE);
}

static kvm_pte_t *kvm_pte_follow(kvm_pte_t pte, struct kvm_pgtable_mm_ops *mm_ops)
{
	return mm_ops->phys_to_virt(kvm_pte_to_phys(pte));
}

static void kvm_clear_pte(kvm_pte_t *ptep)
{
	WRITE_ONCE(*ptep, 0);
}

static int walk_table(struct kvm_pgtable *pgt, struct kvm_pgtable_walker *walker,
		      kvm_pte_t *table, u32 level, u64 *at, u64 start, u64 end);

/* One entry: the leaf visitor, or the table below it and then the table visitor. */
static int walk_entry(struct kvm_pgtable *pgt, struct kvm_pgtable_walker *walker,
		      kvm_pte_t *ptep, u32 level, u64 *at, u64 start, u64 end)
{
	kvm_pte_t pte = READ_ONCE(*ptep);
	struct kvm_pgtable_visit_ctx ctx = {
		.ptep	= ptep,
		.old	= pte,
		.arg	= walker->arg,
		.mm_ops	= pgt->mm_ops,
		.start	= start,
		.addr	= *at,
		.end	= end,
		.level	= level,
		.flags	= walker->flags,
	};
	int ret;

	if (!kvm_pte_table(ctx.old, level)) {
		ret = 0;
		if (walker->flags & KVM_PGTABLE_WALK_LEAF)
			ret = walker->cb(&ctx, KVM_PGTABLE_WALK_LEAF);
		*at = ALIGN_DOWN(*at, kvm_granule_size(level)) + kvm_granule_size(level);
		return ret;
	}

	ret = walk_table(pgt, walker, kvm_pte_follow(ctx.old, pgt->mm_ops), level + 1, at, start, end);
	if (!ret && (walker->flags & KVM_PGTABLE_WALK_TABLE_POST))
		ret = walker->cb(&ctx, KVM_PGTABLE_WALK_TABLE_POST);
	return ret;
}

static int walk_table(struct kvm_pgtable *pgt, struct kvm_pgtable_walker *walker,
		      kvm_pte_t *table, u32 level, u64 *at, u64 start, u64 end)
{
	u32 idx = (*at >> kvm_granule_shift(level)) & ((1UL << PTE_INDEX_BITS) - 1);
	int ret = 0;

	for (; idx < (1UL << PTE_INDEX_BITS) && *at < end && !ret; ++idx)
		ret = walk_entry(pgt, walker, &table[idx], level, at, start, end);
	return ret;
}

int kvm_pgtable_walk(struct kvm_pgtable *pgt, u64 addr, u64 size, struct kvm_pgtable_walker *walker)
{
	u64 at = addr;
	int ret;

	/* Walks that may meet others keep tables from being freed under them. */
	if (walker->flags & KVM_PGTABLE_WALK_SHARED)
		rcu_read_lock();
	ret = walk_table(pgt, walker, pgt->pgd, pgt->start_level, &at, addr, addr + size);
	if (walker->flags & KVM_PGTABLE_WALK_SHARED)
		rcu_read_unlock();
	return ret;
}

static bool stage2_has_fwb(struct kvm_pgtable *pgt)
{
	return cpus_have_final_cap(ARM64_HAS_STAGE2_FWB);
}

void kvm_tlb_flush_vmid_range(struct kvm_s2_mmu *mmu, phys_addr_t addr, size_t size)
{
	if (!system_supports_tlb_range()) {
		kvm_call_hyp(__kvm_tlb_flush_vmid, mmu);
		return;
	}
	kvm_call_hyp(__kvm_tlb_flush_vmid_range, mmu, addr, size >> PAGE_SHIFT);
}

static bool stage2_pte_is_counted(kvm_pte_t pte)
{
	return pte != 0;
}

static void stage2_make_pte(const struct kvm_pgtable_visit_ctx *ctx, kvm_pte_t new)
{
	if (stage2_pte_is_counted(new))
		ctx->mm_ops->get_page(ctx->ptep);
	smp_store_release(ctx->ptep, new);
}

/* With range invalidation and without cache maintenance one flush at the end of the walk is enough for leaves. */
static bool stage2_unmap_defer_tlb_flush(struct kvm_pgtable *pgt)
{
	return system_supports_tlb_range() && stage2_has_fwb(pgt);
}

static void stage2_unmap_put_pte(const struct kvm_pgtable_visit_ctx *ctx,
				 struct kvm_s2_mmu *mmu, struct kvm_pgtable_mm_ops *mm_ops)
{
	struct kvm_pgtable *pgt = ctx->arg;

	/* An entry that hardware could use goes, and with it what is cached of it. */
	if (kvm_pte_valid(ctx->old)) {
		kvm_clear_pte(ctx->ptep);
		if (!stage2_unmap_defer_tlb_flush(pgt))
			kvm_call_hyp(__kvm_tlb_flush_vmid_ipa, mmu, ctx->addr, ctx->level);
	}

	mm_ops->put_page(ctx->ptep);
}

static int stage2_unmap_walker(const struct kvm_pgtable_visit_ctx *ctx,
			       enum kvm_pgtable_walk_flags visit)
{
	struct kvm_pgtable *pgt = ctx->arg;
	struct kvm_pgtable_mm_ops *mm_ops = ctx->mm_ops;
	kvm_pte_t *childp = NULL;
	bool need_flush = false;

	if (!kvm_pte_valid(ctx->old)) {
		/* Only an annotation of its owner, which no hardware reads. */
		if (stage2_pte_is_counted(ctx->old)) {
			kvm_clear_pte(ctx->ptep);
			mm_ops->put_page(ctx->ptep);
		}
		return 0;
	}

	if (kvm_pte_table(ctx->old, ctx->level)) {
		childp = kvm_pte_follow(ctx->old, mm_ops);
		if (mm_ops->page_count(childp) != 1)
			return 0;
	} else {
		need_flush = !stage2_has_fwb(pgt);
	}

	stage2_unmap_put_pte(ctx, pgt->mmu, mm_ops);

	if (need_flush && mm_ops->dcache_clean_inval_poc)
		mm_ops->dcache_clean_inval_poc(kvm_pte_follow(ctx->old, mm_ops),
					       kvm_granule_size(ctx->level));

	if (childp)
		mm_ops->put_page(childp);

	return 0;
}

int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size)
{
	int ret;
	struct kvm_pgtable_walker walker = {
		.cb	= stage2_unmap_walker,
		.arg	= pgt,
		.flags	= KVM_PGTABLE_WALK_LEAF | KVM_PGTABLE_WALK_TABLE_POST,
	};

	ret = kvm_pgtable_walk(pgt, addr, size, &walker);
	if (stage2_unmap_defer_tlb_flush(pgt))
		kvm_tlb_flush_vmid_range(pgt->mmu, addr, size);

	return ret;
}

/* Takes apart a table that nothing points to any more. It invalidates nothing: that was done when the table was unlinked. */
void kvm_pgtable_stage2_free_unlinked(struct kvm_pgtable_mm_ops *mm_ops, void *pgtable, u32 level)
{
	kvm_pte_t *table = pgtable;
	u32 idx;

	for (idx = 0; idx < (1UL << PTE_INDEX_BITS); ++idx) {
		kvm_pte_t pte = READ_ONCE(table[idx]);

		if (!stage2_pte_is_counted(pte))
			continue;
		if (kvm_pte_table(pte, level + 1))
			kvm_pgtable_stage2_free_unlinked(mm_ops, kvm_pte_follow(pte, mm_ops), level + 1);
		mm_ops->put_page(pgtable);
	}
	mm_ops->put_page(pgtable);
}
