import { addressOf, endWithResults, faultKey, wordAt } from './exception.js';
import type { Interpreter } from './interpreter.js';
import { Stuck } from './memory.js';
import type { Abort, FaultType, Regime } from './operation.js';
import type { Setup } from './setup.js';
import type { Frame, Tagged, ThreadState } from './thread.js';
import { int } from './value.js';

type Level = 0 | 1 | 2;

/** Bits of SPSR_ELx that say where it leads (Arm ARM DDI 0487, C5.2 "SPSR_EL1"): M[3:2] the exception level, M[0] which stack pointer. */
const LEVEL_SHIFT = 2n;

/** An exception as hardware takes it. `va` is null for one that the program asked for. */
interface Exception {
  readonly type: FaultType;
  readonly va: bigint | null;
  readonly abort: Abort | null;
}

function register(frame: Frame | undefined, name: string): bigint {
  const value = frame?.locals.get(name)?.value;
  if (value === undefined) return 0n;
  if (value.k !== 'int') throw new Stuck(`${name} has no known value`);
  return value.v;
}

function levelOf(frame: Frame | undefined): Level {
  const level = Number((register(frame, 'CurrentEL') >> LEVEL_SHIFT) & 3n);
  if (level > 2) throw new Stuck('EL3 is not modelled');
  return level as Level;
}

/** What translates the accesses of a CPU with exception levels now; null for another CPU. */
export function regimeOf(setup: Setup, state: ThreadState): Regime | null {
  if (setup.cpus[state.cpu]?.fault?.k !== 'vectors') return null;
  const frame = state.frames.at(-1);
  const el = levelOf(frame);
  return { el, stage1: register(frame, el === 2 ? 'TTBR0_EL2' : 'TTBR0_EL1'), stage2: register(frame, 'VTTBR_EL2') };
}

/** Takes an exception to the level that handles it (Arm ARM DDI 0487, D1.3 "Exceptions"), at the vector that VBAR_ELx and the mode give. */
export function enterException(on: Interpreter, state: ThreadState, handlers: ReadonlyMap<bigint, string>, exception: Exception): void {
  const frame = state.frames.at(-1);
  if (!frame) return;
  const { type, va, abort } = exception;
  const procedure = on.procedure(frame.procedure);
  const word = wordAt(procedure, frame.pc);
  const asked = type === 'supervisor-call' || type === 'hypervisor-call';
  state.ctrl = 0;
  if (!asked) state.faults = [...new Set([...state.faults, faultKey(word, va, type)])].sort();
  const from = levelOf(frame);
  if (type === 'hypervisor-call' && from === 0) throw new Stuck('HVC at EL0, which is undefined');
  const to: 1 | 2 = from === 2 || type === 'hypervisor-call' || abort?.stage === 2 ? 2 : 1;
  const ownStack = register(frame, 'SPSel') & 1n;
  // D1.3.2 "Exception vectors": the current level with SP_EL0, with SP_ELx, a lower level.
  const offset = from < to ? 0x400n : ownStack === 1n ? 0x200n : 0n;
  const handler = handlers.get(register(frame, `VBAR_EL${to}`) + offset);
  if (handler === undefined) {
    endWithResults(on, state, frame);
    return;
  }
  const locals = new Map<string, Tagged>(frame.locals);
  const set = (name: string, value: bigint): void => {
    locals.set(name, { value: int(value), deps: 0 });
  };
  const back = addressOf(procedure, word + (asked ? 1 : 0));
  locals.set(`ELR_EL${to}`, { value: back, deps: 0 });
  set(`SPSR_EL${to}`, (BigInt(from) << LEVEL_SHIFT) | (from === 0 ? 0n : ownStack));
  set(`ESR_EL${to}`, syndrome(exception, from === to));
  if (va !== null) set(`FAR_EL${to}`, va);
  // "HPFAR_EL2": FIPA, bits 47:12 of the address, from bit 4 on.
  if (abort?.stage === 2 && abort.ipa !== null) set('HPFAR_EL2', (abort.ipa >> 12n) << 4n);
  set('CurrentEL', BigInt(to) << LEVEL_SHIFT);
  set('SPSel', 1n);
  on.enter(state, handler, [], { k: 'trap', irqOff: state.irqOff, nofault: false, skip: false, context: null });
  const entered = state.frames.at(-1);
  if (entered) entered.locals = locals;
}

/** Exception class, and for aborts WnR, S1PTW and the fault status code with its level (Arm ARM DDI 0487, "ESR_EL1", "ISS encoding"). */
function syndrome({ type, abort }: Exception, same: boolean): bigint {
  const LENGTH = 1n << 25n;
  const exceptionClass = (value: bigint): bigint => (value << 26n) | LENGTH;
  switch (type) {
    case 'supervisor-call':
      return exceptionClass(0x15n);
    case 'hypervisor-call':
      return exceptionClass(0x16n);
    case 'undefined':
      return LENGTH;
    default: {
      const status = { translation: 0x04n, 'access-flag': 0x08n, permission: 0x0cn }[type];
      const bits = (abort?.write === true ? 1n << 6n : 0n) | (abort?.walk === true ? 1n << 7n : 0n);
      return exceptionClass(same ? 0x25n : 0x24n) | bits | status | BigInt(abort?.level ?? 3);
    }
  }
}

/** ERET: to the level and mode of SPSR_ELx, at the instruction that ELR_ELx names, wherever it stands. */
export function returnFromException(on: Interpreter, state: ThreadState): void {
  const frame = state.frames.at(-1);
  if (!frame) return;
  const from = levelOf(frame);
  if (from === 0) throw new Stuck('ERET at EL0, which is undefined');
  const saved = register(frame, `SPSR_EL${from}`);
  const to = Number((saved >> LEVEL_SHIFT) & 3n);
  if (to > from) throw new Stuck(`ERET from EL${from} to EL${to}, which is illegal`);
  const target = register(frame, `ELR_EL${from}`);
  const { locals } = frame;
  if (frame.entry.k === 'trap') on.pop(state);
  const below = state.frames.at(-1);
  if (!below) throw new Stuck('nothing to return to');
  locals.set('CurrentEL', { value: int(BigInt(to) << LEVEL_SHIFT), deps: 0 });
  locals.set('SPSel', { value: int(saved & 1n), deps: 0 });
  below.locals = locals;
  below.pc = instructionAt(on, below, target);
}

/** Index of the instruction at an address of the procedure of `frame`. */
function instructionAt(on: Interpreter, frame: Frame, address: bigint): number {
  const procedure = on.procedure(frame.procedure);
  const words = procedure.words ?? [];
  const word = Number(address - (procedure.base ?? 0n)) / 4;
  const pc = word === words.length ? procedure.code.length : words[word];
  if (pc === undefined) throw new Stuck(`return to 0x${address.toString(16)}, where no code of ${procedure.name} stands`);
  return pc;
}
