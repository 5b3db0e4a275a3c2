import type { Fence } from '../event.js';
import type { EventSet } from '../relation.js';
import { Relation } from '../relation.js';
import type { Skeleton } from '../skeleton.js';
import type { Rule, Rules } from './rules.js';

/**
 * What fences, acquires, releases and grace periods order, apart from smp_mb__after_unlock_lock(), which hangs on who took the lock from
 * whom. explanation.txt, "The preserved program order relation: ppo" and "Cumulative fences"; for the fences that go with an atomic or a
 * lock: Documentation/atomic_t.txt and the comments in include/linux/spinlock.h and include/linux/srcu.h.
 */
export interface Fences {
  readonly rmb: Relation;
  readonly wmb: Relation;
  /** smp_mb() and its like, and grace periods, which are at least that. */
  readonly strong: Relation;
  readonly acquire: Relation;
  readonly release: Relation;
  /** Pairs that an smp_rmb() stands between, from any event to any. */
  readonly aroundRmb: Relation;
  /** The same for smp_mb__after_unlock_lock(). */
  readonly aroundUnlockLock: Relation;
  /** Reads that smp_rmb() orders: the atomics without a result may be done where the memory is, and are not among them. */
  readonly forRmb: EventSet;
}

export function fencesOf(skeleton: Skeleton, rules: Rules): Fences {
  const { memory, writes, reads, po, size } = skeleton;
  const none = new Relation(size);
  const given = (rule: Rule, relation: () => Relation): Relation => (rules.has(rule) ? relation() : none);
  const around = (fence: Fence): Relation => skeleton.around(fence);
  const between = (fence: Fence): Relation => around(fence).from(memory).to(memory);

  const atomic = skeleton.where((event) => (event.k === 'read' || event.k === 'write') && event.atomic);
  const locked = skeleton.where((event) => event.k === 'write' && event.order === 'lock');
  const srcuUnlock = skeleton.ordered('srcu-unlock');
  const forRmb = reads.and(skeleton.ordered('no-return').not());
  const upTo = po.maybe().from(memory);
  const onTo = po.maybe().to(memory);

  const aroundRmb = given('rmb', () => around('rmb'));
  const gracePeriods = skeleton.where((event) => event.k === 'srcu-sync' || (event.k === 'fence' && event.fence === 'rcu-sync'));
  const strong = given('mb', () => between('mb')).or(
    given('before-atomic', () => around('before-atomic').from(memory).to(atomic).then(onTo)),
    given('after-atomic', () => upTo.to(atomic).then(around('after-atomic')).to(memory)),
    given('after-spinlock', () => upTo.to(locked).then(around('after-spinlock')).to(memory)),
    given('after-srcu-read-unlock', () => po.from(memory).to(srcuUnlock).then(around('after-srcu-read-unlock')).to(memory)),
    given('grace-period', () => po.to(gracePeriods).then(po.maybe())),
  );
  return {
    rmb: aroundRmb.from(forRmb).to(forRmb),
    wmb: given('wmb', () => around('wmb').from(writes).to(writes)),
    strong,
    acquire: given('acquire', () =>
      po.from(skeleton.where((event) => event.k === 'read' && (event.order === 'acquire' || event.order === 'lock'))).to(memory),
    ),
    release: given('release', () =>
      po.from(memory).to(skeleton.where((event) => event.k === 'write' && (event.order === 'release' || event.order === 'unlock'))),
    ),
    aroundRmb,
    aroundUnlockLock: given('after-unlock-lock', () => around('after-unlock-lock')),
    forRmb,
  };
}
