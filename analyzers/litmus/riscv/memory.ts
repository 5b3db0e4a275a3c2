import type { ObjectType } from '../../../simulator/program/types.js';
import { int, type Level, type Mmu, type Table, type Value } from '../../../simulator/litmus/test.js';
import { malformed } from '../failure.js';
import type { Address, Field, LitmusFile, Position, ValueSyntax } from '../syntax.js';
import { entryBits, type Places } from './entries.js';

/** Address space of a test that names none. */
export const MAIN = 'main';

/** Functions around a variable, and the level of the entry that they name: 0 is the last one. */
const ENTRY_LEVELS: ReadonlyMap<string, number> = new Map([
  ['PTE', 0],
  ['PTE0', 0],
  ['PTE1', 1],
  ['PTE2', 2],
]);

/** log2 of what an entry of each level maps (RISC-V privileged spec, "Sv39: Page-Based 39-bit Virtual-Memory System"). */
const SHIFTS = [12, 21, 30];
const VIRTUAL = 0x4000_0000n;
/** Pages stand 2 MiB apart, so that any of them may be mapped by a megapage. */
const PHYSICAL = 0x8000_0000n;
const SPACING = 0x20_0000n;
const TABLES = 0x4_0000_0000n;

/** `PTE(x)`, `PTE1(B(x))`: one entry of the tables. */
export interface EntryName {
  readonly variable: string;
  readonly space: string;
  readonly level: number;
}

/** Reads `PTE(x)` and its like; null for an address that is none. */
export function entryName(address: Address): EntryName | null {
  if (address.k !== 'apply') return null;
  const level = ENTRY_LEVELS.get(address.fn);
  if (level === undefined) return null;
  const { of } = address;
  if (of.k === 'name') return { variable: of.name, space: MAIN, level };
  if (of.k === 'apply' && of.of.k === 'name' && !ENTRY_LEVELS.has(of.fn) && of.fn !== 'PA')
    return { variable: of.of.name, space: of.fn, level };
  throw malformed(of.at, 'a variable, or a variable of an address space like `B(x)`', 'something else');
}

/**
 * The memory of a test. Without page tables each variable is an object by itself. With them a variable is also a virtual address, and its
 * page an object with a physical address; tables are objects of 8-byte entries, and only as many levels exist as the test names.
 */
export class Memory implements Places {
  readonly levels: number;

  constructor(
    readonly variables: readonly string[],
    readonly spaces: readonly string[],
    /** Whether the test has page tables at all. */
    readonly mapped: boolean,
    top: number,
  ) {
    this.levels = top + 1;
  }

  virtual(variable: string): bigint {
    const stride = this.levels > 1 ? SPACING : 4096n;
    return VIRTUAL + BigInt(this.variables.indexOf(variable)) * stride;
  }

  physical(variable: string): bigint {
    return PHYSICAL + BigInt(this.variables.indexOf(variable)) * SPACING;
  }

  page(value: Field['values'][number]): bigint {
    if (value.k === 'number') return value.value;
    const inner = value.k === 'apply' && value.fn === 'PA' ? value.of : null;
    if (inner?.k !== 'name') throw malformed(value.at, 'the page of a variable, like `PA(x)`', 'something else');
    this.need(inner.name, inner.at);
    return this.physical(inner.name);
  }

  table(value: Field['values'][number]): bigint {
    const name = value.k === 'number' ? null : entryName(value);
    if (!name) throw malformed(value.at, 'an entry of the table, like `PTE(x)`', 'something else');
    this.need(name.variable, value.at);
    if (name.level >= this.levels - 1) throw malformed(value.at, 'an entry below the root', 'an entry of the root');
    return this.tableAddress(this.tableObject(name.space, name.level, name.variable));
  }

  need(variable: string, at: Position): void {
    if (!this.variables.includes(variable)) throw malformed(at, 'a variable of the test', `\`${variable}\``);
  }

  /** Name of the table that holds the entry of `variable` at `level`: variables share all tables but those of level 0. */
  private tableObject(space: string, level: number, variable: string): string {
    return level === 0 && this.levels > 1 ? `table_${space}_${variable}` : `table_${space}_level${String(level)}`;
  }

  root(space: string): string {
    return this.tableObject(space, this.levels - 1, '');
  }

  private tableObjects(): Table[] {
    return this.spaces.flatMap((space) => {
      const upper = Array.from({ length: Math.max(1, this.levels - 1) }, (_, i): Table => {
        const level = this.levels - 1 - i;
        return { obj: this.tableObject(space, level, ''), depth: i, base: VIRTUAL };
      });
      if (this.levels === 1) return upper;
      return [
        ...upper,
        ...this.variables.map(
          (name): Table => ({ obj: this.tableObject(space, 0, name), depth: this.levels - 1, base: this.virtual(name) }),
        ),
      ];
    });
  }

