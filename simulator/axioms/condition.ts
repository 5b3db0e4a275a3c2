import { type Value, valueKey } from '../interp/value.js';
import type { Condition, Observable } from '../litmus/test.js';

/** What is known of a final state; undefined for what is not settled yet. */
export interface FinalState {
  register(cpu: number, name: string): Value | undefined;
  location(loc: string): Value | undefined;
}

/** Whether the condition holds, as far as the state is known; null where it hangs on the rest. */
export function holds(condition: Condition, state: FinalState): boolean | null {
  switch (condition.k) {
    case 'constant':
      return condition.holds;
    case 'not': {
      const of = holds(condition.of, state);
      return of === null ? null : !of;
    }
    case 'and':
    case 'or': {
      const decisive = condition.k === 'or';
      let open = false;
      for (const part of condition.of) {
        const is = holds(part, state);
        if (is === decisive) return decisive;
        open ||= is === null;
      }
      return open ? null : !decisive;
    }
    case 'register':
    case 'location':
      return same(observed(condition, state), condition.value);
    case 'same':
      return same(observed(condition.a, state), observed(condition.b, state));
    case 'fault':
      // Nothing here takes faults.
      return false;
  }
}

function observed(what: Observable, state: FinalState): Value | undefined {
  return what.k === 'register' ? state.register(what.cpu, what.name) : state.location(what.loc);
}

const same = (a: Value | undefined, b: Value | undefined): boolean | null => (a && b ? valueKey(a) === valueKey(b) : null);
