import type { Mmu, Setup } from '../../../simulator/litmus/test.js';
import type { ObjectType } from '../../../simulator/program/types.js';
import { malformed, unsupported } from '../failure.js';
import type { Address, InitItem, LitmusFile, Position, Proposition, Target, ValueSyntax } from '../syntax.js';
import { type IntWidth, widthOf } from './int-types.js';

/**
 * Where the variables of a test stand. Each has a page of its own: one virtual page, one physical page, and the entry of a single last-level
 * table that maps the one to the other. Tests without page tables run on the same pages and never touch the entries.
 */

const PAGE_SIZE = 0x1000n;
const MAX_VARIABLES = 64;
const FIRST_VIRTUAL = 0x10_0000n;
const FIRST_PHYSICAL = 0x4000_0000n;
/** The table itself is reached by pointers, untranslated; faults on it (EL0) are told by its physical address. */
const TABLE_PHYSICAL = 0x8000_0000n;

/** Object that holds the entries. No variable of a test can have this name. */
export const TABLE = 'page-table';

/** What a name in a test stands for. */
export type Place =
  | { readonly k: 'variable'; readonly variable: Variable; readonly index: number | null }
  /** The page-table entry of a variable's page. */
  | { readonly k: 'entry'; readonly variable: Variable }
  /** The physical page that a variable begins with. */
  | { readonly k: 'physical'; readonly variable: Variable };

export interface Variable {
  readonly name: string;
  /** Index of its page, and of its entry in the table. */
  readonly page: number;
  /** Of an array, the number of its elements. */
  readonly length: number | null;
  readonly width: IntWidth | null;
}

export class Layout {
  private constructor(private readonly byName: ReadonlyMap<string, Variable>) {}

  /** A page for each variable that the text names anywhere. Throws LitmusFailure. */
  static of(file: LitmusFile): Layout {
    const names = new Map<string, Variable>();
    for (const { name, at } of namesIn(file)) {
      if (names.has(name)) continue;
      if (names.size === MAX_VARIABLES) throw unsupported(at, `more than ${String(MAX_VARIABLES)} variables`);
      if (/[.$]/.test(name)) throw unsupported(at, 'names of variables with a dot or a dollar');
      const declared = file.init.find((item) => item.target.k === 'name' && item.target.name === name && item.type !== null);
      names.set(name, { name, page: names.size, length: declared?.length ?? null, width: declared ? declaredWidth(declared) : null });
    }
    return new Layout(names);
  }

  get variables(): readonly Variable[] {
    return [...this.byName.values()];
  }

  place(address: Address): Place {
    if (address.k === 'element') {
      const variable = this.variable(address.name, address.at);
      if (address.index >= (variable.length ?? 1))
        throw malformed(address.at, `an index below ${String(variable.length ?? 1)}`, String(address.index));
      return { k: 'variable', variable, index: address.index };
    }
    const [kind, name] = meaningOf(address);
    const variable = this.variable(name, address.at);
    return kind === 'variable' ? { k: kind, variable, index: null } : { k: kind, variable };
  }

  /** The location that a final value is looked up at: of a variable, the page it begins with. */
  location(place: Place): string {
    if (place.k === 'entry') return `${TABLE}[${String(place.variable.page)}]`;
    const { name, length } = place.variable;
    return length === null ? name : `${name}[${String(place.k === 'variable' ? (place.index ?? 0) : 0)}]`;
  }

  virtualAddress(variable: Variable): bigint {
    return FIRST_VIRTUAL + BigInt(variable.page) * PAGE_SIZE;
  }

  physicalAddress(variable: Variable): bigint {
    return FIRST_PHYSICAL + BigInt(variable.page) * PAGE_SIZE;
  }

  /** The addresses that a fault at a place may be told of. */
  faultRange(place: Place): { readonly from: bigint; readonly size: bigint } {
    if (place.k === 'entry') return { from: TABLE_PHYSICAL + 8n * BigInt(place.variable.page), size: 8n };
    return { from: place.k === 'physical' ? this.physicalAddress(place.variable) : this.virtualAddress(place.variable), size: PAGE_SIZE };
  }

