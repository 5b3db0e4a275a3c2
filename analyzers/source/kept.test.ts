import { describe, expect, it } from 'vitest';
import type { DerivedStore } from './derived.js';
import { findKept, type Form, keep } from './kept.js';
import { memoryTree, overlay } from './memory-tree.js';
import type { SourceFile, SourceTree } from './types.js';

/** A store that keeps everything, and what it keeps. */
function store(): DerivedStore & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const name = (...parts: string[]) => parts.join(' ');
  return {
    entries,
    get: (kind, hash, key = '') => entries.get(name(kind, hash, key)) ?? null,
    put: (kind, hash, value, key = '') => void entries.set(name(kind, hash, key), value),
  };
}

const form: Form<string> = {
  kind: 'test-1',
  encode: (value) => JSON.stringify(value),
  decode: (text) => {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  },
};

const tree = (files: Record<string, string>): SourceTree => memoryTree(new Map(Object.entries(files)), 'tree');
const reading = (of: SourceTree, paths: readonly string[]) => new Map(paths.map((path) => [path, of.read(path)]));

const TREE = { 'a.c': 'int a;\n', 'include/a.h': 'int b;\n' };
const PATHS = ['a.c', 'include/a.h', 'arch/include/a.h'];

describe('a kept value', () => {
  it('is found in any tree with the same files, beside those of other trees', () => {
    const kept = store();
    const versions = ['int b;\n', 'long b;\n', 'char b;\n'].map((text) => ({ ...TREE, 'include/a.h': text }));
    for (const [i, files] of versions.entries())
      keep(kept, form, 'key', { reads: reading(tree(files), PATHS), value: `made of ${String(i)}` });
    for (const [i, files] of versions.entries()) {
      const again = tree({ ...files, 'other.c': 'of no interest' });
      const found = findKept(kept, form, 'key', again);
      expect(found?.value).toBe(`made of ${String(i)}`);
      expect([...(found?.reads ?? [])]).toEqual(PATHS.map((path) => [path, again.read(path)]));
    }
    expect(findKept(kept, form, 'another key', tree(TREE))).toBeNull();
  });

  const plain = tree(TREE);
  const line = (origin: 'tree' | 'patch', number: number) => ({ origin, line: number });
  const mixed: SourceFile = { path: 'a.c', text: TREE['a.c'], lines: [line('patch', 1), line('tree', 2)] };
  it.each<[string, SourceTree]>([
    ['one byte differs', tree({ ...TREE, 'include/a.h': 'int b; \n' })],
    ['a file is gone', tree({ 'a.c': TREE['a.c'] })],
    ['one is there that was looked for in vain', tree({ ...TREE, 'arch/include/a.h': '' })],
    ['a line comes from a patch', overlay(plain, new Map([['a.c', mixed]]))],
    ['a line has moved', overlay(plain, new Map([['a.c', { ...mixed, lines: [line('tree', 1), line('tree', 3)] }]]))],
  ])('is not taken where %s', (_, other) => {
    const kept = store();
    keep(kept, form, 'key', { reads: reading(plain, PATHS), value: 'made' });
    expect(findKept(kept, form, 'key', plain)?.value).toBe('made');
    expect(findKept(kept, form, 'key', other)).toBeNull();
  });

  it('is not taken where what is kept is nothing that was put there', () => {
    for (const damage of ['', '\n', '[]\n', '[]\n7', '{}\n"x"', '[["a.c"]]\n"x"', 'null\n"x"', '[[1,2]]\n"x"']) {
      const kept = store();
      keep(kept, form, 'key', { reads: reading(plain, PATHS), value: 'made' });
      for (const name of kept.entries.keys()) kept.entries.set(name, damage);
      expect(findKept(kept, form, 'key', plain), damage).toBeNull();
      keep(kept, form, 'key', { reads: reading(plain, PATHS), value: 'made anew' });
      expect(findKept(kept, form, 'key', plain)?.value, damage).toBe('made anew');
    }
  });
});
