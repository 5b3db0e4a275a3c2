import type { Arch } from '../../simulator/program/arch.js';
import type { Omission } from '../../simulator/program/types.js';
import { includeDirectories } from '../cpp/includes.js';
import { PieceMemo } from '../cpp/memo.js';
import { preprocessPieces } from '../cpp/preprocess.js';
import type { SourceTree } from '../source/types.js';
import { type Item, splitItems } from './items.js';
import { ItemIndex, UnitItems } from './item-index.js';
import { isOffsetsFile, offsetStops } from './offsets.js';
import { archDefines, compilerDefines, wellKnownMacros } from './prelude.js';
import type { RowIndex } from './row-index.js';
import { Unit, type UnitSurroundings } from './unit.js';

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
  readonly omissions: readonly Omission[];
}

/**
 * Preprocesses a file and indexes what it declares. Nothing is parsed yet. `memo` and `index` hold headers for the next unit; they must have
 * seen no other catalog and no other tree but one that shares its files.
 */
export function loadUnit(
  tree: SourceTree,
  request: UnitRequest,
  surroundings: UnitSurroundings,
  memo = new PieceMemo<readonly Item[]>(),
  index = new ItemIndex(),
): LoadedUnit {
  const { path, arch, defines, include, rows } = request;
  const isOffsets = isOffsetsFile(path);
  const { pieces, macros, omissions } = preprocessPieces(
    tree,
    path,
    {
      language: 'c',
      include: [...include, ...includeDirectories(arch)],
      defines: allDefines(arch, defines),
      stops: rows.stopsAtFileScope,
      fallbacks: wellKnownMacros,
      preincludes,
    },
    {
      memo,
      make: (lines, base, table, budget, last) => {
        if (lines.length === 0) return NO_ITEMS;
        const { items, isOpen } = splitItems(
          lines,
          { macros: table, fallbacks: wellKnownMacros, stops: rows.stopsAtFileScope, budget },
          rows.isLate,
        );
        if (isOpen && !last) return null;
        const piece = items.map((item) => countedFrom(item, base));
        index.add(piece);
        return piece;
      },
    },
  );
  const context = { macros, fallbacks: wellKnownMacros, overrides: rows.macros, stops: isOffsets ? offsetStops : rows.stops };
  return { unit: new Unit(path, new UnitItems(pieces, index), context, surroundings), omissions };
}

/** With what the compiler defines by itself; the same object for the same one. */
function allDefines(arch: Arch, defines: UnitRequest['defines']): UnitRequest['defines'] {
  let all = withCompiler.get(defines);
  if (all?.arch !== arch) {
    all = { arch, defines: { ...compilerDefines, ...archDefines[arch], ...defines } };
    withCompiler.set(defines, all);
  }
  return all.defines;
}

const withCompiler = new WeakMap<UnitRequest['defines'], { readonly arch: Arch; readonly defines: UnitRequest['defines'] }>();

/** The item with epochs that count from `base`: so it is the same wherever its piece is read again. */
function countedFrom(item: Item, base: number): Item {
  if (item.kind === 'declaration') return item;
  return { ...item, body: item.body.map(({ parts, epoch }) => ({ parts, epoch: epoch - base })) };
}

const NO_ITEMS: readonly Item[] = [];
const preincludes = ['include/linux/compiler-version.h', 'include/linux/kconfig.h', 'include/linux/compiler_types.h'];
