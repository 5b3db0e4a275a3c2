import { evaluate, isTrue } from '../interp/expression.js';
import { bitsOf, checkBounds, isFrameObject, locationOf, objectOf, Stuck } from '../interp/memory.js';
import type { Operation } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { AxisNeeded, type Setup } from '../interp/setup.js';
import type { Frame, Tagged } from '../interp/thread.js';
import { int, ONE, type Value, valueKey, ZERO } from '../interp/value.js';
import { convert } from '../program/arithmetic.js';
import type { Expr, Instr, Procedure, RmwOrder } from '../program/types.js';
import type { ReadOrder, Trace, WriteOrder } from './event.js';
import { joinPoints } from './joins.js';
import { type Meter, Spent } from './meter.js';
import { type Meaning, meaningOf } from './primitives.js';
import { addFence, addRead, addWrite, advance, clone, type ReadAccess, set, type State } from './run-state.js';

/** What a read of a location may return, as far as is known. */
export type Domain = (loc: string) => readonly Value[];

export interface RunLimits {
  /** Runs of one thread, over all choices of what its reads return. */
  readonly traces: number;
  /** How often a run comes back to the same instruction before it is cut: loops have no end here. */
  readonly rounds: number;
}

/**
 * `possible`: each run goes the way that what it read makes it go. `any`: it goes every way at every branch, and every atomic that compares
 * stores. Such runs are not to be believed, but they write all that a thread can write.
 */
export type Paths = 'possible' | 'any';

const MAX_STEPS = 20_000;
const MAX_CALLS = 64;

type InstrOf<Op extends Instr['op']> = Extract<Instr, { op: Op }>;

/**
 * All runs of one CPU's entry procedure, each read returning any value of its location's domain. Nothing here asks whether the runs of
 * several CPUs fit together; the axioms do.
 */
export function tracesOf(setup: Setup, cpu: number, domain: Domain, limits: RunLimits, meter: Meter, paths: Paths = 'possible'): Trace[] {
  const entry = setup.cpus[cpu]?.entry ?? null;
  return entry === null ? [{ events: [], results: new Map(), cut: null }] : new Runner(setup, entry, domain, limits, meter, paths).all();
}

class Runner {
  private readonly traces: Trace[] = [];
  private readonly waiting: State[] = [];

  constructor(
    private readonly setup: Setup,
    private readonly entry: string,
    private readonly domain: Domain,
    private readonly limits: RunLimits,
    private readonly meter: Meter,
    private readonly paths: Paths,
  ) {}

  all(): Trace[] {
    const start: State = { frames: [], events: [], reads: 0, open: [], visits: new Map(), results: new Map() };
    this.enter(start, this.entry, [], { k: 'start' });
    this.waiting.push(start);
    for (let state = this.waiting.pop(); state !== undefined; state = this.waiting.pop()) {
      this.meter.step();
      if (this.traces.length + this.waiting.length > this.limits.traces) throw new Spent('states');
      this.run(state);
    }
    return this.traces;
  }

  private run(state: State): void {
    try {
      for (let steps = 0; steps < MAX_STEPS; steps++) {
        const frame = state.frames.at(-1);
        if (!frame) {
          this.end(state, null);
          return;
        }
        const instr = this.procedure(frame.procedure).code[frame.pc];
        this.joinAt(state, frame.pc);
        if (!instr) this.leave(state, { value: ZERO, deps: 0 });
        else if (!this.step(state, frame, instr)) return;
      }
      this.end(state, `ran ${String(MAX_STEPS)} instructions`);
    } catch (error) {
      if (error instanceof Stuck) this.end(state, error.message);
      else if (error instanceof AxisNeeded) this.end(state, `the value of ${error.axis} is not known`);
      else throw error;
    }
  }

  private end(state: State, cut: string | null): void {
    this.traces.push({ events: state.events, results: state.results, cut });
  }

