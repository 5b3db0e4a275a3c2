import { resultLocation } from '../interp/exception.js';
import type { ThreadState } from '../interp/thread.js';
import { type Value, valueKey } from '../interp/value.js';
import type { Condition, Observable } from './test.js';

/** A final state: what each thread ended with, and the newest value of each location. */
export interface FinalState {
  readonly threads: readonly ThreadState[];
  location(loc: string): Value;
}

function observe(what: Observable, final: FinalState): Value {
  if (what.k === 'location') return final.location(what.loc);
  return final.threads[what.cpu]?.memory.get(resultLocation(what.name))?.value ?? { k: 'int', v: 0n };
}

/** Whether a statement holds in a final state. */
export function evaluate(condition: Condition, final: FinalState): boolean {
  switch (condition.k) {
    case 'and':
      return condition.of.every((each) => evaluate(each, final));
    case 'or':
      return condition.of.some((each) => evaluate(each, final));
    case 'not':
      return !evaluate(condition.of, final);
    case 'constant':
      return condition.holds;
    case 'register':
    case 'location':
      return valueKey(observe(condition, final)) === valueKey(condition.value);
    case 'same':
      return valueKey(observe(condition.a, final)) === valueKey(observe(condition.b, final));
    case 'fault':
      return (final.threads[condition.cpu]?.faults ?? []).some((key) => matches(condition, key));
  }
}

function matches(condition: Extract<Condition, { k: 'fault' }>, key: string): boolean {
  const [word = '', va = '', type = ''] = key.split(' ');
  if (condition.word !== null && condition.word !== Number(word)) return false;
  if (condition.type !== null && condition.type !== type) return false;
  if (condition.address === null) return true;
  if (va === '-') return false;
  const at = BigInt(`0x${va}`);
  return at >= condition.address.from && at < condition.address.from + condition.address.size;
}

/** What the condition looks at, as text. */
export function project(condition: Condition, final: FinalState): string {
  const parts: string[] = [];
  const go = (of: Condition): void => {
    switch (of.k) {
      case 'and':
      case 'or':
        of.of.forEach(go);
        return;
      case 'not':
        go(of.of);
        return;
      case 'register':
      case 'location':
        parts.push(valueKey(observe(of, final)));
        return;
      case 'same':
        parts.push(valueKey(observe(of.a, final)), valueKey(observe(of.b, final)));
        return;
      case 'fault':
        parts.push((final.threads[of.cpu]?.faults ?? []).join(';'));
        return;
      case 'constant':
        return;
    }
  };
  go(condition);
  return parts.join(' ');
}

/** All of a final state, as text: every result, every fault, and the locations named. */
export function wholeOutcome(final: FinalState, locations: readonly string[]): string {
  const threads = final.threads.map((thread) => {
    const results = [...thread.memory].map(([name, { value }]) => `${name}=${valueKey(value)}`).sort();
    return [...results, ...thread.faults].join(',');
  });
  return [...threads, ...locations.map((loc) => `${loc}=${valueKey(final.location(loc))}`)].join(' | ');
}
