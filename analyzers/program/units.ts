import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Omission } from '../../simulator/program/types.js';
import { surroundingsOf } from '../c/compile.js';
import type { Item } from '../c/items.js';
import { loadUnit } from '../c/load-unit.js';
import { type RowIndex, indexRows } from '../c/row-index.js';
import type { Unit, UnitSurroundings } from '../c/unit.js';
import { PieceMemo, type PiecesByFile } from '../cpp/memo.js';
import { noting } from '../source/noting-tree.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import type { Image, Images } from './images.js';
import { type FilesRead, Variants } from './variants.js';

export interface LoadedUnit {
  readonly unit: Unit;
  readonly omissions: readonly Omission[];
  /** What it was made of: files, and paths at which there was none. */
  readonly reads: FilesRead;
}

/** What all trees of one architecture have in common: files that no patch touches are the same objects in each. */
export interface Common {
  readonly rows: RowIndex;
  /** The row that stands for a name, by whatever name the catalog has it. */
  readonly row: (name: string) => CatalogRow | null;
  readonly surroundings: UnitSurroundings;
  readonly pieces: PiecesByFile<readonly Item[]>;
  readonly units: Variants<LoadedUnit>;
}

export function commonOf(catalog: readonly CatalogRow[], arch: Arch): Common {
  let byArch = commons.get(catalog);
  if (byArch === undefined) {
    byArch = new Map();
    commons.set(catalog, byArch);
  }
  let common = byArch.get(arch);
  if (common === undefined) {
    const rows = indexRows(catalog, arch);
    const row = (name: string): CatalogRow | null =>
      rows.row(name) ?? (name.endsWith(NOPROF) ? rows.row(name.slice(0, -NOPROF.length)) : null);
    common = { rows, row, surroundings: surroundingsOf(arch, { row }), pieces: new WeakMap(), units: new Variants(MAX_UNITS) };
    byArch.set(arch, common);
  }
  return common;
}

const commons = new WeakMap<readonly CatalogRow[], Map<Arch, Common>>();
const NOPROF = '_noprof';
const MAX_UNITS = 300;

/** The translation units of a tree, each preprocessed when it is first asked for. One that another tree has with the same text is taken from there. */
export class Units {
  private readonly memo: PieceMemo<readonly Item[]>;
  private readonly known = new Map<string, { readonly file: SourceFile; readonly loaded: LoadedUnit }>();
  private readonly imageOf = new Map<Unit, Image>();
  private readonly configuration: string;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: { readonly arch: Arch; readonly defines: Readonly<Record<string, string>> },
    private readonly images: Images,
    private readonly common: Common,
  ) {
    this.memo = new PieceMemo(common.pieces);
    this.configuration = JSON.stringify(Object.entries(options.defines).sort());
  }

  /** What a unit is called: its path, and the image where that is not the kernel. */
  keyOf(path: string, image: Image): string {
    return image.folder === '' ? path : `${path} in ${image.folder}`;
  }

  /** Null when the tree has no such file. */
  load(path: string, image: Image): LoadedUnit | null {
    const key = this.keyOf(path, image);
    const file = this.tree.read(path);
    if (file === null) return null;
    const known = this.known.get(key);
    if (known?.file === file) return known.loaded;
    const flags = this.images.flags(path, image);
    const loaded = this.common.units.of(`${key}\n${JSON.stringify(flags)}\n${this.configuration}`, this.tree, () => this.read(path, flags));
    this.known.set(key, { file, loaded });
    this.imageOf.set(loaded.unit, image);
    return loaded;
  }

  image(unit: Unit): Image {
    return this.imageOf.get(unit) ?? this.images.kernel;
  }

  private read(path: string, flags: ReturnType<Images['flags']>): LoadedUnit {
    const { arch, defines } = this.options;
    const { rows, surroundings } = this.common;
    const reads = new Map<string, SourceFile | null>();
    const request = { path, arch, defines: { ...defines, ...flags.defines }, include: flags.include, rows };
    return { ...loadUnit(noting(this.tree, reads), request, surroundings, this.memo), reads };
  }
}
