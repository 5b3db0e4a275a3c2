// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/vmid-rollover
arch: arm64
on: tree
about: A CPU has run a guest and left it; then there is no VMID left for a new guest, and the first CPU comes back while another begins them anew.
entries: [kvm_arm_vmid_update, kvm_arm_vmid_clear_active]
files: [arch/arm64/kvm/vmid.c, arch/arm64/kvm/hyp/vhe/tlb.c]
explore:
  # Under the lock a delayed store is seen by nobody, and there are many.
  window: 0
  cpus:
    - { name: CPU0, runs: allocator }
    - { name: CPU1, runs: follower }
  initial:
    old_vmid.id: 0x9
    new_vmid.id: 0
    # Three bits; what is set and runs nowhere is of guests that are gone.
    kvm_arm_vmid_bits: 3
    vmid_map: '&used'
    'used[0]': 0xff
    vmid_generation: 0x8
    'active_vmids[0]': 0x8
    'active_vmids[1]': 0x8
    nr_cpu_ids: 2
    __cpu_possible_mask.bits[0]: 3
    __cpu_online_mask.bits[0]: 3
---*/
/* What a VMID stands for changes, and copies under it stay on each CPU until all of them are flushed. */
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>

static struct kvm_vmid old_vmid, new_vmid;
static unsigned long used[1], host[1];

/* What VTTBR_EL2 is made of: kvm_get_vttbr(). */
static void enter_guest(struct kvm_vmid *vmid)
{
	kvm_arm_vmid_update(vmid);
	faultline_runs_guest(vmid, atomic64_read(&vmid->id) & 7);
}

void allocator(void)
{
	enter_guest(&new_vmid);
	enter_guest(&old_vmid);
}

void follower(void)
{
	enter_guest(&old_vmid);
	faultline_runs_guest(&host, 0);
	kvm_arm_vmid_clear_active();
	enter_guest(&new_vmid);
}
