import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Expr, Global, Instr, Omission, Procedure, Program } from '../../simulator/program/types.js';
import { compileAsm } from '../asm/compile.js';
import { ASSEMBLY_ARCHES, AssemblySymbols } from '../asm/symbols.js';
import type { DerivedStore } from '../source/derived.js';
import { digestOf } from '../source/digest.js';
import { findKept, type Form, type FromFiles, keep } from '../source/kept.js';
import { noting } from '../source/noting-tree.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { decoder, type Encoded, encode } from './encoding.js';
import type { LoadedUnit } from './units.js';
import type { FilesRead } from '../source/variants.js';

export interface AssemblyOptions {
  readonly arch: Arch;
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
  readonly store?: DerivedStore | null;
}

const programForm: Form<Program> = {
  kind: 'assembly-1',
  encode: (program) => JSON.stringify(encode(program)),
  decode: (text) => {
    const { places, value } = JSON.parse(text) as Encoded;
    return decoder(places)(value) as Program;
  },
};

/** An assembly file, compiled. */
interface AssemblyFile {
  readonly path: string;
  readonly program: Program;
  readonly reads: ReadonlySet<string>;
  readonly omissions: readonly Omission[];
}

/** What a symbol of assembly brings with it. */
export interface AssemblyPart {
  readonly file: AssemblyFile;
  readonly procedures: readonly Procedure[];
  readonly globals: readonly Global[];
  /** Names that it refers to and that its file does not define. */
  readonly refersTo: ReadonlySet<string>;
}

/** The assembly of a tree, file by file, when a name is asked for that no C file defines. `initC` must have finished. */
export class TreeAssembly {
  private readonly symbols: AssemblySymbols;
  private readonly compiled = new Map<string, AssemblyFile>();
  private known: Offsets | null = null;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: AssemblyOptions,
    /** A translation unit of the tree, for asm-offsets.c. */
    private readonly unit: (path: string) => Pick<LoadedUnit, 'unit' | 'reads'> | null,
  ) {
    this.symbols = new AssemblySymbols(tree, options.arch);
  }

  /** What asm-offsets.c of the architecture gives; empty until some assembly was compiled. */
  get offsets(): ReadonlyMap<string, string> {
    return this.known?.offsets ?? new Map();
  }

  /**
   * The symbol with what of its file it reaches; null when no assembly defines it, or that of the architecture is not modelled. Routines of
   * arch/ARCH/lib (copies, string functions) come only `withLibrary`.
   */
  part(name: string, withLibrary: boolean): AssemblyPart | null {
    if (!ASSEMBLY_ARCHES.has(this.options.arch)) return null;
    const path = this.symbols.find(name);
    if (path === null || (!withLibrary && path.startsWith(`arch/${this.options.arch}/lib/`))) return null;
    const file = this.load(path);
    const { program } = file;
    return program.procedures.has(name) || program.globals.has(name) ? { file, ...partOf(program, name) } : null;
  }

  /** Why a symbol of assembly is not modelled; null when it is none. */
  notModelled(name: string): string | null {
    const path = this.symbols.find(name);
    if (path === null) return null;
    return ASSEMBLY_ARCHES.has(this.options.arch)
      ? `in assembly: ${path}`
      : `in assembly, which is not modelled for ${this.options.arch}: ${path}`;
  }

  private load(path: string): AssemblyFile {
    const known = this.compiled.get(path);
    if (known !== undefined) return known;
    this.known ??= this.readOffsets();
    const { value, reads } = this.kept(path, this.known.offsets);
    const omissions = value.omissions.filter(({ what }) => !generated.test(what));
    const file = { path, program: value, reads: new Set([...this.known.reads.keys(), ...reads.keys()]), omissions };
    this.compiled.set(path, file);
    return file;
  }

  /** A file as it was compiled in an earlier process, or now. */
  private kept(path: string, offsets: ReadonlyMap<string, string>): FromFiles<Program> {
    const { arch, defines, catalog, store } = this.options;
    const rows = catalog.map((row) => `${row.arch} ${row.name}`);
    const key = store ? JSON.stringify([path, arch, Object.entries(defines).sort(), [...offsets], digestOf(rows.join('\n'))]) : '';
    const found = store ? findKept(store, programForm, key, this.tree) : null;
    if (found !== null) return found;
    const reads = new Map<string, SourceFile | null>();
    const value = compileAsm(noting(this.tree, reads), { arch, files: [path], defines, catalog, offsets });
    if (store) keep(store, programForm, key, { reads, value });
    return { reads, value };
  }

  private readOffsets(): Offsets {
    const asked = this.unit(`arch/${this.options.arch}/kernel/asm-offsets.c`);
    return asked === null ? { offsets: new Map(), reads: new Map() } : { offsets: asked.unit.offsets(), reads: asked.reads };
  }
}

/** What asm-offsets.c gives. */
interface Offsets {
  readonly offsets: ReadonlyMap<string, string>;
  readonly reads: FilesRead;
}

/** Headers that the build makes; what they would define is known otherwise. */
const generated = /^#include <(?:generated\/|asm\/unistd_)/;

function partOf(program: Program, name: string): Omit<AssemblyPart, 'file'> {
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
