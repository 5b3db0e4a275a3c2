import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';
import { compileAsm } from '../asm/compile.js';
import { ASSEMBLY_ARCHES } from '../asm/symbols.js';
import { compileC } from '../c/compile.js';
import type { SourceTree } from '../source/types.js';

export interface CompileOptions {
  readonly arch: Arch;
  /** Kernel paths; `.S` files are assembly. */
  readonly files: readonly string[];
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
}

/** One Program of C and assembly files. The C front end must have been initialised. */
export function compileKernel(tree: SourceTree, options: CompileOptions): Program {
  const assembly = options.files.filter((file) => file.endsWith('.S'));
  const c = compileC(tree, { ...options, files: options.files.filter((file) => !file.endsWith('.S')) });
  if (assembly.length === 0) return c;
  if (!ASSEMBLY_ARCHES.has(options.arch)) {
    const omissions = assembly.map((what) => ({ what, why: `assembly of ${options.arch} is not modelled yet`, at: null }));
    return { ...c, omissions: [...c.omissions, ...omissions] };
  }
  const asm = compileAsm(tree, {
    arch: options.arch,
    files: assembly,
    defines: options.defines,
    catalog: options.catalog,
    offsets: c.offsets,
  });
  return {
    procedures: new Map([...asm.procedures, ...c.procedures]),
    globals: new Map([...asm.globals, ...c.globals]),
    offsets: new Map([...asm.offsets, ...c.offsets]),
    omissions: [...c.omissions, ...asm.omissions],
  };
}
