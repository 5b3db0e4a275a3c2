import { compileKernel } from '../../analyzers/program/compile.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Program } from '../../simulator/program/types.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import type { Resources } from './resources.js';
import { skeletonConfig } from './tree-configs.js';

/** A tree that notes what is read of it. */
function recording(tree: SourceTree, read: Set<string>): SourceTree {
  return {
    read: (path) => {
      read.add(path);
      return tree.read(path);
    },
    refusal: (path) => tree.refusal(path),
    list: (folder) => tree.list(folder),
  };
}

/** Compiles a scenario of one size with the kernel code of `tree`; `read` receives the paths that were looked for. */
export function compileScenario(resources: Resources, tree: SourceTree, scenario: Scenario, size: SizeSpec, read: Set<string>): Program {
  const { arch, files } = scenario.spec;
  const source = overlay(recording(tree, read), new Map([[scenario.path, wholeFile(scenario.path, scenario.text, 'scenario')]]));
  const defines: Record<string, string> = { ...resources.config[arch], ...skeletonConfig(tree, arch) };
  for (const [name, value] of Object.entries(size.defines)) defines[name] = String(value);
  return compileKernel(source, { arch, files: [...files, scenario.path], defines, catalog: resources.catalog.rows });
}

/** What the machine itself starts from: procedures of the CPUs, of traps and of interrupts, and what the scenario's first values point to. */
export function startingPoints(scenario: Scenario, size: SizeSpec): string[] {
  const entries = size.cpus.flatMap(({ runs, irq, nmi, tasks }) => [runs, irq, nmi, ...(tasks ?? [])].filter((name) => name !== undefined));
  const pointed = Object.entries(size.initial).flatMap(([loc, value]) => [
    loc,
    ...(typeof value === 'string' && value.startsWith('&') ? [value.slice(1)] : []),
  ]);
  const names = pointed.map((text) => text.replace(/[.[].*$/, ''));
  const { trap, interrupt } = scenario.spec;
  return [...entries, ...[trap, interrupt].filter((name) => name !== undefined), ...names];
}

/** Source lines for traces: as they stand in the text that a place names. */
export function lineReader(tree: SourceTree, scenario: Scenario): (file: string, line: number, origin: string) => string | null {
  const known = new Map<string, ReadonlyMap<string, string>>();
  return (file, line, origin) => {
    let lines = known.get(file);
    if (!lines) {
      const source = file === scenario.path ? wholeFile(file, scenario.text, 'scenario') : tree.read(file);
      const texts = source?.text.split('\n') ?? [];
      lines = new Map(source?.lines.map((at, i) => [`${at.origin}:${at.line}`, texts[i] ?? '']));
      known.set(file, lines);
    }
    return lines.get(`${origin}:${line}`) ?? null;
  };
}
