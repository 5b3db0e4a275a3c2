import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Instr, Program, SourceRef } from '../../simulator/program/types.js';
import type { ProgramScope } from '../c/linkage.js';
import { isFixed } from '../c/rows.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { TreeAssembly } from './assembly.js';
import { BUDGET, type Budget, heaviest } from './budget.js';
import { Homes } from './homes.js';
import { type Image, Images } from './images.js';
import type { Entry, EntryOutcome, OnDemand, OnDemandRequest, SourcesOptions } from './on-demand.js';
import { Output, type Work } from './output.js';
import { readsOf } from './reads.js';
import type { FunctionFacts, SharedUnit } from './shared-unit.js';
import { type Common, commonOf, Units } from './units.js';

/** Puts Programs together: from each function to those that it calls or points to. */
export class Linker {
  private readonly tree: TreeAndScenario;
  private readonly common: Common;
  private readonly images: Images;
  private readonly units: Units;
  private readonly homes: Homes;
  private readonly assembly: TreeAssembly;
  private budget: Budget = BUDGET;
  private out = new Output();
  private depth = 0;
  private readonly scopes = new WeakMap<SharedUnit, ProgramScope>();

  constructor(tree: SourceTree, options: SourcesOptions) {
    this.tree = new TreeAndScenario(tree);
    this.common = commonOf(options.catalog, options.arch);
    this.images = new Images(this.tree, options.arch, options.defines);
    this.units = new Units(this.tree, options, this.images, this.common);
    this.homes = new Homes(this.tree, options.arch, {
      images: this.images,
      row: this.common.row,
      load: (path, image) => this.load(path, image),
      imageOf: (unit) => this.units.image(unit),
      store: options.store ?? null,
    });
    this.assembly = new TreeAssembly(this.tree, options, (path) => this.units.load(path, this.images.kernel));
  }

  run(request: OnDemandRequest): OnDemand {
    const { scenario } = request;
    this.tree.scenario = scenario ?? null;
    this.homes.begin(request);
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
    const program: Program = {
      procedures: out.procedures,
      globals: out.globals,
      offsets: out.assembly.size === 0 ? new Map() : this.assembly.offsets,
      omissions: [...out.omissions.values()],
    };
    const roots = entries.flatMap((outcome) => (outcome.k === 'taken' ? [outcome.procedure] : []));
    const overBudget = out.exhausted === null ? null : `${out.exhausted}; ${heaviest(program, roots)}`;
    const reads = readsOf(out, this.common.row);
    return { program, entries, units: [...out.units.keys()], reads, unresolved: out.unresolved, overBudget };
  }

  /** The Program as a unit sees it. */
  private scopeOf(unit: SharedUnit): ProgramScope {
    let scope = this.scopes.get(unit);
    if (scope === undefined) {
      scope = {
        use: (name) => {
          this.use(unit, name);
        },
        linkName: (name) => this.linkName(unit, name),
        defineGlobal: (global) => {
          this.out.define(global);
        },
        isFunction: (name) => this.homes.has(name, 'function'),
        isObject: (name) => this.out.globals.has(name) || this.homes.has(name, 'variable'),
        omit: (omission) => {
          this.out.omit(omission);
        },
      };
      this.scopes.set(unit, scope);
    }
    return scope;
  }

  private use(unit: SharedUnit, name: string): void {
    this.out.ask({ unit, name, depth: this.depth + 1 });
  }

  private linkName(unit: SharedUnit, name: string): string {
    const image = this.units.image(unit);
    const found = unit.function(name);
    if (found !== null) return this.rowFor(found)?.name ?? this.nameOf(name, found.at.file, image);
    const object = unit.object(name);
    if (object !== null) return object === 'static' ? this.nameOf(name, unit.path, image) : image.prefix + name;
    const row = this.common.row(name);
    if (row !== null && this.common.rows.row(name) === null) return row.name;
    if (row !== null && isFixed(row)) return name;
    const home = this.homes.of(unit, name);
    return home.k === 'unit' ? this.linkName(home.unit, this.images.ofName(name, this.units.image(home.unit))[1]) : name;
  }

  private start(entry: Entry): EntryOutcome {
    const found = this.entryUnit(entry);
    if (typeof found === 'string') {
      if ((entry.file?.endsWith('.S') ?? true) && this.takeAssembly(entry.name, true)) return { k: 'taken', entry, procedure: entry.name };
      return { k: 'missing', entry, why: this.assembly.notModelled(entry.name) ?? found };
    }
    const item = found.function(entry.name);
    if (item !== null) this.out.forced.add(item);
    else if (found.object(entry.name) === null)
      return { k: 'missing', entry, why: `${found.path} does not define it under this configuration` };
    this.use(found, entry.name);
    return { k: 'taken', entry, procedure: this.linkName(found, entry.name) };
  }

  private entryUnit({ name, file }: Entry): SharedUnit | string {
    if (file === null) return this.homes.ofEntry(name);
    return this.load(file, this.images.own(file)) ?? `the tree has no file ${file}`;
  }

  private load(path: string, image: Image): SharedUnit | null {
    const loaded = this.units.load(path, image);
    if (loaded === null) return null;
    const key = this.units.keyOf(path, image);
    if (!this.out.units.has(key)) {
      this.out.units.set(key, loaded);
      for (const omission of loaded.unit.omissions) this.out.omit(omission);
    }
    return loaded.unit;
  }

