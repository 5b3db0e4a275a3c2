import { AxisNeeded, type AxisValue } from '../../simulator/interp/setup.js';
import type { Setting } from './cubes.js';

/** Unknown values of one kind of review at most: beyond that a finding would say more about what is missing than about the patch. */
const MAX_UNKNOWNS = 4;

export interface Enumerated<T> {
  readonly setting: Setting;
  readonly result: T;
}

/** Thrown when the code hangs on more unknown values than can be told apart. */
export class TooManyUnknowns extends Error {
  constructor(readonly names: readonly string[]) {
    super(`it depends on ${names.length} values that the sources at hand do not give: ${names.join(', ')}`);
  }
}

/**
 * Calls `run` for every setting that makes a difference: a run that asks for an axis is split into one for each of its values. Unknown
 * values (`?name`) are taken as 0 and as 1.
 */
export function enumerate<T>(
  axes: ReadonlyMap<string, readonly AxisValue[]>,
  excluded: (setting: Setting) => boolean,
  run: (setting: Setting) => T,
): Enumerated<T>[] {
  const results: Enumerated<T>[] = [];
  const go = (setting: Setting): void => {
    if (excluded(setting)) return;
    try {
      results.push({ setting, result: run(setting) });
    } catch (error) {
      if (!(error instanceof AxisNeeded)) throw error;
      const unknowns = [...setting.keys()].filter((axis) => axis.startsWith('?'));
      if (error.origin === 'unknown' && unknowns.length >= MAX_UNKNOWNS)
        throw new TooManyUnknowns([...unknowns, error.axis].map((axis) => axis.slice(1)));
      for (const value of axes.get(error.axis) ?? [0, 1]) go(new Map([...setting, [error.axis, value]]));
    }
  };
  go(new Map());
  return results;
}
