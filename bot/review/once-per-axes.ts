import { AxisNeeded, type AxisValue } from '../../simulator/interp/setup.js';
import type { Setting } from './cubes.js';

/** A setting that remembers which axes were asked for: a run is the same under every setting that agrees in those. */
class Asked extends Map<string, AxisValue> {
  readonly asked = new Set<string>();

  override get(axis: string): AxisValue | undefined {
    this.asked.add(axis);
    return super.get(axis);
  }

  /** The part of the setting that the run depends on. */
  used(): Setting {
    return new Map([...this].filter(([axis]) => this.asked.has(axis)));
  }
}

/** What a run under a setting came to: a result, or an axis that the setting does not have. */
export type Settled<T> =
  | { readonly used: Setting; readonly result: T }
  | { readonly used: Setting; readonly needs: Pick<AxisNeeded, 'axis' | 'origin'> };

/** Runs under a setting, or takes the run of a setting that differs only in what the run does not ask for. */
export class OncePerAxes<T> {
  private readonly done: { readonly settled: Settled<T>; readonly told: (T & { readonly used: Setting }) | null }[];

  /** `known`: what runs of an earlier process came to. */
  constructor(
    private readonly run: (setting: Setting) => T,
    known: readonly Settled<T>[] = [],
  ) {
    this.done = known.map(entry);
  }

  get all(): readonly Settled<T>[] {
    return this.done.map(({ settled }) => settled);
  }

  under(setting: Setting): T & { readonly used: Setting } {
    const known = this.done.find(({ settled }) => covers(settled, setting)) ?? this.settle(setting);
    if (known.told !== null) return known.told;
    if ('needs' in known.settled) throw new AxisNeeded(known.settled.needs.axis, known.settled.needs.origin);
    throw new Error('a run without a result');
  }

  private settle(setting: Setting): (typeof this.done)[number] {
    const asked = new Asked(setting);
    let settled: Settled<T>;
    try {
      const result = this.run(asked);
      settled = { used: asked.used(), result };
    } catch (error) {
      if (!(error instanceof AxisNeeded)) throw error;
      settled = { used: asked.used(), needs: { axis: error.axis, origin: error.origin } };
    }
    const made = entry(settled);
    this.done.push(made);
    return made;
  }
}

const entry = <T>(settled: Settled<T>) => ({
  settled,
  told: 'result' in settled ? { ...settled.result, used: settled.used } : null,
});

function covers<T>(settled: Settled<T>, setting: Setting): boolean {
  if ('needs' in settled && setting.get(settled.needs.axis) !== undefined) return false;
  return [...settled.used].every(([axis, value]) => setting.get(axis) === value);
}
