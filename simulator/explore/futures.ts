import type { Node } from '../interp/automaton.js';
import type { Machine } from '../machine/machine.js';
import { ALWAYS, ANYTHING, dependsOn, EFFECT, effects, Names } from './effects.js';

/**
 * For each local state of a thread what the thread may yet do to others, as far as its program was seen to go when this was made. A search
 * that stands on it asks `grew` in the end, and starts again where the program went further.
 */
export class Futures {
  private readonly names = new Names();
  private readonly edges: number;
  private readonly known: ReadonlyMap<number, number>;

  constructor(
    private readonly m: Machine,
    /** The local state that stands for this one and for those of CPUs that are alike. */
    private readonly standsFor: (node: number) => number,
  ) {
    this.edges = m.auto.edges;
    this.known = this.compute();
  }

  private compute(): Map<number, number> {
    const { auto } = this.m;
    const masks = new Map<number, number>();
    const before = new Map<number, number[]>();
    const queue: number[] = [];
    // Looking for what stands for a state may make states that nobody has been in.
    for (let id = 0, size = auto.size; id < size; id++) {
      const node = auto.node(id);
      const at = this.standsFor(id);
      if (!masks.has(at)) queue.push(at);
      masks.set(at, (masks.get(at) ?? ALWAYS) | this.own(node));
      for (const each of node.leadsTo) {
        const to = this.standsFor(each);
        const sources = before.get(to);
        if (sources) sources.push(at);
        else before.set(to, [at]);
      }
    }
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const mask = masks.get(id) ?? ALWAYS;
      for (const each of before.get(id) ?? []) {
        const joined = (masks.get(each) ?? ALWAYS) | mask;
        if (joined === masks.get(each)) continue;
        masks.set(each, joined);
        queue.push(each);
      }
    }
    return masks;
  }

  private own({ request, state }: Node): number {
    const isEntry = (loc: string): boolean => this.m.entries.some((entry) => entry.loc === loc);
    const waiting = state.parked.flatMap(({ at }) => (at ? [at] : []));
    return [request.does, ...waiting].reduce((all, does) => all | effects(does, this.names, isEntry), 0);
  }

  /** What a thread may yet do whose block stands in `s`. Looks at nothing else of `s`. */
  of(s: Int32Array, thread: number): number {
    const { m } = this;
    const at = m.layout;
    let future = this.known.get(this.standsFor(m.get(s, thread, at.NODE))) ?? ANYTHING;
    const delayed = m.get(s, thread, at.PEND_LOC);
    if (delayed > 0) future |= this.names.of(m.locationName(delayed - 1)) | (delayed <= m.entries.length ? EFFECT.entries : 0);
    if (m.get(s, thread, at.IPI_MASK) !== 0) future |= EFFECT.interrupts;
    return future;
  }

  /** What of others' futures the thread's next step would not commute with; `ALWAYS` is in it where the step is never fused. Looks at its block. */
  needs(s: Int32Array, thread: number): number {
    const { m } = this;
    const { request, interruptible, state } = m.node(s, thread);
    const cpu = m.setup.cpus[thread];
    if (!cpu || cpu.irq !== undefined || cpu.nmi !== undefined || state.parked.length > 0 || m.delayed(s, thread)) return ANYTHING;
    const { does } = request;
    if (does.op === 'dsb' && does.of === 'full' && this.issued(s, thread)) return ANYTHING;
    return dependsOn(m, does, this.names) | EFFECT.grace | (interruptible ? EFFECT.interrupts : 0);
  }

  /** Whether a barrier of the thread would complete invalidations. */
  private issued(s: Int32Array, thread: number): boolean {
    const { layout: at } = this.m;
    const first = at.at(thread) + at.TLBI;
    return s.subarray(first, first + at.TLBI_VIEW - at.TLBI).some((each) => each !== 0);
  }

  /** Whether nothing of the programs was seen since. */
  allKnown(): boolean {
    return this.m.auto.edges === this.edges;
  }

  /** Whether programs went further than was known, in a way that changes what was said about them. */
  grew(): boolean {
    if (this.allKnown()) return false;
    const now = this.compute();
    return [...this.known].some(([id, mask]) => now.get(id) !== mask);
  }
}
