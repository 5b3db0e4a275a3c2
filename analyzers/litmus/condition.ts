import type { Condition } from '../../simulator/litmus/test.js';
import type { FaultAtom, Proposition, Target, ValueSyntax } from './syntax.js';

/** What an architecture makes of the statements that a condition is built from. Both may throw LitmusFailure. */
export interface Atoms {
  equal(left: Target, right: ValueSyntax): Condition;
  fault(atom: FaultAtom): Condition;
}

/** The condition as the machine takes it. */
export function conditionFrom(proposition: Proposition, atoms: Atoms): Condition {
  const go = (p: Proposition): Condition => {
    switch (p.k) {
      case 'constant':
        return p;
      case 'and':
      case 'or':
        return { k: p.k, of: [go(p.a), go(p.b)] };
      case 'implies':
        return { k: 'or', of: [{ k: 'not', of: go(p.a) }, go(p.b)] };
      case 'not':
        return { k: 'not', of: go(p.of) };
      case 'equal':
        return atoms.equal(p.left, p.right);
      case 'differ':
        return { k: 'not', of: atoms.equal(p.left, p.right) };
      case 'fault':
        return atoms.fault(p);
    }
  };
  return go(proposition);
}

/** Calls `visit` with both sides of every comparison in a proposition. */
export function comparedIn(proposition: Proposition, visit: (each: Target | ValueSyntax) => void): void {
  switch (proposition.k) {
    case 'and':
    case 'or':
    case 'implies':
      comparedIn(proposition.a, visit);
      comparedIn(proposition.b, visit);
      return;
    case 'not':
      comparedIn(proposition.of, visit);
      return;
    case 'equal':
    case 'differ':
      visit(proposition.left);
      visit(proposition.right);
      return;
    case 'constant':
    case 'fault':
      return;
  }
}
