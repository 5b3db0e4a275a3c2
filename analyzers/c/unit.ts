import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global, Omission } from '../../simulator/program/types.js';
import type { ExpandContext } from '../cpp/expand.js';
import type { Piece } from '../cpp/preprocess.js';
import type { Token } from '../cpp/token.js';
import type { Binding, UnitScope } from './context.js';
import { prepare } from './fixups.js';
import { type Compiled, compileFunction, readDeclaration, readGlobal, readHead } from './function.js';
import { type Item, expandBody } from './items.js';
import type { Parsed } from './lowering.js';
import type { ItemNames } from './names.js';
import { parse } from './parser.js';
import { wellKnownTypes } from './prelude.js';
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
}

/** What a unit asks of the program that it belongs to. */
export interface ProgramScope {
  readonly featureArgument: number;
  row(name: string): CatalogRow | null;
  /** Something in `unit` refers to `name`. */
  use(unit: Unit, name: string): void;
  /** What the function or variable that `unit` calls `name` is called in the Program. */
  linkName(unit: Unit, name: string): string;
  defineGlobal(global: Global): void;
  isFunction(name: string): boolean;
  isObject(name: string): boolean;
  omit(omission: Omission): void;
}

/** A translation unit: an index of what it declares. Nothing is parsed before someone asks for it. */
export class Unit implements UnitScope {
  readonly functions = new Map<string, FunctionItem>();
  private readonly bases = new Map<FunctionItem, number>();
  private readonly declarations: Declaration[] = [];
  private readonly byName = new Map<string, Declaration[]>();
  private readonly byTag = new Map<string, Declaration>();
  private readonly byConstant = new Map<string, Declaration>();
  private readonly typedefItems = new Map<string, Declaration>();
  private readonly typedefs = new Map<string, CType>();
  private readonly structs = new Map<string, StructDefinition>();
  private readonly constants = new Map<string, Binding>();
  private readonly symbols = new Map<string, { type: CType; isExtern: boolean }>();
  private readonly heads = new Map<string, CType>();
  private readonly sizes = new Map<string, { size: number; alignment: number }>();