  private procedure(name: string): Procedure {
    const found = this.setup.program.procedures.get(name);
    if (!found) throw new Stuck(`no procedure ${name}`);
    return found;
  }

  private enter(state: State, name: string, args: readonly Tagged[], entry: Frame['entry']): void {
    if (state.frames.length >= MAX_CALLS) throw new Stuck(`calls nest deeper than ${String(MAX_CALLS)} at ${name}`);
    const unknown: Tagged = { value: { k: 'unknown', key: `argument of ${name}` }, deps: 0 };
    const locals = new Map(this.procedure(name).params.map((param, i) => [param, args[i] ?? unknown]));
    state.frames.push({ procedure: name, entry, pc: 0, locals });
  }

  private leave(state: State, value: Tagged): void {
    const frame = state.frames.pop();
    state.open = state.open.filter((branch) => branch.depth <= state.frames.length);
    const caller = state.frames.at(-1);
    if (frame && !caller) {
      for (const name of this.procedure(frame.procedure).results ?? []) state.results.set(name, frame.locals.get(name)?.value ?? ZERO);
    } else if (frame?.entry.k === 'call' && caller) {
      if (frame.entry.dst !== null) caller.locals.set(frame.entry.dst, value);
      caller.pc++;
    }
  }

  private joinAt(state: State, pc: number): void {
    const depth = state.frames.length;
    if (state.open.some((branch) => branch.depth === depth && branch.join === pc))
      state.open = state.open.filter((branch) => branch.depth !== depth || branch.join !== pc);
  }

  /** False where the state is done with: it has ended, or goes on as several. */
  private step(state: State, frame: Frame, instr: Instr): boolean {
    switch (instr.op) {
      case 'set':
        frame.locals.set(instr.dst, this.value(state, frame, instr.value));
        frame.pc++;
        return true;
      case 'jump':
        return this.go(state, frame, instr.target);
      case 'branch': {
        const cond = this.value(state, frame, instr.cond);
        const { pc } = frame;
        const join = joinPoints(this.procedure(frame.procedure))[pc] ?? 0;
        if (cond.deps !== 0) state.open = [...state.open, { depth: state.frames.length, join, mask: cond.deps }];
        if (this.paths === 'any' && cond.deps !== 0) {
          const other = clone(state);
          const top = other.frames.at(-1);
          if (top && this.go(other, top, instr.target)) this.waiting.push(other);
          return this.go(state, frame, pc + 1);
        }
        return this.go(state, frame, isTrue(this.setup, cond.value) ? pc + 1 : instr.target);
      }
      case 'return':
        this.leave(state, instr.value ? this.value(state, frame, instr.value) : { value: ZERO, deps: 0 });
        return true;
      case 'load':
        return this.load(state, frame, instr);
      case 'store':
        this.store(state, frame, instr);
        return true;
      case 'rmw':
        return this.rmw(state, frame, instr);
      case 'call':
        return this.call(state, frame, instr);
      case 'unsupported':
        throw new Stuck(instr.what);
      case 'copy':
      case 'zero':
      case 'store-exclusive':
        throw new Stuck(`${instr.op} has no place in the kernel's memory model`);
    }
  }

  private go(state: State, frame: Frame, target: number): boolean {
    if (target <= frame.pc) {
      const key = `${String(state.frames.length)} ${frame.procedure} ${String(frame.pc)}`;
      const visits = (state.visits.get(key) ?? 0) + 1;
      if (visits > this.limits.rounds) {
        this.end(state, `a loop went round ${String(this.limits.rounds)} times`);
        return false;
      }
      state.visits.set(key, visits);
    }
    frame.pc = target;
    return true;
  }

  private value(state: State, frame: Frame, expr: Expr): Tagged {
    return evaluate(this.setup, frame, state.frames.indexOf(frame), expr);
  }

