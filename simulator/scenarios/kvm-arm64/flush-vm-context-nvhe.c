// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/flush-vm-context-nvhe
arch: arm64
on: tree
about: When VMIDs run out, KVM's own code at EL2, without VHE, flushes all guests; what one had cleared before is free after that.
entries: [__kvm_nvhe___kvm_flush_vm_context]
files: [arch/arm64/kvm/hyp/nvhe/tlb.c]
axes:
  vhe: [false]
explore:
  cpus:
    - { name: CPU0, runs: allocator }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_kept, 1: page } }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>

extern u64 s2_table[PTRS_PER_PTE], page[PTRS_PER_PTE];

/* As the hypervisor's image names it: code of EL2 is linked apart from the kernel. The hypercall, an exception, is not part of this. */
void __kvm_nvhe___kvm_flush_vm_context(void);

void allocator(void)
{
	WRITE_ONCE(s2_table[1], 0);
	__kvm_nvhe___kvm_flush_vm_context();

	/* The page is given away. */
	put_page(virt_to_page(page));

	/* Back to the host or into a guest: an exception return. */
	isb();
}
