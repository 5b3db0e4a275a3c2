import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import { valueKey } from '../interp/value.js';
import type { Condition } from '../litmus/test.js';
import { holds } from './condition.js';
import type { Trace } from './event.js';
import type { Rules } from './lkmm/rules.js';
import type { Meter } from './meter.js';

/** A run with what it asks of others and offers them. Cells are locations with a value, by number. */
interface Option {
  readonly trace: Trace;
  readonly reads: readonly number[];
  /** One for each write. */
  readonly writes: readonly number[];
  /** One for each atomic that stores: two of those never read the same write. */
  readonly takes: readonly number[];
}

/**
 * One run a CPU, such that `wanted` may hold at the end and each value read is written by somebody: all such choices, one after the other.
 * Registers settle most conditions, so most runs fall out before they are combined.
 */
export function* combinations(
  setup: Setup,
  runs: readonly (readonly Trace[])[],
  wanted: Condition,
  rules: Rules,
  meter: Meter,
): Generator<readonly Trace[]> {
  const cells = new Cells(setup, rules.has('atomicity'));
  let options = runs.map((traces, cpu) =>
    traces.filter((trace) => trace.cut === null && possible(wanted, new Map([[cpu, trace]]))).map((trace) => cells.option(trace)),
  );
  // What nobody offers can't be read; a run that falls out takes its offers with it.
  for (let before = -1, now = count(options); now !== before; ) {
    const offered = new Set(options.flatMap((each) => each.flatMap((option) => option.writes)));
    options = options.map((each) => each.filter((option) => option.reads.every((at) => cells.first.has(at) || offered.has(at))));
    before = now;
    now = count(options);
  }
  const order = options.map((_, cpu) => cpu).sort((a, b) => (options[a]?.length ?? 0) - (options[b]?.length ?? 0));
  yield* new Chooser(options, order, cells, wanted, meter).choose(0);
}

const count = (options: readonly (readonly Option[])[]): number => options.reduce((sum, each) => sum + each.length, 0);

class Cells {
  private readonly numbers = new Map<string, number>();
  /** Those of first values: nobody has to write them. */
  readonly first = new Set<number>();

  constructor(
    private readonly setup: Setup,
    private readonly atomicity: boolean,
  ) {}

  get size(): number {
    return this.numbers.size;
  }

  option(trace: Trace): Option {
    const reads = new Set<number>();
    const writes: number[] = [];
    const takes: number[] = [];
    for (const event of trace.events) {
      if (event.k === 'read') reads.add(this.cell(event.loc, valueKey(event.value)));
      if (event.k !== 'write') continue;
      writes.push(this.cell(event.loc, valueKey(event.value)));
      const taken = event.readBy === null || !this.atomicity ? undefined : trace.events[event.readBy];
      if (taken?.k === 'read') takes.push(this.cell(taken.loc, valueKey(taken.value)));
    }
    return { trace, reads: [...reads], writes, takes };
  }

  private cell(loc: string, value: string): number {
    const key = `${loc} ${value}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(key, number);
      if (value === valueKey(initialValue(this.setup, loc))) this.first.add(number);
    }
    return number;
  }
}

/** Chooses a run a CPU, and keeps count of what the chosen ones offer and ask for, and of what the rest may still offer. */
class Chooser {
  private readonly chosen: (Option | null)[];
  private readonly offered: Int32Array;
  private readonly taken: Int32Array;
  private readonly asked: Int32Array;
  /** Most writes to a cell in any run of a CPU, and the cells with any. */
  private readonly most: readonly Int32Array[];
  private readonly cellsOf: readonly (readonly number[])[];
  private readonly possible: Int32Array;

  constructor(
    private readonly options: readonly (readonly Option[])[],
    private readonly order: readonly number[],
    cells: Cells,
    private readonly wanted: Condition,
    private readonly meter: Meter,
  ) {
    this.chosen = options.map(() => null);
    const counters = (): Int32Array => new Int32Array(cells.size);
    this.offered = counters();
    this.taken = counters();
    this.asked = counters();
    this.possible = counters();
    for (const cell of cells.first) add(this.offered, cell, 1);
    this.most = options.map((each) => {
      const most = counters();
      for (const { writes } of each) {
        const own = counters();
        for (const cell of writes) add(own, cell, 1);
        for (const cell of writes) most[cell] = Math.max(most[cell] ?? 0, own[cell] ?? 0);
      }
      return most;
    });
    this.cellsOf = this.most.map((most) => [...most.keys()].filter((cell) => (most[cell] ?? 0) > 0));
    this.cellsOf.forEach((own, cpu) => {
      for (const cell of own) add(this.possible, cell, this.most[cpu]?.[cell] ?? 0);
    });
  }

  *choose(depth: number): Generator<readonly Trace[]> {
    const cpu = this.order[depth];
    if (cpu === undefined) {
      yield this.chosen.flatMap((option) => option?.trace ?? []);
      return;
    }
    const own = this.cellsOf[cpu] ?? [];
    for (const cell of own) add(this.possible, cell, -(this.most[cpu]?.[cell] ?? 0));
    for (const option of this.options[cpu] ?? []) {
      this.meter.step();
      this.count(option, 1);
      this.chosen[cpu] = option;
      const fits = option.reads.every((cell) => this.isSupplied(cell)) && own.every((cell) => this.isSupplied(cell));
      if (fits && this.mayHold()) yield* this.choose(depth + 1);
      this.chosen[cpu] = null;
      this.count(option, -1);
    }
    for (const cell of own) add(this.possible, cell, this.most[cpu]?.[cell] ?? 0);
  }

  private count({ reads, writes, takes }: Option, by: number): void {
    for (const cell of reads) add(this.asked, cell, by);
    for (const cell of writes) add(this.offered, cell, by);
    for (const cell of takes) add(this.taken, cell, by);
  }

  private isSupplied(cell: number): boolean {
    const supply = (this.offered[cell] ?? 0) + (this.possible[cell] ?? 0);
    return ((this.asked[cell] ?? 0) === 0 || supply > 0) && (this.taken[cell] ?? 0) <= supply;
  }

  private mayHold(): boolean {
    return holds(this.wanted, { register: (cpu, name) => this.chosen[cpu]?.trace.results.get(name), location: () => undefined }) !== false;
  }
}

function add(counters: Int32Array, cell: number, by: number): void {
  counters[cell] = (counters[cell] ?? 0) + by;
}

function possible(wanted: Condition, traces: ReadonlyMap<number, Trace>): boolean {
  const state = { register: (cpu: number, name: string) => traces.get(cpu)?.results.get(name), location: () => undefined };
  return holds(wanted, state) !== false;
}
