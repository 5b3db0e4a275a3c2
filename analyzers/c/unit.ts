import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global, Omission } from '../../simulator/program/types.js';
import { Budget } from '../cpp/budget.js';
import type { ExpandContext } from '../cpp/expand.js';
import { LexedLine } from '../cpp/lexer.js';
import type { Token } from '../cpp/token.js';
import { Consulted } from './consulted.js';
import type { Binding, UnitScope } from './context.js';
import { prepare } from './fixups.js';
import { type Compiled, compileFunction, readDeclaration, readGlobal, readHead } from './function.js';
import type { DeclarationItem, FunctionItem, Role, UnitItems } from './item-index.js';
import { expandBody, type Item } from './items.js';
import { Layouts } from './layout.js';
import type { ProgramScope } from './linkage.js';
import type { Parsed } from './lowering.js';
import { parse } from './parser.js';
import { wellKnownTypes } from './prelude.js';
import { UnitInProgram } from './unit-in-program.js';
import { type CType, type Field, type StructDefinition, UNKNOWN } from './types.js';

/** True when every token of it is the tree's own: no patch touches it. */
export function isUntouched(item: FunctionItem): boolean {
  let is = untouched.get(item);
  if (is === undefined) {
    const isTree = (token: Token): boolean => token.at.origin === 'tree';
    is =
      item.head.every(isTree) &&
      item.body.every(({ parts }) => parts.every((part) => (part instanceof LexedLine ? part.isAllFrom('tree') : isTree(part))));
    untouched.set(item, is);
  }
  return is;
}

const untouched = new WeakMap<FunctionItem, boolean>();

/** A variable of each CPU is an array of them. */
function eachCpu(global: Global): Global {
  const init = global.init.flatMap(({ path, value }) =>
    Array.from({ length: INITIALISED_CPUS }, (_, cpu) => ({ path: `[${cpu}]${path}`, value })),
  );
  return { ...global, type: { k: 'array', of: global.type, length: null }, init };
}

/** CPUs whose variables start as their definition says; a run has fewer. */
const INITIALISED_CPUS = 8;

/** What units of one architecture and catalog have in common. */
export interface UnitSurroundings {
  /** Which argument of a test for a CPU feature names it. */
  readonly featureArgument: number;
  row(name: string): CatalogRow | null;
}

/**
 * A translation unit: an index of what it declares. Nothing is parsed before someone asks for it. It knows nothing of the program that it
 * becomes part of, so that several may have it.
 */
export class Unit implements UnitScope {
  /** Declarations that were read, each with what of it, or of what it is made of, could not be. */
  private readonly known = new Map<DeclarationItem, readonly Omission[]>();
  private readonly typedefNames = new Map<string, DeclarationItem | null>();
  private readonly typedefs = new Map<string, CType>();
  private readonly structs = new Map<string, StructDefinition>();
  private readonly constants = new Map<string, Binding>();
  private readonly symbols = new Map<string, { type: CType; isExtern: boolean }>();
  private readonly heads = new Map<string, CType>();
  private readonly layouts = new Layouts((name) => this.struct(name));
  /** What declarations, and the heads of functions, were read with. */
  private readonly meanings = new Map<Item, Consulted>();
  /** What functions were compiled with. */
  private readonly bodies = new Map<FunctionItem, Consulted>();
  /** Receives what is looked up. */
  private consulted: Consulted | null = null;
  /** Items of other units that were seen to mean the same here. */
  private readonly proven = new WeakMap<Unit, Set<Item>>();
  /** Receives what the declarations that are asked for lack. */
  private failed: (omission: Omission) => void = () => undefined;

  constructor(
    readonly path: string,
    readonly items: UnitItems,
    private readonly context: Omit<ExpandContext, 'budget'>,
    private readonly surroundings: UnitSurroundings,
  ) {}

  /** The function of that name that it defines. */
  function(name: string): FunctionItem | null {
    const item = this.items.function(name);
    this.consulted?.note('function', name, item);
    return item;
  }

  /** Every function that it defines, headers among them. */
  *functions(): IterableIterator<FunctionItem> {
    for (const item of this.items.all()) if (item.kind === 'function' && this.function(item.name) === item) yield item;
  }

  /** Variables (with a definition or without) that the items of `file` declare. */
  *variablesOf(file: string): IterableIterator<string> {
    for (const item of this.items.all()) {
      if (item.kind !== 'declaration' || item.at.file !== file || item.names.isTypedef || item.names.isExtern) continue;
      for (const name of item.names.ordinary) if (this.isObject(name)) yield name;
    }
  }

  /** A function as part of a program. */
  compile(item: FunctionItem, program: ProgramScope): Compiled {
    return this.consulting(this.bodies, item, () => {
      const budget = new Budget(MAX_TOKENS, 200);
      const body = this.body(item, budget);
      if (budget.exhausted !== null) program.omit({ what: `part of ${item.name}`, why: budget.exhausted, at: item.at });
      return this.reporting(program, () => {
        const scope = new UnitInProgram(this, program);
        return compileFunction(scope, this.parsed([...item.head, ...body]), scope.linkName(item.name), item.at);
      });
    });
  }

