import type { Expr, Global, Program } from '../../simulator/program/types.js';
import type { Reachable } from './reachable.js';

/**
 * The Program with the variables opened that code outside the run sets: a flag that boot code probes has no value that the run could know,
 * whatever .bss holds. Only plain variables and arrays of them; what a struct holds is set by whoever fills it.
 */
export function openSetElsewhere(program: Program, reach: Reachable): Program {
  const elsewhere = new Set<string>();
  for (const [name, procedure] of program.procedures) {
    if (reach.procedures.has(name)) continue;
    for (const instr of procedure.code) {
      const target = instr.op === 'store' || instr.op === 'rmw' ? baseSymbol(instr.addr) : null;
      if (target !== null && reach.globals.has(target) && instr.at.origin !== 'scenario') elsewhere.add(target);
    }
  }
  if (elsewhere.size === 0) return program;
  const globals = new Map<string, Global>(program.globals);
  for (const name of elsewhere) {
    const global = globals.get(name);
    if (global && plain(global)) globals.set(name, { ...global, init: [], defined: false });
  }
  return { ...program, globals };
}

const plain = (global: Global): boolean => global.type.k === 'int' || (global.type.k === 'array' && global.type.of.k === 'int');

function baseSymbol(addr: Expr): string | null {
  if (addr.k === 'symbol') return addr.name;
  return addr.k === 'index' || addr.k === 'cast' ? baseSymbol(addr.k === 'index' ? addr.base : addr.a) : null;
}
