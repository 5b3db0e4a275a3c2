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
}

/**
 * A set of kernel files to compile: the skeleton tree, or a real one, plain or with patches merged in. Reading is lazy and pure from the
 * outside: the same path gives the same file.
 */
export interface SourceTree {
  /** Null when the tree has no such file. */
  read(path: string): SourceFile | null;
  /** All paths, sorted; used to find definitions. */
  paths(): readonly string[];
}
