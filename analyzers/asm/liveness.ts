import type { Instr } from '../../simulator/program/types.js';
import { localsReadBy } from '../../simulator/program/locals.js';
import { isPrimitive } from './primitive.js';
import { registers } from './registers.js';

const numberOf: ReadonlyMap<string, number> = new Map(registers.map((name, number) => [name, number]));
const every = 0xffffffff;

const bit = (name: string | null): number => {
  const number = name === null ? undefined : numberOf.get(name);
  return number === undefined ? 0 : (1 << number) >>> 0;
};

/** Registers that an instruction reads. What leaves the procedure, or enters another, may read all: registers are shared. */
function reads(instr: Instr): number {
  if (instr.op === 'return' || instr.op === 'copy' || instr.op === 'zero') return every;
  if (instr.op === 'call' && (instr.callee.k !== 'name' || !isPrimitive(instr.callee.name) || instr.callee.name === 'asm.ecall'))
    return every;
  let mask = 0;
  localsReadBy(instr, (name) => {
    mask |= bit(name);
  });
  return mask >>> 0;
}

function writes(instr: Instr): number {
  return instr.op === 'set' || instr.op === 'load' || instr.op === 'rmw' || instr.op === 'call' ? bit(instr.dst) : 0;
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

/** Atomics whose old value no path reads lose their destination: such an atomic is a store, and orders like one. */
export function dropDeadResults(code: readonly Instr[]): Instr[] {
  if (!code.some((instr) => instr.op === 'rmw' && instr.dst !== null)) return [...code];
  const before = code.map(() => 0);
  const after = (index: number, instr: Instr): number => {
    let mask = 0;
    // Beyond the last instruction nothing is known.
    for (const next of successors(instr, index)) mask |= before[next] ?? every;
    return mask >>> 0;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = code.length - 1; index >= 0; index--) {
      const instr = code[index];
      if (!instr) continue;
      const mask = ((after(index, instr) & ~writes(instr)) | reads(instr)) >>> 0;
      if (mask !== before[index]) {
        before[index] = mask;
        changed = true;
      }
    }
  }
  return code.map((instr, index) => (instr.op === 'rmw' && (after(index, instr) & bit(instr.dst)) === 0 ? { ...instr, dst: null } : instr));
}
