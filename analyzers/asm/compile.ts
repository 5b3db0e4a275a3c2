import type { Arch } from '../../simulator/program/arch.js';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global, Omission, Procedure, Program } from '../../simulator/program/types.js';
import { includeDirectories } from '../cpp/includes.js';
import { type PreprocessOptions, preprocess } from '../cpp/preprocess.js';
import type { SourceTree } from '../source/types.js';
import { arm64Kernel } from './arm64/kernel.js';
import { sysregFields } from './arm64/sysreg-fields.js';
import { compileAsmText } from './file.js';
import { riscv } from './riscv.js';
import { passSharedRegisters } from './shared-registers.js';
import { asmStops } from './stops.js';

export interface AsmOptions {
  readonly arch: Arch;
  /** Paths in the tree of the `.S` files to compile. */
  readonly files: readonly string[];
  /** Object-like macros, name → text: the configuration (`CONFIG_64BIT` → `1`). */
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly Pick<CatalogRow, 'name' | 'arch'>[];
  /** What asm-offsets.c gives, as in Program.offsets: those that are numbers are constants here, the others fields. */
  readonly offsets?: ReadonlyMap<string, string>;
  /** Definitions for names that the tree leaves undefined. */
  readonly fallbacks?: NonNullable<PreprocessOptions['fallbacks']>;
}

/** What the compiler of a 64-bit kernel predefines for assembly. */
const predefined: Readonly<Record<string, string>> = {
  __ASSEMBLY__: '1',
  __ASSEMBLER__: '1',
  __KERNEL__: '1',
  __SIZEOF_POINTER__: '8',
  __SIZEOF_LONG__: '8',
  __SIZEOF_INT__: '4',
  __SIZEOF_SHORT__: '2',
};
const predefinedOnRiscv: Readonly<Record<string, string>> = { __riscv: '1', __riscv_xlen: '64' };
const predefinedOnArm64: Readonly<Record<string, string>> = { __aarch64__: '1', __AARCH64EL__: '1' };

/**
 * Compiles kernel assembly to one Program: a procedure for each code symbol and a global for each datum with a label. Never throws on
 * input: what is missing or not understood is in `omissions`, or unsupported where it stands.
 */
export function compileAsm(tree: SourceTree, options: AsmOptions): Program {
  const procedures = new Map<string, Procedure>();
  const globals = new Map<string, Global>();
  const omissions: Omission[] = [];
  const constants = { ...numbersOf(options.offsets ?? new Map()), ...options.defines };
  const isa = options.arch === 'arm64' ? arm64Kernel(sysregFields(tree.read('arch/arm64/tools/sysreg')?.text ?? '')) : riscv();
  const defines = { ...predefined, ...(options.arch === 'arm64' ? predefinedOnArm64 : predefinedOnRiscv), ...options.defines };
  for (const path of options.files) {
    const preprocessed = preprocess(tree, path, {
      language: 'asm',
      include: includeDirectories(options.arch),
      defines,
      stops: asmStops,
      hashComments: isa.hashComments,
      ...(options.fallbacks ? { fallbacks: options.fallbacks } : {}),
    });
    const lines = preprocessed.lines.map((line) => ({ text: line.text, at: line.at }));
    const program = compileAsmText(lines, { path, defines: constants, catalog: options.catalog, isa });
    omissions.push(...preprocessed.omissions, ...program.omissions);
    for (const [name, procedure] of program.procedures) {
      const other = procedures.get(name);
      if (!other) procedures.set(name, procedure);
      else omissions.push({ what: `procedure ${name}`, why: `defined in ${other.at.file} too, which is kept`, at: procedure.at });
    }
    for (const [name, global] of program.globals) if (!globals.has(name)) globals.set(name, global);
  }
  return { procedures: passSharedRegisters(procedures), globals, offsets: new Map(), omissions };
}

function numbersOf(offsets: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...offsets].filter(([, value]) => /^-?\d+$/.test(value)));
}
