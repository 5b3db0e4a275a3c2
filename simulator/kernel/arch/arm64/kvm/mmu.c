// SPDX-License-Identifier: Apache-2.0
/* The host's side of a guest's stage 2: where its table pages come from and go to, and who unmaps. */
#include <linux/types.h>
#include <asm/kvm_host.h>
#include <asm/kvm_pgtable.h>

static void kvm_s2_get_page(void *addr)
{
	get_page(virt_to_page(addr));
}

static void kvm_s2_put_page(void *addr)
{
	put_page(virt_to_page(addr));
}

static int kvm_s2_page_count(void *addr)
{
	return page_count(virt_to_page(addr));
}

static void *kvm_s2_virt(phys_addr_t phys)
{
	return __va(phys);
}

static phys_addr_t kvm_s2_phys(void *addr)
{
	return __pa(addr);
}

static struct kvm_pgtable_mm_ops kvm_s2_mm_ops;

static void free_unlinked_after_grace_period(struct rcu_head *head)
{
	struct page *page = (struct page *)head;

	kvm_pgtable_stage2_free_unlinked(&kvm_s2_mm_ops, page_to_virt(page), page->private);
}

/* Fault handlers may still walk the table in their RCU readers. */
static void stage2_free_unlinked_table(void *addr, u32 level)
{
	struct page *page = virt_to_page(addr);

	page->private = level;
	call_rcu((struct rcu_head *)page, free_unlinked_after_grace_period);
}

static struct kvm_pgtable_mm_ops kvm_s2_mm_ops = {
	.get_page		= kvm_s2_get_page,
	.put_page		= kvm_s2_put_page,
	.page_count		= kvm_s2_page_count,
	.phys_to_virt		= kvm_s2_virt,
	.virt_to_phys		= kvm_s2_phys,
	.free_unlinked_table	= stage2_free_unlinked_table,
	.dcache_clean_inval_poc	= NULL,
};

/* The caller holds mmu_lock for write over the walk and the flush. */
void __unmap_stage2_range(struct kvm_s2_mmu *mmu, phys_addr_t start, u64 size, bool may_block)
{
	kvm_pgtable_stage2_unmap(mmu->pgt, start, size);
}
