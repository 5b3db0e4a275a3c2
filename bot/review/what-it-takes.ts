import { ARCHES, type Arch } from '../../simulator/program/arch.js';
import { familyOf } from '../../simulator/scenarios/families.js';
import type { Resources } from './resources.js';

/**
 * What it would take to run a change that no scenario runs, as clauses: an architecture, a kernel tree, or a scenario of a kind that there is
 * not. `paths`: the changed files; `names`: words of flush or fault logic in the change.
 */
export function whatItTakes(resources: Resources, paths: readonly string[], names: readonly string[]): readonly string[] {
  const arches = [...new Set(paths.flatMap((path) => /^(?:tools\/)?arch\/([a-z0-9_]+)\//.exec(path)?.[1] ?? []))];
  const others = arches.filter((arch) => !isArch(arch));
  if (others.length > 0 && others.length === arches.length && paths.every((path) => path.startsWith('arch/')))
    return [`the simulator has no ${others.join(', ')}`];
  const inTree = resources.scenarios === resources.treeScenarios ? [] : withTree(resources, paths, arches.filter(isArch));
  if (inTree.length > 0) return inTree;
  const family = familyOf(resources.families, names);
  if (family === null) return [];
  const known = arches.filter(isArch);
  const where = known.length === 0 ? '' : ` on ${known.join(', ')}`;
  return [`it would take a scenario of ${family.of}${where}: ${family.happens}`];
}

/**
 * Scenarios that run code of these files where there is a tree to take it from. Headers are in every unit: which scenarios run something of one is
 * known when they have been compiled.
 */
function withTree({ treeScenarios }: Resources, paths: readonly string[], arches: readonly Arch[]): readonly string[] {
  const able = treeScenarios.filter(({ spec }) => spec.files.some((file) => paths.includes(file))).map(({ spec }) => spec.scenario);
  const headers = paths.filter((path) => path.endsWith('.h'));
  if (able.length === 0 && headers.length > 0 && headers.length === paths.length) {
    const some = treeScenarios.filter(({ spec }) => arches.length === 0 || arches.includes(spec.arch));
    if (some.length > 0)
      return [`in a kernel tree (--tree), ${String(some.length)} scenarios are compiled with such headers, and those that come to it run`];
  }
  if (able.length === 0)
    return paths.some((path) => /(?:^|\/)Kconfig[^/]*$/.test(path))
      ? ['what a Kconfig file switches is worked out in a kernel tree: give --tree']
      : [];
  const named = able.slice(0, NAMED).join(', ');
  return [
    `in a kernel tree (--tree), ${able.length === 1 ? `${named} runs` : `${String(able.length)} scenarios run`} code of these files${able.length === 1 ? '' : `: ${named}${able.length > NAMED ? ', …' : ''}`}`,
  ];
}

const NAMED = 3;
const isArch = (name: string): name is Arch => (ARCHES as readonly string[]).includes(name);
