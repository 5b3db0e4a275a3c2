import { describe, expect, it } from 'vitest';
import { isTreePath, memoryTree, overlay, wholeFile } from './memory-tree.js';
import { filesBelow } from './walk.js';

describe('memoryTree', () => {
  const tree = memoryTree(
    new Map([
      ['mm/b.c', 'int b;\n'],
      ['mm/a.c', 'int a;'],
      ['../etc/x', 'no'],
    ]),
    'skeleton',
  );

  it('reads a file with an origin for each line that split gives', () => {
    const file = tree.read('mm/b.c');
    expect(file?.lines).toEqual([
      { origin: 'skeleton', line: 1 },
      { origin: 'skeleton', line: 2 },
    ]);
    expect(tree.read('mm/a.c')?.lines).toHaveLength(1);
  });

  it('lists sorted paths and leaves out what would leave the root', () => {
    expect(tree.list('mm')).toEqual([
      { name: 'a.c', kind: 'file' },
      { name: 'b.c', kind: 'file' },
    ]);
    expect(tree.list('')).toEqual([{ name: 'mm', kind: 'folder' }]);
    expect(tree.read('../etc/x')).toBeNull();
  });

  it('overlays files, adds and removes them, and leaves the tree below alone', () => {
    const over = overlay(
      tree,
      new Map([
        ['mm/a.c', null],
        ['mm/c.c', wholeFile('mm/c.c', 'int c;\n', 'patch')],
      ]),
    );
    expect([...filesBelow(over, '')]).toEqual(['mm/b.c', 'mm/c.c']);
    expect(over.read('mm/a.c')).toBeNull();
    expect(over.read('mm/c.c')?.lines[0]).toEqual({ origin: 'patch', line: 1 });
    expect([...filesBelow(tree, '')]).toEqual(['mm/a.c', 'mm/b.c']);
    expect(overlay(tree, new Map())).toBe(tree);
  });

  it('lists new folders of an overlay, and keeps those from which files went', () => {
    const over = overlay(
      tree,
      new Map([
        ['arch/x/y.S', wholeFile('arch/x/y.S', '', 'patch')],
        ['mm/a.c', null],
        ['mm/b.c', null],
      ]),
    );
    expect(over.list('').map(({ name }) => name)).toEqual(['arch', 'mm']);
    expect(over.list('arch')).toEqual([{ name: 'x', kind: 'folder' }]);
    expect(over.list('mm')).toEqual([]);
  });

  it.each(['', '/etc/x', 'a//b', './a', 'a/../b', 'a/..', 'a\\b', 'a\0b'])('does not take %j for a tree path', (path) => {
    expect(isTreePath(path)).toBe(false);
  });
});
