import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global, Omission } from '../../simulator/program/types.js';
import { Budget } from '../cpp/budget.js';
import type { ExpandContext } from '../cpp/expand.js';
import type { Piece } from '../cpp/preprocess.js';
import type { Token } from '../cpp/token.js';
import type { Binding, UnitScope } from './context.js';
import { prepare } from './fixups.js';
import { type Compiled, compileFunction, readDeclaration, readGlobal, readHead } from './function.js';
import { type Item, expandBody } from './items.js';
import { Layouts } from './layout.js';
import type { ProgramScope } from './linkage.js';
import type { Parsed } from './lowering.js';
import type { ItemNames } from './names.js';
import { parse } from './parser.js';
import { wellKnownTypes } from './prelude.js';
import { UnitInProgram } from './unit-in-program.js';
import { type CType, type Field, type StructDefinition, UNKNOWN } from './types.js';

export type FunctionItem = Item & { readonly kind: 'function' };
type DeclarationItem = Item & { readonly kind: 'declaration' };

/** True when every token of it is the tree's own: no patch touches it. */
export function isUntouched(item: FunctionItem): boolean {
  let is = untouched.get(item);
  if (is === undefined) {
    const isTree = (token: Token): boolean => token.at.origin === 'tree';
    is = item.head.every(isTree) && item.body.every((run) => run.tokens.every(isTree));
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

interface Declaration {
  readonly item: DeclarationItem;
  readonly names: ItemNames;
  isRead: boolean;
  /** What of it, or of what it is made of, could not be read. */
  failures: readonly Omission[];
}

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
  readonly functions = new Map<string, FunctionItem>();
  private readonly bases = new Map<FunctionItem, number>();
  private readonly declarations: Declaration[] = [];
  private readonly byName = new Map<string, Declaration | Declaration[]>();
  private readonly byTag = new Map<string, Declaration>();
  private readonly byConstant = new Map<string, Declaration>();
  private readonly typedefItems = new Map<string, Declaration>();
  private readonly typedefs = new Map<string, CType>();
  private readonly structs = new Map<string, StructDefinition>();
  private readonly constants = new Map<string, Binding>();
  private readonly symbols = new Map<string, { type: CType; isExtern: boolean }>();
  private readonly heads = new Map<string, CType>();
  private readonly layouts = new Layouts((name) => this.struct(name));
  /** Receives what the declarations that are asked for lack. */
  private failed: (omission: Omission) => void = () => undefined;

  constructor(
    readonly path: string,
    pieces: readonly Piece<readonly Item[]>[],
    private readonly context: Omit<ExpandContext, 'budget'>,
    private readonly surroundings: UnitSurroundings,
  ) {
    for (const { made, base } of pieces) {
      for (const item of made) {
        if (item.kind === 'function') {
          if (this.functions.has(item.name)) continue;
          this.functions.set(item.name, item);
          this.bases.set(item, base);
          // A function may return a struct or enum that its head defines; nobody does, so heads are not indexed.
        } else this.index(item);
      }
    }
  }

  /** Variables (with a definition or without) that the items of `file` declare. */
  *variablesOf(file: string): IterableIterator<string> {
    for (const { item, names } of this.declarations) {
      if (item.at.file !== file || names.isTypedef || names.isExtern) continue;
      for (const name of names.ordinary) if (this.isObject(name)) yield name;
    }
  }

  /** A function as part of a program. */
  compile(item: FunctionItem, program: ProgramScope): Compiled {
    const budget = new Budget(MAX_TOKENS, 200);
    const body = this.body(item, budget);
    if (budget.exhausted !== null) program.omit({ what: `part of ${item.name}`, why: budget.exhausted, at: item.at });
    return this.reporting(program, () => {
      const scope = new UnitInProgram(this, program);
      return compileFunction(scope, this.parsed([...item.head, ...body]), scope.linkName(item.name), item.at);
    });
  }

  /** The body of a function, expanded. */
  body(item: FunctionItem, budget = new Budget(MAX_TOKENS, 200)): Token[] {
    return expandBody(item.body, { ...this.context, budget }, this.bases.get(item));
  }

  /** The variable as this unit knows it, as part of a program; null when it has none of that name. */
  global(name: string, program: ProgramScope): Global | null {
    return this.reporting(program, () => this.globalIn(name, program));
  }

  private globalIn(name: string, program: ProgramScope): Global | null {
    const type = this.symbol(name);
    if (type === null || type.k === 'function') return null;
    const all = this.declarationsOf(name);
    const definition =
      all.find(({ names, item }) => !names.isExtern && item.tokens.some((token) => token.text === '=')) ??
      all.find(({ names }) => !names.isExtern);
    const chosen = definition ?? all[0];
    if (chosen === undefined) return null;
    const at = chosen.item.tokens.find((token) => token.text === name)?.at ?? chosen.item.at;
    const scope = new UnitInProgram(this, program);
    const global = readGlobal(scope, this.parsed(chosen.item.tokens), name, type, at);
    const own = { ...global, name: scope.linkName(name), defined: definition !== undefined };
    return all.some(({ item }) => item.perCpu) ? eachCpu(own) : own;
  }

  isStatic(name: string): boolean {
    const item = this.functions.get(name);
    if (item !== undefined) return item.head.some((token) => token.text === 'static');
    return this.declarationsOf(name).some(({ names }) => names.isStatic);
  }

  isObject(name: string): boolean {
    const type = this.symbol(name);
    return type !== null && type.k !== 'function';
  }

  typedef(name: string): CType | null {
    const declaration = this.typedefItems.get(name);
    if (declaration !== undefined) this.read(declaration);
    const known = this.typedefs.get(name);
    if (known !== undefined) return known;
    return declaration === undefined ? (wellKnownTypes.get(name) ?? null) : { k: 'unknown', name };
  }

  struct(name: string): StructDefinition | null {
    const declaration = this.byTag.get(name);
    if (declaration !== undefined) this.read(declaration);
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
    const enumeration = this.byConstant.get(name);
    if (enumeration !== undefined) this.read(enumeration);
    const constant = this.constants.get(name);
    if (constant !== undefined) return constant;
    if (enumeration !== undefined) return null;
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
    return this.functions.has(name);
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

  private index(item: DeclarationItem): void {
    const { names } = item;
    const declaration = { item, names, isRead: false, failures: NO_FAILURES };
    this.declarations.push(declaration);
    for (const tag of names.tags) if (!this.byTag.has(tag)) this.byTag.set(tag, declaration);
    for (const constant of names.constants) if (!this.byConstant.has(constant)) this.byConstant.set(constant, declaration);
    for (const name of names.ordinary) {
      if (names.isTypedef) {
        if (!this.typedefItems.has(name)) this.typedefItems.set(name, declaration);
        continue;
      }
      const known = this.byName.get(name);
      if (known === undefined) this.byName.set(name, declaration);
      else if (Array.isArray(known)) known.push(declaration);
      else this.byName.set(name, [known, declaration]);
    }
  }

  private declarationsOf(name: string): readonly Declaration[] {
    const known = this.byName.get(name);
    return known === undefined ? NONE : Array.isArray(known) ? known : [known];
  }

  private symbol(name: string): CType | null {
    const head = this.head(name);
    if (head !== null) return head;
    for (const declaration of this.declarationsOf(name)) this.read(declaration);
    return this.symbols.get(name)?.type ?? null;
  }

  private head(name: string): CType | null {
    const known = this.heads.get(name);
    if (known !== undefined) return known;
    const item = this.functions.get(name);
    if (item === undefined) return null;
    const open = item.head[0];
    if (open === undefined) return null;
    const braces: Token[] = ['{', '}'].map((text) => ({ kind: 'punct', text, at: open.at, space: true }));
    const type = readHead(this, this.parsed([...item.head, ...braces]), item.at) ?? {
      k: 'function' as const,
      returns: UNKNOWN,
      params: null,
      variadic: true,
    };
    this.heads.set(name, type);
    return type;
  }

  /** Reads a declaration once, and says each time what it lacks. */
  private read(declaration: Declaration): void {
    if (!declaration.isRead) {
      declaration.isRead = true;
      const failures: Omission[] = [];
      const { failed } = this;
      this.failed = (omission) => failures.push(omission);
      try {
        this.readNow(declaration);
      } finally {
        this.failed = failed;
      }
      if (failures.length > 0) declaration.failures = failures;
    }
    for (const omission of declaration.failures) this.failed(omission);
  }

  private readNow({ item, names }: Declaration): void {
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
      (this.typedefItems.has(name) || (wellKnownTypes.has(name) && name !== 'bool')) && !except.includes(name);
    const prepared = prepare(tokens, { isTypedef, featureArgument: this.surroundings.featureArgument });
    return { prepared, root: parse(prepared.text, prepared.starts) };
  }
}

const NONE: readonly Declaration[] = [];
const NO_FAILURES: readonly Omission[] = [];

/** Most tokens that the body of one function may come out as. */
const MAX_TOKENS = 4_000_000;
