import { beforeAll, expect, it } from 'vitest';
import { compileC } from '../../analyzers/c/compile.js';
import { initC } from '../../analyzers/c/parser.js';
import { treeOf } from '../../analyzers/c/testing/tree.js';
import type { Program } from '../../simulator/program/types.js';
import { loadResources } from './resources.js';
import { weakenedAtomics } from './weakened-atomics.js';

const { catalog } = loadResources();
beforeAll(initC);

const compile = (body: string): Program =>
  compileC(treeOf({ 'a.c': `static unsigned long word;\nvoid f(void)\n{\n${body}\n}\n` }), {
    arch: 'riscv',
    files: ['a.c'],
    defines: {},
    catalog: catalog.rows,
  });
const weakened = (before: string, after: string): readonly string[] =>
  weakenedAtomics(catalog, 'riscv', compile(before), compile(after), ['f']);

it.each([
  ['xchg(&word, 0);', 'word = 0;'],
  ['cmpxchg(&word, 1, 2);', 'if (READ_ONCE(word) == 1) WRITE_ONCE(word, 2);'],
])('%s is more than %s', (before, after) => {
  expect(weakened(before, after)).toEqual(['f']);
  expect(weakened(after, before)).toEqual([]);
});

it.each([
  ['xchg(&word, 0);', 'xchg(&word, 1);'],
  ['xchg(&word, 0);', ''],
  ['word = 1;', 'word = 0; word = 1;'],
])('%s and %s are not one for the other', (before, after) => {
  expect(weakened(before, after)).toEqual([]);
});
