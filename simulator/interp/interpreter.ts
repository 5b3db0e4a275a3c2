import { architecture } from '../machine/arch/rules.js';
import type { Expr, Instr, Procedure } from '../program/types.js';
import { BUILTIN } from './builtins.js';
import { evaluate, isTrue } from './expression.js';
import { liveLocals } from './liveness.js';
import { bitsOf, checkBounds, frameObject, initialValue, isFrameObject, locationOf, objectOf, privateValue, Stuck } from './memory.js';
import { endWithResults, isBare } from './exception.js';
import { regimeOf } from './exception-level.js';
import type { Access, Operation, Request, Result } from './operation.js';
import { callPrimitive, type Effect, finishPrimitive } from './primitives.js';
import { applyRmw } from './rmw.js';
import type { Setup } from './setup.js';
import type { SharingFacts } from './sharing.js';
import { freeSlot, releaseSlots } from './slots.js';
import { sharerOf } from './tasks.js';
import { allDeps, type Frame, type Tagged, type ThreadState } from './thread.js';
import { convert, int, isUninitialised, type Value, valueKey, ZERO } from './value.js';

/** Instructions a CPU may run between two operations before it counts as lost in a loop. */
const SILENT_BUDGET = 500_000;

const NO_PICKS: Request['picks'] = { addr: 0, data: 0 };

/** Names of procedures entered and calls dropped, for the report. */
export interface Encountered {
  readonly procedures: Set<string>;
  /** What was run of them. */
  readonly executed: Set<Instr>;
  /** Primitives that the catalog drops, and why. */
  readonly dropped: Map<string, string>;
  /** Calls of which nothing is known: neither a body in the sources at hand nor a row in the catalog. They were passed over. */
  readonly unknown: Set<string>;
  /** CPUs, by index, that asked which they are. */
  readonly numbered: Set<number>;
}

/** Runs Programs: from one operation to the next, and nothing that another CPU could see in between. */
export class Interpreter {
  readonly encountered: Encountered = {
    procedures: new Set(),
    executed: new Set(),
    dropped: new Map(),
    unknown: new Set(),
    numbered: new Set(),
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

  /** Runs `state` (changing it) up to its next operation. */
  run(state: ThreadState): Request {
    if (state.retries === 2) return this.request(state, { op: 'discard' }, 0, 0, false);
    if (state.readBeforeInit !== null) return this.beforeInit(state, state.readBeforeInit);
    for (let budget = SILENT_BUDGET; budget > 0; budget--) {
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

  private beforeInit(state: ThreadState, loc: string): Request {
    const why = `reads ${loc} before its first value is there`;
    return this.request(state, { op: 'fail', violation: 'use-before-init', why }, 0, 0, false);
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
      this.privateRmw(state, frame, instr);
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
        frame.pc = isTrue(this.setup, cond.value) ? frame.pc + 1 : instr.target;
        return null;
      }
      case 'jump':
        frame.pc = instr.target;
        return null;
      case 'load':
        return this.load(state, frame, instr);
      case 'store':
        return this.store(state, frame, instr);
      case 'rmw':
        return this.rmw(state, frame, instr);
      case 'store-exclusive':
        return this.storeExclusive(state, frame, instr);
      case 'copy':
        this.copy(state, this.location(this.value(state, frame, instr.to)), this.location(this.value(state, frame, instr.from)));
        frame.pc++;
        return null;
      case 'zero': {
        const loc = this.location(this.value(state, frame, instr.addr));
        for (const key of [...state.memory.keys()]) if (key === loc || below(loc, key)) state.memory.delete(key);
        state.memory.set(`${loc}*`, { value: ZERO, deps: 0 });
        frame.pc++;
        return null;
      }
      case 'call':
        return this.call(state, frame, instr);
      case 'return':
        return this.leave(state, frame, instr.value ? this.value(state, frame, instr.value) : null);
      case 'unsupported':
        throw new Stuck(`${instr.what} (${instr.at.file}:${String(instr.at.line)})`);
    }
  }

  private load(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'load' }>): Request | null {
    const addr = this.value(state, frame, instr.addr);
    const acquire = instr.order === 'acquire' || instr.order === 'acquire-pc';
    const access: Access = { op: 'load', loc: '', acquire, bits: instr.type.bits };
    const load: Access =
      instr.order === 'acquire-pc' ? { ...access, rcpc: true } : instr.exclusive === true ? { ...access, exclusive: true } : access;
    if (addr.value.k === 'int') return this.virtual(state, addr, null, load);
    const loc = this.location(addr);
    const share = isFrameObject(objectOf(loc)) ? 'private' : this.sharing.access(loc, sharerOf(this.setup, state), true, false);
    if (share === 'shared') {
      const bits = bitsOf(this.setup, loc, instr.type.bits);
      return this.request(state, { ...load, loc, bits }, addr.deps, 0, true, -1, { addr: addr.picks ?? 0, data: 0 });
    }
    const read = share === 'private' ? privateValue(this.setup, state, loc) : { value: initialValue(this.setup, loc), deps: 0 };
    const got = this.known({ value: read.value, deps: read.deps | addr.deps });
    if (isUninitialised(got.value)) return this.beforeInit(state, loc);
    frame.locals.set(instr.dst, got.value.k === 'int' ? { value: int(convert(got.value.v, instr.type)), deps: got.deps } : got);
    frame.pc++;
    return null;
  }