  constructor(
    readonly path: string,
    pieces: readonly Piece<readonly Item[]>[],
    private readonly context: ExpandContext,
    private readonly program: ProgramScope,
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

  compile(item: FunctionItem): Compiled {
    return compileFunction(this, this.parsed([...item.head, ...this.body(item)]), this.linkName(item.name), item.at);
  }

  /** The body of a function, expanded. */
  body(item: FunctionItem): Token[] {
    return expandBody(item.body, this.context, this.bases.get(item));
  }

  /** The variable as this unit knows it; null when it has none of that name. */
  global(name: string): Global | null {
    const type = this.symbol(name);
    if (type === null || type.k === 'function') return null;
    const all = this.byName.get(name) ?? [];
    const definition =
      all.find(({ names, item }) => !names.isExtern && item.tokens.some((token) => token.text === '=')) ??
      all.find(({ names }) => !names.isExtern);
    const chosen = definition ?? all[0];
    if (chosen === undefined) return null;
    const at = chosen.item.tokens.find((token) => token.text === name)?.at ?? chosen.item.at;
    const global = readGlobal(this, this.parsed(chosen.item.tokens), name, type, at);
    const own = { ...global, name: this.linkName(name), defined: definition !== undefined };
    return all.some(({ item }) => item.perCpu) ? eachCpu(own) : own;
  }

  isStatic(name: string): boolean {
    const item = this.functions.get(name);
    if (item !== undefined) return item.head.some((token) => token.text === 'static');
    return this.byName.get(name)?.some(({ names }) => names.isStatic) ?? false;
  }

  isObject(name: string): boolean {
    const type = this.symbol(name);
    return type !== null && type.k !== 'function';
  }

  typedef(name: string): CType | null {
    const known = this.typedefs.get(name);
    if (known !== undefined) return known;
    const declaration = this.typedefItems.get(name);
    if (declaration !== undefined) {
      this.read(declaration);
      return this.typedefs.get(name) ?? { k: 'unknown', name };
    }
    return wellKnownTypes.get(name) ?? null;
  }

  struct(name: string): StructDefinition | null {
    if (!this.structs.has(name)) {
      const declaration = this.byTag.get(name);
      if (declaration !== undefined) this.read(declaration);
    }
    return this.structs.get(name) ?? null;
  }

  sizeOf(type: CType): number {
    return Math.max(this.layout(type, 0).size, 0);
  }

  offsetOf(struct: string, path: string): bigint | null {
    let type: CType = { k: 'struct', name: struct };
    let offset = 0;
    for (const part of path.split(/\.|(?=\[)/)) {
      const index = /^\[(\d+)\]$/.exec(part)?.[1];
      if (index !== undefined) {
        if (type.k !== 'array') return null;
        type = type.of;
        offset += Number(index) * this.sizeOf(type);
        continue;
      }
      if (type.k === 'wrapper') {
        type = type.of;
        continue;
      }
      const found: { offset: number; type: CType } | null = type.k === 'struct' ? this.member(type.name, part) : null;
      if (found === null) return null;
      offset += found.offset;
      type = found.type;
    }
    return BigInt(offset);
  }

  lookup(name: string): Binding | null {
    const constant = this.constants.get(name);
    if (constant !== undefined) return constant;
    const enumeration = this.byConstant.get(name);
    if (enumeration !== undefined) {
      this.read(enumeration);
      return this.constants.get(name) ?? null;
    }
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

  defineGlobal(global: Global): void {
    this.program.defineGlobal(global);
  }

  isFunctionElsewhere(name: string): boolean {
    return this.program.isFunction(name);
  }

  isObjectElsewhere(name: string): boolean {
    return this.program.isObject(name);
  }

  isDefinedFunction(name: string): boolean {
    return this.functions.has(name) || this.program.isFunction(name);
  }

  use(name: string): void {
    this.program.use(this, name);
  }

  linkName(name: string): string {
    return this.program.linkName(this, name);
  }

  row(name: string): CatalogRow | null {
    return this.program.row(name);
  }

  private index(item: DeclarationItem): void {
    const { names } = item;
    const declaration = { item, names, isRead: false };
    this.declarations.push(declaration);
    for (const tag of names.tags) if (!this.byTag.has(tag)) this.byTag.set(tag, declaration);
    for (const constant of names.constants) if (!this.byConstant.has(constant)) this.byConstant.set(constant, declaration);
    for (const name of names.ordinary) {
      if (names.isTypedef) {
        if (!this.typedefItems.has(name)) this.typedefItems.set(name, declaration);
        continue;
      }
      const all = this.byName.get(name);
      if (all === undefined) this.byName.set(name, [declaration]);
      else all.push(declaration);
    }
  }

  private symbol(name: string): CType | null {
    const head = this.head(name);
    if (head !== null) return head;
    for (const declaration of this.byName.get(name) ?? []) this.read(declaration);
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

  private read(declaration: Declaration): void {
    if (declaration.isRead) return;
    declaration.isRead = true;
    const { item, names } = declaration;
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
      this.program.omit({ what: `declaration of ${[...names.ordinary, ...names.tags].join(', ') || '?'}`, why: failure, at: item.at });
  }

  private parsed(tokens: readonly Token[], except: readonly string[] = []): Parsed {
    const isTypedef = (name: string): boolean =>
      (this.typedefItems.has(name) || (wellKnownTypes.has(name) && name !== 'bool')) && !except.includes(name);
    const prepared = prepare(tokens, { isTypedef, featureArgument: this.program.featureArgument });
    return { prepared, root: parse(prepared.text, prepared.starts) };
  }

  private layout(type: CType, depth: number): { size: number; alignment: number } {
    switch (type.k) {
      case 'void':
      case 'function':
        return { size: 1, alignment: 1 };
      case 'int':
        return { size: type.type.bits / 8, alignment: type.type.bits / 8 };
      case 'pointer':
      case 'unknown':
        return { size: 8, alignment: 8 };
      case 'wrapper':
        return this.layout(type.of, depth);
      case 'array': {
        const one = this.layout(type.of, depth);
        return { size: one.size * (type.length ?? 0), alignment: one.alignment };
      }
      case 'struct':
        return this.structLayout(type.name, depth);
    }
  }

  private structLayout(name: string, depth: number): { size: number; alignment: number } {
    const known = this.sizes.get(name);
    if (known !== undefined) return known;
    const definition = this.struct(name);
    if (definition === null || depth > 50) return { size: 8, alignment: 8 };
    let end = 0;
    let alignment = 1;
    for (const [, { offset, size, alignment: own }] of this.offsets(definition, depth)) {
      end = Math.max(end, offset + size);
      alignment = Math.max(alignment, own);
    }
    const layout = { size: Math.ceil(end / alignment) * alignment, alignment };
    this.sizes.set(name, layout);
    return layout;
  }

  private *offsets(
    definition: StructDefinition,
    depth: number,
  ): IterableIterator<[Field, { offset: number; size: number; alignment: number }]> {
    let next = 0;
    let bits = 0;
    for (const field of definition.fields.values()) {
      const { size, alignment } = this.layout(field.type, depth + 1);
      if (field.bits !== null && bits >= field.bits) {
        bits -= field.bits;
        yield [field, { offset: next - size, size, alignment }];
        continue;
      }
      const offset = definition.isUnion ? 0 : Math.ceil(next / Math.max(alignment, 1)) * Math.max(alignment, 1);
      next = offset + size;
      bits = field.bits === null ? 0 : size * 8 - field.bits;
      yield [field, { offset, size, alignment }];
    }
  }

  private member(struct: string, name: string): { offset: number; type: CType } | null {
    const definition = this.struct(struct);
    if (definition === null) return null;
    for (const [field, { offset }] of this.offsets(definition, 0)) if (field.name === name) return { offset, type: field.type };
    return null;
  }
}
