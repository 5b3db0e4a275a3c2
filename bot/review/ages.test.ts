import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import { memoryTree, wholeFile } from '../../analyzers/source/memory-tree.js';
import type { SourceFile, SourceTree } from '../../analyzers/source/types.js';
import { packageRoot } from '../package.js';
import { atAge, treeAtAge } from './ages.js';
import { loadResources } from './resources.js';

const TEXT = [
  'a',
  '/*@ until v5.4 */',
  'old',
  '/*@ else */',
  'new',
  '/*@ end */',
  'b',
  '#@ since v5.4 until v6.5',
  'some',
  '#@ end',
  '',
].join('\n');

const at = (text: string, age: string): SourceFile => atAge(wholeFile('f.c', text, 'skeleton'), age);
const lines = (age: string): string[] => {
  const { text, lines } = at(TEXT, age);
  return text.split('\n').map((line, i) => `${String(lines[i]?.line)} ${line}`);
};

describe('the ages of a skeleton', () => {
  it('have the lines that are marked with them, under their numbers', () => {
    expect(lines('v4.17')).toEqual(['1 a', '3 old', '7 b', '11 ']);
    expect(lines('v5.4')).toEqual(['1 a', '3 old', '7 b', '9 some', '11 ']);
    expect(lines('v5.10')).toEqual(['1 a', '5 new', '7 b', '9 some', '11 ']);
    expect(lines('v6.8')).toEqual(['1 a', '5 new', '7 b', '11 ']);
  });

  it.each([
    ['/*@ before v5.4 */\n/*@ end */', 'f.c:1: /*@ before v5.4 */: not a mark'],
    ['/*@ since v5.4 */\n/*@ since v5.10 */', 'f.c:2: /*@ since v5.10 */: not a mark'],
    ['a\n/*@ else */', 'f.c:2: /*@ else */: not a mark'],
    ['#@ end', 'f.c:1: #@ end: not a mark'],
    ['/*@ until v5.4 */\nold', 'f.c: a mark of ages without its end'],
  ])('are refused where marks are wrong: %j', (text, why) => {
    expect(() => at(text, 'v5.4')).toThrow(why);
  });

  it('are the same file where nothing is marked', () => {
    const all = memoryTree(
      new Map([
        ['plain.c', 'a\n'],
        ['marked.c', TEXT],
      ]),
      'skeleton',
    );
    const tree = treeAtAge(all, 'v5.4');
    expect(tree.read('plain.c')).toBe(all.read('plain.c'));
    expect(tree.read('marked.c')).toBe(tree.read('marked.c'));
    expect(tree.read('none.c')).toBeNull();
  });
});

describe('the skeletons', () => {
  const { skeletons } = loadResources();
  const paths = (tree: SourceTree, folder = ''): string[] =>
    tree.list(folder).flatMap(({ name, kind }) => {
      const path = folder === '' ? name : `${folder}/${name}`;
      return kind === 'file' ? [path] : paths(tree, path);
    });
  const all = paths(folderTree(join(packageRoot(), 'simulator', 'kernel'), 'skeleton'));

  it('can be read at each age, and each differs from the next newer one', () => {
    expect(skeletons[0]?.version).toBe('v6.8');
    for (const { version, tree, differsIn } of skeletons) {
      expect(
        all.filter((path) => tree.read(path) === null),
        version,
      ).toEqual([]);
      expect(all.filter(differsIn), version).not.toEqual([]);
    }
  });
});
