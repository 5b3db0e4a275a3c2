import { describe, expect, it } from 'vitest';
import { irqDisable, type Line, load, preempt, sfence } from '../testing/build.js';
import { explored } from '../testing/run.js';

const movable = (lines: readonly Line[], PREEMPTION = true): string[] => [
  ...explored({ cpus: { P0: lines }, setting: { PREEMPTION } }).machine.on.encountered.movable,
];

describe('a flush of this CPU alone', () => {
  it('is noted where the task may be moved', () => {
    expect(movable([sfence()])).toEqual(['P0']);
  });

  it.each([
    ['preemption is off', [preempt('disable'), sfence()]],
    ['interrupts are off', [irqDisable(), sfence()]],
  ])('is not where %s', (_, lines) => {
    expect(movable(lines)).toEqual([]);
  });

  it('is noted whether or not the kernel of the run preempts itself: another one does', () => {
    expect(movable([sfence()], false)).toEqual(['P0']);
  });
});

it('what does not hang on the CPU is not noted', () => {
  expect(movable([load('r', 'x')])).toEqual([]);
});
