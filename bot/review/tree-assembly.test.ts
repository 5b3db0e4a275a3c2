import { beforeAll, describe, expect, it } from 'vitest';
import { compileAsm } from '../../analyzers/asm/compile.js';
import { compileC } from '../../analyzers/c/compile.js';
import { initC } from '../../analyzers/c/parser.js';
import { reachable } from '../../analyzers/program/reachable.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';
import { testTree, type TestKernel } from '../tree/testing/trees.js';
import { loadResources } from './resources.js';
import { runVersions } from './scenario-runs.js';
import { configOf } from './tree-configs.js';
import { compileScenario, startingPoints } from './versions.js';

const resources = loadResources();
const roots = new Map((['6.12', '6.1'] as const).map((kernel): [TestKernel, string | null] => [kernel, testTree(kernel)]));
beforeAll(initC);

const trees = new Map<TestKernel, SourceTree>();
function treeOf(kernel: TestKernel): SourceTree {
  const tree = trees.get(kernel) ?? folderTree(roots.get(kernel) ?? '', 'tree');
  trees.set(kernel, tree);
  return tree;
}

function assembly(tree: SourceTree, arch: Arch, path: string): Program {
  const options = { arch, defines: configOf(tree, arch, null), catalog: resources.catalog.rows };
  const { offsets } = compileC(tree, { ...options, files: [`arch/${arch}/kernel/asm-offsets.c`] });
  return { ...compileAsm(tree, { ...options, files: [path], offsets }), offsets };
}

/** Instructions that are not modelled, by mnemonic. */
function notModelled(program: Program): string[] {
  const found = [...program.procedures.values()].flatMap(({ code }) =>
    code.flatMap((instr) => (instr.op === 'unsupported' ? [instr.what] : [])),
  );
  return [...new Set(found.map((what) => what.split(/[ (]/).slice(0, 2).join(' ')))].sort();
}

describe.each([...roots].filter(([, root]) => root !== null).map(([kernel]) => kernel))('assembly of Linux %s', (kernel) => {
  it('of riscv: exception entry and return without a gap', () => {
    const program = assembly(treeOf(kernel), 'riscv', 'arch/riscv/kernel/entry.S');
    expect(program.procedures.has('handle_exception')).toBe(true);
    expect(program.procedures.has('ret_from_exception')).toBe(true);
    expect(notModelled(program)).toEqual([]);
    expect(program.offsets.get('PT_SIZE_ON_STACK')).toBe('288');
  });

  it('of arm64: what is not modelled is named', () => {
    const tree = treeOf(kernel);
    const entry = assembly(tree, 'arm64', 'arch/arm64/kernel/entry.S');
    for (const name of ['vectors', 'el1h_64_sync', 'el0t_64_sync', 'ret_to_user', 'cpu_switch_to', 'tramp_vectors'])
      expect([name, entry.procedures.has(name)]).toEqual([name, true]);
    expect(notModelled(entry)).toEqual(expect.not.arrayContaining([expect.stringMatching(/^jump to|^operands of/)]));
    const proc = assembly(tree, 'arm64', 'arch/arm64/mm/proc.S');
    const install = [...proc.procedures].find(([name]) => name.endsWith('cpu_replace_ttbr1'))?.[1];
    const calls = install?.code.flatMap((instr) => (instr.op === 'call' && instr.callee.k === 'name' ? [instr.callee.name] : [])) ?? [];
    expect(calls).toEqual(expect.arrayContaining(['asm.tlbi', 'asm.dsb', 'asm.isb', 'asm.msr']));
    expect(calls.indexOf('asm.tlbi')).toBeLessThan(calls.lastIndexOf('asm.dsb'));
    expect(assembly(tree, 'arm64', 'arch/arm64/mm/cache.S').procedures.has('caches_clean_inval_pou')).toBe(true);
  });
});

describe.skipIf(roots.get('6.12') === null)("riscv's own handle_exception in the scenarios", () => {
  const ENTRY = 'arch/riscv/kernel/entry.S';

  /** The scenario's code with a bitmap of new mappings that is set after a fence, and the tree's exception entry, edited. */
  function violations(name: string, edit: (text: string) => string): string[] {
    const scenario = resources.scenarios.find(({ spec }) => spec.scenario === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    const { skeleton } = resources;
    const changed = (path: string, to: (text: string) => string): [string, ReturnType<typeof wholeFile>] => [
      path,
      wholeFile(path, to(skeleton.read(path)?.text ?? ''), 'patch'),
    ];
    const tree = overlay(
      skeleton,
      new Map([
        changed('arch/riscv/mm/init.c', (text) => `${text}\nu64 new_vmalloc[NR_CPUS / sizeof(u64) + 1];\n`),
        changed('arch/riscv/include/asm/cacheflush.h', (text) =>
          text.replace(
            /^#define flush_cache_vmap\(start, end\).*$/m,
            'extern u64 new_vmalloc[NR_CPUS / sizeof(u64) + 1];\nstatic inline void flush_cache_vmap(unsigned long start, unsigned long end)\n{\n\tint i;\n\n\tsmp_wmb();\n\tfor (i = 0; i < ARRAY_SIZE(new_vmalloc); i++)\n\t\tnew_vmalloc[i] = -1ULL;\n}',
          ),
        ),
      ]),
    );
    const kernel = treeOf('6.12');
    const own = kernel.read(ENTRY)?.text ?? '';
    expect(edit(own) === own).toBe(edit === same);
    const asm = assembly(overlay(kernel, new Map([[ENTRY, wholeFile(ENTRY, edit(own), 'tree')]])), 'riscv', ENTRY);
    const size = scenario.spec.explore;
    const rest = compileScenario(resources, tree, scenario, size, new Set());
    const program: Program = {
      procedures: new Map([...rest.procedures, ...asm.procedures]),
      globals: new Map([...asm.globals, ...rest.globals]),
      offsets: new Map([...rest.offsets, ...asm.offsets]),
      omissions: [],
    };
    const version = {
      tree,
      program,
      reach: reachable(program, startingPoints(scenario, size)),
      read: { has: () => false, couldResolveOtherwise: () => false },
    };
    const { leaves } = runVersions(resources, { scenario, versions: [version], touched: new Set() });
    const outcomes = leaves.flatMap(({ result }) => result);
    expect(outcomes.flatMap(({ stuck }) => stuck)).toEqual([]);
    expect(outcomes.some(({ procedures }) => procedures.has('handle_exception'))).toBe(true);
    return [...new Set(outcomes.flatMap(({ shown }) => [...shown.keys()]))];
  }

  const same = (text: string): string => text;
  const without =
    (pattern: RegExp) =>
    (text: string): string =>
      text.replace(pattern, '');

  it('are silent', () => {
    expect(violations('riscv/new-vmalloc-mapping', same)).toEqual([]);
    expect(violations('riscv/bad-kernel-address', same)).toEqual([]);
  });

  it('object when the fence is gone', () => {
    expect(violations('riscv/new-vmalloc-mapping', without(/^\tsfence\.vma$/m))).toEqual(['unhandled-fault']);
  });

  it('object when the bit is not cleared', () => {
    expect(violations('riscv/bad-kernel-address', without(/^\tamoxor\.d.*$/m))).toEqual(['livelock']);
  });
});
