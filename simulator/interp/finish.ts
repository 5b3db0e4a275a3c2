import { lockRule } from './atomic.js';
import { cross, crossingOf } from './context-tracking.js';
import { exceptionReturn, isBare } from './exception.js';
import { returnFromException } from './exception-level.js';
import { isTrue } from './expression.js';
import type { Interpreter } from './interpreter.js';
import { Stuck } from './memory.js';
import type { LockFlavour, Request, Result } from './operation.js';
import type { CallInstr, Frame, ThreadState } from './thread.js';
import { ZERO } from './value.js';

function hold(on: Interpreter, state: ThreadState, flavour: LockFlavour, by: 1 | -1): void {
  const { holds } = lockRule(on.setup, flavour);
  if (holds === 'preemption') state.preemptOff += by;
  if (holds === 'grace-periods') state.rcuDepth += by;
}

/** After the machine's answer to a primitive: its result, and what it changes in the CPU's own state. */
export function finishPrimitive(
  on: Interpreter,
  state: ThreadState,
  frame: Frame,
  instr: CallInstr,
  request: Request,
  result: Result,
  deps: number,
): void {
  const { does } = request;
  switch (does.op) {
    case 'touch':
      if (result.k === 'fault') return;
      break;
    case 'trap-return': {
      if (isBare(on.procedure(frame.procedure))) {
        if (on.setup.cpus[state.cpu]?.fault?.k === 'vectors') returnFromException(on, state);
        else exceptionReturn(on, state);
        return;
      }
      // Assembly that an interrupt entered, or that a scenario called in place of hardware, ends behind its exception return.
      const innermost = state.frames.findLast(({ entry }) => entry.k === 'trap' || entry.k === 'interrupt')?.entry.k;
      if (innermost !== 'trap' && on.procedure(frame.procedure).language !== 'c') {
        frame.pc++;
        return;
      }
      let top = state.frames.at(-1);
      while (top && top.entry.k !== 'trap') {
        on.pop(state);
        top = state.frames.at(-1);
      }
      if (top?.entry.k !== 'trap') throw new Stuck('return from a trap that was not taken');
      const { irqOff, skip, context: before } = top.entry;
      on.pop(state);
      state.irqOff = irqOff;
      if (before) state.context = before;
      const interrupted = state.frames.at(-1);
      if (skip && interrupted) interrupted.pc++;
      return;
    }
    case 'lock':
      // A try that failed holds nothing.
      if (state.spinning) state.spinning = false;
      else if (!does.tries || (result.k === 'value' && isTrue(on.setup, result.value))) hold(on, state, does.flavour, 1);
      break;
    case 'preempt-off':
      state.spinning = true;
      state.preemptOff++;
      return;
    case 'unlock':
      hold(on, state, does.flavour, -1);
      break;
    case 'context': {
      const row = instr.callee.k === 'name' ? on.setup.rows.get(instr.callee.name) : undefined;
      if (row?.does.kind === 'context') state.context = cross(state.context, crossingOf(row.does));
      break;
    }
    default:
      break;
  }
  if (instr.dst !== null) frame.locals.set(instr.dst, { value: result.k === 'value' ? result.value : ZERO, deps });
  frame.pc++;
}
