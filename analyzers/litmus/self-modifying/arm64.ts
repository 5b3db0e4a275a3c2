import { localsReadBy } from '../../../simulator/program/locals.js';
import type { Instr, Procedure } from '../../../simulator/program/types.js';
import { compileA64 } from '../../asm/arm64/compile.js';
import { registerOf } from '../../asm/arm64/registers.js';
import { A64Failure, type A64Line } from '../../asm/arm64/types.js';
import { int } from '../../asm/expr.js';
import { malformed, unsupported } from '../failure.js';
import type { Line } from '../syntax.js';
import { type Assembled, assembleAll, type Isa, type Source } from './isa.js';

/** A64 as the front end for self-modifying code needs it. */
export const arm64: Isa = {
  arch: 'arm64',
  register: (name) => registerOf(name)?.local ?? null,
  compile,
  jump: (label) => `B ${label}`,
  undefined: 'asm.udf',
  undefinedWord: ({ mnemonic, operands }) => {
    const found = /^udf$/i.test(mnemonic) ? /^#?([0-9]{1,5})$/.exec(operands[0]?.text ?? '') : null;
    return found ? BigInt(found[1] ?? '0') : null;
  },
  nop: { text: 'nop', word: 0xd503_201fn },
  fits: ({ mnemonic, operands }, hasLabel) => {
    const target = /^(?:b|b\.[a-z]{2}|cbn?z|tbn?z|adrp?)$/i.test(mnemonic) ? operands.at(-1)?.text : undefined;
    return target === undefined || target.startsWith('.') || hasLabel(target);
  },
};

function compile(source: Source): Procedure {
  const { name, at, base } = source;
  const a64 = (line: Line): A64Line => {
    if (line.k === 'label') return line;
    const operands = line.operands.map((each) => each.text);
    return { k: 'instruction', mnemonic: line.mnemonic, operands, at: { ...at, line: line.at.line } };
  };
  const label = (text: string): ReturnType<typeof int> | null => {
    const address = source.label(text);
    return address === null ? null : int(address);
  };
  const assemble = (offset: number): Assembled =>
    assembleAll(source.lines, 'ADD SP, SP, #0', (lines) => inLines(source, () => compileA64(lines.map(a64), { base, label }, offset)));
  const read = registersRead([...assemble(0).code, ...(source.handled?.code ?? [])]);
  const set = new Map([...read, ...source.results].map((each) => [each, int(0)] as const));
  for (const [register, value] of source.registers) set.set(register, value);
  // A handler has the registers of what it interrupted.
  const prologue = source.handler ? [] : [...set].map(([dst, value]): Instr => ({ op: 'set', dst, value, at }));
  const { code, words } = assemble(prologue.length);
  return {
    name,
    params: [],
    frame: new Map(),
    code: [...prologue, ...code],
    at,
    language: 'arm64-asm',
    results: source.handled ? [...new Set([...source.results, ...read])] : source.results,
    words,
    base,
  };
}

/** Locals that some instruction reads and that are the thread's own: not what hardware gives a handler. */
function registersRead(code: readonly Instr[]): string[] {
  const read = new Set<string>();
  for (const instr of code) {
    localsReadBy(instr, (name) => {
      if (!/^\$|^(?:ELR|ESR|FAR|SPSR)_EL1$/.test(name)) read.add(name);
    });
  }
  return [...read];
}

/** What is wrong with a line is wrong at its place in the file. */
function inLines<T>(source: Source, what: () => T): T {
  try {
    return what();
  } catch (error) {
    if (!(error instanceof A64Failure)) throw error;
    const line: Line | undefined = source.lines[error.line];
    const { fault } = error;
    const at = line?.at ?? { line: source.at.line, column: 1 };
    if (fault.k === 'unsupported') throw unsupported(at, fault.feature);
    const operand = line?.k === 'instruction' && fault.operand !== null ? line.operands[fault.operand] : undefined;
    const found = operand?.text ?? (line?.k === 'instruction' ? line.text : (line?.name ?? ''));
    throw malformed(operand?.at ?? at, fault.expected, `\`${found}\``);
  }
}
