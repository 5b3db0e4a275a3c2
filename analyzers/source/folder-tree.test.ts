import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderTree, MAX_FILE_BYTES } from './folder-tree.js';

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

  it('refuses what leaves the root, is too large or is no file', () => {
    const tree = folderTree(root, 'tree');
    for (const path of ['../secret.c', 'mm/../../secret.c', '/etc/hostname', 'mm/out.c', 'up/secret.c', 'mm/huge.c', 'mm', 'none.c'])
      expect(tree.read(path), path).toBeNull();
  });

  it('sees only the folders it is given', () => {
    const tree = folderTree(root, 'tree', ['arch/x/', '../']);
    expect(tree.read('mm/memory.c')).toBeNull();
    expect(tree.read('arch/x/mm/fault.c')?.text).toBe('int fault;\n');
    expect(tree.paths()).toEqual(['arch/x/mm/fault.c']);
    expect(folderTree(root, 'tree').paths()).toEqual(['arch/x/mm/fault.c', 'mm/huge.c', 'mm/memory.c']);
  });
});
