import { describe, expect, it } from 'vitest';
import { type ContextTracking, cross, type Crossing, IN_KERNEL } from './context-tracking.js';

const idle: Crossing = { do: 'leave', to: 'idle' };
const guest: Crossing = { do: 'leave', to: 'guest' };
const back: Crossing = { do: 'return' };
const irq: Crossing = { do: 'irq-enter' };
const done: Crossing = { do: 'irq-exit' };

const after = (...steps: Crossing[]): ContextTracking => steps.reduce(cross, IN_KERNEL);

describe('extended quiescent states', () => {
  const rows: readonly [string, readonly Crossing[], boolean, ContextTracking['where']][] = [
    ['the kernel is watched', [], true, 'kernel'],
    ['idle is not', [idle], false, 'idle'],
    ['after idle the kernel is', [idle, back], true, 'kernel'],
    ['an interrupt in idle is watched', [idle, irq], true, 'idle'],
    ['idle after the interrupt is not', [idle, irq, done], false, 'idle'],
    ['an NMI inside that interrupt ends nothing', [idle, irq, irq, done], true, 'idle'],
    ['only the outermost exit does', [idle, irq, irq, done, done], false, 'idle'],
    ['an interrupt of the kernel changes nothing', [irq, done], true, 'kernel'],
    ['a second process-level entry has to be left twice', [back, guest], true, 'kernel'],
    ['left twice', [back, guest, guest], false, 'guest'],
  ];
  it.each(rows)('%s', (_, steps, watching, where) => {
    expect(after(...steps)).toMatchObject({ watching, where });
  });

  it('comes back to where it began', () => {
    expect(after(idle, irq, done, back)).toEqual(IN_KERNEL);
    expect(after(irq, irq, done, done)).toEqual(IN_KERNEL);
  });
});
