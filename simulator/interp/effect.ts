import type { Interpreter } from './interpreter.js';
import type { Operation, Request } from './operation.js';
import type { Tagged, ThreadState } from './thread.js';
import type { Value } from './value.js';

/** What a primitive does at the call: ask the machine, give a value at once, or go on in another procedure. */
export type Effect =
  | { readonly k: 'request'; readonly request: Request }
  | { readonly k: 'value'; readonly value: Tagged }
  | { readonly k: 'entered' };

export const given = (value: Value, deps = 0): Effect => ({ k: 'value', value: { value, deps } });

/** A request to the machine: what the thread waits for from here on. */
export function ask(on: Interpreter, state: ThreadState, does: Operation, deps: number, picks = 0): Effect {
  const reads = does.op === 'await';
  return { k: 'request', request: on.request(state, does, deps, 0, reads, -1, { addr: picks, data: 0 }) };
}