  /** Objects, pages and the table, as the machine takes them. */
  machine(): Pick<Setup, 'objects' | 'physical'> & { readonly mmu: Mmu } {
    const entries = Math.max(1, this.byName.size);
    const u64 = { k: 'int', type: { bits: 64, signed: false } } as const;
    const objects = new Map<string, ObjectType>([[TABLE, { k: 'array', of: u64, length: entries }]]);
    const physical = new Map([[TABLE, TABLE_PHYSICAL]]);
    for (const variable of this.variables) {
      const { name, length, width } = variable;
      objects.set(name, length === null ? u64 : { k: 'array', of: width ? { k: 'int', type: width } : u64, length });
      physical.set(name, this.physicalAddress(variable));
    }
    const mmu = {
      regime: 'arm64-stage1',
      root: TABLE,
      levels: [{ level: 3, shift: 12, entries }],
      tables: [{ obj: TABLE, depth: 0, base: FIRST_VIRTUAL }],
    } as const;
    return { objects, physical, mmu };
  }

  private variable(name: string, at: Position): Variable {
    const found = this.byName.get(name);
    if (!found) throw malformed(at, 'a variable', `\`${name}\``);
    return found;
  }
}

/** herd7 writes the entry of x's page as `PTE(x)`, `TTD(x)` or `pte_x`, its physical page as `PA(x)` or `phy_x`. */
function meaningOf(address: Extract<Address, { k: 'name' | 'apply' }>): [kind: Place['k'], name: string] {
  if (address.k === 'name') {
    const found = /^(pte|phy)_(.+)$/.exec(address.name);
    if (!found) return ['variable', address.name];
    return [found[1] === 'pte' ? 'entry' : 'physical', found[2] ?? ''];
  }
  const { fn, of, at } = address;
  if (fn !== 'PTE' && fn !== 'TTD' && fn !== 'PA') {
    if (/^(?:tag|TAG)$/.test(fn)) throw unsupported(at, 'memory tags');
    throw malformed(at, 'PTE, TTD or PA before `(`', `\`${fn}\``);
  }
  if (of.k === 'apply') throw unsupported(at, 'entries of entries');
  if (of.k !== 'name') throw malformed(of.at, 'the name of a variable', 'an element of an array');
  return [fn === 'PA' ? 'physical' : 'entry', of.name];
}

function declaredWidth(item: InitItem): IntWidth | null {
  if (item.pointer) return null;
  return widthOf(item.type ?? '');
}

interface Named {
  readonly name: string;
  readonly at: Position;
}

/** Every variable that the text names, in order of appearance. */
function* namesIn(file: LitmusFile): Generator<Named> {
  for (const item of file.init) {
    yield* inTarget(item.target);
    if (item.value) yield* inValue(item.value);
  }
  for (const each of file.locations) {
    if (each.k === 'target') yield* inTarget(each.target);
    else if (each.address) yield* inTarget(each.address);
  }
  if (file.filter) yield* inProposition(file.filter);
  yield* inProposition(file.condition);
}

function* inTarget(target: Target): Generator<Named> {
  if (target.k === 'register') return;
  if (target.k === 'element') yield { name: target.name, at: target.at };
  else yield { name: meaningOf(target)[1], at: target.at };
}

function* inValue(value: ValueSyntax): Generator<Named> {
  switch (value.k) {
    case 'name':
    case 'apply':
    case 'element':
      yield* inTarget(value);
      return;
    case 'content':
      yield* inTarget(value.of);
      return;
    case 'list':
      for (const item of value.items) yield* inValue(item);
      return;
    case 'fields':
      for (const field of value.fields) {
        if (field.key === 'oa') for (const each of field.values) if (each.k !== 'number') yield* inTarget(each);
      }
      return;
    default:
      return;
  }
}

function* inProposition(p: Proposition): Generator<Named> {
  switch (p.k) {
    case 'and':
    case 'or':
    case 'implies':
      yield* inProposition(p.a);
      yield* inProposition(p.b);
      return;
    case 'not':
      yield* inProposition(p.of);
      return;
    case 'equal':
    case 'differ':
      yield* inTarget(p.left);
      yield* inValue(p.right);
      return;
    case 'fault':
      if (p.address) yield* inTarget(p.address);
      return;
    case 'constant':
      return;
  }
}
