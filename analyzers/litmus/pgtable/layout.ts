import { malformed, unsupported } from '../failure.js';
import type { Position } from '../syntax.js';
import { type Address, chooseAddresses } from './addresses.js';
import { attributeBits, leafKind, TABLE } from './descriptor.js';
import type { Document } from './document.js';
import type { Exp } from './expression.js';
import { Image, NoWalk, shiftOf, type Tables } from './image.js';
import { type Attributes, parseSetup, type Statement } from './setup.js';

/** Roots of the tables that a test has without asking, as isla's configuration for tests with the MMU on places them. */
export const STAGE1_BASE = 0x30_0000n;
export const STAGE2_BASE = 0x20_0000n;

/** Memory at first, as `page_table_setup` lays it out. */
export interface MemoryLayout {
  readonly image: Image;
  readonly addresses: ReadonlyMap<string, Address>;
  /** Bases of tables by name. */
  readonly tables: ReadonlyMap<string, bigint>;
  /** Entries that a thread may change, by physical address. */
  readonly live: ReadonlySet<bigint>;
  /** First values of data, by physical address. */
  readonly data: ReadonlyMap<bigint, bigint>;
}

/** What an expression of the setup stands for. */
type Place =
  | Address
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'table'; readonly value: bigint }
  | { readonly kind: 'raw'; readonly value: bigint }
  | { readonly kind: 'invalid' };

/** Lays out memory. Throws LitmusFailure. */
export function layOut({ symbolic, setup }: Pick<Document, 'symbolic' | 'setup'>): MemoryLayout {
  const statements = parseSetup(setup);
  return new Builder(chooseAddresses(symbolic, statements)).build(statements, setup.at);
}

class Builder {
  private readonly image = new Image();
  private readonly tables = new Map<string, Tables>();
  private readonly live = new Set<bigint>();
  /** Tables whose pages others map, at their own addresses. */
  private readonly mapped: { readonly source: Tables; readonly into: Tables }[] = [];
  /** Tables that statements are about: the innermost stands last. */
  private readonly current: { readonly 1: Tables[]; readonly 2: Tables[] } = { 1: [], 2: [] };

  constructor(private readonly addresses: ReadonlyMap<string, Address>) {}

  build(statements: readonly Statement[], at: Position): MemoryLayout {
    const options = optionsOf(statements);
    if (options.default_tables) {
      const first = this.image.create('s1_default', 1, STAGE1_BASE);
      const second = this.image.create('s2_default', 2, STAGE2_BASE);
      this.current[1].push(first);
      this.current[2].push(second);
      this.tables.set('s1_default', first).set('s2_default', second);
    }
    this.run(statements, options.self_map);
    for (const source of this.current[1].concat(this.current[2])) {
      for (const into of this.current[1].concat(this.current[2])) this.mapped.push({ source, into });
    }
    this.guard(at, () => {
      this.mapTables();
    });
    const bases = [...this.tables].map(([name, { base }]) => [name, base] as const);
    return {
      image: this.image,
      addresses: this.addresses,
      tables: new Map([['page_table_base', STAGE1_BASE], ['s2_page_table_base', STAGE2_BASE], ...bases]),
      live: this.live,
      data: this.data(statements),
    };
  }

  private run(statements: readonly Statement[], selfMap: boolean): void {
    for (const statement of statements) {
      switch (statement.k) {
        case 'identity': {
          const place = this.place(statement.address);
          this.guard(statement.at, () => {
            this.identity(place, statement.attributes, statement.level, statement.at);
          });
          break;
        }
        case 'maps': {
          const { from, to, at } = statement;
          this.guard(at, () => {
            this.maps(this.place(from), this.place(to), statement);
          });
          break;
        }
        case 'tables':
          this.nested(statement, selfMap);
          break;
        default:
          break;
      }
    }
  }

