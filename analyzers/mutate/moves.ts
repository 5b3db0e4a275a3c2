import { namesIn } from '../program/reachable.js';
import type { Meaning } from '../../simulator/catalog/row.js';
import type { Instr } from '../../simulator/program/types.js';
import { isBarrier } from './barriers.js';
import { carried } from './edit.js';
import { exchangeable, isJump, isStraight, neighbour } from './flow.js';
import { isInvalidation } from './invalidations.js';
import { spellCall } from './print.js';
import { type Call, type Mutant, primitiveOf, type Subject } from './types.js';

/** Barriers, invalidations and calls of what invalidates that change places with the operation before or after them. */
export function moveMutants(subject: Subject): Mutant[] {
  const { procedure } = subject;
  return procedure.code.flatMap((instr, index) => {
    if (instr.op !== 'call' || !ordersOrInvalidates(subject, instr)) return [];
    return ([1, -1] as const).flatMap((direction): Mutant[] => {
      const to = neighbour(procedure, index, direction, (instr) => matters(subject, instr));
      const past = to === null ? undefined : procedure.code[to];
      if (to === null || past === undefined) return [];
      return [
        {
          operator: 'move',
          what: `${spellCall(instr)} moves ${direction === 1 ? 'behind' : 'before'} ${describe(past)}`,
          at: instr.at,
          procedure: procedure.name,
          sites: [instr, past],
          changed: carried(procedure, index, to),
        },
      ];
    });
  });
}

function ordersOrInvalidates(subject: Subject, call: Call): boolean {
  const found = primitiveOf(subject, call);
  return found === null ? reaches(subject, call, isInvalidation) : isBarrier(found.row.does) || isInvalidation(found.row.does);
}

/** What is freed after something was invalidated, freed before it. */
export function freeFirstMutants(subject: Subject): Mutant[] {
  const { procedure } = subject;
  const frees = (instr: Instr): instr is Call => instr.op === 'call' && reaches(subject, instr, isFree);
  const invalidates = (instr: Instr): boolean => instr.op === 'call' && reaches(subject, instr, isInvalidation);
  return procedure.code.flatMap((instr, index): Mutant[] => {
    if (!frees(instr)) return [];
    // What the call needs may be read in between, so it is the invalidation that moves.
    const between: Instr[] = [instr];
    for (let at = index - 1; at >= 0; at--) {
      const other = procedure.code[at];
      if (other === undefined || !isStraight(procedure, at + 1) || isJump(other)) return [];
      if (invalidates(other)) {
        if (!between.every((each) => exchangeable(other, each))) return [];
        const what = `${spellCall(instr)} is done before ${describe(other)}`;
        const changed = carried(procedure, at, index);
        return [{ operator: 'free-first', what, at: instr.at, procedure: procedure.name, sites: [instr, other], changed }];
      }
      between.push(other);
    }
    return [];
  });
}

/** What a barrier or an invalidation may have to be ordered with. */
function matters(subject: Subject, instr: Instr): boolean {
  if (instr.op === 'set' || instr.op === 'zero' || instr.op === 'copy') return false;
  const found = primitiveOf(subject, instr);
  return found === null || !UNORDERED.has(found.row.does.kind);
}

/** Primitives that read and write nothing which others could see. */
const UNORDERED: ReadonlySet<Meaning['kind']> = new Set([
  'irq',
  'preempt',
  'cpu-id',
  'current',
  'online-mask',
  'to-physical',
  'to-virtual',
  'folio-of',
  'axis',
  'feature',
  'value',
  'identity',
  'relax',
  'drop',
]);

const isFree = (does: Meaning): boolean => does.kind === 'page-put' || does.kind === 'rcu-call';

/** Whether the call, or anything that it calls by name, is a primitive of this sort. */
function reaches(subject: Subject, call: Call, sort: (does: Meaning) => boolean): boolean {
  const direct = primitiveOf(subject, call);
  if (direct !== null) return sort(direct.row.does);
  const seen = new Set<string>();
  const queue = [...namesIn(call)];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const procedure = subject.program.procedures.get(name);
    if (procedure) queue.push(...namesIn(procedure.code));
    else {
      const row = subject.row(name);
      if (row && sort(row.does)) return true;
    }
  }
  return false;
}

function describe(instr: Instr): string {
  const line = `line ${instr.at.line}`;
  switch (instr.op) {
    case 'call':
      return `${spellCall(instr)}, ${line}`;
    case 'load':
      return `the read of ${line}`;
    case 'store':
      return `the write of ${line}`;
    default:
      return `the atomic of ${line}`;
  }
}
