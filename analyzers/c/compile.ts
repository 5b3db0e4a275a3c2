import type { Arch } from '../../simulator/program/arch.js';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global, Omission, Procedure, Program } from '../../simulator/program/types.js';
import type { SourceTree } from '../source/types.js';
import { loadUnit } from './load-unit.js';
import { isOffsetsFile, offsetsOf } from './offsets.js';
import { type RowIndex, indexRows } from './row-index.js';
import { isFixed } from './rows.js';
import type { ProgramScope } from './linkage.js';
import type { FunctionItem } from './item-index.js';
import { isUntouched, type Unit, type UnitSurroundings } from './unit.js';

export interface CompileOptions {
  readonly arch: Arch;
  /** The files to compile, by path. Where two define the same name, the earlier one counts that is not weak. */
  readonly files: readonly string[];
  /** The configuration and other object-like macros: `CONFIG_SMP` → `1`. */
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
  /** More directories searched for `#include`, before the kernel's. */
  readonly include?: readonly string[];
}

/**
 * Compiles kernel C. All functions and variables of `files` are in the Program, and those of headers that they refer to. `initC` must have
 * finished. Input never makes it throw: what could not be compiled is `unsupported` where it stands, and in `omissions`.
 *
 * A name with a catalog row: rows for accesses and values are lowered here and win; so do rows whose arguments are words. For other rows a
 * definition in the sources wins, but for one in a header of the kernel tree that no patch touches.
 */
export function compileC(tree: SourceTree, options: CompileOptions): Program {
  return new Compiler(tree, options).run();
}

const MAX_PROCEDURES = 6000;

class Compiler {
  private readonly rows: RowIndex;
  private readonly procedures = new Map<string, Procedure>();
  private readonly globals = new Map<string, Global>();
  private readonly offsets = new Map<string, string>();
  private readonly omissions: Omission[] = [];
  private readonly omitted = new Set<string>();
  private readonly units: Unit[] = [];
  private readonly functionNames = new Set<string>();
  private readonly work: { readonly unit: Unit; readonly name: string }[] = [];
  private readonly used = new Map<Unit, Set<string>>();
  private readonly mainFiles: ReadonlySet<string>;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: CompileOptions,
  ) {
    this.mainFiles = new Set(options.files);
    this.rows = indexRows(options.catalog, options.arch);
  }

  run(): Program {
    for (const path of this.mainFiles) this.read(path);
    for (const unit of this.units) this.roots(unit);
    for (let next = this.work.shift(); next !== undefined; next = this.work.shift()) this.compile(next.unit, next.name);
    return { procedures: this.procedures, globals: this.globals, offsets: this.offsets, omissions: this.omissions };
  }

  /** The program as a unit sees it. */
  private scopeOf(unit: Unit): ProgramScope {
    return {
      use: (name) => {
        this.use(unit, name);
      },
      linkName: (name) => name,
      defineGlobal: (global) => {
        this.defineGlobal(global);
      },
      isFunction: (name) => this.functionNames.has(name),
      isObject: (name) => this.globals.has(name) || this.units.some((each) => each.isObject(name)),
      omit: (omission) => {
        this.omit(omission);
      },
    };
  }

  private use(unit: Unit, name: string): void {
    let names = this.used.get(unit);
    if (names === undefined) {
      names = new Set();
      this.used.set(unit, names);
    }
    if (names.has(name)) return;
    names.add(name);
    this.work.push({ unit, name });
  }

  private defineGlobal(global: Global): void {
    const known = this.globals.get(global.name);
    if (known === undefined || (!known.defined && global.defined)) this.globals.set(global.name, global);
    else if (known.defined && global.defined && !samePlace(known.at, global.at)) {
      this.omit({ what: `variable ${global.name}`, why: `${known.at.file} has one of the same name`, at: global.at });
    }
  }

  private omit(omission: Omission): void {
    const key = `${omission.what}\n${omission.why}`;
    if (this.omitted.has(key)) return;
    this.omitted.add(key);
    this.omissions.push(omission);
  }

  private read(path: string): void {
    const { arch, defines, include = [] } = this.options;
    const { unit, omissions } = loadUnit(this.tree, { path, arch, defines, include, rows: this.rows }, surroundingsOf(arch, this.rows));
    for (const omission of omissions) this.omit(omission);
    this.units.push(unit);
    for (const { name } of unit.functions()) this.functionNames.add(name);
    if (isOffsetsFile(path)) this.readOffsets(unit);
  }

  private readOffsets(unit: Unit): void {
    const { offsets, skipped } = offsetsOf(unit);
    for (const [name, path] of offsets) this.offsets.set(name, path);
    for (const { name, at } of skipped) this.omit({ what: `DEFINE(${name}, …)`, why: 'its value is not a constant here', at });
  }

  private roots(unit: Unit): void {
    if (isOffsetsFile(unit.path)) return;
    for (const item of unit.functions()) if (item.at.file === unit.path) this.use(unit, item.name);
    for (const name of unit.variablesOf(unit.path)) this.use(unit, name);
  }

  private compile(unit: Unit, name: string): void {
    const item = unit.function(name);
    const strong = item?.weak === true ? this.strong(name) : null;
    if (strong !== null) this.compileFunction(strong.unit, strong.item);
    else if (item !== null) this.compileFunction(unit, item);
    else {
      const global = unit.global(name, this.scopeOf(unit));
      if (global !== null) this.defineGlobal(global);
    }
  }

  /** The definition that a weak one gives way to. */
  private strong(name: string): { readonly unit: Unit; readonly item: FunctionItem } | null {
    for (const unit of this.units) {
      const item = unit.function(name);
      if (item !== null && !item.weak && item.at.file === unit.path) return { unit, item };
    }
    return null;
  }

  private compileFunction(unit: Unit, item: FunctionItem): void {
    const { name, at } = item;
    if (this.rowWins(item)) return;
    const known = this.procedures.get(name);
    if (known !== undefined) {
      if (!samePlace(known.at, at)) this.omit({ what: `function ${name}`, why: `${known.at.file} has one of the same name`, at });
      return;
    }
    if (this.procedures.size >= MAX_PROCEDURES) {
      this.omit({ what: `function ${name}`, why: `more than ${MAX_PROCEDURES} functions are reached`, at });
      return;
    }
    const compiled = unit.compile(item, this.scopeOf(unit));
    if (compiled.ok) {
      this.procedures.set(name, compiled.procedure);
      return;
    }
    this.omit({ what: `function ${name}`, why: compiled.why, at: compiled.at });
    const what = `${name}: ${compiled.why}`;
    this.procedures.set(name, { name, params: [], frame: new Map(), code: [{ op: 'unsupported', what, at }], at, language: 'c' });
  }

  /** True when the catalog's row for this name stands, and the definition in the sources is passed over. */
  private rowWins(item: FunctionItem): boolean {
    const row = this.rows.row(item.name);
    if (row === null) return false;
    return isFixed(row) || (!this.mainFiles.has(item.at.file) && isUntouched(item));
  }
}

/** `row` may find a name by more than the index does. */
export function surroundingsOf(arch: Arch, { row }: Pick<RowIndex, 'row'>): UnitSurroundings {
  // The kernel's tests for a CPU feature take the feature last on riscv only.
  return { featureArgument: arch === 'riscv' ? 3 : 2, row };
}

function samePlace(a: { readonly file: string; readonly line: number }, b: { readonly file: string; readonly line: number }): boolean {
  return a.file === b.file && a.line === b.line;
}
