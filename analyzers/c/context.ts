import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Expr, Global, ObjectType, SourceRef } from '../../simulator/program/types.js';
import type { Node } from './ast.js';
import type { Code, Label } from './code.js';
import type { Prepared } from './fixups.js';
import type { Cleanup, Scopes } from './scopes.js';
import type { CType, Field, StructDefinition } from './types.js';

/** The value of an expression. For a struct, `e` is the address of an object that holds it. */
export interface Value {
  readonly e: Expr;
  readonly t: CType;
}

/** Where a value lives: an IR local, or memory. */
export type Place =
  | { readonly k: 'local'; readonly name: string; readonly type: CType }
  | { readonly k: 'memory'; readonly address: Expr; readonly type: CType; readonly bits: number | null }
  /** A value without a place (a call's struct, a constant). */
  | { readonly k: 'value'; readonly value: Value };

export type Binding =
  | { readonly k: 'local'; readonly name: string; readonly type: CType }
  | { readonly k: 'frame'; readonly name: string; readonly type: CType }
  | { readonly k: 'global'; readonly name: string; readonly type: CType }
  | { readonly k: 'function'; readonly name: string; readonly type: CType }
  | { readonly k: 'constant'; readonly value: bigint; readonly type: CType };

/** A construct without a rule; caught at the statement. */
export class Unsupported extends Error {}

/** What a translation unit declares. */
export interface UnitScope {
  typedef(name: string): CType | null;
  struct(name: string): StructDefinition | null;
  /** Size in bytes; 8 where the sources do not tell. */
  sizeOf(type: CType): number;
  offsetOf(struct: string, path: string): bigint | null;
  lookup(name: string): Binding | null;
  /** Adds a struct that a function or a declarator defines in place. */
  defineStruct(name: string, isUnion: boolean, fields: ReadonlyMap<string, Field>): void;
  defineConstant(name: string, value: bigint, type: CType): void;
  /** A variable with static storage that a function declares. */
  defineGlobal(global: Global): void;
  /** A function or variable of another file, or a name that is nowhere declared: both as the program knows them. */
  isFunctionElsewhere(name: string): boolean;
  isObjectElsewhere(name: string): boolean;
  /** A procedure of the sources that calls of this name reach. */
  isDefinedFunction(name: string): boolean;
  use(name: string): void;
  /** What a function or variable of this unit, or one that it calls, is called in the Program. */
  linkName(name: string): string;
  row(name: string): CatalogRow | null;
}

export interface LoopTargets {
  readonly breakTo: Label;
  /** How many scopes are open there. */
  readonly depth: number;
  /** Null in a switch outside of any loop. */
  readonly continueTo: Label | null;
}

/** What the lowering of one function (or of one initialiser) shares. The functions are the other parts of the compiler. */
export interface Fx {
  readonly unit: UnitScope;
  readonly prepared: Prepared;
  readonly code: Code;
  readonly procedure: string;
  readonly frame: Map<string, ObjectType>;
  /** Names whose address is taken somewhere in the function. */
  readonly addressTaken: ReadonlySet<string>;
  readonly labels: Map<string, Label>;
  readonly loops: LoopTargets[];
  readonly cases: Map<Node, Label>[];
  returns: CType;
  /** Address for the result of a function that returns a struct. */
  returnAddress: Expr | null;

  at(node: Node): SourceRef;
  readonly scopes: Scopes;
  lookup(name: string): Binding | null;
  bind(name: string, binding: Binding): void;
  enter(block: Node): void;
  /** Ends the scope, with what cleans up its variables. */
  leave(): void;
  /** Calls what cleans up. */
  unwind(cleanups: readonly Cleanup[]): void;
  /** Goes to a label, with what has to be cleaned up on the way. */
  goto(name: string): void;
  /** A name for a local or frame object that no other in this procedure has. */
  fresh(base: string): string;
  temporary(): string;
  label(name: string): Label;

  value(node: Node): Value;
  place(node: Node): Place;
  /** The type of an expression, before arrays decay; its code is thrown away. */
  typeOf(node: Node): CType;
  constant(node: Node): bigint | null;
  /** Type of a specifier node or type_descriptor. */
  type(node: Node): CType;
  typeofType(index: string): CType;
  /** Jumps to `to` when the condition is false (or, with `whenTrue`, true). */
  condition(node: Node, to: Label, whenTrue: boolean): void;
  statement(node: Node): void;
  /** A compound statement whose last expression is its value. */
  block(node: Node): Value;
  initialise(place: Place, node: Node): void;
  /** A new object in the frame. */
  object(base: string, type: CType): Expr;
}
