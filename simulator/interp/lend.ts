import { frameObject, isFrameObject, objectOf } from './memory.js';
import type { Tagged, ThreadState } from './thread.js';
import { ptr, type Value, valueKey } from './value.js';

/**
 * Locals of a CPU that waits for another, as that one's handler sees them: `smp_call_function()` is often given the address of a local. The
 * waiting CPU does not change them, and the call orders its stores before the handler, so a copy says all there is. The copy belongs to the
 * handler's frame and goes with it.
 */
export interface Lent {
  readonly info: Value;
  readonly memory: ReadonlyMap<string, Tagged>;
  /** A text that two loans share exactly when they are the same. */
  readonly key: string;
}

/** What `lender` lends with the argument `info` to a handler whose frame is at `depth`; null where `info` names no local. */
export function lend(lender: ThreadState, info: Value, depth: number): Lent | null {
  if (info.k !== 'ptr' || !isFrameObject(info.obj)) return null;
  const memory = new Map<string, Tagged>();
  const open = [info.obj];
  const seen = new Set(open);
  const renamed = (value: Value): Value => {
    if (value.k !== 'ptr' || !isFrameObject(value.obj)) return value;
    if (!seen.has(value.obj)) {
      seen.add(value.obj);
      open.push(value.obj);
    }
    return ptr(borrowed(value.obj, depth), value.path);
  };
  for (let obj = open.pop(); obj !== undefined; obj = open.pop()) {
    for (const [loc, { value }] of lender.memory) {
      if (objectOf(loc.replace(/\*$/, '')) !== obj) continue;
      memory.set(borrowed(obj, depth) + loc.slice(obj.length), { value: renamed(value), deps: 0 });
    }
  }
  const argument = renamed(info);
  const words = [...memory].map(([loc, { value }]) => `${loc}=${valueKey(value)}`).sort();
  return { info: argument, memory, key: [valueKey(argument), ...words].join(' ') };
}

/** The name of a frame object in the frame that borrows it. */
function borrowed(obj: string, depth: number): string {
  const [, procedure = '', local = ''] = obj.split(':');
  return frameObject(depth, procedure, local);
}

/** Whether a frame object is a copy of another CPU's: the frame at its depth is of another procedure. */
export function isLent(state: ThreadState, obj: string): boolean {
  const [frame = '', procedure] = obj.split(':');
  const depth = Number(/\d+$/.exec(frame)?.[0]);
  return state.frames[depth]?.procedure !== procedure;
}
