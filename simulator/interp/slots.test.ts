import { describe, expect, it } from 'vitest';
import { freeSlot, releaseSlots } from './slots.js';
import { newThread, VIEW_SLOTS } from './thread.js';
import { int } from './value.js';

describe('view slots', () => {
  it('the first free one, else the last for several reads at once', () => {
    const state = newThread(0);
    expect(freeSlot(state)).toBe(0);
    state.slots[0] = 'x';
    expect(freeSlot(state)).toBe(1);
    state.slots.fill('x');
    expect(freeSlot(state)).toBe(VIEW_SLOTS - 1);
  });

  it('stay while a local, private memory or a branch depends on them', () => {
    const state = newThread(0);
    state.slots = ['a', 'b', 'c', 'd'];
    const locals = new Map([['r', { value: int(1), deps: 0b0001 }]]);
    state.frames.push({ procedure: 'p', entry: { k: 'start' }, pc: 0, locals });
    state.memory.set('mine', { value: int(1), deps: 0b0010 });
    state.ctrl = 0b0100;
    releaseSlots(state);
    expect(state.slots).toEqual(['a', 'b', 'c', '']);
    locals.clear();
    state.ctrl = 0;
    releaseSlots(state);
    expect(state.slots).toEqual(['', 'b', '', '']);
  });
});
