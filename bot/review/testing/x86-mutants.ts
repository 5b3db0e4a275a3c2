import type { SkeletonMutant } from './skeleton-mutant.js';

const FAULT = 'arch/x86/mm/fault.c';
const SYNC = 'x86/vmalloc-sync';
const VUNMAP = 'x86/vunmap-isolated';
const TLB = 'arch/x86/mm/tlb.c';

export const X86_MUTANTS: readonly SkeletonMutant[] = [
  { scenario: SYNC, what: 'code that copies the entry when it is missed', edits: [], shows: [] },
  {
    scenario: SYNC,
    what: 'a fault handler that does not look at vmalloc space',
    edits: [[FAULT, 'if (vmalloc_fault(address) >= 0)', 'if (0)']],
    shows: ['unhandled-fault'],
  },
  {
    scenario: SYNC,
    what: 'nobody copies the entry',
    edits: [
      ['mm/vmalloc.c', 'if (mask & ARCH_PAGE_TABLE_SYNC_MASK)', 'if (0)'],
      [FAULT, '	if (p4d_none(*p4d))\n		set_p4d(p4d, *p4d_k);\n', '	p4d = p4d_k;\n'],
    ],
    shows: ['livelock'],
  },
  {
    scenario: SYNC,
    what: 'a fault handler that copies and does not go back',
    edits: [[FAULT, '		if (vmalloc_fault(address) >= 0)\n			return;', '		vmalloc_fault(address);']],
    shows: ['unhandled-fault'],
  },

  { scenario: VUNMAP, what: 'code that interrupts every CPU', edits: [], shows: [] },
  {
    scenario: VUNMAP,
    what: 'no flush',
    edits: [
      ['mm/vmalloc.c', '	vunmap_range_noflush(addr, end);\n	flush_tlb_kernel_range(addr, end);', '	vunmap_range_noflush(addr, end);'],
    ],
    shows: ['stale-translation'],
  },
  {
    scenario: VUNMAP,
    what: 'interrupts without waiting for them',
    edits: [[TLB, 'on_each_cpu(do_kernel_range_flush, info, 1);', 'on_each_cpu(do_kernel_range_flush, info, 0);']],
    shows: ['stale-translation'],
  },
  {
    scenario: VUNMAP,
    what: 'the flush of another page',
    edits: [[TLB, 'for (addr = f->start; addr < f->end;', 'for (addr = f->start + PAGE_SIZE; addr < f->end;']],
    shows: ['stale-translation'],
  },
];
