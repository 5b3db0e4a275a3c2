import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';
import type { DerivedStore } from '../source/derived.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import type { Budget } from './budget.js';
import { Linker } from './linker.js';

/** A function or variable to start from. */
export interface Entry {
  readonly name: string;
  /** The file that defines it; looked up where it is not given. */
  readonly file: string | null;
}

export interface SourcesOptions {
  readonly arch: Arch;
  readonly defines: Readonly<Record<string, string>>;
  readonly catalog: readonly CatalogRow[];
  /** Where what was compiled is kept from one process to the next (`keepUnits`); it makes no difference but in time. */
  readonly store?: DerivedStore | null;
}

export interface OnDemandRequest {
  /** Where to start. Their definitions count even where the catalog has a row of the name. */
  readonly entries: readonly Entry[];
  /** Files that are looked into first for a name that its own file does not define. */
  readonly files?: readonly string[];
  /** A file beside the tree's that may name what is static in `files`: it stands for callers that are inside of them. */
  readonly scenario?: SourceFile;
  readonly budget?: Partial<Budget>;
  /** Functions whose definition counts though the catalog has a row of the name; what ends in `*` means all that begin so. */
  readonly compiled?: readonly string[];
}

export type OnDemandOptions = SourcesOptions & OnDemandRequest;

export type EntryOutcome =
  /** `procedure` is its name in the Program. */
  | { readonly k: 'taken'; readonly entry: Entry; readonly procedure: string }
  | { readonly k: 'missing'; readonly entry: Entry; readonly why: string };

/** What of the tree a compilation hangs on. */
export interface Reads {
  /** The file was read, or looked for, to be compiled. */
  has(path: string): boolean;
  /**
   * Two versions of a file that was not: whether the names that they define could make a difference. Where a function of the kernel is
   * defined is found by its name.
   */
  couldResolveOtherwise(before: SourceFile | null, after: SourceFile | null): boolean;
}

export interface OnDemand {
  readonly program: Program;
  readonly entries: readonly EntryOutcome[];
  /** Translation units that were preprocessed, in order. */
  readonly units: readonly string[];
  readonly reads: Reads;
  /** Names that were called and that no file at hand defines, each with why. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** Set where a budget ended it: which, and the name that costs most. */
  readonly overBudget: string | null;
}

/** The C of a tree under one configuration. What one compilation read, the next one has at hand. */
export interface Sources {
  /**
   * Compiles what the entries reach, and no more: from each function to those that it calls or points to, until the catalog has a row. A
   * name is looked for in its own translation unit first, then in the image that it is linked into, then in the whole kernel. Input never
   * makes it throw. `initC` must have finished.
   */
  compile(request: OnDemandRequest): OnDemand;
}

export function sourcesOf(tree: SourceTree, options: SourcesOptions): Sources {
  const linker = new Linker(tree, options);
  return { compile: (request) => linker.run(request) };
}

/** One compilation of `sourcesOf`. */
export const compileOnDemand = (tree: SourceTree, options: OnDemandOptions): OnDemand => sourcesOf(tree, options).compile(options);
