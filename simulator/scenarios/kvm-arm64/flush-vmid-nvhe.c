// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/flush-vmid-nvhe
arch: arm64
on: tree
about: KVM's own code at EL2, without VHE, flushes all of a guest after an entry of its stage-2 table was cleared, while another CPU uses the mapping.
entries: [__kvm_nvhe___kvm_tlb_flush_vmid]
files: [arch/arm64/kvm/hyp/nvhe/tlb.c]
axes:
  vhe: [false]
  pkvm: [false, true]
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
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_kept, 1: page } }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>

extern u64 s2_table[PTRS_PER_PTE], page[PTRS_PER_PTE];

/* As the hypervisor's image names it: code of EL2 is linked apart from the kernel. The hypercall, an exception, is not part of this. */
void __kvm_nvhe___kvm_tlb_flush_vmid(struct kvm_s2_mmu *mmu);

static struct kvm_arch guest_arch;
static struct kvm_s2_mmu guest_mmu = { .arch = &guest_arch };

void unmapper(void)
{
	WRITE_ONCE(s2_table[1], 0);
	__kvm_nvhe___kvm_tlb_flush_vmid(&guest_mmu);

	/* The page is given away. */
	put_page(virt_to_page(page));

	/* Back to the host or into a guest: an exception return. */
	isb();
}
