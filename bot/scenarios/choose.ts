import type { Scenario } from '../../simulator/scenarios/spec.js';

/** Which scenarios somebody asks for. */
export interface Wanted {
  /** Names, or folders of them; none: all. */
  readonly names: readonly string[];
  /** An architecture, or a family as the names have it. */
  readonly arch?: string;
}

const isBelow = (name: string, wanted: string): boolean => name === wanted || name.startsWith(`${wanted}/`);

/** The scenarios that are wanted, or what is wrong with the wish. */
export function chosen(scenarios: readonly Scenario[], { names, arch }: Wanted): readonly Scenario[] | string {
  const all = scenarios.map(({ spec }) => spec.scenario);
  const unknown = names.find((wanted) => !all.some((name) => isBelow(name, wanted)));
  if (unknown !== undefined) return `no scenario ${unknown}; there are ${all.join(', ')}`;
  const ofArch = scenarios.filter(({ spec }) => arch === undefined || spec.arch === arch || isBelow(spec.scenario, arch));
  if (ofArch.length === 0 && arch !== undefined) return `no scenario of ${arch}; there are ${families(scenarios).join(', ')}`;
  const found = ofArch.filter(({ spec }) => names.length === 0 || names.some((wanted) => isBelow(spec.scenario, wanted)));
  return found.length > 0 ? found : `none of these scenarios is of ${arch ?? 'any architecture'}`;
}

/** The folders that scenarios stand in, in order. */
export const families = (scenarios: readonly Scenario[]): readonly string[] =>
  [...new Set(scenarios.map(({ spec }) => spec.scenario.replace(/\/.*/, '')))].sort();
