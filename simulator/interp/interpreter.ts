import { passInRegisters } from './argument-registers.js';
import type { Expr, Instr, Procedure } from '../program/types.js';
import * as access from './access.js';
import { BUILTIN } from './builtins.js';
import { evaluate, isTrue } from './expression.js';
import { liveLocals } from './liveness.js';
import { checkBounds, frameObject, locationOf, Stuck } from './memory.js';
import { endWithResults, isBare } from './exception.js';
import type { Operation, Request, Result } from './operation.js';
import type { Effect } from './effect.js';
import { finishPrimitive } from './finish.js';
import { callPrimitive } from './primitives.js';
import type { Setup } from './setup.js';
import type { SharingFacts } from './sharing.js';
import { freeSlot, releaseSlots } from './slots.js';
import { allDeps, type Frame, isRcuReader, type Tagged, type ThreadState } from './thread.js';
import { int, isUninitialised, valueKey, ZERO } from './value.js';
import { convert } from '../program/arithmetic.js';

/** Instructions a CPU may run between two operations before it counts as lost in a loop. */
const SILENT_BUDGET = 500_000;

const NO_PICKS: Request['picks'] = { addr: 0, data: 0 };

/** Names of procedures entered and calls dropped, for the report. */
export interface Encountered {
  readonly procedures: Set<string>;
  /** What was run of them. */
  readonly executed: Set<Instr>;
  /** Branches of which the condition held, and those of which it did not. */
  readonly held: Set<Instr>;
  readonly failed: Set<Instr>;
  /** Primitives that the catalog drops, and why. */
  readonly dropped: Map<string, string>;
  /** Calls of which nothing is known: neither a body in the sources at hand nor a row in the catalog. They were passed over. */
  readonly unknown: Set<string>;
  /** CPUs, by index, that asked which they are. */
  readonly numbered: Set<number>;
  /** Where a task does what hangs on its CPU while it might be moved to another one: see `whereMovable`. */
  readonly movable: Set<string>;
}

/** Runs Programs: from one operation to the next, and nothing that another CPU could see in between. */
export class Interpreter {
  readonly encountered: Encountered = {
    procedures: new Set(),
    executed: new Set(),
    held: new Set(),
    failed: new Set(),
    dropped: new Map(),
    unknown: new Set(),
    numbered: new Set(),
    movable: new Set(),
  };

  constructor(
    readonly setup: Setup,
    readonly sharing: SharingFacts,
    /** Whether anybody asks what a value depends on. */
    private readonly tracksViews = true,
  ) {}

  procedure(name: string): Procedure {
    const found = this.setup.program.procedures.get(name);
    if (!found) throw new Stuck(`no procedure ${name}`);
    return found;
  }

  /** Starts `name` on this CPU, on top of whatever it does. */
  enter(state: ThreadState, name: string, args: readonly Tagged[], entry: Frame['entry']): void {
    const procedure = this.procedure(name);
    if (state.frames.length > 64) throw new Stuck(`calls nest deeper than 64 at ${name}`);
    this.encountered.procedures.add(name);
    const locals = new Map<string, Tagged>();
    procedure.params.forEach((param, i) => {
      locals.set(param, args[i] ?? { value: { k: 'unknown', key: `argument ${param} of ${name}` }, deps: 0 });
    });
    state.frames.push({ procedure: name, entry, pc: 0, locals });
  }

  /** Runs `state` (changing it) up to its next operation. `isReader`: whether a grace period waits for a CPU in that state. */
  run(state: ThreadState, isReader: (state: ThreadState) => boolean = isRcuReader): Request {
    if (state.retries === 2) return this.request(state, { op: 'discard' }, 0, 0, false);
    if (state.readBeforeInit !== null) return access.beforeInit(this, state, state.readBeforeInit);
    for (let budget = SILENT_BUDGET; budget > 0; budget--) {
      state.wasOutside ||= state.context.watching && !isReader(state);
      const frame = state.frames.at(-1);
      if (!frame) return this.request(state, { op: state.parked.length > 0 ? 'idle' : 'end' }, 0, 0, false);
      const instr = this.procedure(frame.procedure).code[frame.pc];
      try {
        const found = instr ? this.step(state, frame, instr) : this.leave(state, frame, null);
        if (found) return found;
      } catch (error) {
        if (!(error instanceof Stuck)) throw error;
        return this.request(state, { op: 'stuck', why: error.message }, 0, 0, false);
      }
    }
    return this.request(state, { op: 'stuck', why: `ran ${String(SILENT_BUDGET)} instructions without an operation` }, 0, 0, false);
  }

