import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { treeOf } from '../../analyzers/c/testing/tree.js';
import { compileOnDemand } from '../../analyzers/program/on-demand.js';
import { reachable } from '../../analyzers/program/reachable.js';
import { changedNames, changedProcedures } from './changed.js';

beforeAll(initC);

const CODE = `int limit = 3;
int *far = &limit;
int bound(void) { return *far; }
int own(int x) { return x; }
int entry(int x) { return own(x) + bound(); }
`;

function version(text: string) {
  const { program } = compileOnDemand(treeOf({ 'mm/a.c': text }, 'tree'), {
    arch: 'arm64',
    defines: {},
    catalog: [],
    entries: [{ name: 'entry', file: null }],
  });
  return { program, reach: reachable(program, ['entry']) };
}

const between = (from: string, to: string, scenario = '') => {
  const versions = [version(CODE), version(CODE.replace(from, to))];
  return { names: changedNames(versions), procedures: changedProcedures(versions, scenario) };
};

describe('what differs between versions', () => {
  it('is a procedure that does something else', () => {
    expect(between('return x;', 'return x + 1;')).toEqual({ names: ['own'], procedures: ['own'] });
  });

  it('is what mentions a variable that starts otherwise, also where another points to it', () => {
    expect(between('limit = 3', 'limit = 4')).toEqual({ names: ['limit'], procedures: ['bound'] });
  });

  it('is what mentions a variable that comes', () => {
    const more = between('int own(int x) { return x; }', 'int more = 1;\nint own(int x) { return x + more; }');
    expect(more).toEqual({ names: ['more', 'own'], procedures: ['own'] });
  });

  it('is not known where hardware may use the variable by itself', () => {
    expect(between('limit = 3', 'limit = 4', 'root: limit').procedures).toBeNull();
  });

  it('is nothing where only places differ', () => {
    expect(between('int own', '\n\nint own')).toEqual({ names: [], procedures: null });
  });
});
