import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileC } from '../../analyzers/c/compile.js';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { packageRoot } from '../package.js';
import { loadResources } from './resources.js';

beforeAll(initC);

const HEADERS = ['include/linux/types.h', 'include/linux/cleanup.h'].map((path): [string, string] => [
  path,
  readFileSync(join(packageRoot(), 'simulator', 'kernel', path), 'utf8'),
]);
const classes = HEADERS.flatMap(([, text]) =>
  [...text.matchAll(/^FAULTLINE_HOLD(_OF)?\((\w+)/gm)].map(([, of, name = '']) => ({ name, args: of === undefined ? '' : '&x' })),
);

describe('guards of the skeletons', () => {
  it.each(classes)('$name takes what it gives back, by primitives of the catalog', ({ name, args }) => {
    const { catalog } = loadResources();
    const text = `#include <linux/types.h>\nlong x;\nvoid f(void) { guard(${name})(${args}); work(); }\n`;
    const program = compileC(memoryTree(new Map([['a.c', text], ...HEADERS]), 'tree'), {
      arch: 'riscv',
      files: ['a.c'],
      defines: {},
      catalog: catalog.rows,
    });
    const calls = (procedure: string): string[] =>
      (program.procedures.get(procedure)?.code ?? []).flatMap((instr) =>
        instr.op === 'call' && instr.callee.k === 'name' ? [instr.callee.name] : [],
      );
    expect(program.omissions).toEqual([]);
    expect(calls('f')).toEqual([`class_${name}_constructor`, 'work', `class_${name}_destructor`]);
    const primitives = ['constructor', 'destructor'].map((end) => calls(`class_${name}_${end}`));
    for (const each of primitives) {
      expect(each.length).toBeGreaterThan(0);
      for (const call of each) expect(catalog.find('riscv', call), call).toBeDefined();
    }
    expect(primitives[0]?.length).toBe(primitives[1]?.length);
  });
});
