import { localsReadBy } from '../../simulator/program/locals.js';
import type { Expr, Instr, Procedure } from '../../simulator/program/types.js';
import { local } from './expr.js';

/**
 * Assembly shares its registers with the assembly that it jumps to and calls, beyond those that carry arguments. Makes each such call name
 * what its callee reads, so that nobody takes these registers for dead.
 */
export function passSharedRegisters(procedures: ReadonlyMap<string, Procedure>): Map<string, Procedure> {
  const needed = new Map<string, ReadonlySet<string>>([...procedures.keys()].map((name) => [name, new Set()]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, procedure] of procedures) {
      const reads = readOnEntry(procedure.code, needed);
      if (reads.size === needed.get(name)?.size) continue;
      needed.set(name, reads);
      changed = true;
    }
  }
  return new Map(
    [...procedures].map(([name, procedure]) => [name, { ...procedure, code: procedure.code.map((instr) => passing(instr, needed)) }]),
  );
}

function passing(instr: Instr, needed: ReadonlyMap<string, ReadonlySet<string>>): Instr {
  if (instr.op !== 'call' || instr.callee.k !== 'name') return instr;
  const passed = new Set(instr.args.map((arg) => (arg.k === 'local' ? arg.name : '')));
  const more: Expr[] = [...(needed.get(instr.callee.name) ?? [])]
    .filter((name) => !passed.has(name))
    .sort()
    .map(local);
  return more.length === 0 ? instr : { ...instr, args: [...instr.args, ...more] };
}

/** Locals whose value on entry some path reads. */
function readOnEntry(code: readonly Instr[], needed: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const before: Set<string>[] = Array.from({ length: code.length + 1 }, () => new Set<string>());
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = code.length - 1; index >= 0; index--) {
      const instr = code[index];
      const now = before[index];
      if (instr === undefined || now === undefined) continue;
      const live = new Set<string>();
      for (const to of successors(instr, index)) for (const name of before[to] ?? []) live.add(name);
      if ('dst' in instr && instr.dst !== null) live.delete(instr.dst);
      localsReadBy(instr, (name) => live.add(name));
      if (instr.op === 'call' && instr.callee.k === 'name') for (const name of needed.get(instr.callee.name) ?? []) live.add(name);
      if (live.size === now.size) continue;
      before[index] = live;
      changed = true;
    }
  }
  return before[0] ?? new Set();
}

function successors(instr: Instr, index: number): readonly number[] {
  switch (instr.op) {
    case 'jump':
      return [instr.target];
    case 'branch':
      return [index + 1, instr.target];
    case 'return':
    case 'unsupported':
      return [];
    default:
      return [index + 1];
  }
}
