import type { Condition, FaultType, Observable, Value } from '../../../simulator/litmus/test.js';
import { comparedIn, conditionFrom } from '../condition.js';
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
  return conditionFrom(proposition, { equal: (left, right) => comparison(left, right, meaning), fault: (atom) => fault(atom, meaning) });
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
  comparedIn(proposition, (each) => {
    if ((each.k === 'register' || each.k === 'qualified') && each.thread === thread) found.push({ name: each.name, at: each.at });
  });
  return found;
}
