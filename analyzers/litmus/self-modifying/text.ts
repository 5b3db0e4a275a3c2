import { malformed } from '../failure.js';
import type { Column, InstructionSyntax, Line, Position } from '../syntax.js';
import type { Isa } from './isa.js';
import { relative } from './words.js';

/** Where the code of a test stands. */
const BASE = 0x1000_0000n;

/** A machine word of a test's code. */
export interface Word {
  readonly thread: number;
  /** Null for the word behind a column, which ends the thread. */
  readonly instruction: InstructionSyntax | null;
}

/**
 * The code of all threads as one text, a column behind the other: any thread may jump to, and write, what stands in another's column.
 * Behind each column stands a word that ends the thread that gets there.
 */
export class Text {
  readonly words: Word[] = [];
  private readonly starts = new Map<number, number>();
  private readonly labels = new Map<string, number>();

  constructor(columns: readonly Column[]) {
    for (const { thread, lines } of columns) {
      this.starts.set(thread, this.words.length);
      for (const line of lines) {
        if (line.k === 'instruction') this.words.push({ thread, instruction: line });
        else this.place(thread, line.name, line.at);
      }
      this.words.push({ thread, instruction: null });
    }
  }

  private place(thread: number, name: string, at: Position): void {
    const key = keyOf(thread, name);
    if (this.labels.has(key)) throw malformed(at, 'each label once', `another \`${name}:\``);
    this.labels.set(key, this.words.length);
  }

  start(thread: number): number {
    return this.starts.get(thread) ?? 0;
  }

  get base(): bigint {
    return BASE;
  }

  address(word: number): bigint {
    return BASE + 4n * BigInt(word);
  }

  /** Word in front of which a label of `thread` stands; null for no label. */
  label(thread: number, name: string): number | null {
    return this.labels.get(keyOf(thread, name)) ?? null;
  }

  /** Offset in words from `word` to a label of its own column. */
  offset(word: number): (label: string) => number | null {
    return (label) => {
      const target = this.label(this.words[word]?.thread ?? -1, label);
      return target === null ? null : target - word;
    };
  }

  /** An instruction as it reads at `word`: labels and relative operands name words of the whole text. */
  placed(instruction: InstructionSyntax, word: number): InstructionSyntax {
    const operands = instruction.operands.map((operand) => {
      const words = relative(operand.text) ?? this.offset(word)(operand.text);
      if (words === null) return operand;
      if (!this.words[word + words]) throw malformed(operand.at, 'a place inside the code', `\`${operand.text}\``);
      return { ...operand, text: labelOf(word + words) };
    });
    return { ...instruction, operands, text: `${instruction.mnemonic} ${operands.map(({ text }) => text).join(', ')}` };
  }

  /** All of it as lines, each word with a label of its own, ends of columns as jumps to `stop`. */
  lines(isa: Isa, stop: string, parse: (text: string, at: Position) => InstructionSyntax): Line[] {
    const nowhere: Position = { line: 1, column: 1 };
    return this.words.flatMap(({ instruction }, i): Line[] => {
      const at = instruction?.at ?? nowhere;
      const placed = instruction ? this.placed(instruction, i) : parse(isa.jump(stop), nowhere);
      return [
        { k: 'label', name: labelOf(i), at },
        { k: 'instruction', ...placed },
      ];
    });
  }
}

const keyOf = (thread: number, name: string): string => `${String(thread)}:${name}`;

/** The label that each word of the whole text has. */
export const labelOf = (word: number): string => `$${String(word)}`;
