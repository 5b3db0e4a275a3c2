import type { Origin } from '../../simulator/program/types.js';

/** Where one line of a (possibly patched) file came from. */
export interface LineOrigin {
  readonly origin: Origin;
  /** Line number, from 1, in the text that `origin` names; for `patch` as the hunk header counts the new file. */
  readonly line: number;
}

/** One file with the origin of each line. `lines.length === text.split('\n').length`. */
export interface SourceFile {
  /** Kernel path, e.g. `arch/riscv/kernel/entry.S`. Never absolute, never with `..`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly LineOrigin[];
  /** Set where every line comes from this one text, by its own number: `lines` need not be asked. */
  readonly whole?: Origin;
}

/** One name in a folder. Links, devices and submodules are not listed. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/**
 * A set of kernel files to compile: the skeleton tree, or a real one, plain or with patches merged in. Reading is lazy and pure from the
 * outside: the same path gives the same file. A real tree has some 80,000 files: nothing may list it whole.
 */
export interface SourceTree {
  /** Null when the tree has no such file, or has one that cannot be taken (see `refusal`). */
  read(path: string): SourceFile | null;
  /** Why `read` gives null though the tree has something of that name, as a clause ("it is larger than 4 MiB"). Null otherwise. */
  refusal(path: string): string | null;
  /** What a folder ('' is the root) holds, sorted by name. Empty when the tree has no such folder. */
  list(folder: string): readonly TreeEntry[];
}
