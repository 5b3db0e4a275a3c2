import type { Arch } from '../program/arch.js';
import type { Procedure } from '../program/types.js';
import type { Interpreter } from './interpreter.js';
import { Stuck } from './memory.js';
import type { FaultType } from './operation.js';
import { LOAD_PAGE_FAULT, STORE_PAGE_FAULT } from './riscv-csr.js';
import type { FaultPlan } from './setup.js';
import type { Frame, Tagged, ThreadState } from './thread.js';
import { nestsTooDeep } from './trap.js';
import { int, type Value } from './value.js';

/** How a fault is written down: which machine word of the entry procedure faulted, at which address, and why. */
export const faultKey = (word: number, va: bigint | null, type: FaultType): string =>
  `${String(word)} ${va === null ? '-' : va.toString(16)} ${type}`;

/** Whether a procedure is the bare text of a litmus thread (code at addresses of its own), whose exceptions are taken as hardware takes them. */
export const isBare = (procedure: Procedure): boolean => procedure.words !== undefined;

/** Where a local's final value stands in a thread's private memory. */
export const resultLocation = (name: string): string => `=${name}`;

/** Machine word that holds instruction `pc`; -1 before the first. */
export function wordAt(procedure: Procedure, pc: number): number {
  const words = procedure.words ?? [];
  let found = -1;
  for (let i = 0; i < words.length && (words[i] ?? 0) <= pc; i++) found = i;
  return found;
}

export const addressOf = (procedure: Procedure, word: number): Value => int((procedure.base ?? 0n) + 4n * BigInt(word));

/** The word, counted from the thread's entry procedure: its fault handler stands elsewhere. */
function fromEntry(on: Interpreter, state: ThreadState, { base }: Procedure, word: number): number {
  const entry = state.frames[0];
  const start = entry ? on.procedure(entry.procedure).base : undefined;
  return base === undefined || start === undefined ? word : Number(base - start) / 4 + word;
}

/** Ends the thread, keeping what its entry procedure lists among its results. */
export function endWithResults(on: Interpreter, state: ThreadState, frame: Frame): void {
  const entry = state.frames[0];
  const results = entry ? (on.procedure(entry.procedure).results ?? []) : [];
  const kept = results.map((name) => [name, frame.locals.get(name)] as const);
  while (state.frames.length > 0) on.pop(state);
  for (const [name, tagged] of kept) if (tagged) state.memory.set(resultLocation(name), { value: tagged.value, deps: 0 });
  state.ctrl = 0;
}

/** Takes an exception under a CPU's own plan. `va` is null for one that the program asked for. */
export function takeException(
  on: Interpreter,
  state: ThreadState,
  plan: FaultPlan,
  va: bigint | null,
  type: FaultType,
  write: boolean,
): void {
  const frame = state.frames.at(-1);
  if (!frame) return;
  const procedure = on.procedure(frame.procedure);
  const word = wordAt(procedure, frame.pc);
  const asked = type === 'supervisor-call' || type === 'hypervisor-call';
  state.ctrl = 0;
  state.faults = [...new Set([...state.faults, faultKey(fromEntry(on, state, procedure, word), va, type)])].sort();
  if (plan.k === 'handler') {
    if (nestsTooDeep(state)) throw new Stuck('a fault handler that faults again and again');
    const registers = EXCEPTION_REGISTERS[on.setup.arch]?.(procedure, word, va, type, write) ?? [];
    const locals = new Map<string, Tagged>(frame.locals);
    on.enter(state, plan.procedure, [], { k: 'trap', irqOff: state.irqOff, nofault: false, skip: false, context: null });
    const handler = state.frames.at(-1);
    if (!handler) return;
    for (const [name, value] of registers) locals.set(name, { value, deps: 0 });
    handler.locals = locals;
    return;
  }
  if (asked) {
    frame.pc++;
    return;
  }
  if (plan.k === 'stop') {
    endWithResults(on, state, frame);
    return;
  }
  state.retries = state.retries === 0 ? 1 : 2;
}

/** Exception classes and fault status codes (Arm ARM DDI 0487, D24.2.37 "ESR_EL1"): data abort from the same level, SVC, unknown. */
function syndrome(type: FaultType): Value {
  const DATA_ABORT = 0x25n << 26n;
  switch (type) {
    case 'hypervisor-call':
      return int(0x16n << 26n);
    case 'supervisor-call':
      return int(0x15n << 26n);
    case 'undefined':
      return int(0n);
    case 'translation':
      return int(DATA_ABORT | 0x07n);
    case 'access-flag':
      return int(DATA_ABORT | 0x0bn);
    case 'permission':
      return int(DATA_ABORT | 0x0fn);
  }
}

type ExceptionRegisters = (procedure: Procedure, word: number, va: bigint | null, type: FaultType, write: boolean) => [string, Value][];

/** What hardware writes for the handler to read, by architecture. */
const EXCEPTION_REGISTERS: Partial<Record<Arch, ExceptionRegisters>> = {
  arm64: (procedure, word, va, type) => [
    // An SVC returns behind itself, a fault to what faulted (Arm ARM DDI 0487, D1.3 "Exception entry", preferred return address).
    ['ELR_EL1', addressOf(procedure, word + (type === 'supervisor-call' ? 1 : 0))],
    ['FAR_EL1', int(va ?? 0n)],
    ['ESR_EL1', syndrome(type)],
  ],
  // RISC-V privileged spec, "Supervisor Exception Program Counter (sepc) Register" and the two that follow it.
  riscv: (procedure, word, va, _type, write) => [
    ['sepc', addressOf(procedure, word)],
    ['stval', int(va ?? 0n)],
    ['scause', int(write ? STORE_PAGE_FAULT : LOAD_PAGE_FAULT)],
  ],
};

/** Where an exception return goes, by architecture. */
const RETURN_REGISTER: Partial<Record<Arch, string>> = { arm64: 'ELR_EL1', riscv: 'sepc' };

/** ERET, sret: goes to the machine word that the return register names, with the registers as they are. */
export function exceptionReturn(on: Interpreter, state: ThreadState): void {
  const frame = state.frames.at(-1);
  if (!frame) return;
  const register = RETURN_REGISTER[on.setup.arch] ?? '';
  const target = frame.locals.get(register)?.value;
  if (target?.k !== 'int') throw new Stuck(`${register} has no value to return to`);
  const { locals } = frame;
  if (frame.entry.k === 'trap') on.pop(state);
  const below = state.frames.at(-1);
  if (!below) throw new Stuck('nothing to return to');
  const procedure = on.procedure(below.procedure);
  const word = Number(target.v - (procedure.base ?? 0n)) / 4;
  const pc = word === procedure.words?.length ? procedure.code.length : procedure.words?.[word];
  if (pc === undefined) throw new Stuck(`return to 0x${target.v.toString(16)}, where no code of ${procedure.name} stands`);
  below.pc = pc;
  below.locals = locals;
}
