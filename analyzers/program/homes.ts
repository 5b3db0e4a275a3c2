import type { Arch } from '../../simulator/program/arch.js';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { DerivedStore } from '../source/derived.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { type Definition, DefinitionIndex, definitionsOf } from './definitions.js';
import type { Image, Images } from './images.js';
import type { SharedUnit } from './shared-unit.js';

/** Where a name that a unit uses is defined. */
export type Home =
  | { readonly k: 'unit'; readonly unit: SharedUnit }
  /** The catalog's row stands for it. */
  | { readonly k: 'row' }
  | { readonly k: 'none'; readonly why: string };

/** What the search for a definition needs beside the tree. */
export interface HomeOptions {
  readonly images: Images;
  readonly row: (name: string) => CatalogRow | null;
  readonly load: (path: string, image: Image) => SharedUnit | null;
  readonly imageOf: (unit: SharedUnit) => Image;
  readonly store: DerivedStore | null;
}

/** Where one compilation starts, as far as a search is concerned. */
export interface Hints {
  /** Files that are looked into first. */
  readonly files?: readonly string[];
  readonly scenario?: SourceFile;
  /** Functions whose definition counts though the catalog has a row of the name. */
  readonly compiled?: readonly string[];
}

const defines = (unit: SharedUnit, name: string): boolean => unit.function(name) !== null || unit.object(name) !== null;

/** Finds what names mean that a translation unit does not define itself. */
export class Homes {
  private readonly index: DefinitionIndex;
  private readonly known = new Map<Image, Map<string, Home>>();
  private hints: Hints = {};

  constructor(
    private readonly tree: SourceTree,
    arch: Arch,
    private readonly options: HomeOptions,
  ) {
    this.index = new DefinitionIndex(tree, arch, options.store);
  }

  /** Forgets what another compilation, with other hints, has found. */
  begin(hints: Hints): void {
    this.hints = hints;
    this.known.clear();
  }

  /** Whether some file defines a function or a variable of that name with external linkage. */
  has(name: string, kind: Definition['kind']): boolean {
    return this.index.find(name).some((definition) => definition.kind === kind && !definition.isStatic);
  }

  /** Whether the definition of a function counts whatever the catalog says. */
  isCompiled(name: string): boolean {
    return (this.hints.compiled ?? []).some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name));
  }

  /** What `name` means in `unit`. */
  of(unit: SharedUnit, name: string): Home {
    const inside = this.inside(unit, name);
    if (inside !== null) return { k: 'unit', unit: inside };
    const image = this.options.imageOf(unit);
    let homes = this.known.get(image);
    if (homes === undefined) {
      homes = new Map();
      this.known.set(image, homes);
    }
    let home = homes.get(name);
    if (home === undefined) {
      home = this.search(name, image);
      homes.set(name, home);
    }
    return home;
  }

  /** The first of the hinted files that defines a name, static or not, for the scenario, whose code stands for code inside of them. */
  inside(unit: SharedUnit, name: string): SharedUnit | null {
    if (unit.path !== this.hints.scenario?.path) return null;
    for (const path of this.hints.files ?? []) {
      const file = this.tree.read(path);
      if (file === null || !definitionsOf(file).some(([defined]) => defined === name)) continue;
      const home = this.own(path);
      if (home !== null && defines(home, name)) return home;
    }
    return null;
  }

  /** The unit that defines an entry; or why there is none. */
  ofEntry(name: string): SharedUnit | string {
    const { images } = this.options;
    for (const path of this.hints.files ?? []) {
      const unit = this.own(path);
      if (unit !== null && defines(unit, name)) return unit;
    }
    const candidates = this.candidates(name, images.kernel, true);
    for (const { path } of candidates) {
      const unit = this.own(path);
      if (unit !== null && defines(unit, name)) return unit;
    }
    if (candidates.length > 0) return `${candidates.map(placeOf).join(', ')} has it, but not under this configuration`;
    return 'no file of the tree defines it: name the file that includes its header, as in FUNCTION@FILE';
  }

  search(name: string, from: Image): Home {
    const { images, row, load } = this.options;
    const [image, plain] = images.ofName(name, from);
    const candidates = this.candidates(plain, image, false);
    if (row(plain) !== null && !this.isCompiled(plain) && !candidates.some(({ path }) => this.isTouched(path))) return { k: 'row' };
    for (const candidate of candidates) {
      const unit = load(candidate.path, image.folder === '' ? images.own(candidate.path) : image);
      if (unit !== null && defines(unit, plain)) return { k: 'unit', unit };
    }
    if (candidates.length === 0) return { k: 'none', why: this.whyNowhere(plain, image) };
    return { k: 'none', why: `compiled out: ${candidates.map(placeOf).join(', ')}` };
  }

  /** Definitions that a name may mean in an image, the likeliest first. */
  candidates(name: string, image: Image, withStatic: boolean): Definition[] {
    const { images } = this.options;
    const { files } = this.hints;
    const rank = (definition: Definition): number => {
      const hinted = files?.includes(definition.path) === true ? 0 : 8;
      const built = images.isBuilt(definition.path) === 'built' ? 0 : 4;
      const arch = definition.path.startsWith('arch/') ? 0 : 1;
      return hinted + built + (definition.weak ? 2 : 0) + arch;
    };
    return this.index
      .find(name)
      .filter((definition) => (withStatic || !definition.isStatic) && images.holds(image, definition.path))
      .filter(({ path }) => images.isBuilt(path) !== 'left-out' || files?.includes(path) === true)
      .sort((a, b) => rank(a) - rank(b));
  }

  private own(path: string): SharedUnit | null {
    return this.options.load(path, this.options.images.own(path));
  }

  private whyNowhere(name: string, image: Image): string {
    const elsewhere = this.index.find(name).filter(({ isStatic, path }) => !isStatic && this.options.images.holds(image, path));
    return elsewhere.length === 0
      ? 'no file at hand defines it'
      : `not built under this configuration: ${elsewhere.map(placeOf).join(', ')}`;
  }

  private isTouched(path: string): boolean {
    const file = this.tree.read(path);
    return file !== null && file.whole === undefined && file.lines.some(({ origin }) => origin === 'patch');
  }
}

const placeOf = ({ path, line }: Definition): string => `${path}:${line}`;
