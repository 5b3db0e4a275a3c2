/** What must never happen, in every scenario, without anyone writing it down. */
export const VIOLATIONS = [
  'walker-use-after-free',
  'stale-translation',
  'break-before-make',
  'unhandled-fault',
  'stale-instruction',
  'lost-update',
  'deadlock',
  'livelock',
  'unbounded-wait',
  'sleep-in-atomic',
  'rcu-not-watching',
  'use-before-init',
  'assertion',
] as const;

export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  /** The run's own end, where `kind` names its cause: a lost update that ends in an unhandled fault. */
  readonly endsIn: ViolationKind | null;
  /** One plain sentence: who does what, who may still use it. */
  readonly why: string;
  /** The CPU that suffers, where it is not the one that steps; -1 otherwise. */
  readonly victim: number;
  /** What the victim still does, for the last line of a trace. */
  readonly victimText: string;
  /** What the victim may have done before the first step, where the story needs it. */
  readonly before?: string;
}

/** A violation that the run shows by itself. */
export const violated = (kind: ViolationKind, why: string, victim: number, victimText = ''): Violation => ({
  kind,
  endsIn: null,
  why,
  victim,
  victimText,
});
