import { describe, expect, it } from 'vitest';
import { dsb, ipi, isb, type Line, store, tlbi } from '../testing/build.js';
import { explored } from '../testing/run.js';
import { synchronisations } from './straight-behind.js';

/** What each ISB of a handler that P1 interrupts comes straight behind. */
function behind(handler: readonly Line[], setting: Readonly<Record<string, boolean>> = {}): (string | null)[] {
  const { machine } = explored({
    arch: 'arm64',
    setting,
    cpus: { P0: [store('x', 1)], P1: [ipi('others', 'handler', 0, 1)] },
    procedures: { handler },
  });
  return synchronisations(machine.auto, machine.setup, 'scenario').map((each) => each.behind);
}

describe('an ISB that comes straight behind a context synchronisation', () => {
  it('is told with what that is', () => {
    expect(behind([isb()])).toEqual(['taking the interrupt']);
  });

  it('is none where something lies in between, or where the entry does not synchronise', () => {
    expect(behind([store('y', 1), isb(), store('z', 1)])).toEqual([null]);
    expect(behind([tlbi('vmalle1is'), dsb(), isb()])).toEqual([null]);
    expect(behind([isb()], { EIS: false })).toEqual([null]);
  });
});
