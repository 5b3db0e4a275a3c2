import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import { showValue } from '../interp/value.js';
import type { Event } from './event.js';
import type { Execution } from './execution.js';
import { racesIn } from './lkmm/model.js';

/** An execution as a reader wants it: what each thread did, and who came before whom in memory. */
interface Witness {
  /** By thread, in program order; fences are among them. */
  readonly threads: readonly { readonly name: string; readonly steps: readonly WitnessStep[] }[];
  /** Plain accesses that race: what a compiler makes of them may be anything, and the model vouches for nothing. */
  readonly races: readonly (readonly [string, string])[];
  /** For each location its writes, first value first: `x: 0, then 1 (b), then 2 (e)`. */
  readonly memory: readonly {
    readonly loc: string;
    readonly writes: readonly { readonly label: string | null; readonly value: string }[];
  }[];
}

interface WitnessStep {
  /** `a`, `b`, …, `aa`: one for each event. */
  readonly label: string;
  /** Line of the test's file. */
  readonly line: number;
  /** `reads x = 1 (acquire)`. */
  readonly does: string;
  /** The write that a read took its value from; null for the first value, undefined for what does not read. */
  readonly from?: string | null;
  /** Later writes that were already decided against: those that come after what a read took. */
  readonly before: readonly string[];
}

/** Draws an execution that the memory model allows. */
export function describeExecution(setup: Setup, execution: Execution): Witness {
  const { skeleton, orders } = execution;
  const labels = new Map<string, string>();
  let count = 0;
  skeleton.traces.forEach((trace, thread) => {
    trace.events.forEach((_, index) => labels.set(`${String(thread)}.${String(index)}`, labelOf(count++)));
  });
  const label = (node: number): string => {
    const at = skeleton.nodes[node];
    return labels.get(`${String(at?.thread)}.${String(at?.index)}`) ?? '?';
  };
  const sources = new Map(
    orders.flatMap((order) => [...order.readsFrom].map(([read, write]) => [label(read), write < 0 ? null : label(write)] as const)),
  );
  const overtaken = new Map<string, string[]>();
  execution.fr.each((read, write) => {
    overtaken.set(label(read), [...(overtaken.get(label(read)) ?? []), label(write)]);
  });
  return {
    threads: skeleton.traces.map((trace, thread) => ({
      name: setup.cpus[thread]?.name ?? `P${String(thread)}`,
      steps: trace.events.map((event, index): WitnessStep => {
        const own = labels.get(`${String(thread)}.${String(index)}`) ?? '?';
        const from = sources.get(own);
        const step = { label: own, line: event.at.line, does: textOf(event), before: overtaken.get(own) ?? [] };
        return from === undefined ? step : { ...step, from };
      }),
    })),
    memory: orders
      .filter((order) => order.writes.length > 0)
      .map(({ loc, writes }) => ({
        loc,
        writes: [
          { label: null, value: showValue(initialValue(setup, loc)) },
          ...writes.map((write) => {
            const event = skeleton.nodes[write]?.event;
            return { label: label(write), value: event?.k === 'write' ? showValue(event.value) : '?' };
          }),
        ],
      }))
      .sort((a, b) => (a.loc < b.loc ? -1 : 1)),
    races: racesIn(execution).map(([a, b]) => [label(a), label(b)] as const),
  };
}

/** As lines of text: the threads one after the other, then memory. */
export function showWitness({ threads, memory, races }: Witness): string[] {
  const lines = threads.flatMap(({ name, steps }) => [
    name,
    ...steps.map(({ label, line, does, from, before }) => {
      const source = from === undefined ? '' : from === null ? ', the first value' : `, written by ${from}`;
      const order = before.length === 0 ? '' : `; before ${before.join(', ')}`;
      return `  ${label}  line ${String(line)}: ${does}${source}${order}`;
    }),
  ]);
  const written = memory.map(
    ({ loc, writes }) => `  ${loc}: ${writes.map(({ label, value }) => (label === null ? value : `${value} (${label})`)).join(', then ')}`,
  );
  const raced = races.map(([a, b]) => `data race between ${a} and ${b}`);
  return [...lines, ...(written.length === 0 ? [] : ['memory', ...written]), ...raced];
}

function labelOf(n: number): string {
  const last = String.fromCharCode('a'.charCodeAt(0) + (n % 26));
  return n < 26 ? last : labelOf(Math.floor(n / 26) - 1) + last;
}

function textOf(event: Event): string {
  switch (event.k) {
    case 'read':
      return `reads ${event.loc} = ${showValue(event.value)} (${event.order})`;
    case 'write':
      return `writes ${event.loc} = ${showValue(event.value)} (${event.order})`;
    case 'fence':
      return `fence ${event.fence}`;
    case 'srcu-sync':
      return `waits for the readers of ${event.loc}`;
  }
}
