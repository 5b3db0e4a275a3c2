import type { SkeletonMutant } from './skeleton-mutant.js';

type Edit = SkeletonMutant['edits'][number];

const HVO = 'mm/hugetlb_vmemmap.c';
const FAULT = 'arch/arm64/mm/fault.c';

/** The entry is broken and made again under a lock; the fault handler waits for the lock and looks whether the entry is there. */
const protocol = (take: string, release: string, between = ''): readonly Edit[] => [
  [
    HVO,
    '	set_pte_at(&init_mm, addr, ptep, pte);',
    `	${take}(&init_mm.page_table_lock);
	pte_clear(&init_mm, addr, ptep);
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	${between}
	set_pte_at(&init_mm, addr, ptep, pte);
	${release}(&init_mm.page_table_lock);`,
  ],
  waiter(take, release),
];

const waiter = (take: string, release: string, lock = 'init_mm.page_table_lock'): Edit => [
  FAULT,
  '		msg = "paging request";',
  `		${take}(&${lock});
		bool there = pmd_table(pmdp_get(pmd_off_k(addr))) && pte_valid(ptep_get(pte_offset_kernel(pmd_off_k(addr), addr)));
		${release}(&${lock});
		if (there)
			return;
		msg = "paging request";`,
];

const SPIN = protocol('spin_lock', 'spin_unlock');
const SPIN_IRQ = protocol('spin_lock_irq', 'spin_unlock_irq');
const RAW_IRQ = protocol('raw_spin_lock_irq', 'raw_spin_unlock_irq');

const SELF = protocol('spin_lock', 'spin_unlock', 'READ_ONCE(*(int *)addr);');
const OTHER_LOCK: readonly Edit[] = SPIN.map(([file, from, to]) => [
  file,
  from,
  file === HVO ? to.replace(/&init_mm.page_table_lock/g, '&vmemmap_pgtable_lock') : to,
]);

/** Pages that nobody may write to change behind an address without a break. */
const READ_ONLY_FIRST: Edit = [
  HVO,
  '	set_pte_at(&init_mm, addr, ptep, pte);',
  `	set_pte_at(&init_mm, addr, ptep, __pte(pte_val(ptep_get(ptep)) | PTE_RDONLY));
	flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
	set_pte_at(&init_mm, addr, ptep, pte);`,
];

const SPLIT: readonly Edit[] = [
  [
    HVO,
    '	pmd_populate_kernel(&init_mm, pmdp, ptep);',
    `	pmd_clear(pmdp);
	flush_tlb_kernel_range(addr, addr + PMD_SIZE);
	pmd_populate_kernel(&init_mm, pmdp, ptep);`,
  ],
  waiter('spin_lock', 'spin_unlock'),
];

const BBM = 'break-before-make';
const REMAP = 'arm64/vmemmap-remap';
const WHERE = ['', '-atomic', '-irq', '-nmi', '-one-cpu'].map((suffix) => `${REMAP}${suffix}`);

const each = (what: string, edits: readonly Edit[], shows: Readonly<Record<string, readonly string[]>>): SkeletonMutant[] =>
  Object.entries(shows).map(([where, violations]) => ({ scenario: `${REMAP}${where}`, what, edits, shows: violations }));

export const VMEMMAP_MUTANTS: readonly SkeletonMutant[] = [
  ...WHERE.map((scenario) => ({ scenario, what: 'a live entry that changes without a break', edits: [], shows: [BBM] })),
  ...WHERE.map((scenario) => ({ scenario, what: 'read-only first', edits: [READ_ONLY_FIRST], shows: [] })),
  ...each('a handler that waits for a spinlock', SPIN, {
    '': ['unbounded-wait'],
    '-atomic': ['sleep-in-atomic'],
    '-irq': ['deadlock', 'sleep-in-atomic'],
    '-nmi': ['deadlock', 'sleep-in-atomic'],
    '-one-cpu': [],
  }),
  ...each('the lock taken with interrupts off, which PREEMPT_RT leaves on', SPIN_IRQ, {
    '': ['unbounded-wait'],
    '-atomic': ['sleep-in-atomic'],
    '-irq': ['sleep-in-atomic'],
    '-nmi': ['deadlock', 'sleep-in-atomic'],
    '-one-cpu': [],
  }),
  ...each('a raw lock taken with interrupts off', RAW_IRQ, {
    '': ['unbounded-wait'],
    '-atomic': [],
    '-irq': [],
    '-nmi': ['deadlock'],
    '-one-cpu': [],
  }),
  ...each('the maker looks at the struct page itself between break and make', SELF, {
    '': ['deadlock', 'unbounded-wait'],
    '-irq': ['deadlock', 'sleep-in-atomic'],
  }),
  ...each('a handler that waits for another lock than the maker holds', OTHER_LOCK, {
    '': ['unhandled-fault'],
    '-atomic': ['sleep-in-atomic', 'unhandled-fault'],
    '-irq': ['sleep-in-atomic', 'unhandled-fault'],
  }),
  {
    scenario: REMAP,
    what: 'freed without a flush',
    edits: [READ_ONLY_FIRST, [HVO, '	vmemmap_flush_tlb_range(addr, addr + PAGE_SIZE);\n	__free', '	__free']],
    shows: ['stale-translation'],
  },
  { scenario: 'arm64/vmemmap-split', what: 'a block that becomes a table without a break', edits: [], shows: [BBM] },
  { scenario: 'arm64/vmemmap-split', what: 'a handler that waits for a spinlock', edits: SPLIT, shows: ['unbounded-wait'] },
  { scenario: 'arm64/vmemmap-split', what: 'broken, and nobody waits', edits: SPLIT.slice(0, 1), shows: ['unhandled-fault'] },
  {
    scenario: 'arm64/vmemmap-split',
    what: 'a table that is not cleared, and filled by half',
    edits: [
      [HVO, 'get_zeroed_page(0)', '__get_free_page(0)'],
      [HVO, 'addr < start + PMD_SIZE', 'addr < start + PMD_SIZE / 2'],
    ],
    shows: [BBM, 'use-before-init'],
  },
  {
    scenario: 'arm64/vmemmap-split-irq',
    what: 'a handler that waits for a spinlock',
    edits: SPLIT,
    shows: ['deadlock', 'sleep-in-atomic'],
  },
  { scenario: 'arm64/vmemmap-split-irq', what: 'broken, and nobody waits', edits: SPLIT.slice(0, 1), shows: ['unhandled-fault'] },
  {
    scenario: 'arm64/vmemmap-split-irq',
    what: 'a handler that waits for another lock than the maker holds',
    edits: [...SPLIT.slice(0, 1), waiter('spin_lock', 'spin_unlock', 'vmemmap_pgtable_lock')],
    shows: ['sleep-in-atomic', 'unhandled-fault'],
  },
  {
    scenario: 'arm64/vmemmap-split-irq',
    what: 'a handler that waits for the maker, whose lock it never takes',
    edits: [
      ...SPLIT.slice(0, 1),
      [FAULT, '		msg = "paging request";', '		while (!pmd_table(pmdp_get(pmd_off_k(addr))))\n			cpu_relax();\n		return;'],
    ],
    shows: ['livelock'],
  },
];
