import { expect, it } from 'vitest';
import { newlyMovable } from './movable-tasks.js';

const outcome = (...stacks: string[]): { movable: Set<string> } => ({ movable: new Set(stacks) });

it.each<[string, string[], string[], string[]]>([
  ['nothing is there before or after', [], [], []],
  ['it was there before', ['run flush'], ['run flush'], []],
  ['it goes', ['run flush'], [], []],
  ['a procedure gets another name', ['run flush'], ['run drop'], []],
  ['it comes', [], ['run flush'], ['flush']],
  ['it comes by another way', ['run flush'], ['run flush', 'run fault flush'], ['flush']],
])('%s', (_, before, after, expected) => {
  expect(newlyMovable([outcome(...before)], [outcome(...after)])).toEqual(expected);
});

it('takes all settings together', () => {
  expect(newlyMovable([outcome('run a'), outcome('run b')], [outcome('run b'), outcome('run a')])).toEqual([]);
});
