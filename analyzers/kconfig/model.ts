import type { Omission, SourceRef } from '../../simulator/program/types.js';

export type SymbolType = 'bool' | 'tristate' | 'string' | 'int' | 'hex';

/** A configuration symbol as all its definitions together make it (kconfig-language.rst, "Menu attributes"). */
export class KconfigSymbol {
  /** Null while no definition gave a type: such a name is a constant whose value is its own spelling. */
  type: SymbolType | null = null;
  readonly nodes: MenuNode[] = [];
  readonly prompts: Conditional[] = [];
  readonly defaults: Default[] = [];
  readonly ranges: Range[] = [];
  readonly selectedBy: ReverseDependency[] = [];
  readonly impliedBy: ReverseDependency[] = [];
  /** The choice it is a member of. */
  choice: MenuNode | null = null;

  constructor(
    readonly name: string,
    /** Its place in KconfigModel.symbols. */
    readonly index: number,
  ) {}
}

/** Something that holds while the node's dependencies and `condition` do. */
export interface Conditional {
  readonly node: MenuNode;
  readonly condition: Expr | null;
  readonly at: SourceRef;
}

export interface Default extends Conditional {
  readonly value: Expr;
}

export interface Range extends Conditional {
  readonly low: Operand;
  readonly high: Operand;
}

/** `select` or `imply`, seen from its target. */
export interface ReverseDependency extends Conditional {
  readonly by: KconfigSymbol;
}

/** An entry of the menu tree: what stands below it inherits its dependencies. */
export class MenuNode {
  readonly depends: Expr[] = [];
  /** `visible if`: hides the prompts below. */
  readonly visible: Expr[] = [];
  symbol: KconfigSymbol | null = null;
  /** Only of a choice. */
  readonly choice: Choice | null;

  constructor(
    readonly kind: 'root' | 'menu' | 'if' | 'choice' | 'config' | 'comment',
    readonly parent: MenuNode | null,
    readonly at: SourceRef,
    /** Its place among all nodes of the model. */
    readonly index: number,
  ) {
    this.choice = kind === 'choice' ? new Choice() : null;
  }
}

class Choice {
  /** `tristate` up to 6.10; since then every choice is bool. Null: the type of the first member. */
  type: SymbolType | null = null;
  optional = false;
  readonly prompts: Conditional[] = [];
  readonly defaults: Default[] = [];
  readonly members: KconfigSymbol[] = [];
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A symbol, or a constant: a quoted text, or y, m, n. */
export type Operand = { readonly op: 'symbol'; readonly symbol: KconfigSymbol } | { readonly op: 'constant'; readonly text: string };

export type Expr =
  | Operand
  | { readonly op: 'not'; readonly of: Expr }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expr[] }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand };

/** All Kconfig files of one architecture, read. */
export interface KconfigModel {
  readonly symbols: readonly KconfigSymbol[];
  readonly byName: ReadonlyMap<string, KconfigSymbol>;
  readonly nodeCount: number;
  /** The symbol with `modules`: without it `m` counts as n. */
  readonly modules: KconfigSymbol | null;
  /** Whether "is not set" keeps a choice from its default member: from 6.11 on. Before, only y says something. */
  readonly unsetCountsInChoices: boolean;
  /** Paths that were read or asked for, in order. */
  readonly files: readonly string[];
  readonly omissions: readonly Omission[];
}
