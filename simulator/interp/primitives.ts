import type { CatalogRow } from '../catalog/row.js';
import type { Instr } from '../program/types.js';
import { lockRule, whyAtomic } from './atomic.js';
import { cross, type Crossing } from './context-tracking.js';
import { exceptionReturn, isBare } from './exception.js';
import { regimeOf, returnFromException } from './exception-level.js';
import { isTrue } from './expression.js';
import { flushOperation } from './flush.js';
import type { Interpreter } from './interpreter.js';
import { objectOf, Stuck } from './memory.js';
import type { Accesses, LockFlavour, Operation, Request, Result } from './operation.js';
import { canonicalCsr, csrValue } from './riscv-csr.js';
import { axisTrue, axisValue, optionalAxis } from './setup.js';
import { currentTask, sharerOf } from './tasks.js';
import type { Frame, Tagged, ThreadState } from './thread.js';
import { BUILTIN, builtinFor } from './builtins.js';
import { LARGE_TABLE } from '../machine/mmu.js';
import { int, ONE, ptr, type Value, valueKey, ZERO } from './value.js';

type CallInstr = Extract<Instr, { op: 'call' }>;

/** What a primitive does at the call: ask the machine, give a value at once, or go on in another procedure. */
export type Effect =
  | { readonly k: 'request'; readonly request: Request }
  | { readonly k: 'value'; readonly value: Tagged }
  | { readonly k: 'entered' };

const given = (value: Value, deps = 0): Effect => ({ k: 'value', value: { value, deps } });

