import { expect, it } from 'vitest';
import type { Expr, Instr } from '../../simulator/program/types.js';
import { changedCode } from './changed-code.js';

const at = (line: number): Instr['at'] => ({ file: 'mm/a.c', line, origin: 'tree' });
const local = (name: string): Expr => ({ k: 'local', name });
const call = (name: string, line = 1, dst: string | null = null): Instr => ({
  op: 'call',
  dst,
  callee: { k: 'name', name },
  args: [],
  at: at(line),
});
const unless = (name: string, target: number): Instr => ({ op: 'branch', cond: local(name), target, at: at(2) });

it('gives what is taken away, added and replaced, each with its neighbours', () => {
  const before = { code: [call('lock'), call('flush'), call('unlock'), call('free'), call('end')] };
  const after = { code: [call('lock'), call('unlock'), call('flush_all'), call('end'), call('tell')] };
  expect(changedCode(before, after)).toEqual([
    { was: [1], is: [] },
    { was: [3], is: [2] },
    { was: [], is: [4] },
  ]);
});

it('passes by lines, targets and the names of temporaries', () => {
  const before = { code: [call('is_set', 1, '%1'), unless('%1', 3), call('flush')] };
  const after = { code: [call('is_set', 7, '%4'), unless('%4', 2), call('flush', 9)] };
  expect(changedCode(before, after)).toEqual([]);
});

it('tells a condition with one part more from what it was', () => {
  const before = { code: [call('nested', 1, '%1'), unless('%1', 3), call('flush')] };
  const after = { code: [call('nested', 1, '%1'), unless('%1', 5), call('freed', 1, '%2'), unless('%2', 5), call('flush')] };
  expect(changedCode(before, after)).toEqual([{ was: [], is: [2, 3] }]);
});
