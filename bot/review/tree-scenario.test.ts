import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { parseScenario } from '../../simulator/scenarios/spec.js';
import { loadResources } from './resources.js';
import { versionInTree } from './tree-scenario.js';

const resources = loadResources();
beforeAll(initC);

const SCENARIO = parseScenario(
  'simulator/scenarios/riscv/test.c',
  `/*---
scenario: riscv/test
arch: riscv
on: tree
about: A test.
entries: [unmap_all]
files: [mm/area.c]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
  initial: { area.ops: '&area_ops' }
---*/
#include <linux/area.h>

extern struct area_ops area_ops;
static struct area area = { .size = 4 };
int forget(struct area *area);

void unmapper(void)
{
	forget(&area);
	unmap_all(&area);
}
`,
);

const TREE = memoryTree(
  new Map([
    [
      'include/linux/area.h',
      'struct area;\nstruct area_ops { void (*unmap)(struct area *area); };\nstruct area { const struct area_ops *ops; int size; };\nvoid unmap_all(struct area *area);\n',
    ],
    [
      'mm/area.c',
      '#include <linux/area.h>\nstatic void drop(struct area *area) { area->size = 0; }\nstatic struct area_ops area_ops = { .unmap = drop };\nstatic int forget(struct area *area) { return area->size; }\nvoid unmap_all(struct area *area) { area->ops->unmap(area); }\n',
    ],
    ['mm/other.c', 'int forget(int x) { return x; }\nvoid never(void) { }\n'],
  ]),
  'tree',
);

describe('a scenario on a tree', () => {
  const version = () => versionInTree(resources, TREE, {}, SCENARIO, SCENARIO.spec.explore);

  it('reaches what is static in its files, and no more of the tree', () => {
    const { program, reach } = version();
    expect([...reach.procedures].sort()).toEqual(['drop', 'forget', 'unmap_all', 'unmapper']);
    expect(program.procedures.get('forget')?.at).toMatchObject({ file: 'mm/area.c', origin: 'tree' });
    expect(program.globals.get('area_ops')).toMatchObject({ defined: true, at: { file: 'mm/area.c' } });
    expect(program.procedures.has('never')).toBe(false);
  });

  it('notes the files that it was compiled from', () => {
    expect(version().read.has('mm/area.c')).toBe(true);
    expect(version().read.has('include/linux/area.h')).toBe(true);
  });
});
