import { parseInstruction } from '../columns.js';
import type { InstructionSyntax, Position } from '../syntax.js';
import type { Isa } from './isa.js';

/**
 * First of the numbers that stand for machine words. Encodings are not modelled: equal instructions have equal words, different ones
 * different words, and no word is a number that tests use for data. Below bit 31, so that loads with and without a sign read the same.
 */
const FIRST_WORD = 0x4000_0000n;

/** Where a relative operand leads from a word: `.+8` is two words on. Null for another operand. */
export function relative(text: string): number | null {
  const found = /^\.\s*([+-])\s*([0-9]{1,4})$/.exec(text);
  if (!found) return null;
  const bytes = Number(found[2]);
  return bytes % 4 === 0 ? (found[1] === '-' ? -bytes : bytes) / 4 : null;
}

/** The numbers that stand for the machine words of a test. */
export class Words {
  private readonly numbers = new Map<string, bigint>();

  constructor(private readonly isa: Isa) {}

  /**
   * The word of an instruction. `offset` says how many words on a label stands, from a word of the text; null where the instruction
   * stands nowhere yet: then a label is part of its name.
   */
  of(instruction: InstructionSyntax, offset: (label: string) => number | null = () => null): bigint {
    const undefinedWord = this.isa.undefinedWord(instruction);
    if (undefinedWord !== null) return undefinedWord;
    const key = this.key(instruction, offset);
    if (key === this.isa.nop.text) return this.isa.nop.word;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = FIRST_WORD + BigInt(this.numbers.size);
    this.numbers.set(key, number);
    return number;
  }

  private key(instruction: InstructionSyntax, offset: (label: string) => number | null): string {
    const operands = instruction.operands.map(({ text }) => {
      const words = relative(text) ?? offset(text);
      return words === null ? text.toLowerCase().replace(/[\s#]+/g, '') : `.${words < 0 ? '' : '+'}${String(4 * words)}`;
    });
    return `${instruction.mnemonic.toLowerCase()} ${operands.join(',')}`.trim();
  }
}

/** An instruction given as a value. */
export const instructionOf = (text: string, at: Position): InstructionSyntax => parseInstruction(text, at);
