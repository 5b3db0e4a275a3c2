import type { Meaning } from '../catalog/row.js';
import { decodeTlbi } from '../machine/tlbi.js';
import type { Arguments } from './arguments.js';
import { isPreemptible } from './tasks.js';
import type { ThreadState } from './thread.js';

/** A call of a primitive whose outcome hangs on which CPU makes it: its number, or an invalidation of that CPU's translations alone. */
function isOwn(does: Meaning, at: Arguments): boolean {
  switch (does.kind) {
    case 'cpu-id':
    case 'sfence':
    case 'sinval':
    case 'fence-i':
    case 'invpcid':
    case 'cr3-write':
      return true;
    case 'flush':
      return does.cpus === 'self';
    case 'tlbie':
      return does.local;
    case 'tlbi':
      return decodeTlbi(at.word(0).toLowerCase())?.local === true;
    case 'invalidate-entry':
      return does.local !== undefined && at.number(does.local) !== 0n;
    default:
      return false;
  }
}

/**
 * Where the scheduler of a kernel might move the task to another CPU before or behind such a call: the procedures on the stack, from the outermost.
 * Null where it can not, or nothing hangs on it. On the machine tasks do not move.
 */
export function whereMovable(state: ThreadState, does: Meaning, at: Arguments): string | null {
  return isPreemptible(state) && isOwn(does, at) ? state.frames.map(({ procedure }) => procedure).join(' ') : null;
}
