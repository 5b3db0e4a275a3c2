import type { AxisValue } from '../../simulator/interp/setup.js';

export type Setting = ReadonlyMap<string, AxisValue>;

/** `axis=value` for each axis, as a report spells it. */
export const axesText = (setting: Setting): string =>
  [...setting].map(([axis, value]) => `${axis.replace(/^\?/, '')}=${typeof value === 'boolean' ? Number(value) : value}`).join(' ');

/** Whether two partial settings can both hold. */
export const compatible = (a: Setting, b: Setting): boolean => [...a].every(([axis, value]) => !b.has(axis) || b.get(axis) === value);

/**
 * Says where something holds in as few words as possible: conjunctions of axis values that together cover `holds` and nothing else of `all`.
 * One empty conjunction means: everywhere. Axes that make no difference do not appear.
 */
export function cubes(holds: readonly Setting[], all: readonly Setting[]): Setting[] {
  const elsewhere = all.filter((setting) => !holds.includes(setting));
  const usable = subsets(holds).filter((cube) => !elsewhere.some((setting) => compatible(cube, setting)));
  const chosen: Setting[] = [];
  let left = [...holds];
  while (left.length > 0) {
    let best: Setting | null = null;
    let most = 0;
    for (const cube of usable) {
      const covered = left.filter((setting) => implies(setting, cube)).length;
      if (covered > most || (covered === most && best !== null && cube.size < best.size)) {
        best = cube;
        most = covered;
      }
    }
    if (!best) return [...chosen, ...left];
    const cube = best;
    chosen.push(cube);
    left = left.filter((setting) => !implies(setting, cube));
  }
  return chosen;
}

const implies = (setting: Setting, cube: Setting): boolean => [...cube].every(([axis, value]) => setting.get(axis) === value);

/** Every conjunction that some of the settings imply, shortest first. */
function subsets(settings: readonly Setting[]): Setting[] {
  const found = new Map<string, Setting>();
  for (const setting of settings) {
    const axes = [...setting].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, 10);
    for (let mask = 0; mask < 1 << axes.length; mask++) {
      const cube = axes.filter((_, i) => (mask & (1 << i)) !== 0);
      found.set(JSON.stringify(cube), new Map(cube));
    }
  }
  return [...found.values()].sort((a, b) => a.size - b.size);
}
