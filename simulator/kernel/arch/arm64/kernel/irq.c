// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/patched_text.h>

void irq_enter(void);
void irq_exit(void);

/* What the interrupt controller calls: the handler of an interrupt, or of what another CPU asks for. */
void handle_arch_irq(void (*handler)(void *), void *info)
{
	run_patched_text(text_before_eqs_exit);
	irq_enter();
	run_patched_text(text_after_eqs_exit);
	handler(info);
	irq_exit();
	run_patched_text(text_after_eqs_enter);
}
