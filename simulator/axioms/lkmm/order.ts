import type { Execution } from '../execution.js';
import { Relation } from '../relation.js';
import type { Fences } from './fences.js';
import type { Rule, Rules } from './rules.js';

/** What orders the events of a candidate execution, before RCU comes into it. */
export interface Order {
  /** Marked events only; every edge says that the first happens first. */
  readonly hb: Relation;
  readonly hbStar: Relation;
  /** a reaches the CPU of b before b is done. */
  readonly prop: Relation;
  readonly pb: Relation;
  /** Address dependencies, also those carried through plain accesses. */
  readonly addr: Relation;
  /** Fences that let nothing past, smp_mb__after_unlock_lock() among them. */
  readonly strong: Relation;
  readonly nonRw: Relation;
  readonly fence: Relation;
  readonly cumul: Relation;
  readonly rmwSequence: Relation;
}

/**
 * Preserved program order, propagation, happens-before and propagates-before. explanation.txt, "The preserved program order relation: ppo",
 * "Cumulative fences: cumul-fence", "The happens-before relation: hb", "The propagates-before relation: pb".
 */
export function orderOf(execution: Execution, fences: Fences, rules: Rules): Order {
  const { skeleton, rf, rfi, co, fr } = execution;
  const { size, po, internal, memory, reads, writes, plain, marked, rmw } = skeleton;
  const none = new Relation(size);
  const given = (rule: Rule, relation: () => Relation): Relation => (rules.has(rule) ? relation() : none);
  const rfe = given('read-from', () => execution.rfe);

  // A value that went through a memory location of the thread's own still carries its dependencies; the index of an SRCU critical section,
  // stored back when it ends, does not.
  const carry = given('carried-dependency', () => skeleton.data.to(skeleton.ordered('srcu-unlock').not()).then(rfi)).star();
  const addr = given('address-dependency', () => carry.then(skeleton.addr));
  const data = given('data-dependency', () => carry.then(skeleton.data));
  const ctrl = given('control-dependency', () => carry.then(skeleton.ctrl));

  // From one critical section to the next of the same thread, or to that of the thread that takes the lock over.
  const lockRead = skeleton.where((event) => event.k === 'read' && event.order === 'lock');
  const handover = po.to(skeleton.ordered('unlock')).then(po.or(rf).to(lockRead));
  const unlockLock = given('unlock-lock', () => handover.then(po));
  const strong = fences.strong.or(handover.from(memory).then(fences.aroundUnlockLock).to(memory));
  const nonRw = strong.or(fences.release, fences.acquire);
  const fence = nonRw.or(fences.wmb, fences.rmb);

  const overwrite = co.or(fr);
  const dependency = addr.or(data);
  const toWrite = dependency
    .or(ctrl)
    .to(writes)
    .or(
      given('overwrite', () => overwrite.and(internal)),
      given('address-plain-wmb', () => addr.to(plain).then(fences.wmb)),
    );
  const toRead = addr.to(reads).or(given('dependency-read-from', () => dependency.to(marked).then(rfi)));
  const ppo = toRead.or(toWrite, fence.and(internal), unlockLock.and(internal));

  const rmwSequence = given('rmw-sequence', () => rf.then(rmw)).star();
  const cumulative = strong.or(fences.release);
  const cumul = cumulative
    .or(
      given('cumulativity', () => rfe.to(marked).then(cumulative)),
      fences.wmb,
      unlockLock,
    )
    .from(marked)
    .to(marked)
    .then(rmwSequence);
  const prop = given('propagation', () => overwrite.minus(internal).from(marked))
    .maybe()
    .from(marked)
    .then(cumul.star().to(marked), rfe.maybe().to(marked));

  const here = prop.minus(Relation.identity(size)).and(internal);
  const hb = ppo.or(rfe, here).from(marked).to(marked);
  const hbStar = hb.star();
  const pb = prop.then(strong, hbStar).to(marked);
  return { hb, hbStar, prop, pb, addr, strong, nonRw, fence, cumul, rmwSequence };
}
