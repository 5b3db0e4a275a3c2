import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Expr, Global, Instr, Omission, Procedure, Program } from '../../simulator/program/types.js';
import { compileAsm } from '../asm/compile.js';
import { ASSEMBLY_ARCHES, AssemblySymbols } from '../asm/symbols.js';
import { compileC } from '../c/compile.js';
import type { SourceTree } from '../source/types.js';

export interface AssemblyOptions {
  readonly arch: Arch;
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
}

/** What a symbol of assembly brings with it. */
export interface AssemblyPart {
  readonly procedures: readonly Procedure[];
  readonly globals: readonly Global[];
  /** Names that it refers to and that its file does not define. */
  readonly refersTo: ReadonlySet<string>;
}

/** The assembly of a tree, file by file, when a name is asked for that no C file defines. `initC` must have finished. */
export class TreeAssembly {
  private readonly symbols: AssemblySymbols;
  private readonly compiled = new Map<string, Program>();
  private known: ReadonlyMap<string, string> | null = null;
  readonly omissions: Omission[] = [];

  constructor(
    private readonly tree: SourceTree,
    private readonly options: AssemblyOptions,
  ) {
    this.symbols = new AssemblySymbols(tree, options.arch);
  }

  /** What asm-offsets.c of the architecture gives; empty until some assembly was compiled. */
  get offsets(): ReadonlyMap<string, string> {
    return this.known ?? new Map();
  }

  /**
   * The symbol with what of its file it reaches; null when no assembly defines it, or that of the architecture is not modelled. Routines of
   * arch/ARCH/lib (copies, string functions) come only `withLibrary`.
   */
  part(name: string, withLibrary: boolean): AssemblyPart | null {
    if (!ASSEMBLY_ARCHES.has(this.options.arch)) return null;
    const path = this.symbols.find(name);
    if (path === null || (!withLibrary && path.startsWith(`arch/${this.options.arch}/lib/`))) return null;
    const program = this.load(path);
    return program.procedures.has(name) || program.globals.has(name) ? partOf(program, name) : null;
  }

  /** Why a symbol of assembly is not modelled; null when it is none. */
  notModelled(name: string): string | null {
    const path = this.symbols.find(name);
    if (path === null) return null;
    return ASSEMBLY_ARCHES.has(this.options.arch)
      ? `in assembly: ${path}`
      : `in assembly, which is not modelled for ${this.options.arch}: ${path}`;
  }

  private load(path: string): Program {
    const known = this.compiled.get(path);
    if (known !== undefined) return known;
    const { arch, defines, catalog } = this.options;
    this.known ??= this.readOffsets();
    const program = compileAsm(this.tree, { arch, files: [path], defines, catalog, offsets: this.known });
    this.omissions.push(...program.omissions.filter(({ what }) => !generated.test(what)));
    this.compiled.set(path, program);
    return program;
  }

  private readOffsets(): ReadonlyMap<string, string> {
    const path = `arch/${this.options.arch}/kernel/asm-offsets.c`;
    if (this.tree.read(path) === null) return new Map();
    return compileC(this.tree, { ...this.options, files: [path] }).offsets;
  }
}

/** Headers that the build makes; what they would define is known otherwise. */
const generated = /^#include <(?:generated\/|asm\/unistd_)/;

function partOf(program: Program, name: string): AssemblyPart {
  const procedures = new Map<string, Procedure>();
  const globals = new Map<string, Global>();
  const refersTo = new Set<string>();
  const open = [name];
  const refer = (to: string): void => void open.push(to);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (procedures.has(next) || globals.has(next)) continue;
    const procedure = program.procedures.get(next);
    const global = program.globals.get(next);
    if (procedure !== undefined) {
      procedures.set(next, procedure);
      for (const instr of procedure.code) namesOfInstr(instr, refer);
    } else if (global !== undefined) {
      globals.set(next, global);
      for (const { value } of global.init) namesOf(value, refer);
    } else refersTo.add(next);
  }
  return { procedures: [...procedures.values()], globals: [...globals.values()], refersTo };
}

function namesOfInstr(instr: Instr, into: (name: string) => void): void {
  if (instr.op === 'call' && instr.callee.k === 'name' && !/^(?:asm|axis)\./.test(instr.callee.name)) into(instr.callee.name);
  namesOf(instr, into);
}

/** Symbols anywhere in an expression or an instruction. */
function namesOf(value: Expr | Instr, into: (name: string) => void): void {
  if ('k' in value && value.k === 'symbol') into(value.name);
  for (const part of Object.values(value) as readonly unknown[]) {
    for (const each of Array.isArray(part) ? (part as readonly unknown[]) : [part]) if (isNode(each)) namesOf(each, into);
  }
}

function isNode(value: unknown): value is Expr {
  return typeof value === 'object' && value !== null && 'k' in value;
}