  private location(address: Tagged): string {
    if (address.value.k !== 'ptr') throw new Stuck(`access through ${valueKey(address.value)}, which is not a pointer`);
    const loc = locationOf(this.setup, address.value.obj, address.value.path);
    if (isFrameObject(objectOf(loc))) throw new Stuck('objects on the stack');
    checkBounds(this.setup, loc);
    return loc;
  }

  private load(state: State, frame: Frame, instr: InstrOf<'load'>): boolean {
    const addr = this.value(state, frame, instr.addr);
    const order = instr.order === 'release' || instr.order === 'acquire-pc' ? 'acquire' : instr.order;
    return this.read(state, { loc: this.location(addr), order, addr: addr.deps, at: instr.at }, (next, got, deps) => {
      set(next, instr.dst, { value: typed(got, instr.type), deps });
    });
  }

  private store(state: State, frame: Frame, instr: InstrOf<'store'>): void {
    const addr = this.value(state, frame, instr.addr);
    const loc = this.location(addr);
    const stored = this.value(state, frame, instr.value);
    const order = instr.order === 'acquire' || instr.order === 'acquire-pc' ? 'once' : instr.order;
    const value = this.narrow(loc, stored.value, instr.type.bits);
    addWrite(state, { loc, value, order, addr: addr.deps, data: stored.deps, at: instr.at });
    frame.pc++;
  }

  private narrow(loc: string, value: Value, bits: number): Value {
    return value.k === 'int' ? int(BigInt.asUintN(bitsOf(this.setup, loc, bits), value.v)) : value;
  }

  private rmw(state: State, frame: Frame, instr: InstrOf<'rmw'>): boolean {
    const addr = this.value(state, frame, instr.addr);
    const loc = this.location(addr);
    const operand = this.value(state, frame, instr.operand);
    const expected = instr.expected ? this.value(state, frame, instr.expected) : null;
    const does: Extract<Operation, { op: 'rmw' }> = {
      op: 'rmw',
      loc,
      fn: instr.fn,
      operand: operand.value,
      expected: expected?.value ?? null,
      order: instr.order,
      bits: bitsOf(this.setup, loc, instr.type.bits),
    };
    const computes = instr.fn !== 'swap' && instr.fn !== 'cas';
    return this.choose(state, loc, (next, got) => {
      const out = applyRmw(got, does) ?? (this.paths === 'any' ? applyRmw(got, { ...does, fn: does.fn === 'cas' ? 'swap' : 'add' }) : null);
      const orders = out === null ? PLAIN_READ : rmwOrders(instr.order, instr.dst === null);
      const access = { loc, addr: addr.deps, at: instr.at };
      if (orders.fenced) addFence(next, 'mb', instr.at);
      const bit = addRead(next, { ...access, value: got, order: orders.read, atomic: true });
      if (out !== null)
        addWrite(next, { ...access, value: out, order: orders.write, data: operand.deps | (computes ? bit : 0), ofAtomic: true });
      if (orders.fenced) addFence(next, 'mb', instr.at);
      if (instr.dst !== null) set(next, instr.dst, { value: typed(got, instr.type), deps: bit });
      advance(next);
      return true;
    });
  }

  private call(state: State, frame: Frame, instr: InstrOf<'call'>): boolean {
    if (instr.callee.k !== 'name') throw new Stuck('a call through a pointer');
    const { name } = instr.callee;
    const args = instr.args.map((arg) => this.value(state, frame, arg));
    if (this.setup.program.procedures.has(name)) {
      this.enter(state, name, args, { k: 'call', dst: instr.dst });
      return true;
    }
    const row = this.setup.rows.get(name);
    if (!row) throw new Stuck(`${name}()`);
    return this.primitive(state, meaningOf(row), args, instr);
  }

