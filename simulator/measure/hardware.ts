import type { Setup } from '../interp/setup.js';
import { type Value, ZERO } from '../interp/value.js';
import { decode, type Entry, entriesOf, entryFor, type Mmu } from '../machine/mmu.js';

/** How long hardware may keep an entry that it saw invalid: until a fence, until the next trap at the latest, or not at all. */
export type KeepsInvalid = 'until-fence' | 'until-trap' | 'never';

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
    private readonly keepsInvalid: KeepsInvalid,
  ) {
    this.entries = mmu ? entriesOf(mmu) : [];
    // Every CPU has looked everywhere before the run.
    this.held = setup.cpus.map(() => new Map(this.entries.map((entry) => [entry.loc, this.now(entry)])));
    if (keepsInvalid === 'never') for (const held of this.held) this.dropInvalid(held);
  }

  /** Forgets what `cpu` holds of the entries that are hit. */
  invalidate(cpu: number, hit: (entry: Entry) => boolean): void {
    const held = this.held[cpu];
    for (const entry of this.entries) if (hit(entry)) held?.delete(entry.loc);
  }

  /** A trap makes hardware that does not keep invalid entries look again. */
  trap(cpu: number): void {
    const held = this.held[cpu];
    if (this.keepsInvalid !== 'until-fence' && held) this.dropInvalid(held);
  }

  /** Translates: `fault` and whether memory by now holds a valid entry. */
  translate(cpu: number, va: bigint): 'ok' | 'fault' | 'spurious' {
    const held = this.held[cpu];
    let table = this.mmu?.root;
    while (table !== undefined) {
      const entry = entryFor(this.entries, table, va);
      if (!entry) return 'fault';
      const value = held?.get(entry.loc) ?? this.now(entry);
      const end = this.decoded(entry, value);
      if (end.k !== 'invalid' || this.keepsInvalid !== 'never') held?.set(entry.loc, value);
      if (end.k === 'leaf') return 'ok';
      if (end.k === 'invalid') return this.decoded(entry, this.now(entry)).k === 'invalid' ? 'fault' : 'spurious';
      table = [...this.setup.physical].find(([, at]) => at === end.to)?.[0];
    }
    return 'fault';
  }

  isLeaf(entry: Entry): boolean {
    return entry.depth + 1 === this.mmu?.levels.length;
  }

  private dropInvalid(held: Map<string, Value>): void {
    for (const entry of this.entries) {
      const value = held.get(entry.loc);
      if (value && this.decoded(entry, value).k === 'invalid') held.delete(entry.loc);
    }
  }

  private now(entry: Entry): Value {
    return this.memory.get(entry.loc) ?? this.setup.initial.get(entry.loc) ?? ZERO;
  }

  private decoded(entry: Entry, value: Value): ReturnType<typeof decode> {
    return decode(this.setup.arch, value, this.isLeaf(entry));
  }
}
