import { localsReadBy } from '../../simulator/program/locals.js';
import type { Instr, Procedure } from '../../simulator/program/types.js';
import { exchanged, without } from './edit.js';
import { isJump, isStraight, written } from './flow.js';
import type { Mutant, Subject } from './types.js';

type Branch = Extract<Instr, { op: 'branch' }>;

/**
 * Checks of what other CPUs may change that are left out: a branch on an atomic, or on a read that is written as one of shared memory
 * (READ_ONCE, an acquire, assembly), goes one way whatever it found. Branches that may end a loop stay: without them there is no end. One in a loop that passes over straight code goes.
 */
export function checkMutants({ procedure }: Subject): Mutant[] {
  return procedure.code.flatMap((instr, index): Mutant[] => {
    if (instr.op !== 'branch' || instr.target <= index || (isInLoop(procedure, index) && !passesOverStraight(procedure, index, instr)))
      return [];
    const shared = sharedBehind(procedure, index, instr);
    if (shared === null) return [];
    const of = `line ${String(instr.at.line)} on what line ${String(shared.at.line)} has found`;
    const base = { operator: 'ignore' as const, at: instr.at, procedure: procedure.name, sites: [instr] };
    return [
      { ...base, what: `the check of ${of} always holds`, changed: without(procedure, [index]) },
      { ...base, what: `the check of ${of} never holds`, changed: exchanged(procedure, index, jumpOf(instr)) },
    ];
  });
}

const jumpOf = ({ target, at }: Branch): Instr => ({ op: 'jump', target, at });

const isInLoop = (procedure: Procedure, index: number): boolean =>
  procedure.code.some((each, at) => at >= index && (each.op === 'branch' || each.op === 'jump') && each.target <= index);

/** Whether both ways meet again at the branch's target, and nothing between leads anywhere else. */
const passesOverStraight = ({ code }: Procedure, index: number, { target }: Branch): boolean =>
  code.slice(index + 1, target).every((each) => !isJump(each)) && target < code.length;

/** The atomic or shared read in the same straight piece of code that the condition comes of; null where there is none. */
function sharedBehind(procedure: Procedure, index: number, branch: Branch): Instr | null {
  const wanted = new Set<string>();
  localsReadBy(branch, (name) => wanted.add(name));
  for (let at = index - 1; at >= 0 && wanted.size > 0 && isStraight(procedure, at); at--) {
    const instr = procedure.code[at];
    const dst = instr === undefined ? null : written(instr);
    if (instr === undefined || dst === null || !wanted.delete(dst)) continue;
    if (instr.op === 'rmw' || (instr.op === 'load' && instr.order !== 'plain')) return instr;
    if (instr.op === 'set') localsReadBy(instr, (name) => wanted.add(name));
  }
  return null;
}
