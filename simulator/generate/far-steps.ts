import type { ViolationKind } from '../machine/violation.js';
import type { Tables } from './search.js';
import { ENTRY, KIND } from './steps.js';

/** What one state may do in steps that look at several threads. */
export interface FarSteps {
  readonly parts: readonly number[];
  readonly to: readonly (readonly number[])[];
  readonly violations: readonly ViolationKind[];
}

/** The steps that no thread's own table has (interrupts sent and taken, grace periods begun, remote fences), for each state that has some. */
export function farSteps({ parts, steps, partsOf }: Tables, states: number): FarSteps[] {
  const found: FarSteps[] = [];
  const s = new Int32Array(parts.m.layout.size);
  for (let state = 0; state < states; state++) {
    const numbers = partsOf(state);
    const to: number[][] = [];
    const violations: ViolationKind[] = [];
    parts.threads.forEach((_, thread) => {
      for (const kind of kindsOf(steps, steps.pairs[thread]?.get(numbers[0] ?? 0, numbers[thread + 1] ?? 0) ?? -1)) {
        if (kind !== KIND.deliver && kind !== KIND.operate && kind !== KIND.thread) continue;
        parts.restore(numbers, s);
        steps.anew(kind, s, thread, {
          next: (after) => to.push(parts.of(after)),
          violation: (_cpu, violation) => violations.push(violation.kind),
          stuck: () => undefined,
        });
      }
    });
    if (to.length > 0 || violations.length > 0) found.push({ parts: numbers, to, violations });
  }
  return found;
}

/** Kinds of the entries of a pair, which start there (-1: there are none). */
export function kindsOf({ list }: Tables['steps'], start: number): number[] {
  const kinds: number[] = [];
  if (start < 0) return kinds;
  for (let at = start + 1; at < (list.items[start] ?? 0); at += ENTRY) kinds.push(list.items[at] ?? 0);
  return kinds;
}
