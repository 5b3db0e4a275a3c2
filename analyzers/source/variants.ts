import type { SourceFile, SourceTree } from './types.js';

/** What was read of a tree: each path with its file, or null where there was none. */
export type FilesRead = ReadonlyMap<string, SourceFile | null>;

/**
 * What was made of files of several trees. A tree in which all files that something was made of are the same gets what is there: files are
 * values, and trees that differ by a patch share all others.
 */
export class Variants<T extends { readonly reads: FilesRead }> {
  /** In the order in which they were used last. */
  private readonly known = new Map<string, T[]>();

  /** `limit`: keys that are kept. */
  constructor(private readonly limit: number) {}

  *[Symbol.iterator](): IterableIterator<[string, T]> {
    for (const [key, all] of this.known) for (const each of all) yield [key, each];
  }

  /** `key` says all that the value depends on beside files. */
  of(key: string, tree: SourceTree, make: () => T): T {
    const known = this.known.get(key) ?? [];
    const same = known.find(({ reads }) => holds(reads, tree));
    const found = same ?? make();
    this.known.delete(key);
    this.known.set(key, [found, ...known.filter((each) => each !== found)].slice(0, MAX_VARIANTS));
    for (const [oldest] of this.known) {
      if (this.known.size <= this.limit) break;
      this.known.delete(oldest);
    }
    return found;
  }
}

/** A series in which several patches change one header asks for each of its versions again and again. */
const MAX_VARIANTS = 4;

function holds(reads: FilesRead, tree: SourceTree): boolean {
  for (const [path, file] of reads) if (tree.read(path) !== file) return false;
  return true;
}
