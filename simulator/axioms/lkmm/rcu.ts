import type { Execution } from '../execution.js';
import { EventSet, Relation } from '../relation.js';
import type { Skeleton } from '../skeleton.js';
import type { Order } from './order.js';
import type { Rules } from './rules.js';

/** What RCU adds to the order of a candidate execution. */
export interface RcuOrder {
  /** Grace periods and read-side critical sections, in chains with at least as many of the former: explanation.txt calls it rcu-order. */
  readonly chain: Relation;
  /** What lies before a chain with what lies behind it. */
  readonly fence: Relation;
  /** What comes from the end of one chain to the beginning of the next. */
  readonly link: Relation;
}

/**
 * Chains of grace periods and critical sections. A read-side critical section does not both begin before a grace period's end and end after
 * its beginning; so a chain in which there are as many grace periods as critical sections orders like one strong fence over several CPUs.
 * explanation.txt, "RCU relations: rcu-link, rcu-gp, rcu-rscsi, rcu-order, rcu-fence, and rb".
 */
export function rcuOrderOf(execution: Execution, order: Order, rules: Rules): RcuOrder | null {
  const { skeleton } = execution;
  const { po, size, sameLocation } = skeleton;
  const isSync = skeleton.where((event) => event.k === 'srcu-sync' || (event.k === 'fence' && event.fence === 'rcu-sync'));
  if (isSync.isEmpty) return null;

  const link = po.maybe().then(order.hbStar, order.pb.star(), order.prop, po);
  const gracePeriod = Relation.on(skeleton.where((event) => event.k === 'fence' && event.fence === 'rcu-sync'));
  const srcuGracePeriod = Relation.on(skeleton.where((event) => event.k === 'srcu-sync'));
  const none = new Relation(size);
  const section = rules.has('rcu-critical-section') ? criticalSections(skeleton).inverse() : none;
  const srcuSection = rules.has('srcu-critical-section') ? srcuCriticalSections(execution).inverse() : none;

  // All that chains are made of begins and ends at these; the rest of the matrix need not be carried along.
  const ends = EventSet.of(size, (event) => {
    const { k } = skeleton.nodes[event]?.event ?? { k: 'read' };
    return k === 'srcu-sync' || k === 'fence' || section.has(event, event);
  }).or(touching(srcuSection));
  const between = link.from(ends).to(ends);

  const all = gracePeriod.or(srcuGracePeriod);
  let chain = all;
  for (;;) {
    const through = rules.has('rcu-chain') ? between.or(between.then(chain, between)) : between;
    const around = (period: Relation, sections: Relation): Relation => period.then(through, sections).or(sections.then(through, period));
    const srcu = around(srcuGracePeriod, srcuSection);
    const grown = chain.or(
      around(gracePeriod, section),
      rules.has('srcu-domain') ? srcu.and(sameLocation) : srcu,
      rules.has('rcu-chain') ? chain.then(between, chain) : none,
    );
    if (grown.minus(chain).isEmpty) break;
    chain = grown;
  }
  return { chain, link, fence: po.then(chain, po.maybe()) };
}

/** From each rcu_read_lock() to its rcu_read_unlock(), which nest. */
function criticalSections(skeleton: Skeleton): Relation {
  const relation = new Relation(skeleton.size);
  const open = skeleton.traces.map((): number[] => []);
  skeleton.nodes.forEach(({ thread, event }, i) => {
    if (event.k !== 'fence') return;
    if (event.fence === 'rcu-lock') open[thread]?.push(i);
    if (event.fence !== 'rcu-unlock') return;
    const lock = open[thread]?.pop();
    if (lock !== undefined) relation.add(lock, i);
  });
  return relation;
}

/** From each srcu_read_lock() to the srcu_read_unlock() that was given its index, by whatever way the index went there. */
function srcuCriticalSections({ skeleton, rf }: Execution): Relation {
  const unlock = skeleton.ordered('srcu-unlock');
  const carried = skeleton.data.to(unlock.not()).then(rf).star();
  return carried.from(skeleton.ordered('srcu-lock')).then(skeleton.data).to(unlock).and(skeleton.sameLocation);
}

function touching(relation: Relation): EventSet {
  const set = new EventSet(relation.size);
  relation.each((a, b) => {
    set.add(a);
    set.add(b);
  });
  return set;
}
