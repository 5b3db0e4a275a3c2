import type { Expr, Procedure, SourceRef } from '../../../simulator/program/types.js';
import { riscvCalls } from '../../asm/registers.js';
import { Emitter } from '../../asm/emit.js';
import { int } from '../../asm/expr.js';
import { malformed } from '../failure.js';
import type { Column, InstructionSyntax } from '../syntax.js';
import { type Context, lowerInstruction } from './instructions.js';

/** Code of thread `n` begins here; a program counter is a number, and threads do not overlap. */
const codeBase = (thread: number): bigint => 0x10_0000n * BigInt(thread + 1);

/** One column of a test, compiled. */
export interface Thread {
  readonly procedure: Procedure;
  /** Word that each label stands in front of. */
  readonly labels: ReadonlyMap<string, number>;
}

export interface ThreadOptions {
  readonly name: string;
  /** First values of registers. */
  readonly registers: ReadonlyMap<string, Expr>;
  /** Registers that are looked at in the end. */
  readonly results: readonly string[];
}

/** Compiles a column to a procedure. Throws LitmusFailure. */
export function compileThread(column: Column, file: string, options: ThreadOptions): Thread {
  const base = codeBase(column.thread) + (column.handler ? 0x8_0000n : 0n);
  const at = (line: number): SourceRef => ({ file, line, origin: 'scenario' });
  const { instructions, labels } = wordsOf(column);
  const known = new Set(labels.keys());
  const out = new Emitter(
    { number: () => null, address: () => null },
    {
      jump: (label) => ({ k: 'here', label }),
      call: (label) => ({ k: 'nowhere', why: `call of ${label}` }),
    },
    riscvCalls,
  );
  for (const [name, value] of options.registers) out.set(name, value, at(column.at.line));
  const addressOf = (word: number): Expr => int(base + 4n * BigInt(word));
  const labelAt = (word: number): string => `$word${String(word)}`;
  instructions.forEach((instruction, word) => {
    out.label(labelAt(word));
    for (const [label, where] of labels) if (where === word) out.label(label);
    const context: Context = { out, at: at(instruction.at.line), word, labels: known, addressOf, labelAt, words: instructions.length };
    lowerInstruction(instruction, context);
  });
  out.label(labelAt(instructions.length));
  for (const [label, where] of labels) if (where === instructions.length) out.label(label);
  const { code, labels: places } = out.finish();
  const words = instructions.map((_, word) => places.get(labelAt(word)) ?? 0);
  const procedure: Procedure = {
    name: options.name,
    params: [],
    frame: new Map(),
    code,
    at: at(column.at.line),
    language: 'riscv-asm',
    results: options.results,
    words,
    base,
  };
  return { procedure, labels };
}

/** The machine words of a column, and where its labels stand among them. */
function wordsOf(column: Column): { readonly instructions: readonly InstructionSyntax[]; readonly labels: ReadonlyMap<string, number> } {
  const instructions: InstructionSyntax[] = [];
  const labels = new Map<string, number>();
  for (const line of column.lines) {
    if (line.k === 'instruction') instructions.push(line);
    else if (labels.has(line.name)) throw malformed(line.at, 'each label once', `another \`${line.name}:\``);
    else labels.set(line.name, instructions.length);
  }
  return { instructions, labels };
}
