import type { Cpu, Setup, Value } from '../../../simulator/litmus/test.js';
import { localsReadBy } from '../../../simulator/program/locals.js';
import type { Expr, Instr, Procedure, SourceRef } from '../../../simulator/program/types.js';
import { compileA64, labelWords } from '../../asm/arm64/compile.js';
import { registerOf } from '../../asm/arm64/registers.js';
import { A64Failure, type A64Line } from '../../asm/arm64/types.js';
import { malformed, unsupported } from '../failure.js';
import type { Column, InitItem, Line, LitmusFile, Position, Proposition } from '../syntax.js';
import type { Machine } from './info.js';
import { type Context, exprOf, valueOf } from './values.js';
import { widthOf } from './int-types.js';

/** Where the code of each thread begins, and its handler's; no data stands there. */
const CODE = 0x2000_0000n;
const CODE_SIZE = 0x1_0000n;
const HANDLER = 0x8000n;

/** One thread's program, and where its labels are. */
export interface Thread {
  readonly number: number;
  readonly column: Column;
  readonly handler: Column | null;
  readonly base: bigint;
  /** Machine word of each label, counted from `base`; those of the handler among them. */
  readonly words: ReadonlyMap<string, number>;
}

/** The threads of the program, in the order of their numbers. Throws LitmusFailure. */
export function threadsOf(columns: readonly Column[]): Thread[] {
  const entries = columns.filter((column) => !column.handler).sort((a, b) => a.thread - b.thread);
  return entries.map((column, i) => {
    const handler = columns.find((other) => other.handler && other.thread === column.thread) ?? null;
    const words = new Map(wordsOf(column));
    for (const [label, word] of handler ? wordsOf(handler) : []) {
      if (words.has(label)) throw malformed(handler?.at ?? column.at, 'each label of a thread once', `another \`${label}\``);
      words.set(label, Number(HANDLER / 4n) + word);
    }
    return { number: column.thread, column, handler, base: CODE + BigInt(i) * CODE_SIZE, words };
  });
}

const wordsOf = (column: Column): ReadonlyMap<string, number> => inColumn(column, () => labelWords(lines(column, '')));

/** Address of a label of one of the threads. */
export function labelAddress(threads: readonly Thread[], number: number, label: string): bigint | null {
  const thread = threads.find((each) => each.number === number);
  const word = thread?.words.get(label);
  return thread && word !== undefined ? thread.base + 4n * BigInt(word) : null;
}

interface Code {
  readonly cpus: readonly Cpu[];
  readonly procedures: ReadonlyMap<string, Procedure>;
  readonly line: Setup['line'];
}

/** Compiles each thread to a procedure that first gives its registers their values. Throws LitmusFailure. */
export function compileThreads(file: LitmusFile, threads: readonly Thread[], machine: Machine, context: Context): Code {
  const procedures = new Map<string, Procedure>();
  const texts = new Map<string, string>();
  const cpus = threads.map((thread, number): Cpu => {
    const name = `P${String(thread.number)}`;
    const handler = thread.handler && compileHandler(thread, thread.handler, name);
    const plan = handler?.name ?? (machine.faults === 'skip' ? SKIP.name : null);
    if (handler) procedures.set(handler.name, handler);
    else if (plan !== null) procedures.set(SKIP.name, SKIP);
    procedures.set(name, compileThread(file, thread, name, handler?.code ?? [], context));
    for (const column of [thread.column, thread.handler]) {
      for (const line of column?.lines ?? []) {
        if (line.k === 'instruction') texts.set(`${columnName(column)}:${String(line.at.line)}`, line.text);
      }
    }
    return {
      name,
      number,
      entry: name,
      fault: plan !== null ? { k: 'handler', procedure: plan } : { k: machine.faults === 'retry' ? 'retry' : 'stop' },
      user: machine.user(thread.number),
      updates: machine.updates(thread.number),
    };
  });
  return { cpus, procedures, line: (column, line) => texts.get(`${column}:${String(line)}`) ?? null };
}

const columnName = (column: Column | null): string => (column ? `P${String(column.thread)}${column.handler ? '.F' : ''}` : '');

function compileThread(file: LitmusFile, thread: Thread, name: string, handler: readonly Instr[], context: Context): Procedure {
  const { column, base } = thread;
  const at: SourceRef = { file: name, line: column.at.line, origin: 'scenario' };
  const compile = (offset: number): ReturnType<typeof compileA64> =>
    inColumn(column, () => compileA64(lines(column, name), { base, label: labelOf(thread) }, offset));
  const given = initialRegisters(file.init, thread.number, context);
  const read = registersRead([...compile(0).code, ...handler]);
  const results = registersAsked(file, thread.number);
  // Registers that nobody sets are zero.
  const prologue: Instr[] = [...new Set([...given.keys(), ...read, ...results])].map((dst) => {
    const value = given.get(dst);
    return { op: 'set', dst, value: value ? exprOf(value) : { k: 'int', value: 0n }, at };
  });
  const { code, words } = compile(prologue.length);
  // A handler may look at any register, whenever it is entered, and come back anywhere.
  const looked = handler.length > 0 ? new Set([...results, ...read]) : results;
  return { ...procedure(name, [...prologue, ...code], at), results: [...looked], words, base };
}

