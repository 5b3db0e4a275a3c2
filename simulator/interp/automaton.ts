import type { Interpreter } from './interpreter.js';
import { takeException } from './exception.js';
import { enterException } from './exception-level.js';
import { lend } from './lend.js';
import { physicalAddress, Stuck } from './memory.js';
import type { Abort, FaultType, Operation, Request, Result } from './operation.js';
import { switchTo, waitingTasks } from './tasks.js';
import { cloneThread, IRQ_TAKEN, isRcuReader, newThread, NMI_TAKEN, threadKey, type ThreadState } from './thread.js';
import { takeFault, takeInterrupt } from './trap.js';
import { int, type Value, valueKey } from './value.js';

/** One thread-local state, run up to its next operation. */
export interface Node {
  readonly id: number;
  readonly state: ThreadState;
  readonly request: Request;
  readonly reader: boolean;
  readonly interruptible: boolean;
  /** Where each answer leads, once it was asked for. */
  readonly then: Map<number, number>;
  /** Why the step that led here could not be taken; null where it could. */
  readonly broken: string | null;
  /** Every state that this one was seen to lead to, by answers, interrupts and switches of task. */
  readonly leadsTo: Set<number>;
}

/** Answers without a value, as keys of `Node.then`; an answer with a value has the value's number. */
const NONE = -1;
const FAULT: Readonly<Record<FaultType, number>> = {
  translation: -2,
  'access-flag': -3,
  permission: -4,
  undefined: -5,
  'supervisor-call': -6,
  'hypervisor-call': -7,
};

/** Operations that wait for nobody. */
const NEVER_WAITS: ReadonlySet<Operation['op']> = new Set(['load', 'store', 'rmw', 'touch']);

/**
 * The program of each CPU as an automaton, built as it is visited. What a CPU does between two operations depends on nothing but its own
 * state, so each such stretch is interpreted once, however many global states pass through it, and a global state holds one number a CPU.
 */
