import { objectOf } from '../interp/memory.js';
import { ownObjects } from '../interp/tasks.js';
import type { Frame, Parked, Tagged, ThreadState } from '../interp/thread.js';
import type { Value } from '../interp/value.js';
import { MAX_CALLBACKS, MAX_LOCKS, MAX_PENDING_TLBI } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { SYNC } from '../machine/rcu.js';
import type { Permutation } from './permutations.js';

/** Lets CPUs change places in states: blocks, and every number of a CPU and every object of one that stands anywhere else. */
export class Permuter {
  private readonly nodes: Map<number, number>[];

  constructor(
    private readonly m: Machine,
    readonly all: readonly Permutation[],
  ) {
    this.nodes = all.map(() => new Map<number, number>());
  }

  /** Writes into `into` what the shared fields of `s` become. */
  shared(s: Int32Array, which: number, into: Int32Array): void {
    const { m } = this;
    const { layout: at } = m;
    const p = this.all[which] ?? [];
    into.set(s.subarray(0, at.globalSize));
    for (let lock = 0; lock < MAX_LOCKS; lock++) {
      const holder = s[at.LOCK_HOLDER + lock] ?? 0;
      if (holder > 0) into[at.LOCK_HOLDER + lock] = this.task(holder, p);
    }
    for (let i = 0; i < MAX_CALLBACKS; i++) {
      const desc = s[at.CB_DESC + i] ?? 0;
      if (desc > SYNC) into[at.CB_DESC + i] = SYNC + this.task(desc - SYNC, p);
      into[at.CB_OWED + i] = mask(s[at.CB_OWED + i] ?? 0, p);
    }
    for (let i = 1; i <= m.order.length(s); i++) {
      const code = m.order.code(s, i);
      if (code < 0) into[at.ORDER + 2 * i - 2] = -1 - this.invalidation(-1 - code, p);
    }
  }

  /** Writes what the block of `cpu` in `s` becomes to where it goes in `into`. */
  block(s: Int32Array, cpu: number, which: number, into: Int32Array): void {
    const { m } = this;
    const { layout: at } = m;
    const p = this.all[which] ?? [];
    const to = at.at(p[cpu] ?? cpu);
    into.set(s.subarray(at.at(cpu), at.at(cpu) + at.threadSize), to);
    into[to + at.NODE] = this.node(m.get(s, cpu, at.NODE), which);
    into[to + at.IPI_MASK] = mask(m.get(s, cpu, at.IPI_MASK), p);
    into[to + at.IPI_TAKEN] = mask(m.get(s, cpu, at.IPI_TAKEN), p);
    if (m.arch.invalidations !== 'ordered') return;
    for (let i = 0; i < MAX_PENDING_TLBI; i++) {
      const issued = m.get(s, cpu, at.TLBI + i);
      if (issued > 0) into[to + at.TLBI + i] = this.invalidation(issued - 1, p) + 1;
    }
  }

  state(s: Int32Array, which: number, into: Int32Array): void {
    this.shared(s, which, into);
    for (let cpu = 0; cpu < this.m.layout.threads; cpu++) this.block(s, cpu, which, into);
  }

  /** The local state that this one becomes. */
  node(id: number, which: number): number {
    const known = this.nodes[which]?.get(id);
    if (known !== undefined) return known;
    const p = this.all[which] ?? [];
    const node = this.m.auto.node(id);
    const to = this.m.auto.adopt(new Renamer(this.m, p).thread(node.state), node);
    this.nodes[which]?.set(id, to);
    return to;
  }

  private task(number: number, p: Permutation): number {
    const { threads } = this.m.layout;
    const cpu = (number - 1) % threads;
    return number - cpu + (p[cpu] ?? cpu);
  }

  private invalidation(index: number, p: Permutation): number {
    const { m } = this;
    const what = m.invalidations[index];
    if (!what) return index;
    const scope = m.invalidationScope[index] ?? -1;
    const issuer = m.invalidationIssuer[index] ?? -1;
    return m.invalidation(what, p[scope] ?? scope, p[issuer] ?? issuer);
  }
}

function mask(of: number, p: Permutation): number {
  if (of === 0) return 0;
  let made = 0;
  p.forEach((to, from) => {
    if ((of & (1 << from)) !== 0) made |= 1 << to;
  });
  return made;
}

/** A thread's state with CPUs and what is theirs renamed. */
class Renamer {
  private readonly objects = new Map<string, string>();

  constructor(
    m: Machine,
    private readonly p: Permutation,
  ) {
    p.forEach((to, from) => {
      const theirs = ownObjects(m.setup, to);
      if (to !== from) ownObjects(m.setup, from).forEach((obj, i) => this.objects.set(obj, theirs[i] ?? obj));
    });
  }

  thread(state: ThreadState): ThreadState {
    return {
      ...state,
      cpu: this.p[state.cpu] ?? state.cpu,
      frames: state.frames.map((frame) => this.frame(frame)),
      memory: this.memory(state.memory),
      csr: new Map([...state.csr].map(([name, value]) => [name, this.value(value)])),
      parked: state.parked.map((parked) => this.parked(parked)),
      readBeforeInit: state.readBeforeInit === null ? null : this.loc(state.readBeforeInit),
      slots: state.slots.map((from) => this.loc(from)),
    };
  }

  private parked(parked: Parked): Parked {
    return { ...parked, frames: parked.frames.map((frame) => this.frame(frame)), objects: this.memory(parked.objects) };
  }

  private frame(frame: Frame): Frame {
    const { entry } = frame;
    return {
      ...frame,
      entry: entry.k === 'interrupt' ? { ...entry, from: this.p[entry.from] ?? entry.from } : entry,
      locals: new Map([...frame.locals].map(([name, tagged]) => [name, this.tagged(tagged)])),
    };
  }

  private memory(memory: ReadonlyMap<string, Tagged>): Map<string, Tagged> {
    return new Map([...memory].map(([loc, tagged]) => [this.loc(loc), this.tagged(tagged)]));
  }

  private tagged(tagged: Tagged): Tagged {
    return { ...tagged, value: this.value(tagged.value) };
  }

  private value(value: Value): Value {
    const obj = value.k === 'ptr' ? this.objects.get(value.obj) : undefined;
    return value.k === 'ptr' && obj !== undefined ? { ...value, obj } : value;
  }

  private loc(loc: string): string {
    const obj = objectOf(loc);
    const to = this.objects.get(obj);
    return to === undefined ? loc : to + loc.slice(obj.length);
  }
}
