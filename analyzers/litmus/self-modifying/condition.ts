import type { Condition, FaultType, Observable, Value } from '../../../simulator/litmus/test.js';
import { unsupported } from '../failure.js';
import type { Address, FaultAtom, Position, Proposition, Target, ValueSyntax } from '../syntax.js';

/** What names in a condition stand for. */
export interface Meaning {
  /** CPU of a thread. */
  cpu(thread: number, at: Position): number;
  register(name: string, at: Position): string;
  location(address: Address): string;
  value(syntax: ValueSyntax): Value;
  /** Machine word in front of which a label stands. */
  word(thread: number, label: string, at: Position): number;
}

/** The condition as the machine takes it. Throws LitmusFailure. */
export function conditionOf(proposition: Proposition, meaning: Meaning): Condition {
  switch (proposition.k) {
    case 'and':
    case 'or':
      return { k: proposition.k, of: [conditionOf(proposition.a, meaning), conditionOf(proposition.b, meaning)] };
    case 'implies':
      return { k: 'or', of: [{ k: 'not', of: conditionOf(proposition.a, meaning) }, conditionOf(proposition.b, meaning)] };
    case 'not':
      return { k: 'not', of: conditionOf(proposition.of, meaning) };
    case 'constant':
      return proposition;
    case 'equal':
      return comparison(proposition.left, proposition.right, meaning);
    case 'differ':
      return { k: 'not', of: comparison(proposition.left, proposition.right, meaning) };
    case 'fault':
      return fault(proposition, meaning);
  }
}

function comparison(left: Target, right: ValueSyntax, meaning: Meaning): Condition {
  if (right.k === 'content') return { k: 'same', a: observable(left, meaning), b: observable(right.of, meaning) };
  if (right.k === 'qualified') return { k: 'same', a: observable(left, meaning), b: observable({ ...right, k: 'register' }, meaning) };
  return { ...observable(left, meaning), value: meaning.value(right) };
}

function observable(target: Target, meaning: Meaning): Observable {
  if (target.k !== 'register') return { k: 'location', loc: meaning.location(target) };
  return { k: 'register', cpu: meaning.cpu(target.thread, target.at), name: meaning.register(target.name, target.at) };
}

const FAULTS: ReadonlyMap<string, FaultType> = new Map([
  ['UndefinedInstruction', 'undefined'],
  ['SupervisorCall', 'supervisor-call'],
]);

function fault(atom: FaultAtom, meaning: Meaning): Condition {
  if (atom.address !== null) throw unsupported(atom.at, 'faults at an address in self-modifying code');
  const type = atom.type === null ? null : FAULTS.get(atom.type);
  if (type === undefined) throw unsupported(atom.at, `fault ${atom.type ?? ''}`);
  const word = atom.label === null ? null : meaning.word(atom.thread, atom.label, atom.at);
  return { k: 'fault', cpu: meaning.cpu(atom.thread, atom.at), word, address: null, type };
}

/** Registers of a thread that a condition names, as the test spells them. */
export function registersNamed(proposition: Proposition, thread: number): { readonly name: string; readonly at: Position }[] {
  const found: { readonly name: string; readonly at: Position }[] = [];
  const add = (each: Target | ValueSyntax): void => {
    if ((each.k === 'register' || each.k === 'qualified') && each.thread === thread) found.push({ name: each.name, at: each.at });
  };
  const go = (p: Proposition): void => {
    if (p.k === 'and' || p.k === 'or' || p.k === 'implies') {
      go(p.a);
      go(p.b);
    } else if (p.k === 'not') go(p.of);
    else if (p.k === 'equal' || p.k === 'differ') {
      add(p.left);
      add(p.right);
    }
  };
  go(proposition);
  return found;
}
