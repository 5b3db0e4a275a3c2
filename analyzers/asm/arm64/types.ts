import type { Expr, SourceRef } from '../../../simulator/program/types.js';

/** A line of A64 assembly, its operands apart. */
export type A64Line =
  | { readonly k: 'label'; readonly name: string }
  | { readonly k: 'instruction'; readonly mnemonic: string; readonly operands: readonly string[]; readonly at: SourceRef };

export type A64Instruction = Extract<A64Line, { k: 'instruction' }>;

/** What an instruction may name besides registers and its own procedure's labels. */
export interface Surroundings {
  /** Address of the first instruction: a multiple of 4. */
  readonly base: bigint;
  /** The address that a label outside this text stands for; null where there is none. */
  readonly label: (name: string) => Expr | null;
  /** System registers that are storage here, besides those that always are. */
  readonly registers?: ReadonlySet<string>;
}

/** Why an instruction has no meaning here: it is not modelled, or it is not A64. */
export type A64Fault =
  | { readonly k: 'unsupported'; readonly feature: string }
  /** Operand `operand` (from 0; null for the instruction as a whole) is not what should stand there. */
  | { readonly k: 'malformed'; readonly operand: number | null; readonly expected: string };

/** Thrown while one instruction is read. Whoever reads lines adds which one. */
export class A64Failure extends Error {
  constructor(
    readonly fault: A64Fault,
    /** Index of the line. */
    readonly line = -1,
  ) {
    super(fault.k === 'unsupported' ? fault.feature : `expected ${fault.expected}`);
  }
}

export const unsupported = (feature: string): A64Failure => new A64Failure({ k: 'unsupported', feature });

export const malformed = (operand: number | null, expected: string): A64Failure => new A64Failure({ k: 'malformed', operand, expected });
