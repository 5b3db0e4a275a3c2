import type { Execution } from '../execution.js';
import type { Skeleton } from '../skeleton.js';
import { type Fences, fencesOf } from './fences.js';
import { orderOf } from './order.js';
import { dataRaces, incoherentPlain } from './plain.js';
import { rcuOrderOf } from './rcu.js';
import { LKMM, type Rule, type Rules } from './rules.js';

/** What is the same for all candidate executions of a skeleton. */
export interface Prepared {
  readonly skeleton: Skeleton;
  readonly fences: Fences;
}

export const prepare = (skeleton: Skeleton, rules: Rules): Prepared => ({ skeleton, fences: fencesOf(skeleton, rules) });

/**
 * The axiom that forbids the execution, or null where the memory model allows it. Coherence and atomicity are not asked again: candidates
 * are only made where they hold. Every relation below grows with reads-from and coherence, so what is forbidden of an execution with
 * locations left out is forbidden of the whole.
 */
export function forbiddenBy(execution: Execution, { fences }: Prepared, rules: Rules): Rule | null {
  const { skeleton, rf } = execution;
  const hasPlain = !skeleton.plain.isEmpty;
  // Plain accesses are in no happens-before; still no value comes from itself.
  if (hasPlain && rules.has('no-thin-air') && !skeleton.data.or(skeleton.addr, rf).isAcyclic) return 'no-thin-air';
  const order = orderOf(execution, fences, rules);
  if (rules.has('happens-before') && !order.hb.isAcyclic) return 'happens-before';
  if (rules.has('propagates-before') && !order.pb.isAcyclic) return 'propagates-before';
  const rcu = rules.has('rcu') ? rcuOrderOf(execution, order, rules) : null;
  // A chain that leads back to its own beginning.
  if (rcu && !rcu.chain.then(rcu.link).isIrreflexive) return 'rcu';
  if (hasPlain && rules.has('plain-coherence') && !incoherentPlain(execution, fences, order, rcu).isEmpty) return 'plain-coherence';
  return null;
}

/** Pairs of accesses that race in an execution that the model allows. */
export function racesIn(execution: Execution): [number, number][] {
  if (execution.skeleton.plain.isEmpty) return [];
  const fences = fencesOf(execution.skeleton, LKMM);
  const order = orderOf(execution, fences, LKMM);
  return dataRaces(execution, fences, order, rcuOrderOf(execution, order, LKMM)).pairs();
}
