// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>
#include <asm/trap_pf.h>

struct pt_regs;

#ifdef CONFIG_X86_32
static inline pmd_t *vmalloc_sync_one(pgd_t *pgd, unsigned long address)
{
	pmd_t *pmd = pmd_offset(pud_offset(p4d_offset(pgd + pgd_index(address), address), address), address);
	pmd_t *pmd_k = pmd_offset(pud_offset(p4d_offset(pgd_offset_k(address), address), address), address);

	if (!pmd_present(*pmd_k))
		return NULL;
	if (pmd_present(*pmd) != pmd_present(*pmd_k))
		set_pmd(pmd, *pmd_k);
	return pmd_k;
}

void arch_sync_kernel_mappings(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start & PMD_MASK; addr >= TASK_SIZE_MAX && addr < VMALLOC_END; addr += PMD_SIZE) {
		spin_lock(&pgd_lock);
		vmalloc_sync_one(user_mm.pgd, addr);
		spin_unlock(&pgd_lock);
	}
}

/* The entry of the area may be in the kernel's own tables and not in those at hand. */
static noinline int vmalloc_fault(unsigned long address)
{
	pmd_t *pmd_k;
	pte_t *pte_k;

	if (!(address >= VMALLOC_START && address < VMALLOC_END))
		return -1;

	pmd_k = vmalloc_sync_one(__va(read_cr3_pa()), address);
	if (!pmd_k)
		return -1;
	if (pmd_large(*pmd_k))
		return 0;
	pte_k = pte_offset_kernel(pmd_k, address);
	if (!pte_present(*pte_k))
		return -1;
	return 0;
}
NOKPROBE_SYMBOL(vmalloc_fault);

#else /* CONFIG_X86_64: */

/* As on 32 bit, with four levels: what is missing is the entry of the topmost table. */
static noinline int vmalloc_fault(unsigned long address)
{
	p4d_t *p4d, *p4d_k;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (!(address >= VMALLOC_START && address < VMALLOC_END))
		return -1;

	p4d = p4d_offset((pgd_t *)__va(read_cr3_pa()) + pgd_index(address), address);
	p4d_k = p4d_offset(pgd_offset_k(address), address);
	if (p4d_none(*p4d_k))
		return -1;
	if (p4d_none(*p4d))
		set_p4d(p4d, *p4d_k);

	pud = pud_offset(p4d, address);
	if (pud_none(*pud))
		return -1;
	if (pud_large(*pud))
		return 0;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd))
		return -1;
	if (pmd_large(*pmd))
		return 0;
	pte = pte_offset_kernel(pmd, address);
	if (!pte_present(*pte))
		return -1;
	return 0;
}
NOKPROBE_SYMBOL(vmalloc_fault);

#endif

/* A CPU that used an older entry finds the newer one. */
static noinline int
spurious_kernel_fault(unsigned long error_code, unsigned long address)
{
	return 0;
}

static noinline void
bad_area_nosemaphore(struct pt_regs *regs, unsigned long error_code,
		     unsigned long address)
{
	if (fixup_exception(regs, 0, error_code, address))
		return;
	die("unable to handle page fault", regs, error_code);
}

static void
do_kern_addr_fault(struct pt_regs *regs, unsigned long hw_error_code,
		   unsigned long address)
{
	WARN_ON_ONCE(hw_error_code & X86_PF_PK);

	if (!(hw_error_code & (X86_PF_RSVD | X86_PF_USER | X86_PF_PROT))) {
		if (vmalloc_fault(address) >= 0)
			return;
	}

	if (spurious_kernel_fault(hw_error_code, address))
		return;

	bad_area_nosemaphore(regs, hw_error_code, address);
}
NOKPROBE_SYMBOL(do_kern_addr_fault);

/* A page that is not present, touched by the kernel. */
void exc_page_fault(void)
{
	do_kern_addr_fault(NULL, 0, read_cr2());
	asm volatile("iretq");
}