  /** Whether a function that another unit has compiled would come out the same here, in the same program. Both have the very item. */
  compilesAs(item: FunctionItem, other: Unit): boolean {
    const consulted = other.bodies.get(item);
    if (consulted === undefined || !isSameContext(this.context, other.context)) return false;
    if (!consulted.hasMacrosOf(this.context.macros, this.items.baseOf(item))) return false;
    let proven = this.proven.get(other);
    if (proven === undefined) this.proven.set(other, (proven = new Set()));
    const seen = new Set<Item>();
    if (!this.answersAs(consulted, other, proven, seen)) return false;
    for (const each of seen) proven.add(each);
    return true;
  }

  /** Whether what was looked up in another unit is the same here, and what that means, and so on. What is being looked at counts as the same. */
  private answersAs(consulted: Consulted, other: Unit, proven: ReadonlySet<Item>, seen: Set<Item>): boolean {
    for (const item of consulted.foundAlso(this.items)) {
      if (item === null) return false;
      // What nobody has read there was only seen to be there.
      const meaning = other.meanings.get(item);
      if (meaning === undefined || proven.has(item) || seen.has(item)) continue;
      seen.add(item);
      if (!this.answersAs(meaning, other, proven, seen)) return false;
    }
    return true;
  }

  /** The body of a function, expanded. */
  body(item: FunctionItem, budget = new Budget(MAX_TOKENS, 200)): Token[] {
    const base = this.items.baseOf(item);
    const macros = this.consulted?.noting(this.context.macros, base) ?? this.context.macros;
    return expandBody(item.body, { ...this.context, macros, budget }, base);
  }

  /** Notes what is looked up meanwhile as what `item` was read with. */
  private consulting<K extends Item, T>(of: Map<K, Consulted>, item: K, read: () => T): T {
    const outer = this.consulted;
    const own = of.get(item) ?? new Consulted();
    of.set(item, own);
    this.consulted = own;
    try {
      return read();
    } finally {
      this.consulted = outer;
    }
  }

  private first(role: Exclude<Role, 'function'>, name: string): DeclarationItem | null {
    const item = this.items.first(role, name);
    this.consulted?.note(role, name, item);
    return item;
  }

  private declarations(name: string): readonly DeclarationItem[] {
    const items = this.items.declarations(name);
    this.consulted?.note('all', name, items);
    return items;
  }

  /** The variable as this unit knows it, as part of a program; null when it has none of that name. */
  global(name: string, program: ProgramScope): Global | null {
    return this.reporting(program, () => this.globalIn(name, program));
  }

  private globalIn(name: string, program: ProgramScope): Global | null {
    const type = this.symbol(name);
    if (type === null || type.k === 'function') return null;
    const all = this.declarations(name);
    const definition =
      all.find(({ names, tokens }) => !names.isExtern && tokens.some((token) => token.text === '=')) ??
      all.find(({ names }) => !names.isExtern);
    const chosen = definition ?? all[0];
    if (chosen === undefined) return null;
    const at = chosen.tokens.find((token) => token.text === name)?.at ?? chosen.at;
    const scope = new UnitInProgram(this, program);
    const global = readGlobal(scope, this.parsed(chosen.tokens), name, type, at);
    const own = { ...global, name: scope.linkName(name), defined: definition !== undefined };
    return all.some(({ perCpu }) => perCpu) ? eachCpu(own) : own;
  }

  isStatic(name: string): boolean {
    const item = this.function(name);
    if (item !== null) return item.head.some((token) => token.text === 'static');
    return this.declarations(name).some(({ names }) => names.isStatic);
  }

  isObject(name: string): boolean {
    const type = this.symbol(name);
    return type !== null && type.k !== 'function';
  }

  typedef(name: string): CType | null {
    const declaration = this.first('typedef', name);
    if (declaration !== null) this.read(declaration);
    const known = this.typedefs.get(name);
    if (known !== undefined) return known;
    return declaration === null ? (wellKnownTypes.get(name) ?? null) : { k: 'unknown', name };
  }

  struct(name: string): StructDefinition | null {
    const declaration = this.first('tag', name);
    if (declaration !== null) this.read(declaration);
    return this.structs.get(name) ?? null;
  }

  sizeOf(type: CType): number {
    return this.layouts.sizeOf(type);
  }

  offsetOf(struct: string, path: string): bigint | null {
    return this.layouts.offsetOf(struct, path);
  }

  /** Sizes of this unit's types, or of more than these. */
  layoutsWith(struct: (name: string) => StructDefinition | null, hasMore: boolean): Layouts {
    return hasMore ? new Layouts(struct) : this.layouts;
  }

  lookup(name: string): Binding | null {
    const enumeration = this.first('constant', name);
    if (enumeration !== null) this.read(enumeration);
    const constant = this.constants.get(name);
    if (constant !== undefined) return constant;
    if (enumeration !== null) return null;
    const type = this.symbol(name);
    if (type === null) return null;
    return { k: type.k === 'function' ? 'function' : 'global', name, type };
  }

