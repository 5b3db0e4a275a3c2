/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_KVM_HOST_H
#define FAULTLINE_ARM64_KVM_HOST_H

#include <linux/types.h>

/* The host runs with VHE: hyp functions are called in place, and followed by an ISB. */
#define kvm_call_hyp(f, ...)		\
	do {				\
		f(__VA_ARGS__);		\
		isb();			\
	} while (0)

struct kvm_pgtable;

struct kvm_s2_mmu {
	struct kvm_pgtable *pgt;
	struct kvm *arch;
};

#endif
