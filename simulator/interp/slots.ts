import { allDeps, type ThreadState } from './thread.js';

/**
 * The slot for what is read next: the first free one, else the last, which then stands for several reads at once. Joining two reads in one
 * slot orders more than the program asks for: it can hide a race, it cannot invent one.
 */
export function freeSlot(state: ThreadState): number {
  const free = state.slots.indexOf('');
  return free >= 0 ? free : state.slots.length - 1;
}

/** Frees the slots that no value at hand depends on. */
export function releaseSlots(state: ThreadState): void {
  if (state.slots.every((from) => from === '')) return;
  let used = state.ctrl;
  for (const frame of state.frames) for (const tagged of frame.locals.values()) used |= allDeps(tagged);
  for (const tagged of state.memory.values()) used |= allDeps(tagged);
  state.slots.forEach((_, i) => {
    if ((used & (1 << i)) === 0) state.slots[i] = '';
  });
}
