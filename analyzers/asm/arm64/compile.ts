import type { Instr } from '../../../simulator/program/types.js';
import { branch, branchCondition, isCall } from './control.js';
import { dataProcessing, type Lowering } from './data.js';
import { Emitter } from './emitter.js';
import { type Flag, flagsRead } from './flags.js';
import { memoryAccess } from './memory.js';
import { Operands } from './operands.js';
import { systemInstruction } from './system.js';
import { A64Failure, type A64Line, malformed, type Surroundings, unsupported } from './types.js';

export interface A64Code {
  readonly code: readonly Instr[];
  /** Index into `code` of each machine word. */
  readonly words: readonly number[];
  /** Word that each label stands at; one past the last for a label at the end. */
  readonly labels: ReadonlyMap<string, number>;
}

/** Word that each label stands at. Throws A64Failure for a label given twice. */
export function labelWords(lines: readonly A64Line[]): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  let word = 0;
  lines.forEach((line, i) => {
    if (line.k === 'instruction') word++;
    else if (labels.has(line.name)) throw new A64Failure({ k: 'malformed', operand: null, expected: 'each label once' }, i);
    else labels.set(line.name, word);
  });
  return labels;
}

/**
 * Compiles A64 instructions: one machine word each, registers in locals of their names. `offset` is what stands before them in their
 * procedure. Throws A64Failure, which names the line, at an instruction that is not modelled or is none.
 */
export function compileA64(lines: readonly A64Line[], surroundings: Surroundings, offset = 0): A64Code {
  const labels = labelWords(lines);
  const out = new Emitter(labels, indirectTargets(lines, labels), flagsOf(lines), surroundings);
  lines.forEach((line, i) => {
    if (line.k === 'label') return;
    out.begin(line.at);
    try {
      meaningOf(line.mnemonic.toUpperCase())(new Operands(line), out);
    } catch (error) {
      throw error instanceof A64Failure ? new A64Failure(error.fault, i) : error;
    }
  });
  return { ...out.finish(offset), labels };
}

/** What an instruction does. Throws A64Failure for one that is not modelled, or is none. */
export function meaningOf(mnemonic: string): Lowering {
  const found = dataProcessing.get(mnemonic) ?? memoryAccess(mnemonic) ?? branch(mnemonic) ?? systemInstruction(mnemonic);
  if (found) return found;
  throw /^[A-Z][A-Z0-9.]{0,15}$/.test(mnemonic) ? unsupported(mnemonic) : malformed(null, 'an A64 instruction');
}

/** Labels, and what follows a call. */
function indirectTargets(lines: readonly A64Line[], labels: ReadonlyMap<string, number>): number[] {
  const targets = new Set(labels.values());
  let word = 0;
  for (const line of lines) {
    if (line.k !== 'instruction') continue;
    word++;
    if (isCall(line.mnemonic.toUpperCase())) targets.add(word);
  }
  return [...targets].sort((a, b) => a - b);
}

/** Flags that the text reads: in branches, and in the last operand of what selects. */
function flagsOf(lines: readonly A64Line[]): ReadonlySet<Flag> {
  const flags = new Set<Flag>();
  for (const line of lines) {
    if (line.k !== 'instruction') continue;
    const mnemonic = line.mnemonic.toUpperCase();
    const condition = branchCondition(mnemonic) ?? (/^C(?:S|INC|INV|NEG|CM)/.test(mnemonic) ? line.operands.at(-1) : undefined);
    for (const flag of flagsRead(condition ?? '')) flags.add(flag);
  }
  return flags;
}
