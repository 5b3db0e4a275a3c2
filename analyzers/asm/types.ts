import type { SourceRef } from '../../simulator/program/types.js';

/** One line of preprocessed assembly and where it stands in its source. */
export interface AsmLine {
  readonly text: string;
  readonly at: SourceRef;
}

/** What is left of assembly when macros, conditionals and alternatives are expanded: a flat list, in source order. */
export type Statement = { readonly at: SourceRef } & (
  | { readonly k: 'label'; readonly name: string }
  /** An instruction or a directive; `rest` is its operand text. */
  | { readonly k: 'line'; readonly name: string; readonly rest: string }
  /** Goes to label `target` unless the running kernel was patched for `feature` (a name as the source spells it). */
  | { readonly k: 'unless'; readonly feature: string; readonly target: string }
  | { readonly k: 'goto'; readonly target: string }
  /** Code that should stand here could not be made out. */
  | { readonly k: 'gap'; readonly what: string }
);

/** An instruction with its operands apart. */
export interface Instruction {
  readonly mnemonic: string;
  readonly operands: readonly string[];
  readonly at: SourceRef;
}