  /** A name that two files have, each for itself, gets that of the file behind it in the second. */
  private nameOf(name: string, file: string, image: Image): string {
    const plain = image.prefix + name;
    const owner = this.out.names.get(plain);
    if (owner === undefined) this.out.names.set(plain, file);
    return owner === undefined || owner === file ? plain : `${plain}@${file}`;
  }

  private compile({ unit, name }: Work): void {
    const item = unit.function(name);
    if (item !== null) {
      this.compileFunction(unit, item);
      return;
    }
    const row = this.common.row(name);
    if (row !== null && isFixed(row)) return;
    if (unit.object(name) !== null) this.compileGlobal(unit, name);
    else this.follow(unit, name);
  }

  private follow(unit: SharedUnit, name: string): void {
    const home = this.homes.of(unit, name);
    if (home.k === 'unit') {
      if (home.unit !== unit) this.useAt(home.unit, name);
    } else if (home.k === 'none') this.takeOrMiss(name, home.why, false);
  }

  private takeOrMiss(name: string, why: string, withLibrary: boolean): void {
    if (!this.takeAssembly(name, withLibrary)) this.out.unresolved.set(name, this.assembly.notModelled(name) ?? why);
  }

  /** Brings in an assembly symbol and goes on with the C that it reaches. Library routines come only where they are asked for: rows know them. */
  private takeAssembly(name: string, withLibrary: boolean): boolean {
    const part = this.assembly.part(name, withLibrary);
    if (part === null) return false;
    const { out } = this;
    out.assembly.set(part.file.path, part.file.reads);
    for (const omission of part.file.omissions) this.out.omit(omission);
    for (const procedure of part.procedures) if (!out.procedures.has(procedure.name)) out.add(procedure);
    for (const global of part.globals) this.out.define(global);
    for (const other of part.refersTo) {
      if (out.procedures.has(other) || out.globals.has(other)) continue;
      const row = this.common.row(other);
      if (row !== null && isFixed(row)) continue;
      const home = this.homes.search(other, this.images.kernel);
      if (home.k === 'unit') this.useAt(home.unit, other);
      else if (home.k === 'none') this.takeOrMiss(other, home.why, withLibrary);
    }
    return true;
  }

  /** Goes on with a name in its own unit, as deep as the use of it. */
  private useAt(unit: SharedUnit, name: string): void {
    this.depth--;
    this.use(unit, this.images.ofName(name, this.units.image(unit))[1]);
    this.depth++;
  }

  private compileGlobal(unit: SharedUnit, name: string): void {
    const global = unit.global(name, this.scopeOf(unit));
    if (global === null) return;
    const inside = global.defined ? null : this.homes.inside(unit, name);
    if (inside !== null) {
      this.useAt(inside, name);
      return;
    }
    const [definition] = global.defined ? [] : this.homes.candidates(name, this.units.image(unit), false);
    if (definition === undefined) this.out.define(global);
    else if (!definition.initialised) this.out.define({ ...global, defined: true });
    else {
      this.out.define(global);
      const home = this.load(definition.path, this.images.own(definition.path));
      if (home !== null && home !== unit && home.object(name) !== null) this.useAt(home, name);
    }
  }

  private compileFunction(unit: SharedUnit, item: FunctionFacts): void {
    const { at } = item;
    if (this.rowFor(item) !== null) return;
    const name = this.linkName(unit, item.name);
    if (this.out.procedures.has(name)) return;
    const spent = this.spent();
    if (spent !== null) {
      this.out.exhausted ??= spent;
      this.unsupported(name, `not modelled: ${item.name}: ${spent}`, at, at);
      return;
    }
    const compiled = unit.compile(item.name, this.scopeOf(unit));
    if (compiled.ok) {
      this.out.add(compiled.procedure);
      return;
    }
    this.out.omit({ what: `function ${item.name}`, why: compiled.why, at: compiled.at });
    this.unsupported(name, `${item.name}: ${compiled.why}`, compiled.at, at);
  }

  /** A procedure that ends a run which reaches it. */
  private unsupported(name: string, what: string, place: SourceRef, at: SourceRef): void {
    const code: readonly Instr[] = [{ op: 'unsupported', what, at: place }];
    this.out.procedures.set(name, { name, params: [], frame: new Map(), code, at, language: 'c' });
  }

  /** The row that stands for a function instead of its definition. */
  private rowFor(item: FunctionFacts): CatalogRow | null {
    const row = this.common.row(item.name);
    if (row === null || this.out.forced.has(item) || this.homes.isCompiled(item.name) || !(isFixed(row) || item.isUntouched)) return null;
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

/** A tree with one file beside it, which changes from one compilation to the next. */
class TreeAndScenario implements SourceTree {
  scenario: SourceFile | null = null;

  constructor(private readonly tree: SourceTree) {}

  read(path: string): SourceFile | null {
    return path === this.scenario?.path ? this.scenario : this.tree.read(path);
  }

  refusal(path: string): string | null {
    return path === this.scenario?.path ? null : this.tree.refusal(path);
  }

  list(folder: string): ReturnType<SourceTree['list']> {
    return this.tree.list(folder);
  }
}
