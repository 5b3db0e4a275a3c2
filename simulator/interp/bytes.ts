import { BUILTIN } from './builtins.js';
import type { Effect } from './effect.js';
import type { Interpreter } from './interpreter.js';
import { holdsBytes } from './memory.js';
import type { CallInstr, Tagged, ThreadState } from './thread.js';

/** More than that is no instruction: what a page holds otherwise is no part of the machine. */
const MOST = 16n;

/**
 * Whether memcpy or memcmp of so many bytes is followed: where each end is made of bytes, or is an address that the MMU translates, and one of
 * them at least is no such address.
 */
export function followsBytes(on: Interpreter, ends: readonly Tagged[], bytes: Tagged): boolean {
  if (bytes.value.k !== 'int' || bytes.value.v > MOST) return false;
  const inBytes = ends.map(({ value }) => (value.k === 'ptr' ? holdsBytes(on.setup, value.obj, value.path) : null));
  return inBytes.includes(true) && !inBytes.includes(false) && ends.every(({ value }) => value.k === 'ptr' || value.k === 'int');
}

/** Goes on in the procedure that does it. */
export function enterBytes(
  on: Interpreter,
  state: ThreadState,
  instr: CallInstr,
  what: 'copy' | 'compare',
  args: readonly Tagged[],
): Effect {
  on.enter(state, BUILTIN + what, args, { k: 'call', dst: instr.dst });
  return { k: 'entered' };
}
