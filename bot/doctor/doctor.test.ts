import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { rowSchema } from '../../simulator/catalog/row.js';
import { parseScenario } from '../../simulator/scenarios/spec.js';
import { loadResources } from '../review/resources.js';
import { rowNames } from './names.js';
import { doctorText } from './print.js';
import { checkScenario } from './scenarios.js';

const resources = loadResources();
beforeAll(initC);

const row = (name: string, arch: 'any' | 'riscv' | 'arm64', source = 'mm/a.c') =>
  rowSchema.parse({ name, arch, does: { kind: 'drop', why: 'a test' }, source });

const scenario = parseScenario(
  'simulator/scenarios/riscv/test.c',
  `/*---
scenario: riscv/test
arch: riscv
on: tree
about: A test.
entries: [unmap, flush]
files: [mm/area.c, mm/gone.c]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
---*/
void unmap(int x);

void unmapper(void)
{
	unmap(1);
}
`,
);

describe('doctor', () => {
  it('finds names of the catalog where they may stand', () => {
    const tree = memoryTree(
      new Map([
        ['mm/a.c', 'int known(void);\nvoid trace_this(void);\n'],
        ['arch/riscv/mm/b.S', 'local_name:\n'],
        ['drivers/x.c', 'int driver_name;\n'],
      ]),
      'tree',
    );
    const rows = [
      row('known', 'any'),
      row('trace_*', 'any'),
      row('local_name', 'riscv'),
      row('local_name', 'arm64'),
      row('driver_name', 'any'),
      row('old', 'any', 'Linux 5.15 mm/a.c'),
      row('asm.sfence.vma', 'riscv'),
    ];
    const found = rowNames(tree, rows);
    expect(found.missing.map(({ name, arch }) => `${name} ${arch}`)).toEqual(['local_name arm64', 'driver_name any']);
    expect(found.otherVersions.map(({ name }) => name)).toEqual(['old']);
    expect([found.found, found.exempt]).toEqual([3, 1]);
  });

  it('says what a scenario can not have of a tree', () => {
    const tree = memoryTree(
      new Map([['mm/area.c', 'void lost(int x);\nvoid unmap(int x)\n{\n\tlost(x);\n}\nvoid flush(void)\n{\n}\n']]),
      'tree',
    );
    const checkup = checkScenario(resources, tree, {}, scenario);
    expect(checkup.functions).toEqual({ tree: 1, skeleton: 0 });
    expect(checkup.troubles).toEqual([
      'mm/gone.c: the tree has no such file',
      'flush(), which it is there to test, is not reached',
      expect.stringMatching(/^lost: no file at hand defines it \(mm\/area\.c:4\)$/),
    ]);
    expect(checkup.notes).toEqual([]);
    expect(doctorText('Linux 0', [checkup], rowNames(tree, []))).toContain('ill  riscv/test: 1 functions of the tree');
  });
  it('tells what no run comes to from what one does', () => {
    const area = 'void lost(int x);\nvoid unmap(int x)\n{\n\tif (x == 2)\n\t\tlost(x);\n}\nvoid flush(void)\n{\n}\n';
    const tree = memoryTree(new Map([['mm/area.c', area]]), 'tree');
    const checkup = checkScenario(resources, tree, {}, scenario);
    expect(checkup.troubles).toEqual(['mm/gone.c: the tree has no such file', 'flush(), which it is there to test, is not reached']);
    expect(checkup.notes).toEqual(['lost: no file at hand defines it (mm/area.c:5); no run comes to it']);
  });

  it('names a first value that is given to nothing', () => {
    const tree = memoryTree(new Map([['mm/area.c', 'int held;\nvoid unmap(int x)\n{\n\tx = held;\n}\n']]), 'tree');
    const { spec } = scenario;
    const stray = { ...scenario, spec: { ...spec, explore: { ...spec.explore, initial: { held: 1, 'lost.field': 2, 'task0.mm': 0 } } } };
    const { troubles } = checkScenario(resources, tree, {}, stray);
    expect(troubles).toContainEqual('riscv/test gives a first value to lost.field: no variable, page, table or task has that name');
    expect(troubles.some((trouble) => /held|task0/.test(trouble))).toBe(false);
  });
});