  private nested(statement: Extract<Statement, { k: 'tables' }>, selfMap: boolean): void {
    const { stage, name, base, body, at } = statement;
    for (const inner of body) {
      if (inner.k === 'initial' || inner.k === 'option' || inner.k === 'addresses' || inner.k === 'assert' || inner.k === 'let')
        throw malformed(at, 'nothing but mappings and tables in a block of tables', 'another statement');
    }
    const known = this.tables.get(name);
    if (known && base)
      throw malformed(at, `a new name for tables, or ${name} without an address`, `\`${name.slice(0, 40)}\` with an address`);
    let tables = known;
    if (!tables) {
      if (!base) throw malformed(at, `an address for the tables ${name}`, 'none');
      const place = this.place(base);
      if (place.kind !== 'number' && place.kind !== 'physical') throw malformed(base.at, 'a physical address', place.kind);
      if (place.value % 4096n !== 0n) throw malformed(base.at, 'an address at the start of a page', `0x${place.value.toString(16)}`);
      const { value } = place;
      tables = this.guard(at, () => this.image.create(name, stage, value));
      this.tables.set(name, tables);
    }
    const around = [...this.current[1], ...this.current[2]];
    this.current[stage].push(tables);
    this.run(body, selfMap);
    for (const into of around) this.mapped.push({ source: tables, into });
    if (selfMap && !known) this.mapped.push({ source: tables, into: tables });
    this.current[stage].pop();
  }

  private place(exp: Exp): Place {
    switch (exp.k) {
      case 'number':
        return { kind: 'number', value: exp.value };
      case 'label':
        throw malformed(exp.at, 'an address', 'a label');
      case 'name': {
        if (exp.name === 'invalid') return { kind: 'invalid' };
        const known = this.addresses.get(exp.name);
        if (known) return known;
        const tables = this.tables.get(exp.name);
        if (tables) return { kind: 'table', value: tables.base };
        throw malformed(exp.at, 'the name of an address or of tables', `\`${exp.name.slice(0, 40)}\``);
      }
      case 'call':
        return this.applied(exp);
    }
  }

  private applied({ fn, args, at }: Extract<Exp, { k: 'call' }>): Place {
    const [argument] = args;
    if (!argument || args.length !== 1) throw unsupported(at, `function ${fn.slice(0, 20)} of a page table setup`);
    const inner = this.place(argument);
    if (inner.kind === 'invalid') throw malformed(at, 'a number or an address', '`invalid`');
    const { value } = inner;
    switch (fn) {
      case 'table':
      case 'raw':
        return { kind: fn, value };
      case 'va_to_pa':
      case 'ipa_to_pa':
        return { kind: 'physical', value };
      case 'va_to_ipa':
      case 'pa_to_ipa':
        return { kind: 'intermediate', value };
      case 'pa_to_va':
      case 'ipa_to_va':
        return { kind: 'virtual', value };
      default:
        throw unsupported(at, `function ${fn.slice(0, 20)} of a page table setup`);
    }
  }

  private stage(stage: 1 | 2, at: Position): Tables {
    const tables = this.current[stage].at(-1);
    if (!tables) throw malformed(at, `a block of stage ${stage} tables around this`, 'none');
    return tables;
  }

  private identity(place: Place, attributes: Attributes, level: number, at: Position): void {
    if (place.kind === 'invalid' || place.kind === 'raw' || place.kind === 'table') throw malformed(at, 'an address', place.kind);
    if (place.kind !== 'intermediate') this.set(this.stage(1, at), place.value, place.value, attributes, level, at);
    if (place.kind === 'intermediate') this.set(this.stage(2, at), place.value, place.value, attributes, level, at);
    else if (place.kind !== 'virtual') this.throughStage2(place.value, attributes, level, at);
  }

  /** What stage 1 leads to by its physical address has the same address in stage 2, where there is one. */
  private throughStage2(address: bigint, attributes: Attributes, level: number, at: Position): void {
    const second = this.current[2].at(-1);
    if (second) this.set(second, address, address, attributes, level, at);
  }

