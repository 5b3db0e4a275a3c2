import type { Omission } from '../../simulator/program/types.js';
import type { LexedFile } from './lexer.js';
import type { MacroTable, Watch } from './macros.js';

/** A conditional group: `taken` once a branch of it was live. */
export interface Group {
  readonly outer: boolean;
  live: boolean;
  taken: boolean;
}

/** What a piece of a file came out as, and what that hung on. */
export interface Known<T> {
  readonly watch: Watch;
  readonly made: T;
  /** Number of the line that ends it, and the groups that are open there. */
  readonly end: number;
  readonly groups: readonly Group[];
  readonly omissions: readonly Omission[];
  /** It has a `#pragma once`. */
  readonly once: boolean;
}

export type PiecesByFile<T> = WeakMap<LexedFile, Map<string, Known<T>[]>>;

/** Pieces of files by where they begin. A file that changes is another object, and begins anew. */
export class PieceMemo<T> {
  /** Headers by how they were asked for: the path, and those at which there was none before it. */
  readonly includes = new Map<string, { readonly found: string | null; readonly missed: readonly string[] }>();

  /** `byFile` is kept by whoever has several trees that share files. */
  constructor(private readonly byFile: PiecesByFile<T> = new WeakMap()) {}

  /** The piece that begins at line `from`, if one is known whose macros all mean the same now. */
  find(file: LexedFile, from: number, groups: string, macros: MacroTable): Known<T> | null {
    const all = this.byFile.get(file)?.get(`${from} ${groups}`);
    return all?.find(({ watch }) => macros.holds(watch)) ?? null;
  }

  add(file: LexedFile, from: number, groups: string, known: Known<T>): void {
    let pieces = this.byFile.get(file);
    if (pieces === undefined) {
      pieces = new Map();
      this.byFile.set(file, pieces);
    }
    const key = `${from} ${groups}`;
    const all = pieces.get(key);
    if (all === undefined) pieces.set(key, [known]);
    else if (all.length < MAX_VARIANTS) all.push(known);
  }
}

const MAX_VARIANTS = 6;
