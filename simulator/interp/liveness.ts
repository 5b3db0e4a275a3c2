import { localsReadBy } from '../program/locals.js';
import type { Instr, Procedure } from '../program/types.js';

function written(instr: Instr): string | null {
  switch (instr.op) {
    case 'set':
    case 'load':
      return instr.dst;
    case 'store-exclusive':
    case 'rmw':
    case 'call':
      return instr.dst;
    default:
      return null;
  }
}

function next(instr: Instr, pc: number): readonly number[] {
  switch (instr.op) {
    case 'branch':
      return [pc + 1, instr.target];
    case 'jump':
      return [instr.target];
    case 'return':
      return [];
    default:
      return [pc + 1];
  }
}

/** Procedures are values: what was found out about one stays true. */
const known = new WeakMap<Procedure, readonly ReadonlySet<string>[]>();

/** For each pc (and the one past the end) the locals whose value may still be read from there on. */
export function liveLocals(procedure: Procedure): readonly ReadonlySet<string>[] {
  let live = known.get(procedure);
  if (!live) {
    live = analyse(procedure);
    known.set(procedure, live);
  }
  return live;
}

function analyse(procedure: Procedure): readonly ReadonlySet<string>[] {
  const { code, results = [] } = procedure;
  // Assembly hands the registers that it writes back to assembly that called it.
  const handedBack = procedure.language === 'c' ? [] : code.flatMap((instr) => written(instr) ?? []);
  // A fault may end the procedure at any instruction, so what it is looked at for is live throughout.
  const live: Set<string>[] = Array.from({ length: code.length + 1 }, () => new Set<string>(results));
  for (let changed = true; changed; ) {
    changed = false;
    for (let pc = code.length - 1; pc >= 0; pc--) {
      const instr = code[pc];
      const now = live[pc];
      if (!instr || !now) continue;
      const out = new Set<string>(results);
      for (const to of next(instr, pc)) for (const name of live[to] ?? []) out.add(name);
      const dst = written(instr);
      if (dst !== null && !results.includes(dst)) out.delete(dst);
      localsReadBy(instr, (name) => out.add(name));
      if (instr.op === 'return' && instr.value !== null) for (const name of handedBack) out.add(name);
      if (out.size !== now.size) {
        live[pc] = out;
        changed = true;
      }
    }
  }
  return live;
}
