// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>

/*
 * A fault on a kernel address: there is nothing to fix on 64 bit (top-level
 * entries are made at boot), so either an exception-table entry takes it or
 * the kernel dies.
 */
void do_page_fault(unsigned long addr, unsigned long cause)
{
	if (fixup_exception())
		return;
	die("unable to handle kernel paging request", 0, 0);
}
