import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderTree } from './folder-tree.js';
import { MAX_FILE_BYTES } from './text.js';
import { filesBelow } from './walk.js';

describe('folderTree', () => {
  let base = '';
  let root = '';
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'folder-tree-'));
    root = join(base, 'tree');
    mkdirSync(join(root, 'arch/x/mm'), { recursive: true });
    mkdirSync(join(root, 'mm'));
    writeFileSync(join(root, 'arch/x/mm/fault.c'), 'int fault;\n');
    writeFileSync(join(root, 'mm/memory.c'), 'int memory;\n');
    writeFileSync(join(root, 'mm/huge.c'), Buffer.alloc(MAX_FILE_BYTES + 1, 32));
    writeFileSync(join(root, 'mm/latin1.c'), Buffer.from('/* caf\xe9 */\n', 'latin1'));
    writeFileSync(join(root, 'mm/object.o'), Buffer.from([127, 69, 76, 70, 0]));
    writeFileSync(join(base, 'secret.c'), 'int secret;\n');
    symlinkSync(join(base, 'secret.c'), join(root, 'mm/out.c'));
    symlinkSync(base, join(root, 'up'));
    symlinkSync('memory.c', join(root, 'mm/inside.c'));
  });
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });

  it('reads lazily and gives the same file again', () => {
    const tree = folderTree(root, 'tree');
    const file = tree.read('mm/memory.c');
    expect(file?.text).toBe('int memory;\n');
    expect(file?.lines[0]).toEqual({ origin: 'tree', line: 1 });
    expect(tree.read('mm/memory.c')).toBe(file);
    expect(tree.read('mm/inside.c')?.text).toBe('int memory;\n');
  });

  it('refuses what leaves the root, is too large or is no text, and says why', () => {
    const tree = folderTree(root, 'tree');
    const refusals: readonly (readonly [string, string | null])[] = [
      ['../secret.c', null],
      ['mm/../../secret.c', null],
      ['/etc/hostname', null],
      ['mm/out.c', 'it is a link that leads out of the tree'],
      ['up/secret.c', 'it is a link that leads out of the tree'],
      ['mm/huge.c', 'it is larger than 4 MiB'],
      ['mm/latin1.c', 'it is not UTF-8 text'],
      ['mm/object.o', 'it is binary'],
      ['mm', null],
      ['none.c', null],
    ];
    for (const [path, why] of refusals) {
      expect(tree.read(path), path).toBeNull();
      expect(tree.refusal(path), path).toBe(why);
    }
    expect(tree.refusal('mm/memory.c')).toBeNull();
  });

  it('lists folders without links, and none outside the root', () => {
    const tree = folderTree(root, 'tree');
    expect(tree.list('')).toEqual([
      { name: 'arch', kind: 'folder' },
      { name: 'mm', kind: 'folder' },
    ]);
    expect(tree.list('mm').map(({ name }) => name)).toEqual(['huge.c', 'latin1.c', 'memory.c', 'object.o']);
    for (const folder of ['..', 'up', '/', 'mm/..', 'none']) expect(tree.list(folder), folder).toEqual([]);
    expect([...filesBelow(tree, 'arch')]).toEqual(['arch/x/mm/fault.c']);
  });
});