/** Runs the catalog's row for `name`. A name without a row is dropped, counted, and its result is unknown. */
export function callPrimitive(
  on: Interpreter,
  state: ThreadState,
  frame: Frame,
  instr: CallInstr,
  name: string,
  args: readonly Tagged[],
): Effect {
  if (name === 'container_of') return given(containerOf(args[0]?.value, args[1]?.value), args[0]?.deps ?? 0);
  if (name.startsWith(BUILTIN)) return builtin(on, state, name, args);
  const row = on.setup.rows.get(name);
  if (!row || !isModelled(row)) {
    on.encountered.unknown.add(name);
    return { k: 'value', value: on.known({ value: { k: 'unknown', key: `${name}()` }, deps: 0 }) };
  }
  const at = new Arguments(name, args);
  const { does } = row;
  switch (does.kind) {
    case 'drop':
      on.encountered.dropped.set(name, does.why);
      return { k: 'value', value: on.known({ value: { k: 'unknown', key: `${name}()` }, deps: 0 }) };
    case 'value':
      return given(int(does.value));
    case 'identity':
      return { k: 'value', value: at.tagged(does.argument) };
    case 'relax':
      return given(ZERO);
    case 'axis':
      return given(axisTrue(axisValue(on.setup, does.axis)) ? ONE : ZERO);
    case 'feature': {
      const feature = at.word(0);
      return given(axisTrue(axisValue(on.setup, on.setup.features.get(feature) ?? feature)) ? ONE : ZERO);
    }
    case 'irq':
      if (does.unless !== undefined && axisTrue(optionalAxis(on.setup, does.unless, false))) return given(ZERO);
      return does.do === 'query' ? given(state.irqOff > 0 ? ONE : ZERO) : irq(state, does.do, args[0]);
    case 'preempt':
      if (does.do === 'query') return given(int(state.preemptOff + (state.frames.some(({ entry }) => entry.k === 'interrupt') ? 1 : 0)));
      if (does.reader === true && does.do === 'disable' && !state.context.watching) return notWatched(on, state, name);
      state.preemptOff += does.do === 'disable' ? 1 : -1;
      return given(ZERO);
    case 'sleep':
      return does.if !== undefined && !isTrue(on.setup, at.value(does.if))
        ? given(ZERO)
        : (inAtomic(on, state, name, false) ?? given(ZERO));
    case 'resched':
      return inAtomic(on, state, name, false) ?? (state.parked.length > 0 ? ask(on, state, { op: 'resched' }, 0) : given(ZERO));
    case 'context':
      return context(on, state, does);
    case 'rcu-watching':
      return given(state.context.watching ? ONE : ZERO);
    case 'rcu-read':
      if (does.do === 'lock' && !state.context.watching) return notWatched(on, state, name);
      state.rcuDepth += does.do === 'lock' ? 1 : -1;
      return given(ZERO);
    case 'cpu-id':
      on.encountered.numbered.add(state.cpu);
      return given(int(on.setup.cpus[state.cpu]?.number ?? state.cpu));
    case 'current':
      return given(ptr(currentTask(state)));
    case 'online-mask':
      return given(int((1n << BigInt(on.setup.cpus.length)) - 1n));
    case 'csr':
      // Where translation runs through the MMU, hardware looks at satp.
      if (on.setup.throughMmu === true && canonicalCsr(at.word(0)) === 'satp' && does.do === 'write')
        return ask(on, state, { op: 'satp', value: at.need(1) }, at.deps());
      return csr(on, state, does.do, at);
    case 'svinval-fence':
      return on.setup.throughMmu === true ? ask(on, state, { op: 'svinval-fence', of: does.of }, 0) : given(ZERO);
    case 'to-physical':
      return given(toPhysical(on, at.value(does.address)));
    case 'to-virtual':
      return given(toVirtual(on, at.value(does.address)));
    case 'page-alloc': {
      const zeroed = typeof does.zeroed === 'boolean' ? does.zeroed : asksForZero(at.value(does.zeroed.flags));
      on.enter(state, builtinFor(does.kind), [{ value: zeroed ? ONE : ZERO, deps: 0 }], { k: 'call', dst: instr.dst });
      return { k: 'entered' };
    }
    case 'page-put':
    case 'page-get':
    case 'page-count':
      return page(on, state, instr, does, at);
    case 'fixup':
      return given(takeFixup(state) ? ONE : ZERO);
    case 'assert':
      if (isTrue(on.setup, at.value(0))) return given(ZERO);
      return ask(on, state, { op: 'fail', violation: 'assertion', why: 'the assertion does not hold' }, 0);
    case 'rcu-sync':
      return inAtomic(on, state, name, false) ?? ask(on, state, { op: 'rcu-sync' }, 0);
    case 'lock': {
      const { waits, holds } = lockRule(on.setup, does.flavour);
      const asks = does.do === 'acquire' && waits === 'sleeps';
      const bad = asks
        ? inAtomic(on, state, `${name}()${holds === 'nothing' ? '' : ', which sleeps on PREEMPT_RT,'}`, holds !== 'nothing')
        : null;
      // Preemption is off while a lock is spun for: with several tasks on the CPU, that is a state of its own.
      const spins = does.do === 'acquire' && waits === 'spins' && state.parked.length > 0 && !state.spinning;
      if (!bad && spins) return ask(on, state, { op: 'preempt-off' }, 0);
      return bad ?? ask(on, state, operation(on, sharerOf(on.setup, state), row, at), at.deps());
    }
    case 'dc':
    case 'ic':
      // Maintenance of what is no memory of the run touches nothing that the run can see.
      if (on.setup.fixed && args.length > does.address && !on.setup.fixed.has(numberOf(at.value(does.address)))) return given(ZERO);
      return ask(on, state, cacheMaintenance(on, does, at), at.deps(), at.picks());
    default:
      return ask(on, state, inRegime(on, state, operation(on, sharerOf(on.setup, state), row, at)), at.deps(), at.picks());
  }
}

const notWatched = (on: Interpreter, state: ThreadState, name: string): Effect => {
  const why = `${name}() in ${state.context.where} context, where RCU does not watch`;
  return ask(on, state, { op: 'fail', violation: 'rcu-not-watching', why }, 0);
};

/** The end of a run that may sleep where it must not; null where it may. */
function inAtomic(on: Interpreter, state: ThreadState, what: string, nests: boolean): Effect | null {
  const where = whyAtomic(state, nests);
  if (where === null) return null;
  return ask(on, state, { op: 'fail', violation: 'sleep-in-atomic', why: `${what.includes('(') ? what : `${what}()`} ${where}` }, 0);
}

/** Crosses between the kernel and what RCU does not watch. Only a crossing that changes whether it watches is a step of the machine. */
function context(on: Interpreter, state: ThreadState, does: Extract<CatalogRow['does'], { kind: 'context' }>): Effect {
  if (does.only !== undefined && !axisTrue(optionalAxis(on.setup, does.only, false))) return given(ZERO);
  const next = cross(state.context, crossing(does));
  if (next.watching !== state.context.watching) return ask(on, state, { op: 'context', watching: next.watching, where: next.where }, 0);
  state.context = next;
  return given(ZERO);
}

