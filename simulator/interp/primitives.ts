import type { CatalogRow } from '../catalog/row.js';
import { Arguments } from './arguments.js';
import { lockRule, whyAtomic } from './atomic.js';
import { BUILTIN, builtinFor } from './builtins.js';
import { enterBytes, followsBytes } from './bytes.js';
import { cross, crossingOf } from './context-tracking.js';
import { accessCsr } from './csr.js';
import { ask, type Effect, given } from './effect.js';
import { isTrue } from './expression.js';
import { changeInterruptMask } from './interrupt-mask.js';
import type { Interpreter } from './interpreter.js';
import { cacheMaintenance, machineOperation } from './machine-operation.js';
import { Stuck } from './memory.js';
import { whereMovable } from './own-cpu.js';
import { asksForZero, builtin, countPage, fill, folioOf, toPhysical, toVirtual } from './pages.js';
import { canonicalCsr } from './riscv-csr.js';
import { axisTrue, axisValue, optionalAxis } from './setup.js';
import { currentTask } from './tasks.js';
import type { CallInstr, Frame, Tagged, ThreadState } from './thread.js';
import { int, ONE, ptr, type Value, valueKey, ZERO } from './value.js';

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
  const movable = whereMovable(state, does, at);
  if (movable !== null) on.encountered.movable.add(movable);
  switch (does.kind) {
    case 'drop':
      on.encountered.dropped.set(name, does.why);
      return { k: 'value', value: on.known({ value: { k: 'unknown', key: `${name}()` }, deps: 0 }) };
    case 'unmodelled':
      throw new Stuck(`${name}(): ${does.why}`);
    case 'fill':
      fill(on, state, name, at.tagged(does.to), does.value === undefined ? null : at.number(does.value));
      return { k: 'value', value: at.tagged(does.to) };
    case 'copy': {
      const [to, from, bytes] = [at.tagged(does.to), at.tagged(does.from), at.tagged(does.bytes)];
      if (followsBytes(on, [to, from], bytes)) return enterBytes(on, state, instr, 'copy', [to, from, bytes]);
      fill(on, state, name, to, null);
      return { k: 'value', value: to };
    }
    case 'compare': {
      const [a, b, bytes] = [at.tagged(does.a), at.tagged(does.b), at.tagged(does.bytes)];
      if (followsBytes(on, [a, b], bytes)) return enterBytes(on, state, instr, 'compare', [a, b, bytes]);
      return { k: 'value', value: on.known({ value: { k: 'unknown', key: `${name}()` }, deps: 0 }) };
    }
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
      return does.do === 'query' ? given(state.irqOff > 0 ? ONE : ZERO) : changeInterruptMask(state, does.do, args[0]);
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
      // Where translation runs through the MMU, or it is said of some hart which tables it names, hardware looks at satp.
      if (does.do === 'write' && canonicalCsr(at.word(0)) === 'satp' && (on.setup.throughMmu === true || followsSpaces(on))) {
        accessCsr(on, state, does.do, at);
        return ask(on, state, { op: 'satp', value: BigInt.asUintN(64, at.need(1)) }, at.deps());
      }
      return accessCsr(on, state, does.do, at);
    case 'address-space':
      if (at.need(does.register) !== BigInt(does.is)) return given(ZERO);
      return ask(on, state, { op: 'address-space', names: does.names, value: BigInt.asUintN(64, at.need(does.value)), name }, at.deps());
    case 'runs': {
      const space = at.value(does.space);
      if (space.k !== 'ptr') throw new Stuck(`${name}() of ${valueKey(space)}`);
      return ask(on, state, { op: 'runs', of: does.of, space: space.obj + space.path, number: at.need(does.number) }, at.deps());
    }
    case 'svinval-fence':
      return on.setup.throughMmu === true ? ask(on, state, { op: 'svinval-fence', of: does.of }, 0) : given(ZERO);
    case 'to-physical':
      return { k: 'value', value: { ...at.tagged(does.address), value: toPhysical(on, at.value(does.address)) } };
    case 'to-virtual':
      return { k: 'value', value: { ...at.tagged(does.address), value: toVirtual(on, at.value(does.address)) } };
    case 'folio-of':
      return { k: 'value', value: { ...at.tagged(does.page), value: folioOf(on, at.value(does.page)) } };
    case 'page-alloc': {
      const zeroed = typeof does.zeroed === 'boolean' ? does.zeroed : asksForZero(at.value(does.zeroed.flags));
      on.enter(state, builtinFor(does.kind), [{ value: zeroed ? ONE : ZERO, deps: 0 }], { k: 'call', dst: instr.dst });
      return { k: 'entered' };
    }
    case 'page-put':
    case 'page-get':
    case 'page-try-get':
    case 'page-count':
      return countPage(on, state, instr, does, at);
    case 'fixup':
      return given(takeFixup(state) ? ONE : ZERO);
    case 'assert':
      if (isTrue(on.setup, at.value(0))) return given(ZERO);
      return ask(on, state, { op: 'fail', violation: 'assertion', why: 'the assertion does not hold' }, 0);
    case 'srcu': {
      if (does.do === 'sync') {
        const bad = inAtomic(on, state, name, false);
        if (bad) return bad;
      }
      const args = [at.tagged(does.domain), ...(does.index === undefined ? [] : [at.tagged(does.index)])];
      on.enter(state, `${BUILTIN}srcu-${does.do}`, args, { k: 'call', dst: instr.dst });
      return { k: 'entered' };
    }
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
      return bad ?? ask(on, state, machineOperation(on, state, row, at), at.deps());
    }
    case 'dc':
    case 'ic':
      // Maintenance of what is no memory of the run touches nothing that the run can see.
      if (on.setup.fixed && args.length > does.address && !on.setup.fixed.has(numberOf(at.value(does.address)))) return given(ZERO);
      return ask(on, state, cacheMaintenance(on, does, at), at.deps(), at.picks());
    default:
      return ask(on, state, machineOperation(on, state, row, at), at.deps(), at.picks());
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
  const next = cross(state.context, crossingOf(does));
  if (next.watching !== state.context.watching) return ask(on, state, { op: 'context', watching: next.watching, where: next.where }, 0);
  state.context = next;
  return given(ZERO);
}

/** Whether the machine has a rule for the row: looks at a lock are the memory model's only (simulator/axioms). */
export const isModelled = ({ does }: CatalogRow): boolean => does.kind !== 'lock' || does.do !== 'query';

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
  const steps = member.path.split('.');
  const named = name.v.split('.');
  const end = steps.splice(Math.max(1, steps.length - named.length));
  // Which element of an array it is, the pointer says.
  const whole = (step: string): string => step.replace(/\[.*$/, '');
  if (end.map(whole).join('.') !== named.map(whole).join('.'))
    throw new Stuck(`container_of(): ${valueKey(member)} does not name a member ${name.v}`);
  return ptr(member.obj, steps.join('.'));
}

const numberOf = (value: Value): bigint => (value.k === 'int' ? value.v : -1n);

const followsSpaces = (on: Interpreter): boolean => on.setup.cpus.some(({ elsewhere }) => elsewhere !== undefined);
