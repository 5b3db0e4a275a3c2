import type { Catalog } from '../../../simulator/catalog/load.js';
import { type Condition, int, type LitmusTest, type Observable, ptr, type Value } from '../../../simulator/litmus/test.js';
import { malformed, unsupported } from '../failure.js';
import type { Address, InitItem, LitmusFile, Proposition, Target, ValueSyntax } from '../syntax.js';
import { compileThreads, type Registers, type Variable } from './program.js';
import { parseThreads } from './threads.js';

/** The C litmus tests of the Linux kernel memory model (tools/memory-model/Documentation/litmus-tests.txt). Throws LitmusFailure. */
export function lkmmTest(file: LitmusFile, catalog: Catalog): LitmusTest {
  const threads = parseThreads(file.body);
  threads.forEach(({ thread, at }, i) => {
    if (thread !== i) throw malformed(at, `thread P${String(i)}`, `P${String(thread)}`);
  });
  const names = new Names();
  for (const item of file.init) declare(names, item);
  for (const { params } of threads) for (const name of params) names.variable(name);

  const initial = new Map<string, Value>();
  const registers = threads.map(() => new Map<string, Value>());
  const observed = threads.map(() => new Set<string>());
  const inThread = <T>(of: readonly T[], thread: number, at: Target): T => {
    const found = of[thread];
    if (found === undefined) throw malformed(at.at, `a thread below ${String(threads.length)}`, `thread ${String(thread)}`);
    return found;
  };
  for (const { target, value } of file.init) {
    if (value === null) continue;
    if (target.k === 'register') inThread(registers, target.thread, target).set(target.name, valueOf(names, value));
    else if (value.k !== 'list') initial.set(locationOf(names, target), valueOf(names, value));
    else if (target.k === 'name') value.items.forEach((item, i) => initial.set(`${target.name}[${String(i)}]`, valueOf(names, item)));
    else throw unsupported(target.at, 'arrays in arrays');
  }
  const looking: Observer = {
    names,
    register: (thread, name, at) => {
      inThread(observed, thread, at).add(name);
      return { k: 'register', cpu: thread, name };
    },
  };
  const condition = conditionOf(looking, file.condition);
  const filter = file.filter === null ? null : conditionOf(looking, file.filter);
  for (const item of file.locations) if (item.k === 'target') observe(looking, item.target);

  const registersOf = (thread: number): Registers => ({
    initial: registers[thread] ?? new Map<string, Value>(),
    observed: observed[thread] ?? new Set<string>(),
  });
  const { program, entries, rows } = compileThreads(`${file.name}.litmus`, threads, names.all(), registersOf, catalog.rows);
  const lines = file.body.text.split('\n');
  return {
    name: file.name,
    setup: {
      arch: 'arm64',
      program,
      rows,
      features: new Map(),
      axes: new Map(),
      setting: new Map(),
      cpus: entries.map((entry, number) => ({ name: `P${String(number)}`, number, entry })),
      objects: new Map(),
      initial,
      physical: new Map(),
      trap: null,
      line: (_, line) => lines[line - file.body.at.line]?.trim() ?? null,
    },
    mmu: null,
    quantifier: file.quantifier,
    condition,
    filter,
    model: 'lkmm',
  };
}

/** The variables of a test: all that its initial state, its parameters and its conditions name. */
class Names {
  private readonly lengths = new Map<string, number | null>();

  variable(name: string, length: number | null = null): void {
    if (length !== null || !this.lengths.has(name)) this.lengths.set(name, length);
  }

  /** What the name alone means: of an array, its first element. */
  path(name: string): '' | '[0]' {
    return (this.lengths.get(name) ?? null) === null ? '' : '[0]';
  }

  all(): Variable[] {
    return [...this.lengths].map(([name, length]) => ({ name, length }));
  }
}

function declare(names: Names, { target, length, value }: InitItem): void {
  if (target.k === 'apply') throw unsupported(target.at, `${target.fn}() in the initial state`);
  if (target.k !== 'register') names.variable(target.name, length ?? (value?.k === 'list' ? value.items.length : null));
}

function locationOf(names: Names, target: Address): string {
  if (target.k === 'apply') throw unsupported(target.at, `${target.fn}() of a variable`);
  names.variable(target.name);
  return target.name + (target.k === 'element' ? `[${String(target.index)}]` : names.path(target.name));
}

function valueOf(names: Names, value: ValueSyntax): Value {
  switch (value.k) {
    case 'number':
      return int(value.value);
    case 'name':
      names.variable(value.name);
      return ptr(value.name, names.path(value.name));
    case 'element':
      names.variable(value.name);
      return ptr(value.name, `[${String(value.index)}]`);
    default:
      throw unsupported(value.at, `values of the kind ${value.k}`);
  }
}

interface Observer {
  readonly names: Names;
  register(thread: number, name: string, at: Target): Observable;
}

function observe(observer: Observer, target: Target): Observable {
  if (target.k === 'register') return observer.register(target.thread, target.name, target);
  return { k: 'location', loc: locationOf(observer.names, target) };
}

function conditionOf(observer: Observer, proposition: Proposition): Condition {
  const go = (part: Proposition): Condition => conditionOf(observer, part);
  switch (proposition.k) {
    case 'and':
    case 'or':
      return { k: proposition.k, of: [go(proposition.a), go(proposition.b)] };
    case 'implies':
      return { k: 'or', of: [{ k: 'not', of: go(proposition.a) }, go(proposition.b)] };
    case 'not':
      return { k: 'not', of: go(proposition.of) };
    case 'constant':
      return proposition;
    case 'equal':
      return comparison(observer, proposition.left, proposition.right);
    case 'differ':
      return { k: 'not', of: comparison(observer, proposition.left, proposition.right) };
    case 'fault':
      throw unsupported(proposition.at, 'faults');
  }
}

function comparison(observer: Observer, left: Target, right: ValueSyntax): Condition {
  const a = observe(observer, left);
  if (right.k !== 'qualified') return { ...a, value: valueOf(observer.names, right) };
  const { thread, name, at } = right;
  return { k: 'same', a, b: observer.register(thread, name, { k: 'register', thread, name, at }) };
}
