import type { Interpreter } from './interpreter.js';
import type { Request, Result } from './operation.js';
import { cloneThread, isRcuReader, newThread, threadKey, type ThreadState } from './thread.js';
import { takeFault, takeInterrupt } from './trap.js';
import { int, type Value, valueKey } from './value.js';

/** One thread-local state, run up to its next operation. */
export interface Node {
  readonly id: number;
  readonly state: ThreadState;
  readonly request: Request;
  readonly reader: boolean;
  readonly interruptible: boolean;
}

/**
 * The program of each CPU as an automaton, built as it is visited. What a CPU does between two operations depends on nothing but its own
 * state, so each such stretch is interpreted once, however many global states pass through it, and a global state holds one number a CPU.
 */
export class Automaton {
  /** Counterfactual: only rcu_read_lock() holds up a grace period, not preemption or interrupts off. */
  onlyExplicitReaders = false;
  private readonly nodes: Node[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly moves = new Map<string, number>();
  private readonly valueIds = new Map<string, number>();
  private readonly values: Value[] = [];

  constructor(readonly on: Interpreter) {
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
    const state = newThread(cpu);
    if (entry !== null) this.on.enter(state, entry, [], { k: 'start' });
    return this.intern(state);
  }

  /** Where the CPU goes when the machine answers. */
  next(id: number, result: Result): number {
    const key = `${String(id)}>${result.k === 'value' ? String(this.valueId(result.value)) : result.k}`;
    return this.memo(key, id, (state, request) => {
      if (result.k === 'fault' && request.does.op === 'touch')
        takeFault(this.on, state, request.does.va, request.does.write, request.does.nofault);
      else this.on.resume(state, request, result);
    });
  }

  interrupt(id: number, fn: string, info: Value, from: number): number {
    return this.memo(`${String(id)}!${String(from)}${fn}${valueKey(info)}`, id, (state) => {
      takeInterrupt(this.on, state, fn, info, from);
    });
  }

  private memo(key: string, id: number, change: (state: ThreadState, request: Request) => void): number {
    const known = this.moves.get(key);
    if (known !== undefined) return known;
    const from = this.node(id);
    const state = cloneThread(from.state);
    change(state, from.request);
    const to = this.intern(state);
    this.moves.set(key, to);
    return to;
  }

  private intern(state: ThreadState): number {
    const request = this.on.run(state);
    const key = `${String(state.cpu)}/${threadKey(state)}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const id = this.nodes.length;
    this.nodes.push({
      id,
      state,
      request,
      reader: this.onlyExplicitReaders ? state.rcuDepth > 0 : isRcuReader(state),
      interruptible: state.irqOff === 0,
    });
    this.byKey.set(key, id);
    return id;
  }
}
