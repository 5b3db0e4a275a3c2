import type { FaultType } from '../interp/operation.js';
import type { Setup } from '../interp/setup.js';
import type { Value } from '../interp/value.js';
import type { Mmu } from '../machine/mmu.js';

// What tests are made of; front ends see the simulator through here.
export { int, ptr } from '../interp/value.js';
export type { Cpu, Setup } from '../interp/setup.js';
export type { Level, Mmu, Table } from '../machine/mmu.js';
export type { FaultType, Value };

/** One litmus test, ready to run: what every front end makes of its text. */
export interface LitmusTest {
  readonly name: string;
  readonly setup: Setup;
  readonly mmu: Mmu | null;
  readonly quantifier: 'exists' | 'not-exists' | 'forall';
  readonly condition: Condition;
  /** Only final states for which this holds are looked at; null for all. */
  readonly filter: Condition | null;
  /** `lkmm`: its verdict is that of the Linux kernel memory model (litmus/lkmm.ts), and not of a machine. */
  readonly model?: 'lkmm';
}

/** A statement about a final state. */
export type Condition =
  | { readonly k: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly k: 'not'; readonly of: Condition }
  | { readonly k: 'constant'; readonly holds: boolean }
  /** Final value of a local that its procedure lists among its results. */
  | { readonly k: 'register'; readonly cpu: number; readonly name: string; readonly value: Value }
  /** Newest value of a location once everything is done. */
  | { readonly k: 'location'; readonly loc: string; readonly value: Value }
  /** Two final values are the same. */
  | { readonly k: 'same'; readonly a: Observable; readonly b: Observable }
  /**
   * A fault was taken by `cpu` at machine word `word` of its entry procedure (null: at any), at an address in [from, from + size) (null: any),
   * of type `type` (null: any).
   */
  | {
      readonly k: 'fault';
      readonly cpu: number;
      readonly word: number | null;
      readonly address: { readonly from: bigint; readonly size: bigint } | null;
      readonly type: FaultType | null;
    };

export type Observable =
  | { readonly k: 'register'; readonly cpu: number; readonly name: string }
  | { readonly k: 'location'; readonly loc: string };

/** What a litmus test's author, or the suite's table, expects. */
export type Expected = 'allowed' | 'forbidden' | 'required';

/** A test that can't be run, and what it would need. */
export interface Unsupported {
  /** Short and stable, for counting: `named page tables`, `STZGM`. */
  readonly feature: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A file that is not a litmus test. */
export interface Malformed {
  readonly line: number;
  readonly column: number;
  /** What should have stood there. */
  readonly expected: string;
  readonly found: string;
}

export type Parsed =
  | { readonly k: 'test'; readonly test: LitmusTest }
  | { readonly k: 'unsupported'; readonly name: string; readonly unsupported: Unsupported }
  | { readonly k: 'malformed'; readonly malformed: Malformed };