const crossing = (does: Extract<CatalogRow['does'], { kind: 'context' }>): Crossing =>
  does.do === 'leave' ? { do: 'leave', to: does.to } : { do: does.do };

/** Whether the machine has a rule for the row: sleepable RCU and looks at a lock are the memory model's only (simulator/axioms). */
export const isModelled = ({ does }: CatalogRow): boolean => does.kind !== 'srcu' && (does.kind !== 'lock' || does.do !== 'query');

/** Lets the access that trapped be skipped on return, if an exception-table entry covers it. */
function takeFixup(state: ThreadState): boolean {
  const frame = state.frames.findLast((each) => each.entry.k === 'trap');
  if (frame?.entry.k !== 'trap' || !frame.entry.nofault) return false;
  frame.entry = { ...frame.entry, skip: true };
  return true;
}

/** The object whose member the pointer names: the front end's way to say container_of(). */
function containerOf(member: Value | undefined, name: Value | undefined): Value {
  if (member?.k !== 'ptr' || name?.k !== 'str') throw new Stuck('container_of() of what is no pointer');
  const end = `.${name.v}`;
  if (!member.path.endsWith(end)) throw new Stuck(`container_of(): ${valueKey(member)} does not name a member ${name.v}`);
  return ptr(member.obj, member.path.slice(0, -end.length));
}

