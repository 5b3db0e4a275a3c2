import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import { valueKey } from '../interp/value.js';
import type { Condition } from '../litmus/test.js';
import { holds } from './condition.js';
import type { Trace } from './event.js';

/** A location with a value. */
const cell = (loc: string, value: Parameters<typeof valueKey>[0]): string => `${loc} ${valueKey(value)}`;

/** A run with what it asks of others and offers them. */
interface Option {
  readonly trace: Trace;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/**
 * One run a CPU, such that `wanted` may hold at the end and each value read is written by somebody: all such choices, one after the other.
 * Registers settle most conditions, so most runs fall out before they are combined.
 */
export function* combinations(setup: Setup, runs: readonly (readonly Trace[])[], wanted: Condition): Generator<readonly Trace[]> {
  const isFirst = (at: string, loc: string): boolean => at === cell(loc, initialValue(setup, loc));
  let options = runs.map((traces, cpu) =>
    traces
      .filter((trace) => trace.cut === null && possible(wanted, new Map([[cpu, trace]])))
      .map((trace): Option => {
        const reads = new Set<string>();
        const writes = new Set<string>();
        for (const event of trace.events) {
          if (event.k === 'read') {
            const at = cell(event.loc, event.value);
            if (!isFirst(at, event.loc)) reads.add(at);
          } else if (event.k === 'write') writes.add(cell(event.loc, event.value));
        }
        return { trace, reads, writes };
      }),
  );
  // What nobody offers can't be read; a run that falls out takes its offers with it.
  for (let before = -1, now = count(options); now !== before; ) {
    const offered = new Set(options.flatMap((each) => each.flatMap((option) => [...option.writes])));
    options = options.map((each) => each.filter((option) => [...option.reads].every((at) => offered.has(at))));
    before = now;
    now = count(options);
  }
  const order = options.map((_, cpu) => cpu).sort((a, b) => (options[a]?.length ?? 0) - (options[b]?.length ?? 0));
  yield* choose(options, order, 0, new Map(), wanted);
}

const count = (options: readonly (readonly Option[])[]): number => options.reduce((sum, each) => sum + each.length, 0);

function* choose(
  options: readonly (readonly Option[])[],
  order: readonly number[],
  depth: number,
  chosen: Map<number, Option>,
  wanted: Condition,
): Generator<readonly Trace[]> {
  const cpu = order[depth];
  if (cpu === undefined) {
    yield options.flatMap((_, each) => chosen.get(each)?.trace ?? []);
    return;
  }
  for (const option of options[cpu] ?? []) {
    chosen.set(cpu, option);
    if (supplied(options, order, depth, chosen) && possible(wanted, tracesOf(chosen)))
      yield* choose(options, order, depth + 1, chosen, wanted);
  }
  chosen.delete(cpu);
}

const tracesOf = (chosen: ReadonlyMap<number, Option>): Map<number, Trace> =>
  new Map([...chosen].map(([cpu, option]) => [cpu, option.trace]));

/** Whether all that the chosen runs read is written by them, or may be by the rest. */
function supplied(
  options: readonly (readonly Option[])[],
  order: readonly number[],
  depth: number,
  chosen: ReadonlyMap<number, Option>,
): boolean {
  const rest = order.slice(depth + 1);
  for (const option of chosen.values())
    for (const at of option.reads) {
      const isOffered = [...chosen.values()].some((other) => other.writes.has(at));
      if (!isOffered && !rest.some((cpu) => options[cpu]?.some((other) => other.writes.has(at)))) return false;
    }
  return true;
}

function possible(wanted: Condition, traces: ReadonlyMap<number, Trace>): boolean {
  const state = { register: (cpu: number, name: string) => traces.get(cpu)?.results.get(name), location: () => undefined };
  return holds(wanted, state) !== false;
}
