import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';

/**
 * Which of the procedures lose or move something that the machine leaves out and that takes effect by a context synchronisation, as a write of a
 * system register does, or the synchronisation. Silence says nothing of that.
 */
export function unseenSynchronisations(
  catalog: Catalog,
  arch: Arch,
  before: Program,
  after: Program,
  procedures: readonly string[],
): readonly string[] {
  return procedures.filter((name) => {
    const old = stepsOf(catalog, arch, before, name);
    const now = stepsOf(catalog, arch, after, name);
    if (old === null || now === null || !old.includes('write') || old.join() === now.join()) return false;
    return synchronises(now) <= synchronises(old);
  });
}

/**
 * Which of the procedures lose a context synchronisation in a program that fetches no instructions which change, or are mapped anew: what a CPU has
 * fetched before and executes afterwards is in no run then, and silence says nothing of that.
 */
export function unfetchedSynchronisations(
  catalog: Catalog,
  arch: Arch,
  before: Program,
  after: Program,
  procedures: readonly string[],
): readonly string[] {
  const fetches = [...after.procedures.values()].some(({ code }) =>
    code.some((instr) => instr.op === 'call' && instr.callee.k === 'name' && catalog.find(arch, instr.callee.name)?.does.kind === 'fetch'),
  );
  if (fetches) return [];
  return procedures.filter((name) => {
    const old = stepsOf(catalog, arch, before, name);
    const now = stepsOf(catalog, arch, after, name);
    return old !== null && now !== null && synchronises(now) < synchronises(old);
  });
}

const synchronises = (steps: readonly Step[]): number => steps.filter((step) => step === 'synchronise').length;

type Step = 'write' | 'synchronise';

/** What a procedure and those it calls do of the two, in the order of their code; null where there is no such procedure. */
function stepsOf(catalog: Catalog, arch: Arch, program: Program, name: string, within: readonly string[] = []): readonly Step[] | null {
  const code = program.procedures.get(name)?.code;
  if (code === undefined || within.includes(name) || within.length > DEPTH) return null;
  return code.flatMap((instr): readonly Step[] => {
    if (instr.op !== 'call' || instr.callee.k !== 'name') return [];
    const does = catalog.find(arch, instr.callee.name)?.does;
    if (does?.kind === 'isb') return ['synchronise'];
    if (does) return does.kind === 'drop' && does.until === 'context-synchronisation' ? ['write'] : [];
    return stepsOf(catalog, arch, program, instr.callee.name, [...within, name]) ?? [];
  });
}

/** Calls within calls that are followed: what switches address spaces is wrapped once or twice. */
const DEPTH = 2;