  private tableAddress(obj: string): bigint {
    return TABLES + 4096n * BigInt(this.tableObjects().findIndex((table) => table.obj === obj));
  }

  /** Entries of a table at `level`: one for what no variable shares. */
  private entries(level: number): number {
    if (level === 0 && this.levels > 1) return 1;
    return level === 2 ? 1 : this.variables.length;
  }

  /** Location of an entry. */
  location({ variable, space, level }: EntryName): string {
    const index = this.entries(level) === 1 ? 0 : this.variables.indexOf(variable);
    return `${this.tableObject(space, level, variable)}[${String(index)}]`;
  }

  entryPointer(name: EntryName): { readonly obj: string; readonly index: number } {
    const obj = this.tableObject(name.space, name.level, name.variable);
    return { obj, index: this.entries(name.level) === 1 ? 0 : this.variables.indexOf(name.variable) };
  }

  /** Where an entry leads that nobody gave a value. */
  standard({ variable, space, level }: EntryName): bigint {
    return level === 0 ? this.physical(variable) : this.tableAddress(this.tableObject(space, level - 1, variable));
  }

  /** Bits of an entry as a test writes them. */
  bits(fields: readonly Field[], name: EntryName | null, at: Position): bigint {
    return entryBits(fields, this, name ? this.standard(name) : 0n, at);
  }

  /** satp: mode Sv39 in bits 63 to 60, ASID in bits 59 to 44, page number of the root (RISC-V privileged spec, "Supervisor Address Translation and Protection (satp) Register"). */
  satp(space: string, asid: bigint): bigint {
    return (8n << 60n) | (asid << 44n) | (this.tableAddress(this.root(space)) >> 12n);
  }

  objects(types: ReadonlyMap<string, ObjectType>): Map<string, ObjectType> {
    const objects = new Map<string, ObjectType>(this.variables.map((name) => [name, types.get(name) ?? WORD]));
    if (!this.mapped) return objects;
    for (const { obj, depth } of this.tableObjects()) {
      objects.set(obj, { k: 'array', of: WORD, length: this.entries(this.levels - 1 - depth) });
    }
    return objects;
  }

  physicalAddresses(): Map<string, bigint> {
    if (!this.mapped) return new Map();
    const pages = this.variables.map((name): [string, bigint] => [name, this.physical(name)]);
    return new Map([...pages, ...this.tableObjects().map(({ obj }): [string, bigint] => [obj, this.tableAddress(obj)])]);
  }

  /** First values of all entries that a test does not set: each variable stands where it seems to. */
  standardEntries(): Map<string, Value> {
    const values = new Map<string, Value>();
    if (!this.mapped) return values;
    for (const space of this.spaces) {
      for (const variable of this.variables) {
        for (let level = 0; level < this.levels; level++) {
          const name: EntryName = { variable, space, level };
          const page = this.standard(name);
          values.set(this.location(name), int(((page >> 12n) << 10n) | (level === 0 ? 0xc7n : 1n)));
        }
      }
    }
    return values;
  }

  /** `satps`: the values of satp that the test names. */
  mmu(satps: readonly bigint[]): Mmu | null {
    if (!this.mapped) return null;
    const levels = Array.from({ length: this.levels }, (_, depth): Level => {
      const level = this.levels - 1 - depth;
      return { level, shift: SHIFTS[level] ?? 12, entries: this.entries(level) };
    });
    return { regime: 'riscv', root: this.root(MAIN), levels, tables: this.tableObjects(), satps };
  }
}

/** Variables are words of 64 bits where no type says otherwise: an access of less changes and reads the low part. */
export const WORD: ObjectType = { k: 'int', type: { bits: 64, signed: false } };

/** All addresses that a file's initial state and condition name. */
export function addressesOf(file: LitmusFile): Address[] {
  const found: Address[] = [];
  const value = (syntax: ValueSyntax | Field['values'][number]): void => {
    if (syntax.k === 'name' || syntax.k === 'apply' || syntax.k === 'element') found.push(syntax);
    else if (syntax.k === 'fields') for (const field of syntax.fields) field.values.forEach(value);
    else if (syntax.k === 'list') syntax.items.forEach(value);
  };
  for (const item of file.init) {
    if (item.target.k !== 'register') found.push(item.target);
    if (item.value) value(item.value);
  }
  const proposition = (p: LitmusFile['condition']): void => {
    switch (p.k) {
      case 'and':
      case 'or':
      case 'implies':
        proposition(p.a);
        proposition(p.b);
        return;
      case 'not':
        proposition(p.of);
        return;
      case 'equal':
      case 'differ':
        if (p.left.k !== 'register') found.push(p.left);
        value(p.right);
        return;
      case 'fault':
        if (p.address) found.push(p.address);
        return;
      case 'constant':
    }
  };
  proposition(file.condition);
  if (file.filter) proposition(file.filter);
  return found;
}
