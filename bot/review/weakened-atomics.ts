import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Instr, Program } from '../../simulator/program/types.js';

/**
 * Which of the procedures have fewer atomic read-modify-writes after the patches, and more plain stores: what another CPU stores between the read and the
 * write is lost then. That shows where a run has one do so, and its absence says nothing where none does.
 */
export function weakenedAtomics(
  catalog: Catalog,
  arch: Arch,
  before: Program,
  after: Program,
  procedures: readonly string[],
): readonly string[] {
  const isAtomic = (instr: Instr): boolean =>
    instr.op === 'rmw' || instr.op === 'store-exclusive' || calls(instr, 'rmw') || calls(instr, 'bit');
  const isPlain = (instr: Instr): boolean => instr.op === 'store' || calls(instr, 'store');
  const calls = (instr: Instr, kind: string): boolean =>
    instr.op === 'call' && instr.callee.k === 'name' && catalog.find(arch, instr.callee.name)?.does.kind === kind;
  return procedures.filter((name) => {
    const old = before.procedures.get(name)?.code;
    const now = after.procedures.get(name)?.code;
    if (!old || !now) return false;
    const more = (which: (instr: Instr) => boolean): number => now.filter(which).length - old.filter(which).length;
    return more(isAtomic) < 0 && more(isPlain) > 0;
  });
}