  private maps(from: Place, to: Place, { attributes, level, maybe, at }: Extract<Statement, { k: 'maps' }>): void {
    if (from.kind !== 'virtual' && from.kind !== 'intermediate') throw malformed(at, 'a virtual or intermediate address to map', from.kind);
    const tables = this.stage(from.kind === 'virtual' ? 1 : 2, at);
    const entry = this.image.entry(tables, from.value, level);
    if (maybe) this.live.add(entry);
    if (to.kind === 'physical' && from.kind === 'virtual') this.throughStage2(to.value, attributes, level, at);
    if (to.kind === 'virtual') throw malformed(at, 'an intermediate or physical address to map to', 'a virtual one');
    if (maybe) return;
    switch (to.kind) {
      case 'invalid':
        this.image.descriptors.set(entry, 0n);
        return;
      case 'raw':
        this.image.descriptors.set(entry, to.value);
        return;
      case 'table':
        this.image.descriptors.set(entry, to.value | TABLE);
        return;
      default:
        this.set(tables, from.value, to.value, attributes, level, at);
    }
  }

  private set(tables: Tables, from: bigint, to: bigint, attributes: Attributes, level: number, at: Position): void {
    const size = 1n << shiftOf(level);
    if (level === 0 || to % size !== 0n) throw malformed(at, `an address that a level ${level} entry can lead to`, `0x${to.toString(16)}`);
    const bits = attributeBits(tables.stage, tables.stage === 1 ? attributes.stage1 : attributes.stage2);
    const entry = this.image.entry(tables, from & ~(size - 1n), level);
    const known = this.image.descriptors.get(entry) ?? 0n;
    const descriptor = to | bits | leafKind(level);
    // A page that several mappings lead to is mapped in stage 2 once: the first one's attributes stand.
    if (tables.stage === 2 && from === to && known !== 0n) return;
    this.image.descriptors.set(entry, descriptor);
  }

  /** Tables that map their own pages grow by doing so: it is repeated until they do not. */
  private mapTables(): void {
    for (let grown = true; grown; ) {
      grown = false;
      for (const { source, into } of this.mapped) {
        for (let i = 0; i < source.pages; i++) {
          const page = source.base + 4096n * BigInt(i);
          const before = into.pages;
          const entry = this.image.entry(into, page, 3);
          if (!this.image.descriptors.has(entry))
            this.image.descriptors.set(entry, page | attributeBits(into.stage, NO_FIELDS) | leafKind(3));
          if (into.pages > before) grown = true;
        }
      }
    }
  }

  private data(statements: readonly Statement[]): Map<bigint, bigint> {
    const data = new Map<bigint, bigint>();
    for (const statement of statements) {
      if (statement.k !== 'initial') continue;
      const place = this.place(statement.address);
      const value = this.place(statement.value);
      if (value.kind === 'invalid') throw malformed(statement.value.at, 'a number or an address', '`invalid`');
      if (place.kind === 'invalid') throw malformed(statement.address.at, 'an address', '`invalid`');
      const [first] = this.current[1];
      const [second] = this.current[2];
      const physical = physicalOf(this.image, place, first?.base ?? null, second?.base ?? null);
      if (physical === null) throw malformed(statement.address.at, 'an address that is mapped', 'one that is not');
      data.set(physical, value.value);
    }
    return data;
  }

  private guard<T>(at: Position, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof NoWalk) throw malformed(at, 'a mapping that the tables have room for', error.message);
      throw error;
    }
  }
}

const NO_FIELDS = { k: 'fields', fields: [] } as const;

/** Where an address leads at first. `stage1` and `stage2` are the tables it goes through; null for none. */
export function physicalOf(
  image: Image,
  { kind, value }: { readonly kind: Exclude<Place['kind'], 'invalid'>; readonly value: bigint },
  stage1: bigint | null,
  stage2: bigint | null,
): bigint | null {
  if (kind !== 'virtual' && kind !== 'intermediate') return value;
  const intermediate = kind === 'intermediate' ? value : stage1 === null ? null : image.translate(stage1, value);
  if (intermediate === null || stage2 === null) return intermediate;
  return image.translate(stage2, intermediate);
}

function optionsOf(statements: readonly Statement[]): { default_tables: boolean; self_map: boolean } {
  const options = { default_tables: true, self_map: true };
  for (const statement of statements) {
    if (statement.k !== 'option') continue;
    if (statement.name !== 'default_tables' && statement.name !== 'self_map')
      throw unsupported(statement.at, `option ${statement.name.slice(0, 40)} of a page table setup`);
    options[statement.name] = statement.value;
  }
  return options;
}