  private primitive(state: State, meaning: Meaning, args: readonly Tagged[], instr: InstrOf<'call'>): boolean {
    const { at, dst } = instr;
    const pointer = (): Tagged => args[meaning.k === 'nothing' || meaning.k === 'fence' ? 0 : meaning.pointer] ?? { value: ZERO, deps: 0 };
    switch (meaning.k) {
      case 'nothing':
        advance(state);
        return true;
      case 'fence':
        addFence(state, meaning.fence, at);
        advance(state);
        return true;
      case 'unlock': {
        const addr = pointer();
        addWrite(state, { loc: this.location(addr), value: ZERO, order: 'unlock', addr: addr.deps, data: 0, at });
        advance(state);
        return true;
      }
      case 'lock':
      case 'try-lock': {
        const addr = pointer();
        const loc = this.location(addr);
        return this.choose(state, loc, (next, got) => {
          const isFree = valueKey(got) === valueKey(ZERO);
          // spin_lock() is only over once it has found the lock free: a run in which it never does has no end.
          if (!isFree && meaning.k === 'lock') return false;
          const access = { loc, addr: addr.deps, at };
          const deps = addRead(next, { ...access, value: got, order: isFree ? 'lock' : 'lock-query', atomic: isFree });
          if (isFree) addWrite(next, { ...access, value: ONE, order: 'lock', data: 0, ofAtomic: true });
          if (dst !== null) set(next, dst, { value: isFree ? ONE : ZERO, deps });
          advance(next);
          return true;
        });
      }
      case 'is-locked':
      case 'srcu-lock': {
        const addr = pointer();
        const order = meaning.k === 'srcu-lock' ? 'srcu-lock' : 'lock-query';
        return this.read(state, { loc: this.location(addr), order, addr: addr.deps, at }, (next, value, deps) => {
          if (dst !== null) set(next, dst, { value, deps });
        });
      }
      case 'srcu-unlock': {
        const addr = pointer();
        const index = args[meaning.index] ?? { value: ZERO, deps: 0 };
        addWrite(state, { loc: this.location(addr), value: index.value, order: 'srcu-unlock', addr: addr.deps, data: index.deps, at });
        advance(state);
        return true;
      }
      case 'srcu-sync':
        state.events = [...state.events, { k: 'srcu-sync', loc: this.location(pointer()), at }];
        advance(state);
        return true;
    }
  }

  /** A read and what follows from its value, for each value that it may have. `deps` is the read itself. */
  private read(state: State, access: Omit<ReadAccess, 'value' | 'atomic'>, then: (next: State, got: Value, deps: number) => void): boolean {
    return this.choose(state, access.loc, (next, got) => {
      then(next, got, addRead(next, { ...access, value: got, atomic: false }));
      advance(next);
      return true;
    });
  }

  /** Goes on once for each value of the location; `then` may say that with this one there is no going on. */
  private choose(state: State, loc: string, then: (next: State, got: Value) => boolean): boolean {
    for (const value of this.domain(loc)) {
      const next = clone(state);
      if (then(next, value)) this.waiting.push(next);
    }
    return false;
  }
}

const typed = (value: Value, type: InstrOf<'load'>['type']): Value => (value.k === 'int' ? int(convert(value.v, type)) : value);

interface RmwOrders {
  readonly read: ReadOrder;
  readonly write: WriteOrder;
  readonly fenced: boolean;
}

/** An atomic whose comparison fails orders nothing (Documentation/atomic_t.txt, ORDERING). */
const PLAIN_READ: RmwOrders = { read: 'once', write: 'once', fenced: false };

function rmwOrders(order: RmwOrder, noReturn: boolean): RmwOrders {
  switch (order) {
    case 'relaxed':
      return { ...PLAIN_READ, read: noReturn ? 'no-return' : 'once' };
    case 'acquire':
      return { read: 'acquire', write: 'once', fenced: false };
    case 'release':
      return { read: 'once', write: 'release', fenced: false };
    case 'acq-rel':
      return { read: 'acquire', write: 'release', fenced: false };
    case 'full':
      return { read: 'once', write: 'once', fenced: true };
  }
}
