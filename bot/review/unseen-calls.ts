import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';

/** A call that the machine leaves out, and that bears on translations all the same. */
export interface UnseenCall {
  readonly name: string;
  readonly procedure: string;
  readonly why: string;
}

/**
 * Calls that the machine leaves out though they bear on translations (`unseen` of the catalog), which the patches take away or move past other calls
 * in one of the procedures. Silence says nothing of that. Calls that only go to another procedure are not among them.
 */
export function unseenCalls(
  catalog: Catalog,
  arch: Arch,
  before: Program,
  after: Program,
  procedures: readonly string[],
): readonly UnseenCall[] {
  // What a scenario compiles in spite of its row, it runs.
  const whyOf = (name: string): string | null => (before.procedures.has(name) ? null : whyUnseen(catalog, arch, name));
  const found = new Map<string, UnseenCall>();
  const total = (program: Program, name: string): number =>
    procedures.reduce((sum, each) => sum + countOf(callsOf(program, each), name), 0);
  for (const procedure of procedures) {
    const [was, is] = [callsOf(before, procedure), callsOf(after, procedure)];
    for (const name of new Set(was)) {
      const why = whyOf(name);
      if (why === null) continue;
      const fewer = countOf(is, name) < countOf(was, name);
      const gone = fewer && total(after, name) < total(before, name);
      if (gone || (!fewer && isMoved(was, is, name))) found.set(keyOf({ procedure, name }), { name, procedure, why });
    }
  }
  return [...found.values()];
}

/** Why a call is left out where no scenario has its code compiled; null for what runs everywhere, or nobody relies on. */
function whyUnseen(catalog: Catalog, arch: Arch, name: string): string | null {
  const does = catalog.find(arch, name)?.does;
  return does?.kind === 'drop' && does.unseen === true ? does.why : null;
}

/** Calls in one of the procedures that the machine leaves out elsewhere, and that this program has the code of. */
export const seenCalls = (catalog: Catalog, arch: Arch, program: Program, procedures: readonly string[]): readonly string[] =>
  procedures.flatMap((procedure) =>
    [...new Set(callsOf(program, procedure))]
      .filter((name) => program.procedures.has(name) && whyUnseen(catalog, arch, name) !== null)
      .map((name) => keyOf({ procedure, name })),
  );

/** The same for the same call of the same procedure, in whichever scenario. */
export const keyOf = ({ procedure, name }: Pick<UnseenCall, 'procedure' | 'name'>): string => `${procedure} ${name}`;

const countOf = (calls: readonly string[], name: string): number => calls.filter((each) => each === name).length;

/** What a procedure calls by name, in the order of its code. */
const callsOf = (program: Program, procedure: string): readonly string[] =>
  (program.procedures.get(procedure)?.code ?? []).flatMap((instr) =>
    instr.op === 'call' && instr.callee.k === 'name' ? instr.callee.name : [],
  );

/** Whether other calls that are there before and after stand on another side of one of these. */
function isMoved(was: readonly string[], is: readonly string[], name: string): boolean {
  const stays = new Set(was.filter((each) => each !== name && countOf(was, each) === countOf(is, each)));
  const ahead = (calls: readonly string[]): string[] =>
    calls.flatMap((each, i) =>
      each === name
        ? calls
            .slice(0, i)
            .filter((other) => stays.has(other))
            .sort()
            .join(' ')
        : [],
    );
  const [old, now] = [ahead(was), ahead(is)];
  return old.length === now.length && old.some((each, i) => each !== now[i]);
}
