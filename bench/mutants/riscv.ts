import type { Mutant } from './mutant.js';

/** The families of riscv tests, whose verdicts are argued one by one. */
const FAMILIES = ['analyzers/litmus/riscv/family.test.ts'];

const of =
  (file: string) =>
  (rule: string, from: string, to: string, equivalent?: string): Mutant => ({
    rule: `riscv: ${rule}`,
    file: `simulator/machine/${file}`,
    from,
    to,
    tests: FAMILIES,
    ...(equivalent === undefined ? {} : { equivalent }),
  });

const walk = of('riscv/walk.ts');
const spaces = of('riscv/spaces.ts');
const fences = of('riscv/fences.ts');
const translate = of('translate.ts');

/** Rules of translation on riscv that stand inside a file; those between files are taken away in analyzers/litmus/riscv/mutants.test.ts. */
export const RISCV_MUTANTS: readonly Mutant[] = [
  walk(
    'an invalid copy goes with the fence for a table',
    "table: became === 'table' && !last, global: marked(then)",
    'table: false, global: marked(then)',
  ),
  walk(
    'an invalid copy goes with the fence for a global entry',
    "table: became === 'table' && !last, global: marked(then)",
    "table: became === 'table' && !last, global: walk.global",
  ),
  walk('a G bit above makes all below global', 'walk.global || (bits', '(bits'),
  walk('a superpage stands at a multiple of its size', 'to % entry.size !== 0n', 'to < 0n'),
  walk('copies of other spaces need their ASID or the G bit', '&& !global) return;', '&& global) return;'),
  walk(
    'invalid entries that are not kept are looked at again',
    'position >= m.order.latest(s, entry.index, m.get(s, cpu, m.layout.FRESH))',
    'position >= 0',
  ),
  walk('a hart that has done something after a remote fence uses no older copy', 'm.get(s, cpu, m.layout.VM) >= walk.limit || ', ''),
  walk('pointers that are not kept go with a remote fence by address', "kind.table && m.axis('walk-cache')", 'kind.table'),
  spaces('a fence looks again at invalid entries', 'm.raise(t, cpu, at.FRESH, view);', ''),
  spaces('copies of a space left are gone for good', 'if (away && table)', 'if (away && table && space < 0)'),
  spaces('copies that a fence took from a space left', 'if (away && !table)', 'if (away && !table && space < 0)'),
  spaces('a space entered is walked again', 'heldBit(space, false) | heldBit(space, true)', '0'),
  fences('sfence.vma completes sinval.vma', '  completeInvalidations(m, t, cpu);\n  m.raise', '  m.raise'),
  fences('sfence.vma counts as sfence.w.inval', 'm.raise(t, cpu, m.layout.WINV, view);', ''),
  fences('a range has an end', 'to: address + (size ?? 1n)', 'to: 1n << 64n'),
  fences('size of all ones means everything', 'does.size === 0xffff_ffff_ffff_ffffn || ', ''),
  fences('start and size 0 mean everything', ' || (does.start === 0n && does.size === 0n)', ''),
  fences('the caller of a remote fence goes on when it is done', '[at.RN, at.WN, at.FN, at.VR, at.VW, at.VM]', '[at.VM]'),
  fences(
    'remote fences come after what their caller did',
    'Math.max(view, m.get(s, cpu, at.VM))',
    '0',
    'a fence that stands earlier in the order only forbids more, and it may stand where it should as well',
  ),
  translate('an update of A and D is atomic', 'Number.POSITIVE_INFINITY, last.position)', 'Number.POSITIVE_INFINITY)'),
];