export class Automaton {
  private readonly nodes: Node[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly interrupts = new Map<string, number>();
  private readonly valueIds = new Map<string, number>();
  private readonly values: Value[] = [];
  /** How many steps from state to state are known. */
  edges = 0;
  private readonly isReader: (state: ThreadState) => boolean;

  constructor(
    readonly on: Interpreter,
    /** Counterfactual: only rcu_read_lock() holds up a grace period, not preemption or interrupts off. */
    readonly onlyExplicitReaders = false,
  ) {
    this.isReader = onlyExplicitReaders ? (state) => state.rcuDepth > 0 : isRcuReader;
    this.valueId(int(0));
  }

  node(id: number): Node {
    const found = this.nodes[id];
    if (!found) throw new Error(`no local state ${String(id)}`);
    return found;
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Small numbers for values, so that a global state can hold them. Zero is 0. */
  valueId(value: Value): number {
    const key = valueKey(value);
    const known = this.valueIds.get(key);
    if (known !== undefined) return known;
    this.values.push(value);
    this.valueIds.set(key, this.values.length - 1);
    return this.values.length - 1;
  }

  value(id: number): Value {
    const found = this.values[id];
    if (!found) throw new Error(`no value ${String(id)}`);
    return found;
  }

  /** First state of a CPU: at its entry procedure, or at rest. */
  start(cpu: number, entry: string | null): number {
    const state = newThread(cpu, this.on.setup.viewSlots);
    if (entry !== null) this.on.enter(state, entry, [], { k: 'start' });
    state.parked = waitingTasks(this.on, cpu);
    return this.intern(state);
  }

  /** Where the CPU goes when the machine has nothing to say but "done". */
  next(id: number): number {
    return this.node(id).then.get(NONE) ?? this.answer(id, NONE, { k: 'none' });
  }

  /** Where the CPU goes with the value of this number. */
  nextWith(id: number, value: number): number {
    return this.node(id).then.get(value) ?? this.answer(id, value, { k: 'value', value: this.value(value) });
  }

  /** Where the CPU goes when its access faults. */
  nextFault(id: number, type: FaultType = 'translation'): number {
    return this.node(id).then.get(FAULT[type]) ?? this.answer(id, FAULT[type], { k: 'fault', type });
  }

  /** Where the CPU goes when its translation is aborted and its handler is told where. */
  nextAbort(id: number, type: FaultType, abort: Abort): number {
    const { stage, level, ipa, walk, write } = abort;
    const key = `${String(id)}^${type} ${[stage, level, ipa, walk, write].map(String).join()}`;
    const known = this.interrupts.get(key);
    if (known !== undefined) return known;
    const to = this.follow(id, (state, request) => {
      this.fault(state, request, { k: 'fault', type, abort });
    });
    this.interrupts.set(key, to);
    return to;
  }

  private answer(id: number, key: number, result: Result): number {
    const to = this.follow(id, (state, request) => {
      if (result.k === 'fault') this.fault(state, request, result);
      else this.on.resume(state, request, result);
    });
    this.node(id).then.set(key, to);
    return to;
  }

  private fault(state: ThreadState, { does }: Request, { type, abort }: Extract<Result, { k: 'fault' }>): void {
    const plan = this.on.setup.cpus[state.cpu]?.fault;
    const va = this.addressOf(does);
    if (plan?.k === 'vectors') {
      enterException(this.on, state, plan.handlers, { type, va, abort: abort ?? null });
      this.on.forgetDead(state);
    } else if (plan || does.op === 'exception') {
      const write = does.op === 'touch' ? does.write : does.op === 'translated' && does.access.op !== 'load';
      takeException(this.on, state, plan ?? { k: 'stop' }, va, type, write);
      this.on.forgetDead(state);
    } else if (does.op === 'touch') takeFault(this.on, state, does, abort);
    else if (does.op === 'translated') takeFault(this.on, state, { va: does.va, write: does.access.op !== 'load', nofault: false }, abort);
  }

  /** The address that an access faults at; null for what is none. */
  private addressOf(does: Operation): bigint | null {
    if (does.op === 'touch' || does.op === 'translated') return does.va;
    return 'loc' in does && does.loc !== null ? physicalAddress(this.on.setup, does.loc) : null;
  }

  /** Where the CPU goes when the scheduler gives it to another task. */
  switchTo(id: number, task: number): number {
    const key = `${String(id)}>${String(task)}`;
    const known = this.interrupts.get(key);
    if (known !== undefined) return known;
    const to = this.follow(id, (state, request) => {
      switchTo(state, task, request.does);
    });
    this.interrupts.set(key, to);
    return to;
  }

  /**
   * Where an interrupt from CPU `from` leads; -1 for a callback, `irq` and `nmi` for the CPU's own. `waiting` is the state of another CPU that
   * waits for the handler and lends it its locals.
   */
  interrupt(id: number, fn: string, info: Value, from: number | 'irq' | 'nmi', waiting: ThreadState | null = null): number {
    const lent = waiting && lend(waiting, info, this.node(id).state.frames.length);
    const key = `${String(id)}!${String(from)}${fn}${lent === null ? valueKey(info) : lent.key}`;
    const known = this.interrupts.get(key);
    if (known !== undefined) return known;
    const to = this.follow(id, (state) => {
      if (typeof from === 'number') takeInterrupt(this.on, state, fn, lent ?? info, from);
      else {
        state.taken |= from === 'nmi' ? NMI_TAKEN : IRQ_TAKEN;
        takeInterrupt(this.on, state, fn, info, -1, from === 'nmi');
      }
    });
    this.interrupts.set(key, to);
    return to;
  }

  /** A local state that no step need have led to: what `like` is with other CPUs in it. */
  adopt(state: ThreadState, like: Node): number {
    return this.intern(state, like.broken);
  }

  private follow(id: number, change: (state: ThreadState, request: Request) => void): number {
    const from = this.node(id);
    const state = cloneThread(from.state);
    state.wasOutside = false;
    let why: string | null = null;
    try {
      change(state, from.request);
    } catch (error) {
      if (!(error instanceof Stuck)) throw error;
      why = error.message;
    }
    const to = this.intern(state, why);
    if (!from.leadsTo.has(to)) {
      from.leadsTo.add(to);
      this.edges++;
    }
    return to;
  }

  /** `stuck` says why there is no going on from this state. */
  private intern(state: ThreadState, stuck: string | null = null): number {
    const request = stuck === null ? this.on.run(state, this.isReader) : this.on.request(state, { op: 'stuck', why: stuck }, 0, 0, false);
    const reader = this.isReader(state);
    // Outside, with nothing done since that others could see: when it goes in is nobody's business, if only its next operation comes at last.
    const lingers = reader && state.wasOutside && NEVER_WAITS.has(request.does.op);
    const key = `${String(state.cpu)}/${stuck === null ? threadKey(state) : `stuck: ${stuck}`}${lingers ? '^' : ''}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const id = this.nodes.length;
    this.nodes.push({
      id,
      state,
      request,
      reader: reader && !lingers,
      interruptible: state.irqOff === 0,
      then: new Map(),
      broken: stuck,
      leadsTo: new Set(),
    });
    this.byKey.set(key, id);
    return id;
  }
}
