import type { Condition, FaultType, Observable } from '../../../simulator/litmus/test.js';
import { conditionFrom } from '../condition.js';
import { malformed, unsupported } from '../failure.js';
import type { FaultAtom, Position, Proposition, Target, ValueSyntax } from '../syntax.js';
import { registerOf } from '../../asm/arm64/registers.js';
import type { Variable } from './layout.js';
import { type Context, valueOf } from './values.js';

/** What a condition must know of the threads. */
export interface Threads extends Context {
  /** Index of the CPU that runs a thread, or null where the test has none such. */
  readonly cpu: (thread: number) => number | null;
  /** Machine word of a thread at which a label stands, or null. */
  readonly word: (thread: number, label: string) => number | null;
}

/** herd7's names for types of faults (`lib/faultType.ml`). */
const faultTypes: ReadonlyMap<string, FaultType> = new Map([
  ['MMU:Translation', 'translation'],
  ['MMU:AccessFlag', 'access-flag'],
  ['MMU:Permission', 'permission'],
  ['UndefinedInstruction', 'undefined'],
  ['SupervisorCall', 'supervisor-call'],
]);

/** The statement about final states that a proposition makes. Throws LitmusFailure. */
export function conditionOf(p: Proposition, threads: Threads): Condition {
  return conditionFrom(p, { equal: (left, right) => comparison(left, right, threads), fault: (atom) => fault(atom, threads) });
}

function comparison(left: Target, right: ValueSyntax, threads: Threads): Condition {
  const { observable, bits, entryOf } = observe(left, threads);
  if (right.k === 'qualified') {
    const other = observe({ k: 'register', thread: right.thread, name: right.name, at: right.at }, threads);
    return { k: 'same', a: observable, b: other.observable };
  }
  if (right.k === 'content') return { k: 'same', a: observable, b: observe(right.of, threads).observable };
  if (right.k === 'list') {
    if (left.k !== 'name') throw malformed(right.at, 'one value', 'a list');
    const of = right.items.map((item, index) => comparison({ k: 'element', name: left.name, index, at: left.at }, item, threads));
    return { k: 'and', of };
  }
  return { ...observable, value: valueOf(right, threads, bits, entryOf) };
}

interface Observed {
  readonly observable: Observable;
  /** Width to read a negative number by. */
  readonly bits: number;
  /** The variable whose page-table entry it is. */
  readonly entryOf: Variable | null;
}

function observe(target: Target, { layout, cpu: cpuOf }: Threads): Observed {
  if (target.k === 'register') {
    const cpu = cpuOf(target.thread);
    if (cpu === null) throw noThread(target.thread, target.at);
    const register = registerOf(target.name);
    if (!register || register.local === null) {
      if (/^[BHSDQVZP][0-9]/i.test(target.name)) throw unsupported(target.at, 'vector registers');
      throw malformed(target.at, 'a register, like X0 or W0', `\`${target.name}\``);
    }
    return { observable: { k: 'register', cpu, name: register.local }, bits: register.type.bits, entryOf: null };
  }
  const place = layout.place(target);
  const bits = place.k === 'entry' ? 64 : (place.variable.width?.bits ?? 32);
  return { observable: { k: 'location', loc: layout.location(place) }, bits, entryOf: place.k === 'entry' ? place.variable : null };
}

function fault(p: FaultAtom, { layout, cpu: cpuOf, word: wordOf }: Threads): Condition {
  const cpu = cpuOf(p.thread);
  if (cpu === null) throw noThread(p.thread, p.at);
  const word = p.label === null ? null : wordOf(p.thread, p.label);
  if (p.label !== null && word === null) throw malformed(p.at, `a label of P${String(p.thread)}`, `\`${p.label}\``);
  const type = p.type === null ? null : faultTypes.get(p.type);
  if (type === undefined) throw unsupported(p.at, `faults of type ${p.type ?? ''}`);
  return { k: 'fault', cpu, word, address: p.address && layout.faultRange(layout.place(p.address)), type };
}

const noThread = (thread: number, at: Position): Error => malformed(at, 'a thread of the program', `P${String(thread)}`);
