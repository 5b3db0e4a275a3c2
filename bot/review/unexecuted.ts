import { z } from 'zod';
import type { Instr, Program } from '../../simulator/program/types.js';

/** By procedure that runs came to, and index in its code: what no run executed, and branches of which a condition never held or never failed. */
export interface Unexecuted {
  readonly code: ReadonlyMap<string, readonly number[]>;
  readonly neverHeld: ReadonlyMap<string, readonly number[]>;
  readonly neverFailed: ReadonlyMap<string, readonly number[]>;
}

type Runs = readonly Readonly<Record<'executed' | 'held' | 'failed', ReadonlySet<Instr>>>[];

/** What runs left out of the procedures with these names. */
export function unexecutedOf(program: Program, names: ReadonlySet<string>, runs: Runs): Unexecuted {
  const none = (of: (run: Runs[number]) => ReadonlySet<Instr>, only: (instr: Instr) => boolean): Map<string, number[]> => {
    const out = new Map<string, number[]>();
    for (const name of [...names].sort()) {
      const code = program.procedures.get(name)?.code ?? [];
      const left = code.flatMap((instr, at) => (only(instr) && !runs.some((run) => of(run).has(instr)) ? at : []));
      if (left.length > 0) out.set(name, left);
    }
    return out;
  };
  const isBranch = ({ op }: Instr): boolean => op === 'branch';
  return {
    code: none(
      ({ executed }) => executed,
      () => true,
    ),
    neverHeld: none(({ held }) => held, isBranch),
    neverFailed: none(({ failed }) => failed, isBranch),
  };
}

const places = z.array(z.tuple([z.string(), z.array(z.number())])).transform((rows) => new Map(rows));

/** How it is kept between processes. */
export const unexecutedForm = z.strictObject({ code: places, neverHeld: places, neverFailed: places });

/** What `unexecutedForm` reads. */
export const plainUnexecuted = ({ code, neverHeld, neverFailed }: Unexecuted) => ({
  code: [...code],
  neverHeld: [...neverHeld],
  neverFailed: [...neverFailed],
});
