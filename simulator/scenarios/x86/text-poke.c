// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/text-poke
arch: x86
on: tree
about: Kernel text is patched by way of breakpoints while another CPU executes it, through a mapping that only the patching CPU has.
entries: [text_poke_bp_batch, text_poke, text_poke_sync, poke_int3_handler]
files: [arch/x86/kernel/alternative.c, arch/x86/mm/tlb.c, arch/x86/mm/pgtable.c]
axes:
  pcid: [true]
explore:
  cpus:
    - { name: CPU0, runs: patcher, elsewhere: true }
    - { name: CPU1, runs: executes, elsewhere: true, accesses: listed }
  mmu:
    regime: x86
    root: poking_pgd
    levels:
      - { level: 4, shift: 39, entries: 512 }
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: poking_pgd, depth: 0, base: '0x0', entries: { 0: poking_pud } }
      - { object: poking_pud, depth: 1, base: '0x0', entries: { 0: poking_pmd } }
      - { object: poking_pmd, depth: 2, base: '0x0', entries: { 1: poking_pte } }
      - { object: poking_pte, depth: 3, base: '0x200000' }
  pages: [kernel_table]
  text: [_stext]
  initial:
    after_bootmem: 1
    '_stext[8]': 0x66
    '_stext[9]': 0x90
    poking_mm: '&the_poking_mm'
    poking_addr: 0x200000
    the_poking_mm.pgd: '&poking_pgd'
    the_poking_mm.context.ctx_id: 2
    the_poking_mm.context.tlb_gen: 1
    the_poking_mm.context.next_trim_cpumask: 1
    init_mm.pgd: '&kernel_table'
    init_mm.context.ctx_id: 1
    cpu_tlbstate[0].loaded_mm: '&init_mm'
    cpu_tlbstate[0].loaded_mm_asid: 1
    cpu_tlbstate[0].ctxs[1].ctx_id: 1
    cpu_tlbstate[0].next_asid: 2
    cpu_tlbstate[1].loaded_mm: '&init_mm'
    jiffies: 0
    nr_cpu_ids: 2
    pgdir_shift: 39
    ptrs_per_p4d: 1
    system_state: 3
    __supported_pte_mask: -1
    __default_kernel_pte_mask: -1
further:
  - scenario: x86/text-poke-mapping
    about: Two pages of kernel text are patched one after the other through a mapping of the patching CPU alone, and interrupts come.
    entries: [text_poke, use_temporary_mm, unuse_temporary_mm, flush_tlb_mm_range]
    explore:
      cpus: [{ name: CPU0, runs: pokes_twice, irq: device, elsewhere: true }]
      text: [_stext, further_text]
      initial:
        nr_cpu_ids: 1
        cpu_tlbstate[1].loaded_mm: null
        # A kernel thread runs, with the tables of the process before it.
        cpu_tlbstate_shared[0].is_lazy: 1
        cpu_tlbstate[0].loaded_mm: '&user_mm'
        cpu_tlbstate[0].ctxs[1].ctx_id: 3
        cpu_tlbstate[0].ctxs[1].tlb_gen: 1
        user_mm.pgd: '&kernel_table'
        user_mm.context.ctx_id: 3
        user_mm.context.tlb_gen: 1
        user_mm.context.next_trim_cpumask: 1
        user_mm.cpu_bitmap.bits[0]: 1
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/ptrace.h>
#include <asm/text-patching.h>

#define AT 8
#define OLD_FIRST 0x66
#define OLD_LAST 0x90
#define JMP8 0xeb
#define BY 4

extern char _stext[4096];

/* As arch/x86/kernel/alternative.c has it. */
struct text_poke_loc {
	s32 rel_addr;
	s32 disp;
	u8 len;
	u8 opcode;
	const u8 text[5];
	u8 old;
};

void text_poke_bp_batch(struct text_poke_loc *tp, unsigned int nr_entries);
int poke_int3_handler(struct pt_regs *regs);

static struct mm_struct the_poking_mm, user_mm;
static struct text_poke_loc jump = { .rel_addr = AT, .disp = BY, .len = 2, .opcode = JMP8, .text = { JMP8, BY } };

static int begun;

void patcher(void)
{
	WRITE_ONCE(begun, 1);
	text_poke_bp_batch(&jump, 1);
	/* The descriptor is used for the next patch. */
	jump.rel_addr = 16;
	faultline_text_gone(&_stext[AT]);
}

void executes(void)
{
	struct pt_regs regs;
	u8 first;

	/* Here interrupts come, before and after. */
	READ_ONCE(begun);
	/* No interrupt comes inside of an instruction, nor between a breakpoint and its handler. */
	local_irq_disable();
	first = fetch_text(&_stext[AT]);
	if (first == INT3_INSN_OPCODE) {
		regs.cs = __KERNEL_CS;
		regs.ip = (unsigned long)&_stext[AT + 1];
		faultline_assert(poke_int3_handler(&regs));
		faultline_assert(regs.ip == (unsigned long)&_stext[AT + 2 + BY]);
	} else {
		faultline_assert(fetch_text(&_stext[AT + 1]) == (first == JMP8 ? BY : OLD_LAST));
	}
	local_irq_enable();
}

extern char further_text[4096];
extern pte_t poking_pte[512];

/* What is written through the mapping of the first page has to be text of the second. */
void pokes_twice(void)
{
	u8 byte = JMP8;

	text_poke(&_stext[AT], &byte, 1);
	text_poke(&further_text[AT], &byte, 1);
	faultline_assert(pte_val(READ_ONCE(poking_pte[0])) == 0);
	/* Not back to a process that others no longer tell this CPU about. */
	faultline_assert(this_cpu_read(cpu_tlbstate.loaded_mm) == &init_mm);
}

/* The mapping is there for whoever patches and for nobody else. */
void device(void *info)
{
	faultline_assert(this_cpu_read(cpu_tlbstate.loaded_mm) != &the_poking_mm);
}
