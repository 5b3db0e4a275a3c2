import type { Execution } from '../execution.js';
import type { EventSet } from '../relation.js';
import { Relation } from '../relation.js';
import type { Fences } from './fences.js';
import type { Order } from './order.js';
import type { RcuOrder } from './rcu.js';

/**
 * What orders plain accesses of different threads. A compiler may tear, repeat and move a plain access, within bounds that marked accesses
 * and fences set; explanation.txt, "Plain accesses and data races".
 */
interface Visibility {
  readonly writeWrite: Relation;
  readonly writeRead: Relation;
  readonly readWrite: Relation;
  /** Two accesses of different threads, one of them plain, that may race. */
  readonly candidates: Relation;
}

function visibilityOf({ skeleton, rfe }: Execution, fences: Fences, order: Order, rcu: RcuOrder | null): Visibility {
  const { marked, plain, memory, internal, size } = skeleton;
  const none = new Relation(size);
  const rcuFence = rcu?.fence ?? none;
  const strong = order.strong.or(rcuFence);
  const fence = order.fence.or(rcuFence);
  // explanation.txt calls it rb: as pb, with a chain of grace periods and critical sections for the strong fence.
  const rb = rcu ? order.prop.then(rcuFence, order.hbStar, order.pb.star()).to(marked) : none;
  const executesBefore = order.hb.or(order.pb, rb).star();

  const visible = order.cumul
    .star()
    .then(rfe.maybe().to(marked))
    .then(strong.to(marked).then(executesBefore).or(executesBefore.and(internal)));
  const notNoReturn = skeleton.ordered('no-return').not();
  const { nonRw, rmwSequence, addr } = order;
  const writePre = addr.or(fence).maybe().from(marked);
  const readPre = addr.or(nonRw, fences.aroundRmb.from(fences.forRmb).to(notNoReturn)).maybe().from(marked);
  const writePost = fence.maybe().to(marked).then(rmwSequence);
  const readPost = nonRw.or(fences.aroundRmb.from(notNoReturn).to(fences.forRmb)).maybe().to(marked);

  const strongly = strong.then(executesBefore);
  return {
    writeWrite: fence.or(strongly.then(writePre), writePost.then(visible, writePre)),
    writeRead: fence.or(strongly.then(readPre), writePost.then(visible, readPre)),
    readWrite: fence.or(readPost.then(executesBefore, writePre)),
    candidates: product(plain, memory, size)
      .or(product(memory, plain, size))
      .minus(internal),
  };
}

function product(a: EventSet, b: EventSet, size: number): Relation {
  return Relation.of(size, () => true)
    .from(a)
    .to(b);
}

/** Pairs of accesses that the axiom forbids: who reads or overwrites whom goes against what orders them. */
export function incoherentPlain(execution: Execution, fences: Fences, order: Order, rcu: RcuOrder | null): Relation {
  const { writeWrite, writeRead, readWrite, candidates } = visibilityOf(execution, fences, order, rcu);
  const { rf, fr, co } = execution;
  return rf.and(readWrite.inverse()).or(fr.and(writeRead.inverse()), co.and(writeWrite.inverse())).and(candidates);
}

/** Pairs of accesses that race: of different threads, one of them plain, one of them a write, and nothing orders them. */
export function dataRaces(execution: Execution, fences: Fences, order: Order, rcu: RcuOrder | null): Relation {
  const { writeWrite, writeRead, readWrite, candidates } = visibilityOf(execution, fences, order, rcu);
  const { rf, fr, co, skeleton } = execution;
  const { marked } = skeleton;
  const all = Relation.of(skeleton.size, () => true);
  const ordered = writeWrite.and(all.from(marked).or(readWrite)).and(all.to(marked).or(writeRead));
  return co.minus(ordered).or(co.maybe().then(rf).minus(writeRead).minus(readWrite.inverse()), fr.minus(readWrite)).and(candidates);
}
