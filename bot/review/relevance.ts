import type { FileDiff, Hunk } from '../../analyzers/diff/types.js';
import type { Catalog } from '../../simulator/catalog/load.js';
import type { Meaning } from '../../simulator/catalog/row.js';
import { ARCHES } from '../../simulator/program/arch.js';

/** Primitives that make no code flush or fault logic by themselves: every subsystem locks, counts and reads once. */
const COMMON: ReadonlySet<Meaning['kind']> = new Set<Meaning['kind']>([
  'drop',
  'unmodelled',
  'fill',
  'value',
  'identity',
  'load',
  'store',
  'rmw',
  'bit',
  'lock',
  'irq',
  'preempt',
  'cpu-id',
  'current',
  'relax',
  'page-get',
  'page-put',
  'page-count',
  'assert',
  'feature',
  'axis',
]);

/** Parts of names that kernel code gives to translations and their invalidation. */
const WORDS =
  /(?:^|_)(?:insn|tlb|tlbi|pte|ptes|pmd|pud|p4d|pgd|ptep|pmdp|sfence|rfence|shootdown|vmalloc|vmap|vunmap|vmemmap|invlpg|tlbie|pgtable|page_fault|walk|walker|asid|vmid|stage2|gmap|icache|kick_all_cpus|patch_text|text_poke|switch_mm|smp_call_function|csd)(?:_|$|\d)/i;

/** Files of an architecture that hold nothing but such logic, whatever their lines are called: invalidation, address-space numbers, text patching. */
const FILES = /(?:^|\/)arch\/\w+\/(?:.*\/)?(?:mm\/context|tlb\w*|mmu_context|switch_to|cacheflush|kfence|patch|text[-_]patching)\.[chS]$/;

/**
 * Words of changed lines, and of the heads of the functions that they stand in, that speak of flush or fault logic, sorted, and the paths of
 * files that are about nothing else; none makes a patch irrelevant. A function that flushes does so otherwise, or not, whichever of its lines
 * changes.
 */
export function flushWords(catalog: Catalog, files: readonly FileDiff[]): string[] {
  const found = new Set<string>();
  // A patch says the same words again and again.
  const seen = new Set<string>();
  for (const file of files) {
    const path = file.newPath ?? file.oldPath ?? '';
    if (!/\.(?:c|h|S)$|(?:^|\/)Kconfig[^/]*$/.test(path)) continue;
    if (FILES.test(path) && file.hunks.some(changesCode)) found.add(path);
    for (const hunk of file.hunks.filter(changesCode)) {
      const changed = hunk.lines.flatMap(({ kind, text }) => (kind === 'context' ? [] : [text]));
      // What a function takes says little of what it does.
      const head = hunk.section.replace(/\(.*/, '');
      for (const [word] of [head, ...changed].join('\n').matchAll(/[A-Za-z_][\w.]*/g)) {
        if (seen.has(word)) continue;
        seen.add(word);
        if (speaksOfFlush(catalog, word)) found.add(word);
      }
    }
  }
  return [...found].sort();
}

/**
 * What the surroundings of a change speak of, sorted: the functions and records that its hunks stand in. That makes nothing relevant by
 * itself, as the change may have nothing to do with it.
 */
export function flushWordsAround(catalog: Catalog, files: readonly FileDiff[]): string[] {
  const sections = files.flatMap((file) => file.hunks.filter(changesCode).map((hunk) => hunk.section));
  const words = sections.flatMap((section) => [...section.matchAll(/[A-Za-z_][\w.]*/g)].map(([word]) => word));
  return [...new Set(words)].filter((word) => speaksOfFlush(catalog, word)).sort();
}

/** Whether a hunk changes more than comments and blanks. */
export function changesCode(hunk: Hunk): boolean {
  let changes = known.get(hunk);
  if (changes === undefined) known.set(hunk, (changes = differsInCode(hunk)));
  return changes;
}

/** Every scenario asks this of every hunk. */
const known = new WeakMap<Hunk, boolean>();

function differsInCode({ lines }: Hunk): boolean {
  const side = (without: 'added' | 'removed'): string =>
    lines
      .filter(({ kind }) => kind !== without)
      .map(({ text }) => text)
      .join('\n')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$|^\s*\*(?:\s.*)?$/gm, '')
      .replace(/\s+/g, '');
  return side('added') !== side('removed');
}

function speaksOfFlush(catalog: Catalog, word: string): boolean {
  if (WORDS.test(word)) return true;
  return ARCHES.some((arch) => {
    const row = catalog.find(arch, word) ?? catalog.find(arch, `asm.${word}`);
    return row !== undefined && !COMMON.has(row.does.kind);
  });
}
