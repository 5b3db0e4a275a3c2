import type { FileDiff, Hunk } from '../../analyzers/diff/types.js';
import type { Meaning } from '../../simulator/catalog/row.js';
import { ARCHES } from '../../simulator/program/arch.js';
import type { Resources } from './resources.js';

/** Primitives that make no code flush or fault logic by themselves: every subsystem locks, counts, sleeps and reads once. */
const COMMON: ReadonlySet<Meaning['kind']> = new Set<Meaning['kind']>([
  'drop',
  'unmodelled',
  'fill',
  'copy',
  'compare',
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
  'c',
  'csr',
  'die',
  'exception',
  'folio-of',
  'page-alloc',
  'page-try-get',
  'per-cpu',
  'resched',
  'sleep',
  'to-physical',
  'to-virtual',
]);

/** Those that make it so where it stands anyway: everybody orders, waits for readers and tells other CPUs. */
const ORDERING: ReadonlySet<Meaning['kind']> = new Set<Meaning['kind']>([
  'dmb',
  'dsb',
  'isb',
  'fence',
  'fence-tso',
  'ipi',
  'rcu-call',
  'rcu-read',
  'rcu-sync',
  'srcu',
]);

/** What tells that a change is about flush or fault logic. */
export type Known = Pick<Resources, 'catalog' | 'vocabulary'>;

/**
 * Words of changed lines, and of the heads of the functions that they stand in, that speak of flush or fault logic, sorted, and the paths of
 * files that are about nothing else; none makes a patch irrelevant. A function that flushes does so otherwise, or not, whichever of its lines
 * changes.
 */
export function flushWords(known: Known, files: readonly FileDiff[]): string[] {
  const found = new Set<string>();
  for (const file of files) {
    // A patch says the same words again and again.
    const seen = new Set<string>();
    const path = file.newPath ?? file.oldPath ?? '';
    if (!/\.(?:c|h|S)$|(?:^|\/)Kconfig[^/]*$/.test(path)) continue;
    if (known.vocabulary.hasFile(path) && file.hunks.some(changesCode)) found.add(path);
    for (const hunk of file.hunks.filter(changesCode)) {
      const changed = hunk.lines.flatMap(({ kind, text }) => (kind === 'context' ? [] : [text]));
      // What a function takes says little of what it does.
      const head = hunk.section.replace(/\(.*/, '');
      for (const [word] of [head, ...changed].join('\n').matchAll(/[A-Za-z_][\w.]*/g)) {
        if (seen.has(word)) continue;
        seen.add(word);
        if (speaksOfFlush(known, word, path)) found.add(word);
      }
    }
  }
  return [...found].sort();
}

/**
 * What the surroundings of a change speak of, sorted: the functions and records that its hunks stand in. That makes nothing relevant by
 * itself, as the change may have nothing to do with it.
 */
export function flushWordsAround(known: Known, files: readonly FileDiff[]): string[] {
  const words = files.flatMap((file) => {
    const path = file.newPath ?? file.oldPath ?? '';
    const said = file.hunks.filter(changesCode).flatMap(({ section }) => [...section.matchAll(/[A-Za-z_][\w.]*/g)].map(([word]) => word));
    return said.filter((word) => speaksOfFlush(known, word, path));
  });
  return [...new Set(words)].sort();
}

/** Whether a hunk changes more than comments and blanks. */
export function changesCode(hunk: Hunk): boolean {
  let changes = differing.get(hunk);
  if (changes === undefined) differing.set(hunk, (changes = differsInCode(hunk)));
  return changes;
}

/** Every scenario asks this of every hunk. */
const differing = new WeakMap<Hunk, boolean>();

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

function speaksOfFlush({ catalog, vocabulary }: Known, word: string, path: string): boolean {
  if (vocabulary.hasWord(word, path)) return true;
  const orders = vocabulary.ordersTranslations(path);
  return ARCHES.some((arch) => {
    const row = catalog.find(arch, word) ?? (orders ? catalog.find(arch, `asm.${word}`) : undefined);
    return row !== undefined && !COMMON.has(row.does.kind) && (orders || !ORDERING.has(row.does.kind));
  });
}
