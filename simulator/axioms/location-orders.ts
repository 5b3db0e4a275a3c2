import { type Value, valueKey } from '../interp/value.js';
import type { LocationOrder } from './execution.js';
import type { Rules } from './lkmm/rules.js';
import { type Meter, Spent } from './meter.js';
import type { Node } from './skeleton.js';

/** Orders of one location that a search keeps at hand. */
const MAX_ORDERS = 50_000;

/** A read or a write of one location. */
interface Access {
  readonly node: number;
  readonly isWrite: boolean;
  readonly value: string;
  /** For a write of an atomic its read, for such a read its write. */
  readonly partner: number | null;
}

/**
 * All ways to order the writes of a location and to choose what each of its reads reads, so that values agree and the two axioms that speak
 * of single locations hold: coherence and atomicity.
 */
export function locationOrders(
  loc: string,
  threads: readonly (readonly Access[])[],
  first: Value,
  rules: Rules,
  meter: Meter,
): LocationOrder[] {
  const found: LocationOrder[] = [];
  const values = new Map(threads.flat().map((access) => [access.node, access.value]));
  const partnerValue = (write: Access): string | undefined => (write.partner === null ? undefined : values.get(write.partner));

  const place = (placed: Access[], left: readonly (readonly Access[])[]): void => {
    meter.step();
    if (left.every((queue) => queue.length === 0)) {
      readFrom(placed);
      return;
    }
    const newest = placed.at(-1)?.value ?? valueKey(first);
    left.forEach((queue, thread) => {
      // Coherence keeps the writes of a thread in program order; without it any may come next.
      queue.slice(0, rules.has('coherence') ? 1 : undefined).forEach((write) => {
        const wants = partnerValue(write);
        if (rules.has('atomicity') && wants !== undefined && wants !== newest) return;
        place(
          [...placed, write],
          left.map((other, i) => (i === thread ? other.filter((each) => each !== write) : other)),
        );
      });
    });
  };

  const readFrom = (placed: readonly Access[]): void => {
    const position = new Map(placed.map((write, i) => [write.node, i + 1]));
    const valueAt = [valueKey(first), ...placed.map((write) => write.value)];
    let choices: Map<number, number>[] = [new Map<number, number>()];
    for (const thread of threads) {
      choices = choices.flatMap((chosen) => walk(thread, position, valueAt, rules).map((own) => new Map([...chosen, ...own])));
      if (choices.length + found.length > MAX_ORDERS) throw new Spent('states');
    }
    for (const choice of choices) {
      const readsFrom = new Map([...choice].map(([read, at]) => [read, at === 0 ? -1 : (placed[at - 1]?.node ?? -1)]));
      found.push({ loc, writes: placed.map((write) => write.node), readsFrom });
    }
  };

  place(
    [],
    threads.map((thread) => thread.filter((access) => access.isWrite)),
  );
  return found;
}

/** By location, then by thread, in program order. */
export function accessesByLocation(nodes: readonly Node[], threads: number): Map<string, Access[][]> {
  const found = new Map<string, Access[][]>();
  const numbers = new Map(nodes.map(({ thread, index }, node) => [`${String(thread)} ${String(index)}`, node]));
  const partners = new Map<number, number>();
  nodes.forEach(({ thread, event }, write) => {
    if (event.k !== 'write' || event.readBy === null) return;
    const read = numbers.get(`${String(thread)} ${String(event.readBy)}`) ?? write;
    partners.set(read, write);
    partners.set(write, read);
  });
  nodes.forEach(({ thread, event }, node) => {
    if (event.k !== 'read' && event.k !== 'write') return;
    let own = found.get(event.loc);
    if (!own) {
      own = Array.from({ length: threads }, () => []);
      found.set(event.loc, own);
    }
    own[thread]?.push({ node, isWrite: event.k === 'write', value: valueKey(event.value), partner: partners.get(node) ?? null });
  });
  return found;
}

/**
 * What a thread's reads may read, by position in coherence order (0: the first value). Coherence: a thread never goes back, neither from
 * what it wrote nor from what it read. Atomicity: nothing comes between what an atomic reads and what it writes.
 */
function walk(
  thread: readonly Access[],
  position: ReadonlyMap<number, number>,
  valueAt: readonly string[],
  rules: Rules,
): Map<number, number>[] {
  let ways: { readonly at: number; readonly reads: Map<number, number> }[] = [{ at: 0, reads: new Map() }];
  const isCoherent = rules.has('coherence');
  for (const access of thread) {
    if (access.isWrite) {
      const own = position.get(access.node) ?? 0;
      ways = ways.filter((way) => !isCoherent || way.at < own).map((way) => ({ ...way, at: own }));
      continue;
    }
    const before = access.partner === null ? null : (position.get(access.partner) ?? 0) - 1;
    ways = ways.flatMap((way) =>
      valueAt.flatMap((value, at) => {
        if (value !== access.value || (isCoherent && at < way.at)) return [];
        if (rules.has('atomicity') && before !== null && at !== before) return [];
        return [{ at, reads: new Map([...way.reads, [access.node, at]]) }];
      }),
    );
  }
  return ways.map((way) => way.reads);
}
