import type { Macro, MacroTable } from '../cpp/macros.js';
import type { Role, UnitItems } from './item-index.js';
import type { Item } from './items.js';

/** What a name introduces in a unit: one item, all in order, or none. */
type Found = Item | readonly Item[] | null;

/** How a name was looked up: as the first item in a role, or as all declarations of a variable or function. */
type Way = Role | 'all';

/**
 * What a unit was asked while something of it was read, with its answers: all that the reading depends on beside the tokens. A unit that gives
 * the same answers reads the same.
 */
export class Consulted {
  private readonly answers = new Map<Way, Map<string, Found>>();
  /** By epoch, counted from the piece that the item is part of. */
  private readonly macros = new Map<number, Map<string, Macro | null>>();

  note(way: Way, name: string, found: Found): void {
    let byName = this.answers.get(way);
    if (byName === undefined) this.answers.set(way, (byName = new Map<string, Found>()));
    byName.set(name, found);
  }

  /** The table, which notes what it is asked; `base`: the epoch at the start of the piece. */
  noting(table: Pick<MacroTable, 'lookup' | 'epoch'>, base: number): Pick<MacroTable, 'lookup' | 'epoch'> {
    const { macros } = this;
    return {
      epoch: table.epoch,
      lookup: (name, asOf?: number) => {
        const epoch = asOf ?? table.epoch;
        let byName = macros.get(epoch - base);
        if (byName === undefined) macros.set(epoch - base, (byName = new Map<string, Macro | null>()));
        let macro = byName.get(name);
        if (macro === undefined) byName.set(name, (macro = table.lookup(name, epoch)));
        return macro;
      },
    };
  }

  /** Whether macros mean the same in a table in which the piece begins at `base`. */
  hasMacrosOf(table: Pick<MacroTable, 'lookup'>, base: number): boolean {
    for (const [epoch, byName] of this.macros)
      for (const [name, macro] of byName) if (table.lookup(name, base + epoch) !== macro) return false;
    return true;
  }

  /** Items that were found, each once for each name; null where `items` has others in their place. */
  *foundAlso(items: UnitItems): IterableIterator<Item | null> {
    for (const [way, byName] of this.answers)
      for (const [name, found] of byName) {
        const there = way === 'all' ? items.declarations(name) : items.find(way, name);
        if (isList(found) ? !isList(there) || !sameItems(found, there) : found !== there) yield null;
        else if (isList(found)) yield* found;
        else if (found !== null) yield found;
      }
  }
}

const isList = (found: Found): found is readonly Item[] => Array.isArray(found);

const sameItems = (a: readonly Item[], b: readonly Item[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);
