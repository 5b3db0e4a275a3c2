/**
 * What a `.litmus` file says, before any architecture gives it a meaning. All front ends start from these trees. The format is that of
 * herd7 and litmus7 (the diy tool suite's documentation, "The litmus test format"); it has no other definition.
 */

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface LitmusFile {
  /** As written: `AArch64`, `RISCV`, `C`. */
  readonly arch: string;
  readonly name: string;
  readonly at: Position;
  /** `key = value` lines between name and initial state, in order. */
  readonly info: readonly Info[];
  readonly init: readonly InitItem[];
  /** The program, still text: columns of assembly, or C functions. */
  readonly body: Body;
  /** `locations [...]`: what a run prints, besides what the condition names. */
  readonly locations: readonly Observed[];
  readonly filter: Proposition | null;
  readonly quantifier: 'exists' | 'not-exists' | 'forall';
  readonly condition: Proposition;
}

export interface Info {
  readonly key: string;
  readonly value: string;
  readonly at: Position;
}

export interface Body {
  readonly text: string;
  /** Where `text` begins in the file. */
  readonly at: Position;
}

/** One entry of the initial state: `int x = 1`, `0:X1 = x`, `int *p = &x`, `[PTE(x)] = (valid:0)`, `int a[2] = {1,2}`, `uint64_t 0:X2`. */
export interface InitItem {
  readonly at: Position;
  /** C type as written, without `*`; null where none stands. */
  readonly type: string | null;
  /** `*` before the name. */
  readonly pointer: boolean;
  readonly target: Target;
  /** For an array, its length. */
  readonly length: number | null;
  /** Null where only the type is given. */
  readonly value: ValueSyntax | null;
}

/** A place in memory. `apply` is a name with a function around it: `PTE(x)`, `PA(x)`, `TTD(x)`. */
export type Address =
  | { readonly k: 'name'; readonly name: string; readonly at: Position }
  | { readonly k: 'apply'; readonly fn: string; readonly of: Address; readonly at: Position }
  | { readonly k: 'element'; readonly name: string; readonly index: number; readonly at: Position };

/** What can be set or looked at: a register of a thread, or a place in memory (`x`, `[x]` and `*x` are the same place). */
export type Target = { readonly k: 'register'; readonly thread: number; readonly name: string; readonly at: Position } | Address;

export type ValueSyntax =
  | { readonly k: 'number'; readonly value: bigint; readonly at: Position }
  | Address
  /** `1:X2` or `P1:L0`: a register in a condition, a label in an initial state. */
  | { readonly k: 'qualified'; readonly thread: number; readonly name: string; readonly at: Position }
  /** `[x]` or `*x`: what a place holds, and not the place. */
  | { readonly k: 'content'; readonly of: Address; readonly at: Position }
  /** `label:"P1:L0"`. */
  | { readonly k: 'label'; readonly thread: number; readonly label: string; readonly at: Position }
  /** `NOP` or `instr:"B L1"`: the machine word of an instruction. */
  | { readonly k: 'instruction'; readonly text: string; readonly at: Position }
  /** `(oa:PA(x), valid:0, attrs:(a, b))`: a record, here page-table entries. */
  | { readonly k: 'fields'; readonly fields: readonly Field[]; readonly at: Position }
  /** `{1, 2}`. */
  | { readonly k: 'list'; readonly items: readonly ValueSyntax[]; readonly at: Position };

/** `key:value`, or a bare word (`values` is empty). */
export interface Field {
  readonly key: string;
  readonly values: readonly FieldValue[];
  readonly at: Position;
}

export type FieldValue = { readonly k: 'number'; readonly value: bigint; readonly at: Position } | Address;

/** An item of `locations [...]`. */
export type Observed = { readonly k: 'target'; readonly target: Target } | FaultAtom;

/** `fault(P1:L0, x, MMU:Translation)`; what is not said is null. */
export interface FaultAtom {
  readonly k: 'fault';
  readonly thread: number;
  readonly label: string | null;
  readonly address: Address | null;
  readonly type: string | null;
  readonly at: Position;
}

/** A statement about a final state. */
export type Proposition =
  | { readonly k: 'and' | 'or' | 'implies'; readonly a: Proposition; readonly b: Proposition }
  | { readonly k: 'not'; readonly of: Proposition }
  | { readonly k: 'constant'; readonly holds: boolean }
  | { readonly k: 'equal' | 'differ'; readonly left: Target; readonly right: ValueSyntax; readonly at: Position }
  | FaultAtom;

/** One thread's column in a program of assembly. `P1.F` is the fault handler of thread 1. */
export interface Column {
  readonly thread: number;
  readonly handler: boolean;
  readonly at: Position;
  readonly lines: readonly Line[];
}

export type Line =
  | { readonly k: 'label'; readonly name: string; readonly at: Position }
  | ({ readonly k: 'instruction' } & InstructionSyntax);

export interface InstructionSyntax {
  /** As written. */
  readonly mnemonic: string;
  readonly operands: readonly OperandSyntax[];
  /** All of it, blanks trimmed. */
  readonly text: string;
  readonly at: Position;
}

export interface OperandSyntax {
  readonly text: string;
  readonly at: Position;
}
