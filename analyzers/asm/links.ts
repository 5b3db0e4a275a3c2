import type { Expr, Instr } from '../../simulator/program/types.js';
import { isPrimitive } from './primitive.js';
import type { CallingConvention } from './isa.js';
import { local } from './expr.js';

/** What ra holds: the way back to the caller, an address that the code put there, or one of several. */
type Link = 'caller' | 'mixed' | { readonly to: Expr };

const same = (a: Link, b: Link): boolean => a === b || (typeof a === 'object' && typeof b === 'object' && a.to === b.to);

function linkAfter(instr: Instr, next: Instr | undefined, link: Link, register: string): Link {
  // A call that is not the last thing done writes ra itself; what comes next in ra was saved before.
  if (instr.op === 'call' && next?.op !== 'return') return instr.callee.k === 'name' && isPrimitive(instr.callee.name) ? link : 'caller';
  if ((instr.op !== 'set' && instr.op !== 'load') || instr.dst !== register) return link;
  return instr.op === 'set' && instr.value.k === 'symbol' ? { to: instr.value } : 'caller';
}

/**
 * Entry code sends a C function back to another place than its caller by writing that place to ra before it jumps. A return with such a
 * ra becomes a call of the place, then a return.
 */
export function followLinks(
  code: readonly Instr[],
  calls: CallingConvention,
): { readonly code: Instr[]; readonly moved: readonly number[] } {
  const identity = (): { readonly code: Instr[]; readonly moved: readonly number[] } => ({
    code: [...code],
    moved: [...code.keys(), code.length],
  });
  if (!code.some((instr) => instr.op === 'set' && instr.dst === calls.link && instr.value.k === 'symbol')) return identity();

  const before: (Link | undefined)[] = [];
  const work: [number, Link][] = [[0, 'caller']];
  for (let item = work.pop(); item; item = work.pop()) {
    const [index, link] = item;
    const instr = code[index];
    if (!instr) continue;
    const known = before[index];
    const joined: Link = known === undefined || same(known, link) ? link : 'mixed';
    if (known !== undefined && same(known, joined)) continue;
    before[index] = joined;
    const after = linkAfter(instr, code[index + 1], joined, calls.link);
    if (instr.op === 'jump' || instr.op === 'branch') work.push([instr.target, after]);
    if (instr.op !== 'jump' && instr.op !== 'return' && instr.op !== 'unsupported') work.push([index + 1, after]);
  }

  const out: Instr[] = [];
  const moved: number[] = [];
  for (const [index, instr] of code.entries()) {
    moved.push(out.length);
    const link = before[index];
    if (instr.op === 'return' && instr.value !== null && typeof link === 'object') {
      const callee = link.to.k === 'symbol' ? ({ k: 'name', name: link.to.name } as const) : ({ k: 'value', value: link.to } as const);
      out.push({ op: 'call', dst: calls.result, callee, args: calls.arguments.map(local), at: instr.at });
    }
    if (instr.op === 'return' && instr.value !== null && link === 'mixed') {
      out.push({ op: 'unsupported', what: `return through ${calls.link}, which holds different places on different paths`, at: instr.at });
    } else out.push(instr);
  }
  moved.push(out.length);
  const retarget = (target: number): number => moved[target] ?? target;
  return {
    code: out.map((instr) => (instr.op === 'jump' || instr.op === 'branch' ? { ...instr, target: retarget(instr.target) } : instr)),
    moved,
  };
}
