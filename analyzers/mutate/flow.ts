import { localsReadBy } from '../../simulator/program/locals.js';
import type { Instr, Procedure } from '../../simulator/program/types.js';

/** The local that an instruction gives a value to. */
export const written = (instr: Instr): string | null => ('dst' in instr ? instr.dst : null);

function reads(instr: Instr, local: string): boolean {
  let found = false;
  localsReadBy(instr, (name) => {
    if (name === local) found = true;
  });
  return found;
}

/** Whether two instructions may change places as far as their locals go; what they do to memory may well differ, which is the point. */
export function exchangeable(a: Instr, b: Instr): boolean {
  const [first, second] = [written(a), written(b)];
  if (first !== null && (first === second || reads(b, first))) return false;
  return second === null || !reads(a, second);
}

const JUMPS: ReadonlySet<Instr['op']> = new Set(['branch', 'jump', 'return', 'unsupported']);

/** Whether control goes elsewhere, or may. */
export const isJump = (instr: Instr): boolean => JUMPS.has(instr.op);

/** Whether control may enter at `index`, or leave it: the ends of a straight piece of code. */
export function isStraight(procedure: Procedure, index: number): boolean {
  const instr = procedure.code[index];
  if (instr === undefined || isJump(instr) || (procedure.words?.includes(index) ?? false)) return false;
  return !procedure.code.some((each) => (each.op === 'branch' || each.op === 'jump') && each.target === index);
}

/**
 * The place of the next instruction before or after `index` that matters to order (`matters`) and that the one at `index` can change places
 * with, nothing standing in the way; null if there is none in the same straight piece of code.
 */
export function neighbour(procedure: Procedure, index: number, direction: 1 | -1, matters: (instr: Instr) => boolean): number | null {
  const instr = procedure.code[index];
  if (instr === undefined) return null;
  for (let at = index + direction; ; at += direction) {
    const other = procedure.code[at];
    // Going down, nothing may jump in between; going up, nothing may jump to what is passed, nor to the one that moves.
    const open = direction === 1 ? isStraight(procedure, at) : other !== undefined && !isJump(other) && isStraight(procedure, at + 1);
    if (other === undefined || !open || !exchangeable(instr, other)) return null;
    if (matters(other)) return at;
  }
}
