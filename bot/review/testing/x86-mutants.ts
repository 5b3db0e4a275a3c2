import type { SkeletonMutant } from './skeleton-mutant.js';

const FAULT = 'arch/x86/mm/fault.c';
const SYNC = 'x86/vmalloc-sync';

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
];
