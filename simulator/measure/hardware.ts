import type { Setup } from '../interp/setup.js';
import { type Value, ZERO } from '../interp/value.js';
import { decode, type Entry, entriesOf, entryFor, type Mmu } from '../machine/mmu.js';

/**
 * The MMUs of a measuring run: each CPU holds on to what it once saw for as long as it may. That is the worst case for faults, and the same
 * on both sides of a comparison.
 */
export class Hardware {
  readonly entries: readonly Entry[];
  private readonly held: Map<string, Value>[];

  constructor(
    private readonly setup: Setup,
    private readonly mmu: Mmu | null,
    private readonly memory: ReadonlyMap<string, Value>,
    /** Whether an invalid entry, once seen, is kept until a fence; else a trap is enough to look again. */
    private readonly keepsInvalid: boolean,
  ) {
    this.entries = mmu ? entriesOf(mmu) : [];
    // Every CPU has looked everywhere before the run.
    this.held = setup.cpus.map(() => new Map(this.entries.map((entry) => [entry.loc, this.now(entry)])));
  }

  /** Forgets what `cpu` holds of the entries that are hit. */
  invalidate(cpu: number, hit: (entry: Entry) => boolean): void {
    const held = this.held[cpu];
    for (const entry of this.entries) if (hit(entry)) held?.delete(entry.loc);
  }

  /** A trap makes hardware that does not keep invalid entries look again. */
  trap(cpu: number): void {
    if (this.keepsInvalid) return;
    const held = this.held[cpu];
    for (const entry of this.entries) {
      const value = held?.get(entry.loc);
      if (value && this.decoded(entry, value).k === 'invalid') held?.delete(entry.loc);
    }
  }

  /** Translates: `fault` and whether memory by now holds a valid entry. */
  translate(cpu: number, va: bigint): 'ok' | 'fault' | 'spurious' {
    const held = this.held[cpu];
    let table = this.mmu?.root;
    while (table !== undefined) {
      const entry = entryFor(this.entries, table, va);
      if (!entry) return 'fault';
      const value = held?.get(entry.loc) ?? this.now(entry);
      held?.set(entry.loc, value);
      const end = this.decoded(entry, value);
      if (end.k === 'leaf') return 'ok';
      if (end.k === 'invalid') return this.decoded(entry, this.now(entry)).k === 'invalid' ? 'fault' : 'spurious';
      table = [...this.setup.physical].find(([, at]) => at === end.to)?.[0];
    }
    return 'fault';
  }

  isLeaf(entry: Entry): boolean {
    return entry.depth + 1 === this.mmu?.levels.length;
  }

  private now(entry: Entry): Value {
    return this.memory.get(entry.loc) ?? this.setup.initial.get(entry.loc) ?? ZERO;
  }

  private decoded(entry: Entry, value: Value): ReturnType<typeof decode> {
    return decode(this.setup.arch, value, this.isLeaf(entry));
  }
}
