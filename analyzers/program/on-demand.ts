import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Global, Omission, Procedure, Program } from '../../simulator/program/types.js';
import type { Item } from '../c/items.js';
import { type LoadedUnit, loadUnit } from '../c/load-unit.js';
import { type RowIndex, indexRows } from '../c/row-index.js';
import { isFixed } from '../c/rows.js';
import { type FunctionItem, isUntouched, type ProgramScope, type Unit } from '../c/unit.js';
import { PieceMemo, type PiecesByFile } from '../cpp/memo.js';
import type { SourceTree } from '../source/types.js';
import { TreeAssembly } from './assembly.js';
import { BUDGET, type Budget, heaviest } from './budget.js';
import { type Definition, DefinitionIndex, definitionsOf } from './definitions.js';
import { type Image, Images } from './images.js';

/** A function or variable to start from. */
export interface Entry {
  readonly name: string;
  /** The file that defines it; looked up where it is not given. */
  readonly file: string | null;
}

export interface SourcesOptions {
  readonly arch: Arch;
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
}

export interface OnDemandRequest {
  /** Where to start. Their definitions count even where the catalog has a row of the name. */
  readonly entries: readonly Entry[];
  /** Files that are looked into first for a name that its own file does not define. */
  readonly files?: readonly string[];
  /** Path of a file that may name what is static in `files`: it stands for callers that are inside of them. */
  readonly scenario?: string;
  readonly budget?: Partial<Budget>;
}

export type OnDemandOptions = SourcesOptions & OnDemandRequest;

export type EntryOutcome =
  /** `procedure` is its name in the Program. */
  | { readonly k: 'taken'; readonly entry: Entry; readonly procedure: string }
  | { readonly k: 'missing'; readonly entry: Entry; readonly why: string };

export interface OnDemand {
  readonly program: Program;
  readonly entries: readonly EntryOutcome[];
  /** Translation units that were preprocessed, in order. */
  readonly units: readonly string[];
  /** Names that were called and that no file at hand defines, each with why. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** Set where a budget ended it: which, and the name that costs most. */
  readonly overBudget: string | null;
}

/** The C of a tree under one configuration. What one compilation read, the next one has at hand. */
export interface Sources {
  /**
   * Compiles what the entries reach, and no more: from each function to those that it calls or points to, until the catalog has a row. A
   * name is looked for in its own translation unit first, then in the image that it is linked into, then in the whole kernel. Input never
   * makes it throw. `initC` must have finished.
   */
  compile(request: OnDemandRequest): OnDemand;
}

export function sourcesOf(tree: SourceTree, options: SourcesOptions): Sources {
  const linker = new Linker(tree, options);
  return { compile: (request) => linker.run(request) };
}

/** One compilation of `sourcesOf`. */
export const compileOnDemand = (tree: SourceTree, options: OnDemandOptions): OnDemand => sourcesOf(tree, options).compile(options);

interface Work {
  readonly unit: Unit;
  readonly name: string;
  readonly depth: number;
}

/** Where a name that a unit uses is defined. */
type Home =
  | { readonly k: 'unit'; readonly unit: Unit }
  /** The catalog's row stands for it. */
  | { readonly k: 'row' }
  | { readonly k: 'none'; readonly why: string };

interface Shared {
  readonly rows: RowIndex;
  readonly pieces: PiecesByFile<readonly Item[]>;
}

/** What all trees of one architecture have in common: the files that no patch touches are the same objects in each. */
function sharedBy(catalog: readonly CatalogRow[], arch: Arch): Shared {
  let byArch = shares.get(catalog);
  if (byArch === undefined) {
    byArch = new Map();
    shares.set(catalog, byArch);
  }
  let shared = byArch.get(arch);
  if (shared === undefined) {
    shared = { rows: indexRows(catalog, arch), pieces: new WeakMap() };
    byArch.set(arch, shared);
  }
  return shared;
}

const shares = new WeakMap<readonly CatalogRow[], Map<Arch, Shared>>();

/** What one compilation makes. */
class Output {
  readonly names = new Map<string, string>();
  readonly procedures = new Map<string, Procedure>();
  readonly globals = new Map<string, Global>();
  readonly omissions = new Map<string, Omission>();
  readonly unresolved = new Map<string, string>();
  readonly forced = new Set<FunctionItem>();
  readonly units = new Set<string>();
  readonly work: Work[] = [];
  instructions = 0;
  exhausted: string | null = null;
  private readonly seen = new Map<Unit, Set<string>>();

  ask(work: Work): void {
    let names = this.seen.get(work.unit);
    if (names === undefined) {
      names = new Set();
      this.seen.set(work.unit, names);
    }
    if (names.has(work.name)) return;
    names.add(work.name);
    this.work.push(work);
  }
}

