import { passInRegisters } from './argument-registers.js';
import { type ContextTracking, cross } from './context-tracking.js';
import type { Interpreter } from './interpreter.js';
import type { Lent } from './lend.js';
import { Stuck } from './memory.js';
import { dataAbort } from './arm64-sysreg.js';
import type { Abort } from './operation.js';
import { LOAD_PAGE_FAULT, SSTATUS_SPIE, SSTATUS_SPP, STORE_PAGE_FAULT } from './riscv-csr.js';
import { currentTask } from './tasks.js';
import type { Setup } from './setup.js';
import type { Entry, Tagged, ThreadState } from './thread.js';
import { int, ptr, type Value } from './value.js';

/** Faults that a kernel may take on one another before its stack is taken to have overflowed. */
const NESTED_FAULTS = 4;

export const nestsTooDeep = (state: ThreadState): boolean =>
  state.frames.filter((frame) => frame.entry.k === 'trap').length >= NESTED_FAULTS;

/** Runs user code: not while the kernel handles a fault of it. */
export const runsAsUser = (setup: Setup, state: ThreadState): boolean =>
  setup.cpus[state.cpu]?.user === true && !state.frames.some((frame) => frame.entry.k === 'trap');

/**
 * Takes a page fault: hardware saves what it must and starts the trap handler. The interrupted access stays where it is, so returning
 * repeats it. Registers hold whatever the interrupted code left there, but for tp, which in the kernel is the current task.
 */
export function takeFault(
  on: Interpreter,
  state: ThreadState,
  { va, write, nofault }: { readonly va: bigint; readonly write: boolean; readonly nofault: boolean },
  abort: Abort | null = null,
): void {
  const { trap } = on.setup;
  if (trap === null) throw new Stuck('the scenario names no procedure that takes faults');
  const user = runsAsUser(on.setup, state);
  if (on.setup.arch === 'arm64') for (const [name, value] of dataAbort(va, write, user, abort)) state.csr.set(name, int(value));
  else {
    state.csr.set('scause', int(write ? STORE_PAGE_FAULT : LOAD_PAGE_FAULT));
    state.csr.set('stval', int(va));
    state.csr.set('sstatus', int(user ? SSTATUS_SPIE : SSTATUS_SPIE | SSTATUS_SPP));
  }
  state.ctrl = 0;
  on.enter(state, trap, [], { k: 'trap', irqOff: state.irqOff, nofault, skip: false, context: watch(on, state) });
  // Exceptions come with interrupts masked (RISC-V privileged spec, sstatus.SIE; Arm ARM DDI 0487, PSTATE.DAIF on taking an exception).
  state.irqOff = Math.max(1, state.irqOff);
  const frame = state.frames.at(-1);
  if (!frame) return;
  const register = (name: string, value: Value): Map<string, Tagged> => frame.locals.set(name, { value, deps: 0 });
  register('tp', ptr(currentTask(state)));
  register('sp', ptr(`stack${String(state.cpu)}`, '[64]'));
  on.forgetDead(state);
}

/**
 * Takes an interrupt from `from` (-1: a device's, or a callback): interrupts stay masked until the handler returns. `info` is its argument, or
 * what a CPU lends with it.
 */
export function takeInterrupt(on: Interpreter, state: ThreadState, fn: string, info: Value | Lent, from: number, nmi = false): void {
  const entry: Entry = { k: 'interrupt', from, irqOff: state.irqOff, nmi, context: watch(on, state) };
  const { interrupt } = on.setup;
  const lent = 'memory' in info ? info : null;
  for (const [loc, value] of lent?.memory ?? []) state.memory.set(loc, value);
  const argument = { value: 'memory' in info ? info.info : info, deps: 0 };
  const args = interrupt === undefined ? [argument] : [{ value: { k: 'fn', name: fn } as const, deps: 0 }, argument];
  on.enter(state, interrupt ?? fn, args, entry);
  passInRegisters(on.procedure(interrupt ?? fn), state.frames.at(-1), args);
  state.irqOff = Math.max(1, state.irqOff);
  state.ctrl = 0;
  on.forgetDead(state);
}

/**
 * The entry code of an exception ends an extended quiescent state before any handler runs (Linux 6.12 kernel/entry/common.c, irqentry_enter
 * and irqentry_nmi_enter; arch/arm64/kernel/entry-common.c, enter_from_kernel_mode). What it puts back on return, or null for nothing.
 */
function watch(on: Interpreter, state: ThreadState): ContextTracking | null {
  const before = state.context;
  if (before.watching || on.setup.interrupt !== undefined) return null;
  state.context = cross(before, { do: 'irq-enter' });
  return before;
}
