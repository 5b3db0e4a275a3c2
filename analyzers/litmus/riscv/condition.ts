import type { Condition, Observable, Value } from '../../../simulator/litmus/test.js';
import { registerName } from '../../asm/registers.js';
import { comparedIn, conditionFrom } from '../condition.js';
import { malformed, unsupported } from '../failure.js';
import type { Address, FaultAtom, LitmusFile, Proposition, Target, ValueSyntax } from '../syntax.js';

/** What names in a condition stand for. */
export interface Meaning {
  /** CPU of a thread, or null where the test has none of that number. */
  cpu(thread: number): number | null;
  location(address: Address): string;
  value(syntax: ValueSyntax, target: Target): Value;
  /** Word of a thread in front of which a label stands, or null. */
  word(thread: number, label: string): number | null;
  /** Where an address begins for a fault. */
  address(address: Address): bigint;
}

/** The condition as the machine takes it. Throws LitmusFailure. */
export function conditionOf(proposition: Proposition, meaning: Meaning): Condition {
  return conditionFrom(proposition, { equal: (left, right) => comparison(left, right, meaning), fault: (atom) => fault(atom, meaning) });
}

function comparison(left: Target, right: ValueSyntax, meaning: Meaning): Condition {
  if (right.k === 'qualified') {
    return { k: 'same', a: observable(left, meaning), b: observable({ ...right, k: 'register' }, meaning) };
  }
  const value = meaning.value(right, left);
  return { ...observable(left, meaning), value };
}

function observable(target: Target, meaning: Meaning): Observable {
  if (target.k !== 'register') return { k: 'location', loc: meaning.location(target) };
  const cpu = meaning.cpu(target.thread);
  if (cpu === null) throw malformed(target.at, 'a thread of the test', `\`P${String(target.thread)}\``);
  const name = registerName(target.name);
  if (name === null) throw malformed(target.at, 'a register, like `a0` or `x10`', `\`${target.name}\``);
  return { k: 'register', cpu, name };
}

function fault(atom: FaultAtom, meaning: Meaning): Condition {
  const cpu = meaning.cpu(atom.thread);
  if (cpu === null) throw malformed(atom.at, 'a thread of the test', `\`P${String(atom.thread)}\``);
  const word = atom.label === null ? null : meaning.word(atom.thread, atom.label);
  if (atom.label !== null && word === null) throw malformed(atom.at, 'a label of the thread', `\`${atom.label}\``);
  // A page fault says which access faulted, not why (RISC-V privileged spec, "Supervisor Cause (scause) Register").
  if (atom.type !== null) throw unsupported(atom.at, 'types of faults');
  const address = atom.address === null ? null : { from: meaning.address(atom.address), size: 4096n };
  return { k: 'fault', cpu, word, address, type: null };
}

/** Registers of a thread that conditions name, by their ABI names. */
export function registersIn(file: LitmusFile, thread: number): string[] {
  const found = new Set<string>();
  const target = (each: Target | ValueSyntax): void => {
    if ((each.k !== 'register' && each.k !== 'qualified') || each.thread !== thread) return;
    const name = registerName(each.name);
    if (name !== null) found.add(name);
  };
  comparedIn(file.condition, target);
  if (file.filter) comparedIn(file.filter, target);
  for (const each of file.locations) if (each.k === 'target') target(each.target);
  return [...found];
}
