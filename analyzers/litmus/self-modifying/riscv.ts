import { localsReadBy } from '../../../simulator/program/locals.js';
import type { Expr, Instr, Procedure } from '../../../simulator/program/types.js';
import { Emitter } from '../../asm/emit.js';
import { int } from '../../asm/expr.js';
import { registerName, riscvCalls } from '../../asm/registers.js';
import { lowerInstruction } from '../riscv/instructions.js';
import type { Line } from '../syntax.js';
import { type Assembled, assembleAll, type Isa, type Source } from './isa.js';

/** RISC-V assembly as the front end for self-modifying code needs it. */
export const riscv: Isa = {
  arch: 'riscv',
  register: (name) => {
    const found = registerName(name);
    return found === 'zero' ? null : found;
  },
  compile,
  jump: (label) => `j ${label}`,
  undefined: 'asm.unimp',
  undefinedWord: () => null,
  nop: { text: 'nop', word: 0x13n },
  fits: ({ mnemonic, operands }, hasLabel) => {
    const target = /^(?:b[a-z]+|j|jal|jump|tail)$/i.test(mnemonic) ? operands.at(-1)?.text : undefined;
    return target === undefined || target.startsWith('.') || hasLabel(target);
  },
};

function compile(source: Source): Procedure {
  const { name, at, base } = source;
  const labels = new Set(source.lines.flatMap((line) => (line.k === 'label' ? [line.name] : [])));
  const addressOf = (word: number): Expr => int(base + 4n * BigInt(word));
  const labelAt = (word: number): string => `$word${String(word)}`;
  const lower = (lines: readonly Line[], registers: ReadonlyMap<string, Expr>): Assembled => {
    const instructions = lines.filter((line) => line.k === 'instruction');
    const out = new Emitter(
      { number: () => null, address: () => null },
      { jump: (label) => ({ k: 'here', label }), call: (label) => ({ k: 'nowhere', why: `call of ${label}` }) },
      riscvCalls,
    );
    for (const [register, value] of registers) out.set(register, value, at);
    let word = 0;
    for (const line of lines) {
      if (line.k === 'label') out.label(line.name);
      else {
        out.label(labelAt(word));
        const place = { ...at, line: line.at.line };
        lowerInstruction(line, { out, at: place, word, labels, addressOf, labelAt, words: instructions.length });
        word++;
      }
    }
    out.label(labelAt(word));
    const { code, labels: places } = out.finish();
    return { code, words: instructions.map((_, i) => places.get(labelAt(i)) ?? 0) };
  };
  const assemble = (registers: ReadonlyMap<string, Expr>): Assembled =>
    assembleAll(source.lines, 'addi sp, sp, 0', (lines) => lower(lines, registers));
  const set = new Map<string, Expr>([...registersRead(assemble(new Map()).code), ...source.results].map((each) => [each, int(0)]));
  for (const [register, value] of source.registers) set.set(register, value);
  const { code, words } = assemble(set);
  return { name, params: [], frame: new Map(), code, at, language: 'riscv-asm', results: source.results, words, base };
}

function registersRead(code: readonly Instr[]): string[] {
  const read = new Set<string>();
  for (const instr of code) {
    localsReadBy(instr, (name) => {
      if (!name.startsWith('$')) read.add(name);
    });
  }
  return [...read];
}
