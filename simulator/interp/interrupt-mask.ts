import { type Effect, given } from './effect.js';
import { Stuck } from './memory.js';
import type { Tagged, ThreadState } from './thread.js';
import { int } from './value.js';

/** Masks or unmasks interrupts; the effect's value is the mask before. */
export function changeInterruptMask(
  state: ThreadState,
  what: 'save' | 'restore' | 'disable' | 'enable' | 'inherit',
  flags: Tagged | undefined,
): Effect {
  const before = state.irqOff;
  if (what === 'disable' || what === 'save') state.irqOff = Math.max(1, state.irqOff);
  else if (what === 'enable') state.irqOff = 0;
  else if (what === 'inherit') state.irqOff = interruptedIrqOff(state);
  else if (flags?.value.k === 'int') state.irqOff = Number(flags.value.v);
  else throw new Stuck('interrupt flags are not known');
  return given(int(before));
}

/** The interrupt mask of what the innermost trap or interrupt interrupted. */
function interruptedIrqOff(state: ThreadState): number {
  const entry = state.frames.findLast((frame) => frame.entry.k === 'trap' || frame.entry.k === 'interrupt')?.entry;
  return entry?.k === 'trap' || entry?.k === 'interrupt' ? entry.irqOff : 0;
}