class Linker implements ProgramScope {
  readonly featureArgument: number;
  private readonly rows: RowIndex;
  private readonly index: DefinitionIndex;
  private readonly images: Images;
  private readonly assembly: TreeAssembly;
  private readonly memo: PieceMemo<readonly Item[]>;
  private readonly units = new Map<string, LoadedUnit>();
  private readonly imageOf = new Map<Unit, Image>();
  private readonly homes = new Map<Image, Map<string, Home>>();
  private request: OnDemandRequest = { entries: [] };
  private budget: Budget = BUDGET;
  private out = new Output();
  private depth = 0;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: SourcesOptions,
  ) {
    this.featureArgument = options.arch === 'riscv' ? 3 : 2;
    const shared = sharedBy(options.catalog, options.arch);
    this.rows = shared.rows;
    this.memo = new PieceMemo(shared.pieces);
    this.index = new DefinitionIndex(tree, options.arch);
    this.images = new Images(tree, options.arch, options.defines);
    this.assembly = new TreeAssembly(tree, options);
  }

  run(request: OnDemandRequest): OnDemand {
    this.request = request;
    this.budget = { ...BUDGET, ...request.budget };
    const out = new Output();
    this.out = out;
    this.depth = 0;
    const entries = request.entries.map((entry) => this.start(entry));
    for (let i = 0; i < out.work.length; i++) {
      const next = out.work[i];
      if (next === undefined) break;
      this.depth = next.depth;
      this.compile(next);
    }
    for (const omission of this.assembly.omissions) this.omit(omission);
    const program: Program = {
      procedures: out.procedures,
      globals: out.globals,
      offsets: this.assembly.offsets,
      omissions: [...out.omissions.values()],
    };
    const roots = entries.flatMap((outcome) => (outcome.k === 'taken' ? [outcome.procedure] : []));
    const overBudget = out.exhausted === null ? null : `${out.exhausted}; ${heaviest(program, roots)}`;
    return { program, entries, units: [...out.units], unresolved: out.unresolved, overBudget };
  }

  row(name: string): CatalogRow | null {
    return this.rows.row(name) ?? (name.endsWith(NOPROF) ? this.rows.row(name.slice(0, -NOPROF.length)) : null);
  }

  use(unit: Unit, name: string): void {
    this.out.ask({ unit, name, depth: this.depth + 1 });
  }

  linkName(unit: Unit, name: string): string {
    const image = this.image(unit);
    const item = unit.functions.get(name);
    if (item !== undefined) return this.rowFor(item)?.name ?? this.nameOf(name, item.at.file, image);
    if (unit.isObject(name)) return unit.isStatic(name) ? this.nameOf(name, unit.path, image) : image.prefix + name;
    const row = this.row(name);
    if (row !== null && this.rows.row(name) === null) return row.name;
    if (row !== null && isFixed(row)) return name;
    const home = this.home(unit, name);
    return home.k === 'unit' ? this.linkName(home.unit, name) : name;
  }

  defineGlobal(global: Global): void {
    const known = this.out.globals.get(global.name);
    if (known === undefined || (!known.defined && global.defined)) this.out.globals.set(global.name, global);
  }

  isFunction(name: string): boolean {
    return this.index.find(name).some((definition) => definition.kind === 'function' && !definition.isStatic);
  }

  isObject(name: string): boolean {
    return this.out.globals.has(name) || this.index.find(name).some((definition) => definition.kind === 'variable' && !definition.isStatic);
  }

  omit(omission: Omission): void {
    const key = `${omission.what}\n${omission.why}`;
    if (!this.out.omissions.has(key) && this.out.omissions.size < MAX_OMISSIONS) this.out.omissions.set(key, omission);
  }

  private start(entry: Entry): EntryOutcome {
    const found = this.entryUnit(entry);
    if (typeof found === 'string') {
      if ((entry.file?.endsWith('.S') ?? true) && this.takeAssembly(entry.name, true)) return { k: 'taken', entry, procedure: entry.name };
      return { k: 'missing', entry, why: this.assembly.notModelled(entry.name) ?? found };
    }
    const item = found.functions.get(entry.name);
    if (item !== undefined) this.out.forced.add(item);
    else if (!found.isObject(entry.name)) return { k: 'missing', entry, why: `${found.path} does not define it under this configuration` };
    this.use(found, entry.name);
    return { k: 'taken', entry, procedure: this.linkName(found, entry.name) };
  }

  private entryUnit({ name, file }: Entry): Unit | string {
    if (file !== null) {
      const unit = this.load(file, this.images.own(file));
      if (unit === null) return `the tree has no file ${file}`;
      return unit;
    }
    for (const path of this.request.files ?? []) {
      const unit = this.load(path, this.images.own(path));
      if (unit !== null && defines(unit, name)) return unit;
    }
    const candidates = this.candidates(name, this.images.kernel, true);
    for (const { path } of candidates) {
      const unit = this.load(path, this.images.own(path));
      if (unit !== null && defines(unit, name)) return unit;
    }
    if (candidates.length > 0) return `${candidates.map(placeOf).join(', ')} has it, but not under this configuration`;
    return 'no file of the tree defines it: name the file that includes its header, as in FUNCTION@FILE';
  }

  private image(unit: Unit): Image {
    return this.imageOf.get(unit) ?? this.images.kernel;
  }

  private load(path: string, image: Image): Unit | null {
    const key = image.folder === '' ? path : `${path} in ${image.folder}`;
    const known = this.units.get(key);
    if (known !== undefined) {
      this.took(key, known);
      return known.unit;
    }
    if (this.tree.read(path) === null) return null;
    const flags = this.images.flags(path, image);
    const loaded = loadUnit(
      this.tree,
      {
        path,
        arch: this.options.arch,
        defines: { ...this.options.defines, ...flags.defines },
        include: flags.include,
        rows: this.rows,
      },
      this,
      this.memo,
    );
    this.units.set(key, loaded);
    this.imageOf.set(loaded.unit, image);
    this.took(key, loaded);
    return loaded.unit;
  }

  private took(key: string, { context, omissions }: LoadedUnit): void {
    if (this.out.units.has(key)) return;
    this.out.units.add(key);
    for (const omission of omissions) this.omit(omission);
    if (context.budget.exhausted !== null) this.omit({ what: key, why: context.budget.exhausted, at: null });
  }

  /** A name that two files have, each for itself, gets that of the file behind it in the second. */
  private nameOf(name: string, file: string, image: Image): string {
    const plain = image.prefix + name;
    const owner = this.out.names.get(plain);
    if (owner === undefined) this.out.names.set(plain, file);
    return owner === undefined || owner === file ? plain : `${plain}@${file}`;
  }

  private home(unit: Unit, name: string): Home {
    if (unit.path === this.request.scenario) {
      const inside = this.inside(name);
      if (inside !== null) return { k: 'unit', unit: inside };
    }
    const image = this.image(unit);
    let homes = this.homes.get(image);
    if (homes === undefined) {
      homes = new Map();
      this.homes.set(image, homes);
    }
    let home = homes.get(name);
    if (home === undefined) {
      home = this.search(name, image);
      homes.set(name, home);
    }
    return home;
  }

  /** The first of `files` that defines a name, static or not. */
  private inside(name: string): Unit | null {
    for (const path of this.request.files ?? []) {
      const file = this.tree.read(path);
      if (file === null || !definitionsOf(file).some(([defined]) => defined === name)) continue;
      const unit = this.load(path, this.images.own(path));
      if (unit !== null && defines(unit, name)) return unit;
    }
    return null;
  }

  private search(name: string, from: Image): Home {
    const [image, plain] = this.images.ofName(name, from);
    const candidates = this.candidates(plain, image, false);
    if (this.row(plain) !== null && !candidates.some(({ path }) => this.isTouched(path))) return { k: 'row' };
    for (const candidate of candidates) {
      const unit = this.load(candidate.path, image.folder === '' ? this.images.own(candidate.path) : image);
      if (unit === null) continue;
      if (unit.functions.has(plain) || unit.isObject(plain)) return { k: 'unit', unit };
    }
    if (candidates.length === 0) return { k: 'none', why: this.whyNowhere(plain, image) };
    return { k: 'none', why: `compiled out: ${candidates.map(placeOf).join(', ')}` };
  }

  private whyNowhere(name: string, image: Image): string {
    const elsewhere = this.index.find(name).filter(({ isStatic, path }) => !isStatic && this.images.holds(image, path));
    return elsewhere.length === 0
      ? 'no file at hand defines it'
      : `not built under this configuration: ${elsewhere.map(placeOf).join(', ')}`;
  }

  /** Definitions that a name may mean in an image, the likeliest first. */
  private candidates(name: string, image: Image, withStatic: boolean): Definition[] {
    const rank = (definition: Definition): number => {
      const hinted = this.request.files?.includes(definition.path) === true ? 0 : 8;
      const built = this.images.isBuilt(definition.path) === 'built' ? 0 : 4;
      const arch = definition.path.startsWith('arch/') ? 0 : 1;
      return hinted + built + (definition.weak ? 2 : 0) + arch;
    };
    return this.index
      .find(name)
      .filter((definition) => (withStatic || !definition.isStatic) && this.images.holds(image, definition.path))
      .filter(({ path }) => this.images.isBuilt(path) !== 'left-out' || this.request.files?.includes(path) === true)
      .sort((a, b) => rank(a) - rank(b));
  }

  private isTouched(path: string): boolean {
    const file = this.tree.read(path);
    return file !== null && file.whole === undefined && file.lines.some(({ origin }) => origin === 'patch');
  }

  private compile({ unit, name }: Work): void {
    const item = unit.functions.get(name);
    if (item !== undefined) {
      this.compileFunction(unit, item);
      return;
    }
    const row = this.row(name);
    if (row !== null && isFixed(row)) return;
    if (unit.isObject(name)) this.compileGlobal(unit, name);
    else this.follow(unit, name);
  }

  private follow(unit: Unit, name: string): void {
    const home = this.home(unit, name);
    if (home.k === 'unit') {
      if (home.unit !== unit) this.useAt(home.unit, name);
    } else if (home.k === 'none' && !this.takeAssembly(name, false))
      this.out.unresolved.set(name, this.assembly.notModelled(name) ?? home.why);
  }

  /** Brings in an assembly symbol and goes on with the C that it reaches. Library routines come only where they are asked for: rows know them. */
  private takeAssembly(name: string, withLibrary: boolean): boolean {
    const part = this.assembly.part(name, withLibrary);
    if (part === null) return false;
    const { out } = this;
    for (const procedure of part.procedures) {
      if (out.procedures.has(procedure.name)) continue;
      out.procedures.set(procedure.name, procedure);
      out.instructions += procedure.code.length;
    }
    for (const global of part.globals) this.defineGlobal(global);
    for (const other of part.refersTo) {
      if (out.procedures.has(other) || out.globals.has(other)) continue;
      const row = this.row(other);
      if (row !== null && isFixed(row)) continue;
      const home = this.search(other, this.images.kernel);
      if (home.k === 'unit') this.useAt(home.unit, other);
      else if (home.k === 'none' && !this.takeAssembly(other, withLibrary))
        out.unresolved.set(other, this.assembly.notModelled(other) ?? home.why);
    }
    return true;
  }

  /** Goes on with a name in its own unit, as deep as the use of it. */
  private useAt(unit: Unit, name: string): void {
    this.depth--;
    this.use(unit, this.images.ofName(name, this.image(unit))[1]);
    this.depth++;
  }

  private compileGlobal(unit: Unit, name: string): void {
    const global = unit.global(name);
    if (global === null) return;
    const inside = !global.defined && unit.path === this.request.scenario ? this.inside(name) : null;
    if (inside !== null) {
      this.useAt(inside, name);
      return;
    }
    const definitions = global.defined ? [] : this.candidates(name, this.image(unit), false);
    const [definition] = definitions;
    if (definition === undefined) {
      this.defineGlobal(global);
      return;
    }
    if (!definition.initialised) this.defineGlobal({ ...global, defined: true });
    else {
      this.defineGlobal(global);
      const home = this.load(definition.path, this.images.own(definition.path));
      if (home !== null && home !== unit && home.isObject(name)) this.useAt(home, name);
    }
  }

  private compileFunction(unit: Unit, item: FunctionItem): void {
    const { at } = item;
    if (this.rowFor(item) !== null) return;
    const name = this.linkName(unit, item.name);
    if (this.out.procedures.has(name)) return;
    const spent = this.spent();
    if (spent !== null) {
      this.out.exhausted ??= spent;
      const what = `not modelled: ${item.name}: ${spent}`;
      this.out.procedures.set(name, { name, params: [], frame: new Map(), code: [{ op: 'unsupported', what, at }], at, language: 'c' });
      return;
    }
    const compiled = unit.compile(item);
    if (compiled.ok) {
      this.out.procedures.set(name, compiled.procedure);
      this.out.instructions += compiled.procedure.code.length;
      return;
    }
    this.omit({ what: `function ${item.name}`, why: compiled.why, at: compiled.at });
    const what = `${item.name}: ${compiled.why}`;
    this.out.procedures.set(name, {
      name,
      params: [],
      frame: new Map(),
      code: [{ op: 'unsupported', what, at: compiled.at }],
      at,
      language: 'c',
    });
  }

  /** The row that stands for a function instead of its definition. */
  private rowFor(item: FunctionItem): CatalogRow | null {
    const row = this.row(item.name);
    if (row === null || this.out.forced.has(item) || !(isFixed(row) || isUntouched(item))) return null;
    // A prefix row has no name of its own.
    return row.name.endsWith('*') ? { ...row, name: item.name } : row;
  }

  private spent(): string | null {
    const { functions, instructions, depth } = this.budget;
    if (this.out.procedures.size >= functions) return `more than ${functions} functions are reached`;
    if (this.out.instructions >= instructions) return `more than ${instructions} instructions are reached`;
    if (this.depth > depth) return `calls nest deeper than ${depth}`;
    return null;
  }
}

const defines = (unit: Unit, name: string): boolean => unit.functions.has(name) || unit.isObject(name);

const NOPROF = '_noprof';
const MAX_OMISSIONS = 2000;

const placeOf = ({ path, line }: Definition): string => `${path}:${line}`;
