import type { Arch } from '../../simulator/program/arch.js';
import type { Omission } from '../../simulator/program/types.js';
import { Budget } from '../cpp/budget.js';
import type { ExpandContext } from '../cpp/expand.js';
import { includeDirectories } from '../cpp/includes.js';
import { preprocess } from '../cpp/preprocess.js';
import type { SourceTree } from '../source/types.js';
import { splitItems } from './items.js';
import { isOffsetsFile, offsetStops } from './offsets.js';
import { archDefines, compilerDefines, wellKnownMacros } from './prelude.js';
import type { RowIndex } from './row-index.js';
import { type ProgramScope, Unit } from './unit.js';

/** How a file is compiled. */
export interface UnitRequest {
  readonly path: string;
  readonly arch: Arch;
  /** The configuration and other object-like macros. */
  readonly defines: Readonly<Record<string, string>>;
  /** Directories searched before the kernel's. */
  readonly include: readonly string[];
  readonly rows: RowIndex;
}

export interface LoadedUnit {
  readonly unit: Unit;
  readonly context: ExpandContext;
  readonly omissions: readonly Omission[];
}

/** Preprocesses a file and indexes what it declares. Nothing is parsed yet. */
export function loadUnit(tree: SourceTree, request: UnitRequest, scope: ProgramScope): LoadedUnit {
  const { path, arch, defines, include, rows } = request;
  const preprocessed = preprocess(tree, path, {
    language: 'c',
    include: [...include, ...includeDirectories(arch)],
    defines: { ...compilerDefines, ...archDefines[arch], ...defines },
    stops: rows.stopsAtFileScope,
    fallbacks: wellKnownMacros,
    preincludes,
    expand: false,
  });
  const isOffsets = isOffsetsFile(path);
  const context: ExpandContext = {
    macros: preprocessed.macros,
    fallbacks: wellKnownMacros,
    overrides: rows.macros,
    stops: isOffsets ? offsetStops : rows.stops,
    budget: new Budget(MAX_TOKENS, 200),
  };
  const atFileScope = { macros: context.macros, fallbacks: context.fallbacks, budget: context.budget };
  const items = splitItems(preprocessed.lines, { ...atFileScope, stops: isOffsets ? offsetStops : rows.stopsAtFileScope }, rows.isLate);
  return { unit: new Unit(path, items, context, scope), context, omissions: preprocessed.omissions };
}

const preincludes = ['include/linux/compiler-version.h', 'include/linux/kconfig.h', 'include/linux/compiler_types.h'];
const MAX_TOKENS = 8_000_000;
