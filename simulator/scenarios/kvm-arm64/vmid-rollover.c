// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/vmid-rollover
arch: arm64
on: tree
about: There is no VMID left for a new guest; while one CPU begins them anew, another comes back to a guest that has one of before.
entries: [kvm_arm_vmid_update, kvm_arm_vmid_clear_active]
files: [arch/arm64/kvm/vmid.c, arch/arm64/kvm/hyp/vhe/tlb.c]
explore:
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

static struct kvm_vmid old_vmid, new_vmid, gone_vmid;
static unsigned long used[1], host[1];
static int left, entered;

/* What VTTBR_EL2 is made of: kvm_get_vttbr(). */
static u64 number_of(struct kvm_vmid *vmid)
{
	return atomic64_read(&vmid->id) & 7;
}

static void enter_guest(struct kvm_vmid *vmid)
{
	kvm_arm_vmid_update(vmid);
	faultline_runs_guest(vmid, number_of(vmid));
}

static void has_run(struct kvm_vmid *vmid, u64 number)
{
	faultline_runs_guest(vmid, number);
	faultline_runs_guest(&host, 0);
}

void allocator(void)
{
	has_run(&gone_vmid, 1);
	await_nonzero(&left);
	enter_guest(&new_vmid);

	/* Both run now. What is flushed of one must not be missed for the other. */
	await_nonzero(&entered);
	faultline_assert(number_of(&old_vmid) != number_of(&new_vmid));
}

void follower(void)
{
	has_run(&gone_vmid, 2);
	smp_store_release(&left, 1);
	enter_guest(&old_vmid);
	smp_store_release(&entered, 1);
}
