import type { Mutant } from './mutant.js';

const of =
  (file: string) =>
  (rule: string, from: string, to: string): Mutant => ({ rule, file: `simulator/${file}`, from, to });

const space = of('machine/address-space.ts');
const elsewhere = of('machine/elsewhere.ts');
const invalidate = of('machine/invalidate.ts');
const reach = of('machine/reach.ts');
const tlbie = of('machine/tlbie.ts');
const flush = of('interp/flush.ts');

/** Address spaces that CPUs leave and come back to (s390, powerpc), and what a tlbie of powerpc says by its registers. */
export const ADDRESS_SPACE_RULES: readonly Mutant[] = [
  space('what a CPU kept of tables is of use when it comes back', 'if (!reach) continue;', 'if (!reach || cpu >= 0) continue;'),
  space('a CPU that kept nothing walks anew', 'if (was === FRESH) comeFresh(m, t, cpu);', ''),
  space(
    'own stores may be on their way when a CPU comes',
    'm.get(t, cpu, at.VR), m.get(t, cpu, at.DSB)',
    'm.get(t, cpu, at.VR), m.get(t, cpu, at.VW), m.get(t, cpu, at.DSB)',
  ),
  space('a CPU that goes uses nothing any more', 'if (!here && was === HERE) goTo(m, t, cpu, KEPT);', ''),
  space('tables by their address', '(value & ORIGIN) === m.setup', '(value & ORIGIN) !== m.setup'),
  space('tables by their number', '|| value === m.mmu.number', '|| value !== m.mmu.number'),
  space('who drops all while away has kept nothing', 'goTo(m, t, cpu, FRESH)', 'goTo(m, t, cpu, KEPT)'),
  invalidate('tlbie covers what ptesync has published', "m.setup.arch === 'powerpc'", 'cpu < 0'),
  elsewhere('a CPU that is away reaches nothing', 'return at === HERE || at === USABLE;', 'return true;'),
  reach('a CPU that came walks what it has come to', 'Math.max(view, m.get(s, cpu, m.layout.ISB))', 'view'),
  tlbie('tlbie of another process', 'if (foreign) {', 'if (foreign && cpu < 0) {'),
  tlbie('eieio between tlbie and tlbsync', "awaits: 'eieio' as const", "awaits: 'tlbsync' as const"),
  flush('IS of RB says whether an address is meant', 'if (is !== 0n) return', 'if (is === 0n) return'),
  flush('AP stands in RB', '(given >> 5n) & 7n', '(given >> 5n) & 0n'),
];
