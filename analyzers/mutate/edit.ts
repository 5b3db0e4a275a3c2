import type { Instr, Procedure } from '../../simulator/program/types.js';

/** The procedure with `count` instructions from `index` on replaced; branches and words go to where they went. Targets in `by` are new places. */
export function replaced(procedure: Procedure, index: number, count: number, by: readonly Instr[]): Procedure {
  const shift = by.length - count;
  const moved = (place: number): number => (place <= index ? place : place >= index + count ? place + shift : index);
  const retarget = (instr: Instr): Instr =>
    instr.op === 'branch' || instr.op === 'jump' ? { ...instr, target: moved(instr.target) } : instr;
  const code = [...procedure.code.slice(0, index).map(retarget), ...by, ...procedure.code.slice(index + count).map(retarget)];
  return { ...procedure, code, ...(procedure.words ? { words: procedure.words.map(moved) } : {}) };
}

/** The procedure with one instruction exchanged for another. */
export const exchanged = (procedure: Procedure, index: number, instr: Instr): Procedure => ({
  ...procedure,
  code: procedure.code.map((each, i) => (i === index ? instr : each)),
});

/** The procedure without the instructions at `indices`, each of which gives no value that anyone reads. */
export const without = (procedure: Procedure, indices: readonly number[]): Procedure =>
  [...indices].sort((a, b) => b - a).reduce((rest, index) => replaced(rest, index, 1, []), procedure);

/** The procedure with the instruction at `from` standing where the one at `to` stood; what lies between moves up or down by one. */
export function carried(procedure: Procedure, from: number, to: number): Procedure {
  const code = [...procedure.code];
  const [instr] = code.splice(from, 1);
  if (instr !== undefined) code.splice(to, 0, instr);
  return { ...procedure, code };
}
