import type { CatalogRow } from '../catalog/row.js';
import { isModelled } from '../interp/primitives.js';
import type { Arch } from '../program/arch.js';
import { evaluate } from './final.js';
import { interleavedEnds } from './interleaving.js';
import { runLitmus, settledMachine } from './run.js';
import type { LitmusTest } from './test.js';

/** Whether a machine reaches a test's condition, and by which search that was found out. */
export interface Reached {
  /** `no` only where everything was tried; null where the search was stopped, or met what the machine does not model. */
  readonly reached: 'yes' | 'no' | null;
  readonly by: 'promise-first' | 'interleaving';
  readonly why: string | null;
}

/** Names of primitives that the test's threads call. */
const calls = ({ setup: { program } }: LitmusTest): string[] =>
  [...program.procedures.values()].flatMap(({ code }) =>
    code.flatMap((instr) => (instr.op === 'call' && instr.callee.k === 'name' ? [instr.callee.name] : [])),
  );

/**
 * Runs the Program of a test of the kernel's memory model on hardware: with the rows that `arch` has for its primitives. The memory model is
 * a promise about all architectures, so the machine must not reach what the model forbids.
 *
 * Threads that lock or wait for grace periods can't be run one by one; for them the interleaving search answers, which delays one store a CPU
 * and leaves out load buffering. Its `yes` counts, its `no` says less.
 */
export function reachedOn(
  test: LitmusTest,
  arch: Arch,
  rows: { get(name: string): CatalogRow | undefined },
  budget: { readonly states: number; readonly ms: number },
): Reached {
  const foreign = calls(test).find((name) => {
    const row = rows.get(name);
    // Grace periods of sleepable RCU are counted readers there: more order than the memory model promises.
    return !row || !isModelled(row) || row.does.kind === 'srcu';
  });
  if (foreign !== undefined) return { reached: null, by: 'promise-first', why: `${foreign}()` };
  const bound = { ...test, setup: { ...test.setup, arch, rows } };
  const alone = runLitmus(bound, { orders: budget.states, steps: 20 * budget.states, ms: budget.ms });
  if (alone.holds === 'sometimes' || alone.holds === 'always') return { reached: 'yes', by: 'promise-first', why: null };
  if (alone.holds === 'never') return { reached: 'no', by: 'promise-first', why: null };
  if (alone.stuck.length === 0) return { reached: null, by: 'promise-first', why: alone.stopped };
  const { stopped, hits } = settledMachine(bound, 1, (m) => {
    let hits = 0;
    const run = interleavedEnds(m, budget, (final) => {
      if ((!test.filter || evaluate(test.filter, final)) && evaluate(test.condition, final)) hits++;
    });
    return { ...run, hits };
  });
  return { reached: hits > 0 ? 'yes' : stopped === null ? 'no' : null, by: 'interleaving', why: stopped };
}
