import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { parseScenario } from '../../simulator/scenarios/spec.js';
import { loadResources } from './resources.js';
import { runVersions, versionOf } from './scenario-runs.js';

/**
 * The way from C to a verdict on the architectures that have no scenarios yet: kernel-like code, the rows of the catalog, a scenario file.
 * Each is silent as written; each edit makes the mistake that its name says.
 */
interface Case {
  readonly arch: string;
  readonly file: string;
  readonly code: string;
  readonly scenario: string;
  readonly mistakes: readonly { readonly what: string; readonly from: string; readonly to: string; readonly shows: readonly string[] }[];
}

const header = (arch: string, regime: string, level: number, file: string, more = ''): string => `/*---
scenario: ${arch}/unmap
arch: ${arch}
about: A page is unmapped and freed while another CPU runs in the same address space.
entries: [unmap_page]
files: [${file}]
${more}explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1 }
  mmu:
    regime: ${regime}
    root: pt
    levels: [{ level: ${String(level)}, shift: 12, entries: 2 }]
    tables: [{ object: pt, depth: 0, base: 0, entries: pages }]
---*/
#include <linux/types.h>

extern unsigned long pt[2];
extern char pt_page1[PAGE_SIZE];
void unmap_page(unsigned long *ptep, unsigned long addr);

void unmapper(void)
{
	unmap_page(&pt[1], PAGE_SIZE);
	put_page(pt_page1);
}
`;

const X86 = 'arch/x86/mm/tlb.c';
const S390 = 'arch/s390/mm/pgtable.c';
const POWERPC = 'arch/powerpc/mm/book3s64/radix_tlb.c';

