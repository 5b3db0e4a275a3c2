import type { CatalogRow } from '../../../simulator/catalog/row.js';
import { int, ptr, type Value } from '../../../simulator/litmus/test.js';
import type { Global, Instr, ObjectType, Procedure, Program, SourceRef } from '../../../simulator/program/types.js';
import { compileC } from '../../c/compile.js';
import { memoryTree, overlay } from '../../source/memory-tree.js';
import type { SourceFile, SourceTree } from '../../source/types.js';
import { unsupported } from '../failure.js';
import type { Position } from '../syntax.js';
import type { ThreadSource } from './threads.js';

/** What is two effects is C over one-effect rows; here for sources without headers (include/asm-generic/barrier.h, smp_store_mb). */
const PRELUDE = '#define smp_store_mb(x, v) ({ WRITE_ONCE(x, v); smp_mb(); })';

const WORD: ObjectType = { k: 'int', type: { bits: 64, signed: true } };

/** A variable of the test, in memory. */
export interface Variable {
  readonly name: string;
  /** Null for a single word. */
  readonly length: number | null;
}

/** First values and observed registers of a thread, by name. */
export interface Registers {
  readonly initial: ReadonlyMap<string, Value>;
  readonly observed: ReadonlySet<string>;
}

export interface LkmmProgram {
  readonly program: Program;
  readonly entries: readonly string[];
  readonly rows: ReadonlyMap<string, CatalogRow>;
}

/**
 * Compiles the threads with the kernel C front end. A thread's procedure has no parameters any more: its code begins with what the format
 * says of a register's first value (zero, where the initial state is silent) and of a parameter (the address of the variable of its name).
 * `initC` must have finished. Throws LitmusFailure for what has no meaning here.
 */
export function compileThreads(
  file: string,
  threads: readonly ThreadSource[],
  variables: readonly Variable[],
  registersOf: (thread: number) => Registers,
  catalog: readonly CatalogRow[],
): LkmmProgram {
  // Generic rows only, and those that are one effect: what an architecture makes of smp_mb() is for whoever runs the test on that architecture.
  const generic = catalog.filter((row) => row.arch === 'any' && row.does.kind !== 'c');
  const compiled = compileC(treeOf(file, threads), { arch: 'arm64', files: [file], defines: {}, catalog: generic });
  const at: SourceRef = { file, line: 1, origin: 'scenario' };
  const globals = new Map(
    variables.map(({ name, length }): [string, Global] => {
      const type: ObjectType = length === null ? WORD : { k: 'array', of: WORD, length };
      return [name, { name, type, init: [], at, defined: true }];
    }),
  );
  // An array's name stands for the address of its first element.
  const arrays = new Set(variables.filter(({ length }) => length !== null).map(({ name }) => name));
  const addressOf = (name: string): Value => ptr(name, arrays.has(name) ? '[0]' : '');
  const procedures = new Map<string, Procedure>();
  const entries: string[] = [];
  for (const thread of threads) {
    const name = `P${String(thread.thread)}`;
    const procedure = compiled.procedures.get(name);
    if (!procedure) throw unsupported(thread.at, 'this thread’s C');
    procedures.set(name, withFirstValues(procedure, thread, registersOf(thread.thread), addressOf));
    entries.push(name);
  }
  const byName = new Map(generic.map((row) => [row.name, row]));
  const rows = new Map<string, CatalogRow>();
  for (const { code } of procedures.values()) for (const instr of code) check(instr, byName, rows);
  return { program: { procedures, globals, offsets: new Map(), omissions: compiled.omissions }, entries, rows };
}

function treeOf(path: string, threads: readonly ThreadSource[]): SourceTree {
  const texts = [PRELUDE];
  const lines: SourceFile['lines'][number][] = [{ origin: 'scenario', line: 1 }];
  for (const { text, line } of threads) {
    texts.push(text);
    text.split('\n').forEach((_, i) => lines.push({ origin: 'scenario', line: line + i }));
  }
  const source: SourceFile = { path, text: texts.join('\n'), lines };
  return overlay(memoryTree(new Map(), 'scenario'), new Map([[path, source]]));
}

function withFirstValues(
  procedure: Procedure,
  thread: ThreadSource,
  { initial, observed }: Registers,
  addressOf: (name: string) => Value,
): Procedure {
  const { at } = procedure;
  const sets: Instr[] = [
    ...thread.params.map((name): Instr => ({ op: 'set', dst: name, value: expression(addressOf(name)), at })),
    ...[...new Set([...thread.locals, ...initial.keys(), ...observed])].map(
      (name): Instr => ({ op: 'set', dst: name, value: expression(initial.get(name) ?? int(0)), at }),
    ),
  ];
  const moved = procedure.code.map((instr): Instr => ('target' in instr ? { ...instr, target: instr.target + sets.length } : instr));
  return { ...procedure, params: [], code: [...sets, ...moved], results: [...observed] };
}

function expression(value: Value): Extract<Instr, { op: 'set' }>['value'] {
  if (value.k === 'int') return { k: 'int', value: value.v };
  if (value.k !== 'ptr') throw new Error('first values are numbers and addresses');
  const base = { k: 'symbol', name: value.obj } as const;
  const index = /^\[(\d+)\]$/.exec(value.path)?.[1];
  return index === undefined ? base : { k: 'index', base, index: { k: 'int', value: BigInt(index) }, size: 8 };
}

/** Notes the row that the instruction calls. Throws where the front end, or the catalog, has no meaning for it. */
function check(instr: Instr, known: ReadonlyMap<string, CatalogRow>, rows: Map<string, CatalogRow>): void {
  const at: Position = { line: instr.at.line, column: 1 };
  if (instr.op === 'unsupported') throw unsupported(at, instr.what);
  if (instr.op !== 'call') return;
  if (instr.callee.k !== 'name') throw unsupported(at, 'calls through pointers');
  const { name } = instr.callee;
  const row = known.get(name);
  if (!row) throw unsupported(at, `${name}()`);
  rows.set(name, row);
}