  /** Goes on after an operation: `state` (changed) is where `run` left it, `request` what it asked for. */
  resume(state: ThreadState, request: Request, result: Result): void {
    const frame = state.frames.at(-1);
    if (!frame) return;
    state.ctrl = 0;
    state.retries = 0;
    if (request.slot >= 0) {
      if ('loc' in request.does && request.does.loc !== null) state.slots[request.slot] = request.does.loc;
      else if (request.does.op === 'translated') state.slots[request.slot] = `@${request.does.va.toString(16)}`;
    }
    const instr = this.procedure(frame.procedure).code[frame.pc];
    const got = result.k === 'value' ? result.value : ZERO;
    const deps = request.slot >= 0 ? 1 << request.slot : 0;
    if (request.does.op === 'interrupt-return') {
      if (frame.entry.k === 'interrupt') {
        state.irqOff = frame.entry.irqOff;
        if (frame.entry.context) state.context = frame.entry.context;
      }
      this.pop(state);
    } else if (instr?.op === 'load' && isUninitialised(got) && 'loc' in request.does) {
      state.readBeforeInit = request.does.loc;
    } else if (instr?.op === 'load') {
      frame.locals.set(instr.dst, { value: got.k === 'int' ? int(convert(got.v, instr.type)) : got, deps });
      frame.pc++;
    } else if (instr?.op === 'rmw' && request.does.op === 'fence') {
      // The order of an atomic on memory that no other CPU uses has been seen to; what it does is left.
      access.privateRmw(this, state, frame, instr);
    } else if (instr?.op === 'rmw') {
      if (instr.dst !== null) frame.locals.set(instr.dst, { value: got.k === 'int' ? int(convert(got.v, instr.type)) : got, deps });
      frame.pc++;
    } else if (instr?.op === 'store-exclusive') {
      frame.locals.set(instr.dst, { value: got, deps });
      frame.pc++;
    } else if (instr?.op === 'call') {
      finishPrimitive(this, state, frame, instr, request, result, deps);
    } else frame.pc++;
    this.forgetDead(state);
  }

  /** Drops locals that nothing reads again, so that states which differ only in them are one. Callers dropped theirs when they called. */
  forgetDead(state: ThreadState): void {
    const frame = state.frames.at(-1);
    // A handler of assembly holds the registers of what it interrupted.
    const holds = frame?.entry.k === 'trap' && isBare(this.procedure(frame.procedure));
    if (frame && !holds) this.keep(frame, this.live(frame.procedure)[frame.pc], null);
    releaseSlots(state);
  }

  private keep(frame: Frame, live: ReadonlySet<string> | undefined, except: string | null): void {
    for (const name of frame.locals.keys()) if (live?.has(name) !== true || name === except) frame.locals.delete(name);
  }

  value(state: ThreadState, frame: Frame, expr: Expr): Tagged {
    return this.known(evaluate(this.setup, frame, state.frames.indexOf(frame), expr));
  }

  /** An unknown that this setting has given a number is that number. */
  known(tagged: Tagged): Tagged {
    if (tagged.value.k !== 'unknown') return tagged;
    const chosen = this.setup.setting.get(`?${tagged.value.key}`);
    return chosen === undefined ? tagged : { value: int(Number(chosen)), deps: tagged.deps };
  }

  request(
    state: ThreadState,
    does: Operation,
    addr: number,
    data: number,
    wantsSlot: boolean,
    readSlot = -1,
    picks: Request['picks'] = NO_PICKS,
  ): Request {
    this.forgetDead(state);
    // What stands for a primitive has no place of its own: its caller's is meant.
    const frame = state.frames.findLast((each) => !each.procedure.startsWith(BUILTIN));
    const instr = frame ? this.procedure(frame.procedure).code[frame.pc] : undefined;
    const at = instr?.at;
    const slot = wantsSlot && this.tracksViews ? freeSlot(state) : -1;
    let live = 0;
    state.slots.forEach((from, i) => {
      if (from !== '' && i !== slot) live |= 1 << i;
    });
    const where = at ?? { file: '', line: 0, origin: 'scenario' as const };
    const text = this.setup.line(where.file, where.line, where.origin) ?? '';
    return {
      does,
      at: where,
      procedure: frame?.procedure ?? '',
      text,
      ctrl: state.ctrl,
      addr,
      data,
      picks,
      slot,
      live,
      readSlot,
      fetched: instr?.fetched === true,
    };
  }

  private live(name: string): readonly ReadonlySet<string>[] {
    return liveLocals(this.procedure(name));
  }

