import { objectOf } from '../interp/memory.js';
import type { Operation } from '../interp/operation.js';
import type { Machine } from '../machine/machine.js';

/**
 * What operations do to other threads, and which operations of others they do not commute with: the relation that fusion stands on.
 */

/**
 * What a thread may yet do to others, as a set of bits. Several locations and locks may share a bit: then more steps are taken to depend
 * on each other than do.
 */
export const EFFECT = {
  /** Interrupts other CPUs. */
  interrupts: 1 << 0,
  /** Starts a grace period, which looks at what every CPU does and knows. */
  grace: 1 << 1,
  frees: 1 << 2,
  /** Drops translations on other CPUs. */
  flushes: 1 << 3,
  /** Writes page-table entries. */
  entries: 1 << 4,
  /** Completes invalidations, which take a place in the order. */
  invalidates: 1 << 5,
} as const;
/** Bits from here on are those of locations and locks, up to the last, which every thread has. */
const NAMED = 6;
const LAST = 31;
/** Every thread may do that: what depends on it is never fused. */
export const ALWAYS = 1 << LAST;
/** Of threads of which nothing is known. */
export const ANYTHING = -1;

/** Gives each location and each lock a bit beyond those of `EFFECT`. */
export class Names {
  private readonly bits = new Map<string, number>();

  of(name: string): number {
    const known = this.bits.get(name) ?? this.bits.size;
    this.bits.set(name, known);
    return 1 << (NAMED + (known % (LAST - NAMED)));
  }
}

/** What one operation may do to other threads. */
export function effects(does: Operation, names: Names, isEntry: (loc: string) => boolean): number {
  const writes = (loc: string): number => names.of(loc) | (isEntry(loc) ? EFFECT.entries : 0);
  switch (does.op) {
    case 'store':
    case 'rmw':
      return writes(does.loc);
    case 'lock':
    case 'unlock':
      return names.of(`lock ${does.loc}`);
    case 'ipi':
      return EFFECT.interrupts;
    case 'rcu-call':
    case 'rcu-sync':
      return EFFECT.grace;
    case 'page-free':
    case 'translation-gone':
      return EFFECT.frees;
    // Hardware may write any leaf.
    case 'touch':
      if (does.flags === 'updated') return ANYTHING;
      return (does.stores?.locs ?? []).reduce((all, loc) => all | writes(loc), 0);
    case 'sbi-sfence':
    case 'tlbsync':
      return EFFECT.flushes;
    case 'flush':
      return does.cpus === 'all' ? EFFECT.flushes : 0;
    case 'invalidate-entry':
      return does.locs.reduce((all, loc) => all | writes(loc), EFFECT.flushes);
    case 'csp':
      return writes(does.loc) | EFFECT.flushes;
    case 'dsb':
      return does.of === 'full' ? EFFECT.invalidates : 0;
    case 'ptesync':
      return EFFECT.invalidates;
    case 'load':
    case 'await':
    case 'fence':
    case 'fence-tso':
    case 'dmb':
    case 'isb':
    case 'fence-i':
    case 'tlbi':
    case 'tlbie':
    case 'sfence':
    case 'trap-return':
    case 'interrupt-return':
    case 'rcu-quiescent':
    case 'context':
    case 'resched':
    case 'preempt-off':
    case 'fail':
    case 'stuck':
    case 'idle':
    case 'end':
    case 'discard':
      return 0;
    default:
      return ANYTHING;
  }
}

/** Effects of others that a step of this operation does not commute with; ANYTHING for what is never fused. */
export function dependsOn(m: Machine, does: Operation, names: Names): number {
  switch (does.op) {
    // They look at and change what their CPU has seen, and nothing else.
    case 'fence':
    case 'fence-tso':
    case 'dmb':
    case 'dsb':
    case 'isb':
    case 'fence-i':
    case 'tlbi':
    case 'tlbie':
    case 'resched':
    case 'preempt-off':
      return does.op === 'dsb' && m.has('numbers') ? ANYTHING : 0;
    // Whoever frees a page asks what other CPUs' fences have covered.
    case 'sfence':
      return EFFECT.frees;
    case 'flush':
      return does.issued ? 0 : does.cpus === 'self' ? EFFECT.frees | EFFECT.flushes | EFFECT.entries : ANYTHING;
    case 'trap-return':
      return m.arch.traps === 'nothing' ? EFFECT.entries | EFFECT.flushes : 0;
    case 'load':
    case 'await':
      return names.of(does.loc) | (m.setup.physical.has(objectOf(does.loc)) ? EFFECT.frees : 0);
    case 'lock':
    case 'unlock':
      return names.of(`lock ${does.loc}`);
    case 'touch':
      return does.flags === 'updated' || does.stores ? ANYTHING : EFFECT.entries | EFFECT.flushes | EFFECT.frees | EFFECT.invalidates;
    default:
      return ANYTHING;
  }
}
