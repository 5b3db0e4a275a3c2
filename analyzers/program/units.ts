import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Omission } from '../../simulator/program/types.js';
import { surroundingsOf } from '../c/compile.js';
import { ItemIndex, type ItemPiece } from '../c/item-index.js';
import { loadUnit } from '../c/load-unit.js';
import { type RowIndex, indexRows } from '../c/row-index.js';
import type { Unit, UnitSurroundings } from '../c/unit.js';
import { PieceMemo, type PiecesByFile } from '../cpp/memo.js';
import type { DerivedStore } from '../source/derived.js';
import { digestOf } from '../source/digest.js';
import { findKept, keep } from '../source/kept.js';
import { noting } from '../source/noting-tree.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { type FilesRead, Variants } from '../source/variants.js';
import type { Image, Images } from './images.js';
import type { Kbuild } from './kbuild.js';
import { type CompiledBy, factsForm, SharedUnit } from './shared-unit.js';

export interface LoadedUnit {
  readonly unit: SharedUnit;
  /** What it was made of: files, and paths at which there was none. */
  readonly reads: FilesRead;
}

/** Headers that were read, and the names in them. */
interface Headers {
  readonly pieces: PiecesByFile<ItemPiece>;
  readonly index: ItemIndex;
}

const newHeaders = (): Headers => ({ pieces: new WeakMap(), index: new ItemIndex() });

/** The index holds on to what patches made of headers: after so many items it begins anew. A tree has some 30,000 that are asked for. */
const MAX_ITEMS = 500_000;

/** What all trees of one architecture have in common: files that no patch touches are the same objects in each. */
export interface Common {
  readonly rows: RowIndex;
  /** The row that stands for a name, by whatever name the catalog has it. */
  readonly row: (name: string) => CatalogRow | null;
  readonly surroundings: UnitSurroundings;
  headers: Headers;
  readonly compiledBy: CompiledBy;
  readonly units: Variants<LoadedUnit>;
  /** Says which rows the architecture has. */
  readonly digest: string;
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
    common = {
      rows,
      row,
      surroundings: surroundingsOf(arch, { row }),
      headers: newHeaders(),
      compiledBy: new Map(),
      units: new Variants(MAX_UNITS),
      digest: digestOf(rowsText(catalog, arch)),
    };
    byArch.set(arch, common);
  }
  if (common.headers.index.size > MAX_ITEMS) {
    common.headers = newHeaders();
    common.compiledBy.clear();
  }
  return common;
}

const rowsText = (catalog: readonly CatalogRow[], arch: Arch): string =>
  JSON.stringify([arch, ...catalog.filter((row) => row.arch === arch || row.arch === 'any')]);

/** Keeps what was compiled of units of a catalog, or of one architecture's, for the next process. */
export function keepUnits(catalog: readonly CatalogRow[], store: DerivedStore, only: Arch | null = null): void {
  for (const [arch, { units, digest }] of commons.get(catalog) ?? [])
    for (const [key, { unit, reads }] of units)
      if (unit.isNew && (only ?? arch) === arch) {
        keep(store, factsForm, `${digest}\n${key}`, { reads, value: unit.known });
        unit.isNew = false;
      }
}

/** Forgets the units of an architecture. Programs made of them stay as they are. */
export function releaseUnits(catalog: readonly CatalogRow[], arch: Arch): void {
  commons.get(catalog)?.delete(arch);
}

const commons = new WeakMap<readonly CatalogRow[], Map<Arch, Common>>();
const NOPROF = '_noprof';
const MAX_UNITS = 300;

export interface UnitsOptions {
  readonly arch: Arch;
  readonly defines: Readonly<Record<string, string>>;
  /** Where units of earlier processes are kept. */
  readonly store?: DerivedStore | null;
}

/** The translation units of a tree, each preprocessed when it is first asked something new. One that another tree has with the same text is taken from there. */
export class Units {
  private readonly memo: PieceMemo<ItemPiece>;
  private readonly index: ItemIndex;
  private readonly known = new Map<string, { readonly file: SourceFile; readonly loaded: LoadedUnit }>();
  private readonly imageOf = new Map<SharedUnit, Image>();
  private readonly configuration: string;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: UnitsOptions,
    private readonly images: Images,
    private readonly common: Common,
  ) {
    const { pieces, index } = common.headers;
    this.memo = new PieceMemo(pieces);
    this.index = index;
    this.configuration = digestOf(JSON.stringify(Object.entries(options.defines).sort()));
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
    const full = `${key}\n${JSON.stringify([flags.defines, flags.include])}\n${this.configuration}`;
    const loaded = this.common.units.of(full, this.tree, () => this.kept(path, flags, full) ?? this.read(path, flags));
    this.known.set(key, { file, loaded });
    this.imageOf.set(loaded.unit, image);
    return loaded;
  }

  image(unit: SharedUnit): Image {
    return this.imageOf.get(unit) ?? this.images.kernel;
  }

  private kept(path: string, flags: Flags, key: string): LoadedUnit | null {
    const { store } = this.options;
    const found = store ? findKept(store, factsForm, `${this.common.digest}\n${key}`, this.tree) : null;
    if (found === null) return null;
    // The tree may have another file beside it by then: only what was read counts.
    const files = treeOfFiles(found.reads);
    return {
      unit: SharedUnit.kept(path, found.value, () => this.unit(path, flags, files).unit, this.common.compiledBy),
      reads: found.reads,
    };
  }

  private read(path: string, flags: Flags): LoadedUnit {
    const reads = new Map<string, SourceFile | null>();
    const { unit, omissions } = this.unit(path, flags, noting(this.tree, reads));
    return { unit: SharedUnit.of(unit, omissions, this.common.compiledBy), reads };
  }

  private unit(path: string, flags: Flags, tree: SourceTree): { readonly unit: Unit; readonly omissions: readonly Omission[] } {
    const { arch, defines } = this.options;
    const { rows, surroundings } = this.common;
    const own = Object.keys(flags.defines).length === 0 ? defines : { ...defines, ...flags.defines };
    const request = { path, arch, defines: own, include: flags.include, rows };
    return loadUnit(tree, request, surroundings, this.memo, this.index);
  }
}

type Flags = Pick<Kbuild, 'defines' | 'include'>;

const treeOfFiles = (files: FilesRead): SourceTree => ({ read: (path) => files.get(path) ?? null, refusal: () => null, list: () => [] });
