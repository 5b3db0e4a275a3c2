import { EagerMachine, NotEager } from '../eager/eager.js';
import { type FinalState, wholeOutcome } from './final.js';
import { settledMachine } from './run.js';
import type { LitmusTest } from './test.js';

/** Outcomes that the eager machine shows, with these locations; or why it has no say. */
export function eagerOutcomes(
  test: Pick<LitmusTest, 'setup' | 'mmu'>,
  locations: readonly string[],
  states: number,
): { readonly ends: ReadonlySet<string>; readonly incomplete: string | null } {
  return settledMachine(test, 0, (m) => {
    const machine = new EagerMachine(m.auto, test.mmu);
    try {
      const run = machine.explore(states);
      const ends = run.ends.map(
        (state): FinalState => ({
          threads: state.cores.map((core) => m.auto.node(core.node).state),
          location: (loc) => machine.read(state, loc),
        }),
      );
      return { ends: new Set(ends.map((end) => wholeOutcome(end, locations))), incomplete: run.stopped };
    } catch (error) {
      if (!(error instanceof NotEager)) throw error;
      return { ends: new Set(), incomplete: error.message };
    }
  });
}
