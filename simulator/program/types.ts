/**
 * The Program: the one language that everything which runs on the simulated machine is written in.
 *
 * Both front ends (kernel C, kernel assembly) compile to it, and the interpreter in `simulator/interp` runs it. A Program knows C's values,
 * pointers and calls; it knows nothing of caches or orders. Memory accesses, atomics and calls of catalog primitives are the only places
 * where a Program meets the machine.
 */

/** Which text a line stands in: the mail, a kernel tree, our own stand-in for a kernel function, or the scenario itself. */
export const ORIGINS = ['patch', 'tree', 'skeleton', 'scenario'] as const;
export type Origin = (typeof ORIGINS)[number];

/** A line of source. `line` counts from 1 in the text that `origin` names (for `patch`: the new file as the hunk header counts it). */
export interface SourceRef {
  readonly file: string;
  readonly line: number;
  readonly origin: Origin;
}

/** An integer type of C on the 64-bit kernels. Pointers are untyped here: a pointer value carries what it points into. */
export interface IntType {
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

export type BinaryOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type UnaryOp = '-' | '~' | '!';

/**
 * A pure expression: it reads locals and constants, never memory, and has no effect. Short-circuit operators and `?:` with effects are
 * lowered to branches by the front end; `select` is for operands without effects.
 */
export type Expr =
  | { readonly k: 'int'; readonly value: bigint }
  /** String literals reach only primitives (`dsb(ish)` arrives as the string "ish"). */
  | { readonly k: 'str'; readonly value: string }
  | { readonly k: 'local'; readonly name: string }
  /** Address of a global object, or a procedure as a value. */
  | { readonly k: 'symbol'; readonly name: string }
  /** Address of an object in this call's frame (structs, arrays, locals whose address is taken). */
  | { readonly k: 'frame'; readonly name: string }
  /** `&base->field`. `field` may be dotted (`thread_info.cpu`). */
  | { readonly k: 'field'; readonly base: Expr; readonly field: string }
  /** `&base[index]`, or pointer arithmetic in elements of `size` bytes. */
  | { readonly k: 'index'; readonly base: Expr; readonly index: Expr; readonly size: number }
  /** base + the offset that `asm-offsets.c` gives this name (see Program.offsets); a name without a row is a field of that name. */
  | { readonly k: 'offset'; readonly base: Expr; readonly symbol: string }
  | { readonly k: 'binary'; readonly op: BinaryOp; readonly a: Expr; readonly b: Expr; readonly type: IntType }
  | { readonly k: 'unary'; readonly op: UnaryOp; readonly a: Expr; readonly type: IntType }
  /** Integer conversion; a pointer or function value passes unchanged through a 64-bit one. */
  | { readonly k: 'cast'; readonly a: Expr; readonly type: IntType }
  | { readonly k: 'select'; readonly cond: Expr; readonly then: Expr; readonly else: Expr }
  /** A value the sources at hand do not give. Equal keys mean the same unknown, on both sides of before and after. */
  | { readonly k: 'unknown'; readonly key: string };

/**
 * How an access is written. `plain` and `once` (READ_ONCE, volatile, assembly) order alike on the machine; only `plain` may be torn or
 * repeated by a compiler, which the machine does not do, and says so.
 */
export type AccessOrder =
  | 'plain'
  | 'once'
  | 'acquire'
  /** arm64 LDAPR: as `acquire`, but it may be done before an older store-release of its CPU (Arm ARM DDI 0487, B2.3.11). */
  | 'acquire-pc'
  | 'release';

/** `add-unless` adds where the old value is not `expected`, `cas` stores where it is; else they store nothing. */
export type RmwFunction = 'add' | 'sub' | 'and' | 'andnot' | 'or' | 'xor' | 'swap' | 'cas' | 'add-unless';

/** `full` is LKMM's fully ordered atomic (aq and rl on riscv, barriers on both sides on arm64); `acq-rel` is arm64's SWPAL and its like. */
export type RmwOrder = 'relaxed' | 'acquire' | 'release' | 'acq-rel' | 'full';

export type Callee =
  /** A name: a procedure of the Program if it has one, else a primitive of the catalog, else an unknown call. */
  | { readonly k: 'name'; readonly name: string }
  /** Through a pointer; must evaluate to a procedure. */
  | { readonly k: 'value'; readonly value: Expr };

export type Instr = {
  readonly at: SourceRef;
  /** Stands for a machine word that was fetched from memory which may change; its `fetch` ran just before. */
  readonly fetched?: true;
} & (
  | { readonly op: 'set'; readonly dst: string; readonly value: Expr }
  | {
      readonly op: 'load';
      readonly dst: string;
      readonly addr: Expr;
      readonly type: IntType;
      readonly order: AccessOrder /** Sets the exclusive monitor (LDXR, lr.d). */;
      readonly exclusive?: boolean;
    }
  | { readonly op: 'store'; readonly addr: Expr; readonly value: Expr; readonly type: IntType; readonly order: AccessOrder }
  | {
      readonly op: 'rmw';
      /** Receives the old value; null when the program discards it (the destination register is dead or x0). */
      readonly dst: string | null;
      readonly addr: Expr;
      readonly fn: RmwFunction;
      readonly operand: Expr;
      /** For `cas` and `add-unless`: the old value that decides. */
      readonly expected: Expr | null;
      readonly type: IntType;
      readonly order: RmwOrder;
    }
  /** STXR, sc.d: stores if nobody else stored there since the exclusive load; `dst` is 0 where it did, 1 where not. It may always fail. */
  | {
      readonly op: 'store-exclusive';
      readonly dst: string;
      readonly addr: Expr;
      readonly value: Expr;
      readonly type: IntType;
      readonly order: AccessOrder;
    }
  /** Struct assignment: every field and element below `from` is copied to `to`. */
  | { readonly op: 'copy'; readonly to: Expr; readonly from: Expr }
  /** All fields and elements below `addr` become zero (the rest of a partial initialiser). */
  | { readonly op: 'zero'; readonly addr: Expr }
  | { readonly op: 'call'; readonly dst: string | null; readonly callee: Callee; readonly args: readonly Expr[] }
  /** Goes to `target` when `cond` is zero, else falls through. */
  | { readonly op: 'branch'; readonly cond: Expr; readonly target: number }
  | { readonly op: 'jump'; readonly target: number }
  | { readonly op: 'return'; readonly value: Expr | null }
  /** A construct the front end has no rule for. Reaching it ends the run as "not modelled", never as a verdict. */
  | { readonly op: 'unsupported'; readonly what: string }
);

export type ObjectType =
  | { readonly k: 'int'; readonly type: IntType }
  | { readonly k: 'pointer' }
  | { readonly k: 'array'; readonly of: ObjectType; readonly length: number | null }
  | { readonly k: 'struct'; readonly name: string };

/** One initialised leaf of a global: `path` is '' for a scalar, else like `.put_page` or `[3]` or `.ops[1].fn`. */
export interface Initialiser {
  readonly path: string;
  readonly value: Expr;
}

export interface Global {
  readonly name: string;
  readonly type: ObjectType;
  readonly init: readonly Initialiser[];
  readonly at: SourceRef;
  /** `extern` without a definition: its value is unknown unless another file defines it. */
  readonly defined: boolean;
}

export interface Procedure {
  readonly name: string;
  readonly params: readonly string[];
  /** Objects that live in the frame; each call has its own. */
  readonly frame: ReadonlyMap<string, ObjectType>;
  readonly code: readonly Instr[];
  readonly at: SourceRef;
  /** Assembly shares the hart's registers with what it interrupts and calls; C has its own locals. */
  readonly language: 'c' | 'riscv-asm' | 'arm64-asm';
  /** Locals that are looked at once the procedure has ended, or was ended by a fault: a litmus test's registers. */
  readonly results?: readonly string[];
  /** Assembly: index into `code` of each machine word. Word n stands at `base` + 4n: what a program counter, ELR or sepc holds. */
  readonly words?: readonly number[];
  readonly base?: bigint;
}

/** Something the front end left out, and why. Nothing is dropped in silence. */
export interface Omission {
  readonly what: string;
  readonly why: string;
  readonly at: SourceRef | null;
}

export interface Program {
  readonly procedures: ReadonlyMap<string, Procedure>;
  readonly globals: ReadonlyMap<string, Global>;
  /** asm-offsets.c: OFFSET(TASK_TI_CPU, task_struct, thread_info.cpu) gives TASK_TI_CPU → 'thread_info.cpu'. */
  readonly offsets: ReadonlyMap<string, string>;
  readonly omissions: readonly Omission[];
}