/** Arguments by position, with readable complaints. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly args: readonly Tagged[],
  ) {}

  tagged(i: number): Tagged {
    const found = this.args[i];
    if (!found) throw new Stuck(`${this.name}() lacks argument ${String(i + 1)}`);
    return found;
  }

  value(i: number): Value {
    return this.tagged(i).value;
  }

  from(i: number): Value[] {
    return this.args.slice(i).map((arg) => arg.value);
  }

  /** Null for an absent operand and for register x0. */
  number(i: number | undefined): bigint | null {
    if (i === undefined || i >= this.args.length) return null;
    const value = this.value(i);
    if (value.k === 'int') return value.v;
    if (value.k === 'str') return null;
    throw new Stuck(`argument ${String(i + 1)} of ${this.name}() is ${valueKey(value)}, not a number`);
  }

  /** The same, but null for what is no number at all. */
  address(i: number | undefined): bigint | null {
    return i !== undefined && i < this.args.length && this.value(i).k === 'ptr' ? null : this.number(i);
  }

  need(i: number): bigint {
    const found = this.number(i);
    if (found === null) throw new Stuck(`argument ${String(i + 1)} of ${this.name}() is not a number`);
    return found;
  }

  word(i: number): string {
    const value = this.value(i);
    return value.k === 'str' ? value.v : valueKey(value).replace(/^[#&@"?]/, '');
  }

  /** The first argument that is a text. */
  message(): string | null {
    const found = this.args.find((arg) => arg.value.k === 'str');
    return found?.value.k === 'str' ? found.value.v : null;
  }

  deps(): number {
    return this.args.reduce((mask, arg) => mask | arg.deps, 0);
  }

  picks(): number {
    return this.args.reduce((mask, arg) => mask | (arg.picks ?? 0), 0);
  }
}

/** TLB maintenance means the address spaces of the CPU that asks for it. */
function inRegime(on: Interpreter, state: ThreadState, does: Operation): Operation {
  const regime = does.op === 'tlbi' ? regimeOf(on.setup, state) : null;
  return does.op === 'tlbi' && regime ? { ...does, regime } : does;
}

function ask(on: Interpreter, state: ThreadState, does: Operation, deps: number, picks = 0): Effect {
  const reads = does.op === 'await';
  return { k: 'request', request: on.request(state, does, deps, 0, reads, -1, { addr: picks, data: 0 }) };
}

const accesses = (word: string): Accesses => {
  const r = /[ri]/.test(word);
  const w = /[wo]/.test(word);
  return r && w ? 'rw' : r ? 'r' : 'w';
};

const strength = (word: string): 'full' | 'ld' | 'st' => (word.endsWith('ld') ? 'ld' : word.endsWith('st') ? 'st' : 'full');

/** The machine operation of a row that the interpreter can't settle alone. */
function operation(on: Interpreter, cpu: number, row: CatalogRow, at: Arguments): Operation {
  const { does, name } = row;
  switch (does.kind) {
    case 'fence':
      return {
        op: 'fence',
        pred: does.pred === 'argument' ? accesses(at.word(0)) : does.pred,
        succ: does.succ === 'argument' ? accesses(at.word(1)) : does.succ,
        name,
      };
    case 'fence-tso':
      return { op: 'fence-tso', name };
    case 'dmb':
    case 'dsb': {
      const word = does.of === 'argument' ? at.word(0) : does.of;
      return { op: does.kind, of: strength(word), name: does.of === 'argument' ? `${name}(${word})` : name };
    }
    case 'isb':
    case 'fence-i':
    case 'rcu-quiescent':
    case 'trap-return':
      return { op: does.kind };
    case 'exception':
      return { op: 'exception', cause: does.cause };
    case 'tlbi': {
      const level = at.number(does.level);
      const pages = at.number(does.pages);
      return {
        op: 'tlbi',
        word: at.word(0).toLowerCase(),
        // An operand that points at an object names no address that the tables map: nothing is covered.
        address: at.address(does.address),
        level: level === null ? null : Number(BigInt.asIntN(32, level)),
        pages: pages === null ? null : Number(pages),
      };
    }
    case 'sfence':
      return { op: 'sfence', address: at.number(does.address), asid: at.number(does.asid), size: at.number(does.size) };
    case 'sinval':
      return {
        op: on.setup.throughMmu === true ? 'sinval' : 'sfence',
        address: at.number(does.address),
        asid: at.number(does.asid),
        size: null,
      };
    case 'sbi-call':
      return sbiCall(on, at);
    case 'sbi-sfence':
      return {
        op: 'sbi-sfence',
        mask: Number(BigInt.asUintN(31, at.need(does.mask))),
        start: at.need(does.start),
        size: at.need(does.size),
        asid: at.number(does.asid),
      };
    case 'ipi': {
      const fn = at.value(does.fn);
      if (fn.k !== 'fn') throw new Stuck(`${name}() with ${valueKey(fn)} for a function`);
      const named = does.mask === undefined ? null : Number(BigInt.asUintN(31, at.need(does.mask)));
      const mask = does.to === 'single' && named !== null ? 1 << named : named;
      const self = does.to !== 'others' && does.to !== 'mask-others';
      const wait = does.wait === 'always' || isTrue(on.setup, at.value(does.wait));
      return { op: 'ipi', mask, self, fn: fn.name, info: at.value(does.info), wait };
    }
    case 'rcu-call': {
      const fn = at.value(does.fn);
      if (fn.k !== 'fn') throw new Stuck(`${name}() with ${valueKey(fn)} for a callback`);
      return { op: 'rcu-call', fn: fn.name, head: at.value(does.head) };
    }
    case 'lock': {
      const loc = on.location(at.tagged(does.lock));
      if (does.do === 'release') return { op: 'unlock', loc, flavour: does.flavour };
      const sleeps = lockRule(on.setup, does.flavour).waits === 'sleeps';
      return { op: 'lock', loc, flavour: does.flavour, tries: does.do === 'try', sleeps };
    }
    case 'touch':
      return { op: 'touch', va: at.need(0), write: does.write, nofault: does.nofault };
    case 'await':
    case 'text-gone': {
      const loc = on.location(at.tagged(0));
      on.sharing.access(loc, cpu, true, false);
      return { op: does.kind, loc };
    }
    case 'fetch': {
      const loc = on.location(at.tagged(0));
      on.sharing.access(loc, cpu, true, false);
      return { op: 'fetch', loc, may: at.from(1) };
    }
    case 'die':
      return { op: 'fail', violation: 'unhandled-fault', why: at.message() ?? `${name}()` };
    default: {
      const flush = flushOperation(on, cpu, row, at);
      if (flush) return flush;
      throw new Stuck(`${name}() (${does.kind}) is not modelled yet`);
    }
  }
}

const numberOf = (value: Value): bigint => (value.k === 'int' ? value.v : -1n);

/** DC and IC by the word that names them (Arm ARM DDI 0487, "A64 System instructions for cache maintenance"). */
function cacheMaintenance(on: Interpreter, does: Extract<CatalogRow['does'], { kind: 'dc' | 'ic' }>, at: Arguments): Operation {
  const word = at.word(0).toLowerCase();
  if (does.kind === 'dc') {
    // What is clean to the point of coherency is clean to the point of unification.
    if (!['cvau', 'cvac', 'civac'].includes(word)) throw new Stuck(`DC ${word.toUpperCase()} is not modelled`);
    return { op: 'dc', loc: on.location(at.tagged(does.address)) };
  }
  if (word === 'ivau') return { op: 'ic', loc: on.location(at.tagged(does.address)), local: false };
  if (word === 'ialluis') return { op: 'ic', loc: null, local: false };
  // Under HCR_EL2.FB the local form acts on all CPUs of the inner shareable domain (Arm ARM DDI 0487, HCR_EL2, FB).
  if (word === 'iallu') return { op: 'ic', loc: null, local: !(on.setup.setting.get('HCR_EL2.FB') === true) };
  throw new Stuck(`IC ${word.toUpperCase()} is not modelled`);
}

/** Extension RFENCE and its functions (SBI specification, "RFENCE Extension"). */
const RFENCE = 0x5246_4e43n;

/** An SBI call as its registers have it: a7 is the extension, a6 the function, a0 to a5 its arguments (SBI specification, "Binary Encoding"). */
function sbiCall(on: Interpreter, at: Arguments): Operation {
  const extension = at.need(7);
  const fid = at.need(6);
  if (extension !== RFENCE || fid > 2n)
    throw new Stuck(`SBI extension 0x${extension.toString(16)}, function ${String(fid)}, is not modelled`);
  const base = at.need(1);
  // A base of all ones means all harts, whatever the mask.
  const all = (1n << BigInt(on.setup.cpus.length)) - 1n;
  const mask = Number(base === 0xffff_ffff_ffff_ffffn ? all : base > 30n ? 0n : (at.need(0) << base) & all);
  if (fid === 0n) return { op: 'sbi-fence-i', mask };
  return { op: 'sbi-sfence', mask, start: at.need(2), size: at.need(3), asid: fid === 2n ? at.need(4) : null };
}

function irq(state: ThreadState, what: 'save' | 'restore' | 'disable' | 'enable' | 'inherit', flags: Tagged | undefined): Effect {
  const before = state.irqOff;
  if (what === 'disable' || what === 'save') state.irqOff = Math.max(1, state.irqOff);
  else if (what === 'enable') state.irqOff = 0;
  else if (what === 'inherit') state.irqOff = interruptedIrqOff(state);
  else if (flags?.value.k === 'int') state.irqOff = Number(flags.value.v);
  else throw new Stuck('interrupt flags are not known');
  return given(int(before));
}

/** The interrupt mask of what the innermost trap or interrupt interrupted. */
function interruptedIrqOff(state: ThreadState): number {
  const entry = state.frames.findLast((frame) => frame.entry.k === 'trap' || frame.entry.k === 'interrupt')?.entry;
  return entry?.k === 'trap' || entry?.k === 'interrupt' ? entry.irqOff : 0;
}

function csr(on: Interpreter, state: ThreadState, what: 'read' | 'write' | 'swap' | 'set' | 'clear', at: Arguments): Effect {
  const name = canonicalCsr(at.word(0));
  const old = on.known({ value: csrValue(state, name), deps: 0 });
  if (what === 'write' || what === 'swap') state.csr.set(name, at.value(1));
  else if (what === 'set' || what === 'clear') {
    const bits = at.value(1);
    if (old.value.k === 'int' && bits.k === 'int') state.csr.set(name, int(what === 'set' ? old.value.v | bits.v : old.value.v & ~bits.v));
    else state.csr.set(name, { k: 'unknown', key: name });
  }
  return { k: 'value', value: old };
}

function toPhysical(on: Interpreter, value: Value): Value {
  if (value.k !== 'ptr') return value;
  const base = on.setup.physical.get(value.obj);
  if (base === undefined) throw new Stuck(`${value.obj} has no physical address in this scenario`);
  const index = /^\[(\d+)\]$/.exec(value.path);
  return int(base + BigInt(index?.[1] ?? '0') * 8n);
}

function toVirtual(on: Interpreter, value: Value): Value {
  if (value.k !== 'int') return value;
  const page = value.v & ~0xfffn;
  for (const [obj, base] of on.setup.physical) {
    if (base !== page) continue;
    const offset = value.v - page;
    return ptr(obj, offset === 0n ? '' : `[${String(offset / 8n)}]`);
  }
  throw new Stuck(`physical address ${valueKey(value)} is no page of this scenario`);
}

function page(
  on: Interpreter,
  state: ThreadState,
  instr: CallInstr,
  does: Extract<CatalogRow['does'], { kind: 'page-put' | 'page-get' | 'page-count' }>,
  at: Arguments,
): Effect {
  let which = at.value(does.page);
  if (does.kind === 'page-put' && does.by === 'physical') which = toVirtual(on, which);
  if (which.k !== 'ptr') throw new Stuck(`${valueKey(which)} is not a page`);
  on.enter(state, builtinFor(does.kind), [{ value: ptr(objectOf(which.obj)), deps: 0 }], { k: 'call', dst: instr.dst });
  return { k: 'entered' };
}

// Larger pages come cleared already: nobody sees what they held before.

/** __GFP_ZERO is bit 8 (Linux 6.12 include/linux/gfp_types.h). Flags that are not known are taken to have it. */
const asksForZero = (flags: Value): boolean => flags.k !== 'int' || (flags.v & 0x100n) !== 0n;

function builtin(on: Interpreter, state: ThreadState, name: string, args: readonly Tagged[]): Effect {
  const value = args[0]?.value;
  const { pool = [], objects } = on.setup;
  if (name === `${BUILTIN}page` && value?.k === 'int') {
    if (pool.length === 0) throw new Stuck('this scenario has no pages to allocate');
    const obj = pool[Number(value.v)];
    return given(obj === undefined ? ZERO : ptr(obj));
  }
  if (name === `${BUILTIN}words` && value?.k === 'ptr') {
    const type = objects.get(value.obj);
    return given(int(type?.k === 'array' && type.length !== null && type.length <= LARGE_TABLE ? type.length : 0));
  }
  if (name === `${BUILTIN}free` && value?.k === 'ptr') return ask(on, state, { op: 'page-free', obj: value.obj }, 0);
  throw new Stuck(`no builtin ${name}`);
}

function hold(on: Interpreter, state: ThreadState, flavour: LockFlavour, by: 1 | -1): void {
  const { holds } = lockRule(on.setup, flavour);
  if (holds === 'preemption') state.preemptOff += by;
  if (holds === 'grace-periods') state.rcuDepth += by;
}

/** After the machine's answer to a primitive: its result, and what it changes in the CPU's own state. */
export function finishPrimitive(
  on: Interpreter,
  state: ThreadState,
  frame: Frame,
  instr: CallInstr,
  request: Request,
  result: Result,
  deps: number,
): void {
  const { does } = request;
  switch (does.op) {
    case 'touch':
      if (result.k === 'fault') return;
      break;
    case 'trap-return': {
      if (isBare(on.procedure(frame.procedure))) {
        if (on.setup.cpus[state.cpu]?.fault?.k === 'vectors') returnFromException(on, state);
        else exceptionReturn(on, state);
        return;
      }
      let top = state.frames.at(-1);
      while (top && top.entry.k !== 'trap') {
        on.pop(state);
        top = state.frames.at(-1);
      }
      if (top?.entry.k !== 'trap') throw new Stuck('return from a trap that was not taken');
      const { irqOff, skip, context: before } = top.entry;
      on.pop(state);
      state.irqOff = irqOff;
      if (before) state.context = before;
      const interrupted = state.frames.at(-1);
      if (skip && interrupted) interrupted.pc++;
      return;
    }
    case 'lock':
      // A try that failed holds nothing.
      if (state.spinning) state.spinning = false;
      else if (!does.tries || (result.k === 'value' && isTrue(on.setup, result.value))) hold(on, state, does.flavour, 1);
      break;
    case 'preempt-off':
      state.spinning = true;
      state.preemptOff++;
      return;
    case 'unlock':
      hold(on, state, does.flavour, -1);
      break;
    case 'context': {
      const row = instr.callee.k === 'name' ? on.setup.rows.get(instr.callee.name) : undefined;
      if (row?.does.kind === 'context') state.context = cross(state.context, crossing(row.does));
      break;
    }
    default:
      break;
  }
  if (instr.dst !== null) frame.locals.set(instr.dst, { value: result.k === 'value' ? result.value : ZERO, deps });
  frame.pc++;
}
