import type { Expr } from '../../simulator/program/types.js';
import { type Node, child } from './ast.js';
import type { Binding } from './context.js';

/** A call that the compiler adds where a variable with `__attribute__((cleanup(by)))` goes out of scope (GCC manual, "Common Variable Attributes"). */
export interface Cleanup {
  readonly by: string;
  /** Where the variable stands. */
  readonly address: Expr;
  /** The token of its name. */
  readonly token: number;
}

/** Where a label stands: the blocks around it, from the outside in. */
interface LabelPlace {
  readonly blocks: readonly Node[];
  readonly token: number;
}

interface Scope {
  /** The block that opened it; null for that of the parameters. */
  readonly block: Node | null;
  readonly bindings: Map<string, Binding>;
  readonly cleanups: Cleanup[];
}

/** The scopes that are open while a function is lowered. */
export class Scopes {
  private readonly open: Scope[] = [scope(null)];

  get depth(): number {
    return this.open.length;
  }

  enter(block: Node): void {
    this.open.push(scope(block));
  }

  leave(): void {
    this.open.pop();
  }

  /** Closes what was left open above `depth`. */
  cut(depth: number): void {
    this.open.length = Math.min(depth, this.open.length);
  }

  lookup(name: string): Binding | null {
    for (let i = this.open.length - 1; i >= 0; i--) {
      const binding = this.open[i]?.bindings.get(name);
      if (binding !== undefined) return binding;
    }
    return null;
  }

  bind(name: string, binding: Binding): void {
    this.open.at(-1)?.bindings.set(name, binding);
  }

  /** The variable is there from now on. */
  defer(cleanup: Cleanup): void {
    this.open.at(-1)?.cleanups.push(cleanup);
  }

  /** What runs on the way out of all scopes from `depth` on, in order: the newest variable goes first. */
  cleanupsFrom(depth: number): Cleanup[] {
    return this.open
      .slice(depth)
      .flatMap(({ cleanups }) => cleanups)
      .reverse();
  }

  /** What runs on the way to a label: variables of scopes that it is not in, and those that are declared behind it. */
  cleanupsTo(label: LabelPlace): Cleanup[] {
    const [, ...blocks] = this.open;
    let common = 1;
    while (common <= blocks.length && blocks[common - 1]?.block === label.blocks[common - 1]) common++;
    const again = this.open.slice(0, common).flatMap(({ cleanups }) => cleanups.filter(({ token }) => token > label.token));
    return [...this.cleanupsFrom(common), ...again.reverse()];
  }
}

const scope = (block: Node | null): Scope => ({ block, bindings: new Map(), cleanups: [] });

/** The labels of a function. */
export function labelsIn(body: Node): ReadonlyMap<string, LabelPlace> {
  const places = new Map<string, LabelPlace>();
  const visit = (node: Node, blocks: readonly Node[]): void => {
    const inside = opensScope(node) ? [...blocks, node] : blocks;
    if (node.type === 'labeled_statement') {
      const name = child(node, 'label');
      if (name !== null) places.set(name.text, { blocks, token: name.token });
    }
    for (const part of node.children) visit(part, inside);
  };
  visit(body, []);
  return places;
}

const opensScope = ({ type }: Node): boolean => type === 'compound_statement' || type === 'for_statement';