const cases: readonly Case[] = [
  {
    arch: 'x86',
    file: X86,
    scenario: header('x86', 'x86', 0, X86, 'axes: { pcid: [false, true] }\n'),
    code: `#include <linux/types.h>

struct flush_info { unsigned long start, end; };
static struct flush_info info;

static inline void flush_one(unsigned long addr)
{
	asm volatile("invlpg (%0)" :: "r" (addr) : "memory");
}

static void flush_func(void *arg)
{
	const struct flush_info *f = arg;
	unsigned long addr;

	if (f->end - f->start > 8 * PAGE_SIZE) {
		if (static_cpu_has(X86_FEATURE_PCID))
			__invpcid(0, 0, 2);
		else
			native_write_cr3(__native_read_cr3());
		return;
	}
	for (addr = f->start; addr < f->end; addr += PAGE_SIZE)
		flush_one(addr);
}

static void flush_range(unsigned long start, unsigned long end)
{
	info.start = start;
	info.end = end;
	on_each_cpu_cond_mask(NULL, flush_func, &info, 1, cpu_online_mask);
}

void unmap_page(unsigned long *ptep, unsigned long addr)
{
	xchg(ptep, 0);
	flush_range(addr, addr + PAGE_SIZE);
}
`,
    mistakes: [
      { what: 'nobody waits', from: '&info, 1, cpu_online_mask', to: '&info, 0, cpu_online_mask', shows: ['stale-translation'] },
      { what: 'this CPU alone', from: 'cpu_online_mask);', to: '1);', shows: ['stale-translation'] },
      { what: 'the other CPU alone', from: 'cpu_online_mask);', to: '2);', shows: ['stale-translation'] },
      { what: 'one page too few', from: 'addr < f->end;', to: 'addr + PAGE_SIZE < f->end;', shows: ['stale-translation'] },
      {
        what: 'flush first',
        from: '	xchg(ptep, 0);\n	flush_range(addr, addr + PAGE_SIZE);',
        to: '	flush_range(addr, addr + PAGE_SIZE);\n	xchg(ptep, 0);',
        shows: ['stale-translation'],
      },
      { what: 'all translations', from: '> 8 * PAGE_SIZE', to: '> 0', shows: [] },
      {
        what: 'all but global translations, of which there are none',
        from: '> 8 * PAGE_SIZE) {\n\t\tif (static_cpu_has(X86_FEATURE_PCID))\n\t\t\t__invpcid(0, 0, 2)',
        to: '> 0) {\n\t\tif (static_cpu_has(X86_FEATURE_PCID))\n\t\t\t__invpcid(0, 0, 3)',
        shows: [],
      },
      {
        what: 'a value of CR3 that keeps translations',
        from: '> 8 * PAGE_SIZE) {\n\t\tif (static_cpu_has(X86_FEATURE_PCID))\n\t\t\t__invpcid(0, 0, 2);\n\t\telse\n\t\t\tnative_write_cr3(__native_read_cr3())',
        to: '> 0) {\n\t\tnative_write_cr3(__native_read_cr3() | 1UL << 63)',
        shows: ['stale-translation'],
      },
    ],
  },
  {
    arch: 's390',
    file: S390,
    scenario: header('s390', 's390', 0, S390, 'axes: { tlb-local-clearing: [false, true] }\n'),
    code: `#include <linux/types.h>

#define IPTE_GLOBAL 0
#define IPTE_LOCAL 1

/* CPUs that have the address space attached. */
static unsigned long attached = 3;

void unmap_page(unsigned long *ptep, unsigned long addr)
{
	if (MACHINE_HAS_TLB_LC && attached == 1UL << smp_processor_id())
		__ptep_ipte(addr, ptep, 0, 0, IPTE_LOCAL);
	else
		__ptep_ipte(addr, ptep, 0, 0, IPTE_GLOBAL);
}
`,
    mistakes: [
      {
        what: 'marked by a store',
        from: '		__ptep_ipte(addr, ptep, 0, 0, IPTE_GLOBAL);',
        to: '		*ptep |= 0x400;',
        shows: ['stale-translation'],
      },
      { what: 'attached elsewhere, but not known', from: 'attached = 3', to: 'attached = 1', shows: ['stale-translation'] },
      {
        what: 'the entry before',
        from: '__ptep_ipte(addr, ptep, 0, 0, IPTE_GLOBAL)',
        to: '__ptep_ipte(addr, ptep - 1, 0, 0, IPTE_GLOBAL)',
        shows: ['stale-translation'],
      },
      {
        what: 'every TLB after a store',
        from: '		__ptep_ipte(addr, ptep, 0, 0, IPTE_GLOBAL);',
        to: '		{ *ptep |= 0x400; __tlb_flush_global(); }',
        shows: [],
      },
      {
        what: 'this TLB after a store',
        from: '		__ptep_ipte(addr, ptep, 0, 0, IPTE_GLOBAL);',
        to: '		{ *ptep |= 0x400; __tlb_flush_local(); }',
        shows: ['stale-translation'],
      },
    ],
  },
  {
    arch: 'powerpc',
    file: POWERPC,
    scenario: header('powerpc', 'powerpc-radix', 3, POWERPC),
    code: `#include <linux/types.h>

#define RIC_FLUSH_TLB 0
#define RIC_FLUSH_PWC 1
#define TLBIE(number) \\
	asm volatile(".long (" #number " | (((%0) & 0x1f) << 11) | (((%1) & 0x1f) << 21) | (((%2) & 0x3) << 18) | (((1) & 0x1) << 17))" \\
		     : : "r" ((va & ~0xfffUL) | ap << 5), "r" (pid << 32), "i" (ric) : "memory")

static inline void __tlbie_va(unsigned long va, unsigned long pid, unsigned long ap, unsigned long ric) { TLBIE(0x7c000264); }
static inline void __tlbiel_va(unsigned long va, unsigned long pid, unsigned long ap, unsigned long ric) { TLBIE(0x7c000224); }

static void flush_va(unsigned long va, unsigned long pid, unsigned long ap)
{
	asm volatile("ptesync" : : : "memory");
	__tlbie_va(va, pid, ap, RIC_FLUSH_TLB);
	asm volatile("eieio; tlbsync; ptesync" : : : "memory");
}

void unmap_page(unsigned long *ptep, unsigned long addr)
{
	WRITE_ONCE(*ptep, 0);
	flush_va(addr, 1, 0);
}
`,
    mistakes: [
      { what: 'no ptesync before', from: '	asm volatile("ptesync" : : : "memory");\n', to: '', shows: ['stale-translation'] },
      { what: 'lwsync before', from: '"ptesync" :', to: '"lwsync" :', shows: ['stale-translation'] },
      { what: 'no ptesync after', from: 'tlbsync; ptesync', to: 'tlbsync', shows: ['stale-translation'] },
      { what: 'no eieio', from: 'eieio; tlbsync', to: 'tlbsync', shows: ['stale-translation'] },
      { what: 'no tlbsync', from: 'eieio; tlbsync; ptesync', to: 'eieio; ptesync', shows: ['stale-translation'] },
      { what: 'local form', from: '__tlbie_va(va, pid, ap, RIC', to: '__tlbiel_va(va, pid, ap, RIC', shows: ['stale-translation'] },
      { what: 'the page walk cache alone', from: 'ap, RIC_FLUSH_TLB', to: 'ap, RIC_FLUSH_PWC', shows: ['stale-translation'] },
      { what: 'another page size', from: 'flush_va(addr, 1, 0)', to: 'flush_va(addr, 1, 5)', shows: ['stale-translation'] },
    ],
  },
];

describe('architectures without scenarios', () => {
  beforeAll(initC);
  const resources = loadResources();
  const headers = ['include/linux/types.h', 'include/linux/cleanup.h'].map((path): [string, string] => [
    path,
    resources.skeleton.read(path)?.text ?? '',
  ]);

  const shown = ({ arch, file, scenario: text }: Case, code: string): string[] => {
    const scenario = parseScenario(`simulator/scenarios/${arch}/unmap.c`, text);
    const tree = memoryTree(new Map([...headers, [file, code]]), 'tree');
    const version = versionOf(resources, tree, scenario, scenario.spec.explore);
    expect(version.program.omissions).toEqual([]);
    const outcomes = runVersions(resources, { scenario, versions: [version], touched: new Set() }).leaves.flatMap((leaf) => leaf.result);
    for (const { full, stuck, unknown } of outcomes) {
      expect(full.stopped).toBeNull();
      expect(stuck).toEqual([]);
      expect([...unknown]).toEqual([]);
    }
    return [...new Set(outcomes.flatMap((outcome) => [...outcome.shown.keys()]))].sort();
  };

  for (const each of cases) {
    it(`${each.arch}: silent as written`, () => {
      expect(shown(each, each.code)).toEqual([]);
    });
    for (const { what, from, to, shows } of each.mistakes) {
      it(`${each.arch}: ${what}`, () => {
        expect(each.code.split(from).length, `${from} stands once`).toBe(2);
        expect(shown(each, each.code.replace(from, to))).toEqual(shows);
      });
    }
  }
});
