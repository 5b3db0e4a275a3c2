import type { Arch } from '../../../simulator/program/arch.js';
import type { Expr, Instr, Procedure, SourceRef } from '../../../simulator/program/types.js';
import { parseInstruction } from '../columns.js';
import type { InstructionSyntax, Line } from '../syntax.js';

/** A text to compile: one column, or all of them one behind the other. */
export interface Source {
  readonly name: string;
  /** Names of labels hold a `$` where no test wrote them. */
  readonly lines: readonly Line[];
  readonly at: SourceRef;
  /** Address of the first word. */
  readonly base: bigint;
  /** Address of a label that stands elsewhere. */
  readonly label: (name: string) => bigint | null;
  /** First values of registers. */
  readonly registers: ReadonlyMap<string, Expr>;
  /** Registers that are looked at in the end. */
  readonly results: readonly string[];
  /** It is a fault handler: its registers are those of what it interrupts. */
  readonly handler: boolean;
  /** Its fault handler, which may look at any register. */
  readonly handled: Procedure | null;
}

/** One machine word after another, labels between them, as an assembler gives them. */
export interface Assembled {
  readonly code: readonly Instr[];
  readonly words: readonly number[];
}

/**
 * Assembles lines so that no word is without code: a place in the code is then one word's alone. `filler` is an instruction that changes
 * nothing and is code.
 */
export function assembleAll(lines: readonly Line[], filler: string, assemble: (lines: readonly Line[]) => Assembled): Assembled {
  const first = assemble(lines);
  const empty = (word: number): boolean => first.words[word] === (first.words[word + 1] ?? first.code.length);
  if (!first.words.some((_, word) => empty(word))) return first;
  let word = -1;
  return assemble(
    lines.map((line): Line => {
      if (line.k === 'label') return line;
      word++;
      return empty(word) ? { k: 'instruction', ...parseInstruction(filler, line.at) } : line;
    }),
  );
}

/** What the front end for self-modifying code asks of an architecture's assembler. */
export interface Isa {
  readonly arch: Arch;
  /** The local that stands for a register; null for what is none. */
  register(name: string): string | null;
  /** Compiles a text: code that sets the registers, then one machine word after another. Throws LitmusFailure. */
  compile(source: Source): Procedure;
  /** Text of an instruction that goes to `label`. */
  jump(label: string): string;
  /** Row of the catalog for a word that is no instruction. */
  readonly undefined: string;
  /** The word of an instruction that is undefined for ever; null for another instruction. */
  undefinedWord(instruction: InstructionSyntax): bigint | null;
  /** The word of an instruction that does nothing, and how it is written. */
  readonly nop: { readonly text: string; readonly word: bigint };
  /** Whether an instruction may stand where only these labels are known. */
  fits(instruction: InstructionSyntax, hasLabel: (name: string) => boolean): boolean;
}