  private step(state: ThreadState, frame: Frame, instr: Instr): Request | null {
    this.encountered.executed.add(instr);
    switch (instr.op) {
      case 'set':
        frame.locals.set(instr.dst, this.value(state, frame, instr.value));
        frame.pc++;
        return null;
      case 'branch': {
        const cond = this.value(state, frame, instr.cond);
        state.ctrl |= allDeps(cond);
        const holds = isTrue(this.setup, cond.value);
        this.encountered[holds ? 'held' : 'failed'].add(instr);
        frame.pc = holds ? frame.pc + 1 : instr.target;
        return null;
      }
      case 'jump':
        frame.pc = instr.target;
        return null;
      case 'load':
        return access.load(this, state, frame, instr);
      case 'store':
        return access.store(this, state, frame, instr);
      case 'rmw':
        return access.rmw(this, state, frame, instr);
      case 'store-exclusive':
        return access.storeExclusive(this, state, frame, instr);
      case 'copy':
        access.copy(this, state, this.location(this.value(state, frame, instr.to)), this.location(this.value(state, frame, instr.from)));
        frame.pc++;
        return null;
      case 'zero':
        access.zero(this, state, frame, instr);
        return null;
      case 'call':
        return this.call(state, frame, instr);
      case 'return':
        return this.leave(state, frame, instr.value ? this.value(state, frame, instr.value) : null);
      case 'unsupported':
        throw new Stuck(`${instr.what} (${instr.at.file}:${String(instr.at.line)})`);
    }
  }

  private call(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'call' }>): Request | null {
    const target =
      instr.callee.k === 'name'
        ? { value: { k: 'fn', name: instr.callee.name } as const, deps: 0 }
        : this.value(state, frame, instr.callee.value);
    if (target.value.k === 'unknown') throw new Stuck(`call through an unknown pointer (${target.value.key})`);
    if (target.value.k !== 'fn') throw new Stuck(`call through ${valueKey(target.value)}, which is not a function`);
    const { name } = target.value;
    const args = instr.args.map((arg) => this.value(state, frame, arg));
    const known = this.setup.program.procedures.get(name);
    if (known) {
      this.enter(state, name, args, { k: 'call', dst: instr.dst });
      if (known.language !== 'c') {
        const entered = state.frames.at(-1);
        if (entered && this.procedure(frame.procedure).language !== 'c') entered.locals = new Map(frame.locals);
        else passInRegisters(known, entered, args);
      }
      this.keep(frame, this.live(frame.procedure)[frame.pc + 1], instr.dst);
      return null;
    }
    const effect: Effect = callPrimitive(this, state, frame, instr, name, args);
    if (effect.k === 'request') return effect.request;
    if (effect.k === 'value' && instr.dst !== null) frame.locals.set(instr.dst, effect.value);
    if (effect.k !== 'entered') frame.pc++;
    return null;
  }

  private leave(state: ThreadState, frame: Frame, value: Tagged | null): Request | null {
    switch (frame.entry.k) {
      case 'start':
        endWithResults(this, state, frame);
        return null;
      case 'trap':
        if (isBare(this.procedure(frame.procedure))) {
          endWithResults(this, state, frame);
          return null;
        }
        throw new Stuck(`${frame.procedure} ends without returning from the trap`);
      case 'interrupt':
        return this.request(state, { op: 'interrupt-return', from: frame.entry.from }, 0, 0, false);
      case 'call': {
        this.pop(state);
        const caller = state.frames.at(-1);
        if (!caller) return null;
        // Assembly called from assembly shares the registers: what the callee writes is live when it returns.
        if (this.procedure(frame.procedure).language !== 'c' && this.procedure(caller.procedure).language !== 'c')
          caller.locals = new Map([...caller.locals, ...frame.locals]);
        else if (frame.entry.dst !== null) {
          const none: Tagged = { value: { k: 'unknown', key: `result of ${frame.procedure}` }, deps: 0 };
          caller.locals.set(frame.entry.dst, value ?? none);
        }
        caller.pc++;
        return null;
      }
    }
  }

  /** Leaves the top frame and forgets its objects. */
  pop(state: ThreadState): void {
    const depth = state.frames.length - 1;
    const frame = state.frames.pop();
    // Most calls have none, and it is asked at every return; a handler may have borrowed some.
    if (frame === undefined || (frame.entry.k === 'call' && this.procedure(frame.procedure).frame.size === 0)) return;
    const prefix = frameObject(depth, '', '').slice(0, -1);
    for (const key of [...state.memory.keys()]) if (key.startsWith(prefix)) state.memory.delete(key);
  }

  location(addr: Tagged): string {
    const fixed = addr.value.k === 'int' ? this.setup.fixed?.get(addr.value.v) : undefined;
    if (fixed !== undefined) return fixed;
    if (addr.value.k === 'ptr') {
      const loc = locationOf(this.setup, addr.value.obj, addr.value.path);
      checkBounds(this.setup, loc);
      return loc;
    }
    throw new Stuck(
      addr.value.k === 'unknown' ? `access through an unknown pointer (${addr.value.key})` : `access through ${valueKey(addr.value)}`,
    );
  }
}