/** Labels of the thread's other column. */
const labelOf =
  (thread: Thread) =>
  (label: string): Expr | null => {
    const word = thread.words.get(label);
    return word === undefined ? null : { k: 'int', value: thread.base + 4n * BigInt(word) };
  };

function compileHandler(thread: Thread, column: Column, name: string): Procedure {
  const base = thread.base + HANDLER;
  const at: SourceRef = { file: columnName(column), line: column.at.line, origin: 'scenario' };
  const { code, words } = inColumn(column, () => compileA64(lines(column, at.file), { base, label: labelOf(thread) }));
  return { ...procedure(`${name}.F`, code, at), words, base };
}

const procedure = (name: string, code: readonly Instr[], at: SourceRef): Procedure => ({
  name,
  params: [],
  frame: new Map(),
  code,
  at,
  language: 'arm64-asm',
});

/** Comes back behind the instruction that faulted. */
const SKIP: Procedure = (() => {
  const at: SourceRef = { file: 'fault handler', line: 1, origin: 'scenario' };
  const next = {
    k: 'binary',
    op: '+',
    a: { k: 'local', name: 'ELR_EL1' },
    b: { k: 'int', value: 4n },
    type: { bits: 64, signed: false },
  } as const;
  const code: readonly Instr[] = [
    { op: 'set', dst: 'ELR_EL1', value: next, at },
    { op: 'call', dst: null, callee: { k: 'name', name: 'asm.eret' }, args: [], at },
  ];
  return { ...procedure('skip the access', code, at), words: [0, 1] };
})();

const lines = (column: Column, file: string): A64Line[] =>
  column.lines.map((line): A64Line => {
    if (line.k === 'label') return line;
    const { mnemonic, operands, at } = line;
    return { k: 'instruction', mnemonic, operands: operands.map((each) => each.text), at: { file, line: at.line, origin: 'scenario' } };
  });

/** Does something with a column's lines; what is wrong with one of them is wrong at its place in the file. */
function inColumn<T>(column: Column, what: () => T): T {
  try {
    return what();
  } catch (error) {
    if (!(error instanceof A64Failure)) throw error;
    const line = column.lines[error.line];
    const { fault } = error;
    const at: Position = line?.at ?? column.at;
    if (fault.k === 'unsupported') throw unsupported(at, fault.feature);
    const operand = line?.k === 'instruction' && fault.operand !== null ? line.operands[fault.operand] : undefined;
    throw malformed(operand?.at ?? at, fault.expected, operand ? `\`${operand.text}\`` : `\`${textOf(line)}\``);
  }
}

const textOf = (line: Line | undefined): string => (line?.k === 'instruction' ? line.text : (line?.name ?? ''));

/** First values of a thread's registers, by local. */
function initialRegisters(init: readonly InitItem[], thread: number, context: Context): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const { target, value, type, at } of init) {
    if (target.k !== 'register' || target.thread !== thread) continue;
    const register = registerOf(target.name);
    if (!register || register.local === null) throw malformed(target.at, 'a register, like X0 or W0', `\`${target.name}\``);
    if (!value) continue;
    if (values.has(register.local)) throw malformed(at, 'one value for each register', `a second one for ${register.local}`);
    const bits = register.type.bits === 32 ? 32 : (widthOf(type ?? '')?.bits ?? 64);
    values.set(register.local, valueOf(value, context, bits));
  }
  return values;
}

/** Locals that some instruction reads and that are the thread's own: not what hardware gives a handler. */
function registersRead(code: readonly Instr[]): string[] {
  const read = new Set<string>();
  for (const instr of code) {
    localsReadBy(instr, (name) => {
      if (!/^\$|^(?:ELR|ESR|FAR)_EL1$/.test(name)) read.add(name);
    });
  }
  return [...read];
}

/** Registers of a thread that the condition or the filter looks at. */
function registersAsked(file: LitmusFile, thread: number): Set<string> {
  const asked = new Set<string>();
  const add = (number: number, name: string): void => {
    const local = number === thread ? registerOf(name)?.local : undefined;
    if (local) asked.add(local);
  };
  const go = (p: Proposition): void => {
    switch (p.k) {
      case 'and':
      case 'or':
      case 'implies':
        go(p.a);
        go(p.b);
        return;
      case 'not':
        go(p.of);
        return;
      case 'equal':
      case 'differ':
        if (p.left.k === 'register') add(p.left.thread, p.left.name);
        if (p.right.k === 'qualified') add(p.right.thread, p.right.name);
        return;
      default:
        return;
    }
  };
  go(file.condition);
  if (file.filter) go(file.filter);
  return asked;
}