  defineStruct(name: string, isUnion: boolean, fields: ReadonlyMap<string, Field>): void {
    if (!this.structs.has(name)) this.structs.set(name, { name, isUnion, fields });
  }

  defineConstant(name: string, value: bigint, type: CType): void {
    this.constants.set(name, { k: 'constant', value, type });
  }

  row(name: string): CatalogRow | null {
    return this.surroundings.row(name);
  }

  // A declaration is read without a program: what its types are hangs on nothing outside of the unit.

  defineGlobal(): void {
    // Types have no variables.
  }

  isFunctionElsewhere(): boolean {
    return false;
  }

  isObjectElsewhere(): boolean {
    return false;
  }

  isDefinedFunction(name: string): boolean {
    return this.function(name) !== null;
  }

  use(): void {
    // A function or variable that only `sizeof` or `typeof` names is not used.
  }

  linkName(name: string): string {
    return name;
  }

  private reporting<T>(program: ProgramScope, run: () => T): T {
    const { failed } = this;
    this.failed = (omission) => {
      program.omit(omission);
    };
    try {
      return run();
    } finally {
      this.failed = failed;
    }
  }

  private symbol(name: string): CType | null {
    const head = this.head(name);
    if (head !== null) return head;
    for (const declaration of this.declarations(name)) this.read(declaration);
    return this.symbols.get(name)?.type ?? null;
  }

  private head(name: string): CType | null {
    const item = this.function(name);
    if (item === null) return null;
    const known = this.heads.get(name);
    if (known !== undefined) return known;
    const open = item.head[0];
    if (open === undefined) return null;
    const braces: Token[] = ['{', '}'].map((text) => ({ kind: 'punct', text, at: open.at, space: true }));
    const read = this.consulting(this.meanings, item, () => readHead(this, this.parsed([...item.head, ...braces]), item.at));
    const type = read ?? {
      k: 'function' as const,
      returns: UNKNOWN,
      params: null,
      variadic: true,
    };
    this.heads.set(name, type);
    return type;
  }

  /** Reads a declaration once, and says each time what it lacks. */
  private read(declaration: DeclarationItem): void {
    let lacks = this.known.get(declaration);
    if (lacks === undefined) {
      const failures: Omission[] = [];
      // What it is made of may come back to it.
      this.known.set(declaration, NO_FAILURES);
      const { failed } = this;
      this.failed = (omission) => failures.push(omission);
      try {
        this.consulting(this.meanings, declaration, () => {
          this.readNow(declaration);
        });
      } finally {
        this.failed = failed;
      }
      lacks = failures.length > 0 ? failures : NO_FAILURES;
      this.known.set(declaration, lacks);
    }
    for (const omission of lacks) this.failed(omission);
  }

  private readNow(item: DeclarationItem): void {
    const { names } = item;
    const { names: read, failure } = readDeclaration(this, this.parsed(item.tokens, names.isTypedef ? names.ordinary : []), item.at);
    for (const { name, type, isTypedef, isExtern } of read) {
      if (isTypedef) {
        if (!this.typedefs.has(name)) this.typedefs.set(name, type);
        continue;
      }
      const known = this.symbols.get(name);
      // A definition says more than an `extern`, and a length more than none.
      if (known === undefined || (known.isExtern && !isExtern) || (known.type.k === 'array' && known.type.length === null)) {
        this.symbols.set(name, { type, isExtern });
      }
    }
    if (failure !== null)
      this.failed({ what: `declaration of ${[...names.ordinary, ...names.tags].join(', ') || '?'}`, why: failure, at: item.at });
  }

  /** Parses tokens that are expanded, as an item of this unit. */
  parsed(tokens: readonly Token[], except: readonly string[] = []): Parsed {
    const isTypedef = (name: string): boolean =>
      (this.isTypedefName(name) || (wellKnownTypes.has(name) && name !== 'bool')) && !except.includes(name);
    const prepared = prepare(tokens, { isTypedef, featureArgument: this.surroundings.featureArgument });
    return { prepared, root: parse(prepared.text, prepared.starts) };
  }

  private isTypedefName(name: string): boolean {
    const known = this.typedefNames.get(name);
    const item = known === undefined ? this.items.first('typedef', name) : known;
    this.typedefNames.set(name, item);
    this.consulted?.note('typedef', name, item);
    return item !== null;
  }
}

/** Units of one architecture and catalog share all but their macros, and where macros are not followed. */
const isSameContext = (a: Omit<ExpandContext, 'budget'>, b: Omit<ExpandContext, 'budget'>): boolean =>
  a.stops === b.stops && a.overrides === b.overrides && a.fallbacks === b.fallbacks;

const NO_FAILURES: readonly Omission[] = [];

/** Most tokens that the body of one function may come out as. */
const MAX_TOKENS = 4_000_000;
