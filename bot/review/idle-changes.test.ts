import { describe, expect, it } from 'vitest';
import type { Expr, Instr, Procedure } from '../../simulator/program/types.js';
import { changesRun } from './idle-changes.js';
import type { ScenarioRuns } from './scenario-runs.js';
import { unexecutedOf } from './unexecuted.js';

const at = (line: number): Instr['at'] => ({ file: 'mm/a.c', line, origin: 'tree' });
const local = (name: string): Expr => ({ k: 'local', name });
const call = (line: number, name: string, dst: string | null = null): Instr => ({
  op: 'call',
  dst,
  callee: { k: 'name', name },
  args: [],
  at: at(line),
});
const unless = (line: number, name: string, target: number): Instr => ({ op: 'branch', cond: local(name), target, at: at(line) });
const set = (line: number, dst: string): Instr => ({ op: 'set', dst, value: local('x'), at: at(line) });

/** Runs of a procedure before and after that execute these instructions; conditions in `held` and `failed` went these ways. */
function runsOf(
  sides: readonly { code: readonly Instr[]; executed: readonly number[]; held?: readonly number[]; failed?: readonly number[] }[],
) {
  const versions = sides.map(({ code }) => {
    const procedure: Procedure = { name: 'f', params: [], frame: new Map(), code, at: at(1), language: 'c' };
    return { program: { procedures: new Map([['f', procedure]]), globals: new Map(), offsets: new Map(), omissions: [] } };
  });
  const result = sides.map(({ code, executed, held = [], failed = [] }, i) => {
    const of = (indices: readonly number[]): ReadonlySet<Instr> => new Set(indices.flatMap((index) => code[index] ?? []));
    const run = { executed: of(executed), held: of(held), failed: of(failed) };
    const program = versions[i]?.program;
    if (program === undefined) throw new Error('no such version');
    return { procedures: new Set(['f']), unexecuted: unexecutedOf(program, new Set(['f']), [run]) };
  });
  return { versions, leaves: [{ setting: new Map(), result }] } as unknown as Pick<ScenarioRuns, 'versions' | 'leaves'>;
}

const whys = (runs: ReturnType<typeof runsOf>): string[] => changesRun(runs, 1, ['f']).idle.map(({ why }) => why);

describe('what runs do not come to of a change', () => {
  it('is a flush that goes from a branch which none of them takes', () => {
    const before = [call(1, 'nested', 'n'), unless(2, 'n', 3), call(3, 'flush'), call(4, 'end')];
    const after = [call(1, 'nested', 'n'), unless(2, 'n', 2), call(4, 'end')];
    const failed = { failed: [1] };
    expect(
      whys(
        runsOf([
          { code: before, executed: [0, 1, 3], ...failed },
          { code: after, executed: [0, 1, 2], ...failed },
        ]),
      ),
    ).toEqual(['the patches change what it does at mm/a.c:3, and no run goes that way']);
    const held = { held: [1] };
    expect(
      whys(
        runsOf([
          { code: before, executed: [0, 1, 2, 3], ...held },
          { code: after, executed: [0, 1, 2], ...held },
        ]),
      ),
    ).toEqual([]);
  });

  it('is the other way of a condition that goes, and is always the same', () => {
    const before = [call(1, 'in_use', 'u'), unless(2, 'u', 3), call(3, 'leave'), call(4, 'trim')];
    const after = [call(4, 'trim')];
    const runs = (held: readonly number[]) =>
      runsOf([
        { code: before, executed: [0, 1, 3], failed: [1], held },
        { code: after, executed: [0] },
      ]);
    expect(whys(runs([]))).toEqual(['the patches take away or change a condition at mm/a.c:2, which fails in every run']);
    expect(whys(runs([1]))).toEqual([]);
  });

  it('is nothing where a condition only moves, or decides what nobody else sees', () => {
    const [ask, skip] = [call(1, 'in_use', 'u'), unless(2, 'u', 4)];
    const moved = { code: [call(5, 'lock'), ask, skip, call(3, 'flush')], executed: [0, 1, 2], failed: [2] };
    const was = { code: [ask, unless(2, 'u', 4), call(3, 'flush'), call(5, 'lock')], executed: [0, 1, 3], failed: [1] };
    expect(whys(runsOf([was, moved]))).toEqual([]);
    const own = { code: [ask, unless(2, 'u', 3), set(3, 'y'), call(5, 'lock')], executed: [0, 1, 3], failed: [1] };
    expect(whys(runsOf([own, { code: [call(5, 'lock')], executed: [0] }]))).toEqual([]);
  });

  it('is given up where another scenario goes that way: both call it the same', () => {
    const before = [call(1, 'in_use', 'u'), unless(2, 'u', 3), call(3, 'leave'), call(4, 'trim')];
    const side = (held: number[], failed: number[]) =>
      changesRun(
        runsOf([
          { code: before, executed: [0, 1, 3], held, failed },
          { code: [call(4, 'trim')], executed: [0] },
        ]),
        1,
        ['f'],
      );
    const [idle] = side([], [1]).idle;
    expect(idle?.ways).toHaveLength(1);
    expect(side([1], []).ways).toEqual(expect.arrayContaining([...(idle?.ways ?? [])]));
  });
});
