import type { Instr, Procedure } from '../program/types.js';

const known = new WeakMap<Procedure, readonly number[]>();

/**
 * For each instruction of a procedure, where its paths meet again: its immediate post-dominator (code.length: at the end). What runs between
 * a branch and that place is there because of the branch; what comes after is there anyway. The memory model's control dependencies are
 * those of C's `if` and no others (tools/memory-model/Documentation/explanation.txt, "Dependency relations: data, address, and control").
 */
export function joinPoints(procedure: Procedure): readonly number[] {
  let joins = known.get(procedure);
  if (!joins) {
    joins = immediatePostDominators(procedure.code);
    known.set(procedure, joins);
  }
  return joins;
}

function successors(instr: Instr | undefined, pc: number, end: number): readonly number[] {
  switch (instr?.op) {
    case 'branch':
      return [pc + 1, instr.target];
    case 'jump':
      return [instr.target];
    case 'return':
    case 'unsupported':
      return [end];
    default:
      return [pc + 1];
  }
}

/** The usual data-flow equations, with sets as arrays of booleans: a procedure of a litmus test has some tens of instructions. */
function immediatePostDominators(code: readonly Instr[]): readonly number[] {
  const end = code.length;
  const all = (): boolean[] => Array.from({ length: end + 1 }, () => true);
  const dominators = Array.from({ length: end + 1 }, all);
  dominators[end] = dominators[end]?.map((_, i) => i === end) ?? [];
  for (let changed = true; changed; ) {
    changed = false;
    for (let pc = end - 1; pc >= 0; pc--) {
      const sets = successors(code[pc], pc, end).map((to) => dominators[to] ?? []);
      const now = (dominators[pc] ?? []).map((_, i) => i === pc || sets.every((set) => set[i] === true));
      if (now.some((is, i) => is !== dominators[pc]?.[i])) {
        dominators[pc] = now;
        changed = true;
      }
    }
  }
  const count = dominators.map((set) => set.filter(Boolean).length);
  return code.map((_, pc) => {
    // The nearest of the others is dominated by all the rest.
    let nearest = end;
    dominators[pc]?.forEach((is, i) => {
      if (is && i !== pc && (count[i] ?? 0) > (count[nearest] ?? 0)) nearest = i;
    });
    return nearest;
  });
}
