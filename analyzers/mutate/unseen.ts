import type { Instr, Program } from '../../simulator/program/types.js';
import { isStraight } from './flow.js';
import type { Primitives } from './mutants.js';
import { spellCall } from './print.js';
import { type Mutant, primitiveOf, type Subject } from './types.js';

/**
 * Why silence says nothing of a mutant: it is about a context synchronisation that makes something take effect which the machine leaves
 * out, as a write of a system register. Null where there is no such thing between it and the synchronisation before it.
 */
export function unseenEffect(mutant: Mutant, program: Program, primitives: Primitives): string | null {
  const subject = subjectOf(mutant, program, primitives);
  if (subject === null) return null;
  const { procedure } = subject;
  for (const site of mutant.sites) {
    if (primitiveOf(subject, site)?.row.does.kind !== 'isb') continue;
    for (let at = procedure.code.indexOf(site) - 1; at >= 0 && isStraight(procedure, at + 1); at--) {
      const before = primitiveOf(subject, procedure.code[at]);
      if (before?.row.does.kind === 'isb') break;
      if (before?.row.does.kind === 'drop' && before.row.does.until === 'context-synchronisation')
        return `it makes ${spellCall(before.call)} take effect, and ${before.row.does.why}`;
    }
  }
  return null;
}

/** Context synchronisations that a mutant is about: what one does to its own CPU is gone once that CPU has ended. */
export function contextSynchronisations(mutant: Mutant, program: Program, primitives: Primitives): Instr[] {
  const subject = subjectOf(mutant, program, primitives);
  return subject === null ? [] : mutant.sites.filter((site) => primitiveOf(subject, site)?.row.does.kind === 'isb');
}

function subjectOf({ procedure: name }: Mutant, program: Program, primitives: Primitives): Subject | null {
  const procedure = program.procedures.get(name);
  if (procedure === undefined) return null;
  return { procedure, program, row: (callee) => primitives.row(callee), named: (meaning) => primitives.named(meaning) };
}