  private store(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'store' }>): Request | null {
    const addr = this.value(state, frame, instr.addr);
    const stored = this.value(state, frame, instr.value);
    if (addr.value.k === 'int') {
      const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(instr.type.bits, stored.value.v)) : stored.value;
      const access: Access = { op: 'store', loc: '', value, release: instr.order === 'release', bits: instr.type.bits, updates: false };
      return this.virtual(state, addr, stored, access);
    }
    const loc = this.location(addr);
    const share = isFrameObject(objectOf(loc)) ? 'private' : this.sharing.access(loc, sharerOf(this.setup, state), false, true);
    const bits = bitsOf(this.setup, loc, instr.type.bits);
    const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(bits, stored.value.v)) : stored.value;
    if (share === 'shared') {
      const readSlot = state.slots.findIndex((from, i) => from === loc && (stored.deps & (1 << i)) !== 0);
      const does: Operation = { op: 'store', loc, value, release: instr.order === 'release', bits, updates: readSlot >= 0 };
      const picks = { addr: addr.picks ?? 0, data: stored.picks ?? 0 };
      return this.request(state, does, addr.deps, stored.deps, false, readSlot, picks);
    }
    if (share === 'private') state.memory.set(loc, { value, deps: stored.deps });
    frame.pc++;
    return null;
  }

  private rmw(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'rmw' }>): Request | null {
    const addr = this.value(state, frame, instr.addr);
    const operand = this.value(state, frame, instr.operand);
    const expected = instr.expected ? this.value(state, frame, instr.expected) : null;
    const deps = operand.deps | (expected?.deps ?? 0);
    const { bits } = instr.type;
    const { language } = this.procedure(frame.procedure);
    const does: Extract<Operation, { op: 'rmw' }> = {
      op: 'rmw',
      loc: '',
      fn: instr.fn,
      operand: operand.value,
      expected: expected?.value ?? null,
      order: instr.order,
      bits,
      ...(language === 'arm64-asm' && instr.dst === null ? { noReturn: true } : {}),
      ...(language !== 'c' && instr.fn === 'cas' ? { acquiresOnFailure: true } : {}),
    };
    if (addr.value.k === 'int') return this.virtual(state, addr, { ...operand, deps }, does);
    const loc = this.location(addr);
    const share = this.sharing.access(loc, sharerOf(this.setup, state), instr.dst !== null, true);
    if (share === 'shared') {
      const picks = { addr: addr.picks ?? 0, data: (operand.picks ?? 0) | (expected?.picks ?? 0) };
      return this.request(state, { ...does, loc }, addr.deps, deps, instr.dst !== null, -1, picks);
    }
    if (architecture(this.setup.arch).memory === 'total-store') return this.orderOnly(state);
    // Nobody reads it: only the ordering of the atomic is left.
    if (share !== 'private' && instr.order === 'full') return this.orderOnly(state);
    this.privateRmw(state, frame, instr);
    return null;
  }

  /** An atomic on memory that no other CPU uses, or that nobody reads. */
  private privateRmw(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'rmw' }>): void {
    frame.pc++;
    const loc = this.location(this.value(state, frame, instr.addr));
    if (this.sharing.access(loc, state.cpu, instr.dst !== null, true) !== 'private') return;
    const operand = this.value(state, frame, instr.operand);
    const expected = instr.expected ? this.value(state, frame, instr.expected) : null;
    const old = privateValue(this.setup, state, loc);
    const out = applyRmw(old.value, {
      op: 'rmw',
      loc,
      fn: instr.fn,
      operand: operand.value,
      expected: expected?.value ?? null,
      order: instr.order,
      bits: instr.type.bits,
    });
    if (out) state.memory.set(loc, { value: out, deps: old.deps | operand.deps | (expected?.deps ?? 0) });
    if (instr.dst === null) return;
    frame.locals.set(instr.dst, { value: old.value.k === 'int' ? int(convert(old.value.v, instr.type)) : old.value, deps: old.deps });
  }

  private orderOnly(state: ThreadState): Request {
    return this.request(state, { op: 'fence', pred: 'rw', succ: 'rw', name: 'fully ordered atomic' }, 0, 0, false);
  }

  /** Kernel code as it is compiled never shares what an exclusive pair works on with itself alone: it always asks the machine. */
  private storeExclusive(state: ThreadState, frame: Frame, instr: Extract<Instr, { op: 'store-exclusive' }>): Request {
    const addr = this.value(state, frame, instr.addr);
    const stored = this.value(state, frame, instr.value);
    const { bits } = instr.type;
    const value: Value = stored.value.k === 'int' ? int(BigInt.asUintN(bits, stored.value.v)) : stored.value;
    const access: Access = { op: 'store-exclusive', loc: '', value, release: instr.order === 'release', bits };
    if (addr.value.k === 'int') return this.virtual(state, addr, stored, access);
    const loc = this.location(addr);
    if (this.sharing.access(loc, sharerOf(this.setup, state), true, true) !== 'shared')
      throw new Stuck(`exclusive store to ${loc}, which no other CPU uses`);
    const picks = { addr: addr.picks ?? 0, data: stored.picks ?? 0 };
    return this.request(state, { ...access, loc }, addr.deps, stored.deps, this.setup.arch === 'riscv', -1, picks);
  }

  /** An access through a number: by virtual address, which the MMU translates. */
  private virtual(state: ThreadState, addr: Tagged, data: Tagged | null, access: Access): Request {
    if (addr.value.k !== 'int') throw new Stuck('virtual access without an address');
    const { v: va } = addr.value;
    const fixed = this.setup.fixed?.get(va);
    if (fixed !== undefined) return this.atFixed(state, addr, data, { ...access, loc: fixed });
    if (this.setup.fixed) throw new Stuck(`access to 0x${va.toString(16)}, where nothing stands that may be read or written`);
    if (this.setup.throughMmu !== true) {
      if (va < 4096n)
        return this.request(state, { op: 'fail', violation: 'unhandled-fault', why: 'null pointer dereference' }, 0, 0, false);
      return this.request(state, { op: 'touch', va, write: access.op !== 'load', nofault: false }, addr.deps, 0, false);
    }
    // On riscv what depends on the register of an sc depends on its store.
    const exclusive = access.op === 'store-exclusive' && this.setup.arch === 'riscv';
    const reads = access.op === 'load' || (access.op === 'rmw' && access.noReturn !== true) || exclusive;
    const picks = { addr: addr.picks ?? 0, data: data?.picks ?? 0 };
    const regime = regimeOf(this.setup, state);
    return this.request(state, { op: 'translated', va, access, ...(regime && { regime }) }, addr.deps, data?.deps ?? 0, reads, -1, picks);
  }

  /** An access through a number that names a location without any translation. */
  private atFixed(state: ThreadState, addr: Tagged, data: Tagged | null, access: Access): Request {
    const writes = access.op !== 'load';
    const reads = access.op === 'load' || (access.op === 'rmw' && access.noReturn !== true);
    this.sharing.access(access.loc, state.cpu, reads, writes);
    const does: Access =
      access.op === 'store'
        ? { ...access, updates: state.slots.some((from, i) => from === access.loc && ((data?.deps ?? 0) & (1 << i)) !== 0) }
        : access;
    const picks = { addr: addr.picks ?? 0, data: data?.picks ?? 0 };
    return this.request(state, does, addr.deps, data?.deps ?? 0, reads, -1, picks);
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
        if (entered) entered.locals = new Map(frame.locals);
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
    state.frames.pop();
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

  private copy(state: ThreadState, to: string, from: string): void {
    const source = new Map<string, Tagged>();
    for (const [key, value] of this.setup.initial) if (key === from || below(from, key)) source.set(key, { value, deps: 0 });
    for (const [key, value] of state.memory) if (key === from || below(from, key) || key === `${from}*`) source.set(key, value);
    for (const key of [...state.memory.keys()]) if (key === to || below(to, key) || key === `${to}*`) state.memory.delete(key);
    for (const [key, value] of source) {
      if (!isFrameObject(objectOf(key)) && this.sharing.access(key, sharerOf(this.setup, state), true, false) === 'shared')
        throw new Stuck(`struct copy of ${from}, which other CPUs write`);
      state.memory.set(to + key.slice(from.length), value);
    }
    if (!isFrameObject(objectOf(to)) && this.sharing.access(to, sharerOf(this.setup, state), false, true) === 'shared')
      throw new Stuck(`struct copy to ${to}, which other CPUs read`);
  }
}

const below = (loc: string, key: string): boolean => key.startsWith(loc) && /^[.[+]/.test(key.slice(loc.length));
