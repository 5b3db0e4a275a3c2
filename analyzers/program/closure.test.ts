import { describe, expect, it } from 'vitest';
import { memoryTree } from '../source/memory-tree.js';
import { includeClosure } from './closure.js';

describe('includeClosure', () => {
  const tree = memoryTree(
    new Map([
      ['mm/a.c', '#include <linux/b.h>\n#if 0\n# include "local.h"\n#endif\n'],
      ['mm/local.h', '#include <asm/c.h>\n'],
      ['include/linux/b.h', '#include <linux/b.h>\n#include <linux/absent.h>\n'],
      ['arch/riscv/include/asm/c.h', ''],
      ['arch/arm64/include/asm/c.h', ''],
      ['mm/other.c', ''],
    ]),
    'skeleton',
  );

  it('follows includes under every condition, once, and for its architecture', () => {
    expect([...includeClosure(tree, ['mm/a.c'], 'riscv')].sort()).toEqual([
      'arch/riscv/include/asm/c.h',
      'include/linux/b.h',
      'mm/a.c',
      'mm/local.h',
    ]);
  });

  it('keeps a file that the tree lacks: a patch may add it', () => {
    expect([...includeClosure(tree, ['mm/new.c'], 'riscv')]).toEqual(['mm/new.c']);
  });
});
