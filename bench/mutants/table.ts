import { ADDRESS_SPACE_RULES } from './address-spaces.js';
import { FETCH_RULES } from './fetch.js';
import type { Mutant } from './mutant.js';
import { REDUCTION_RULES } from './reductions.js';
import { RISCV_MUTANTS } from './riscv.js';

const of =
  (file: string) =>
  (rule: string, from: string, to: string, equivalent?: string): Mutant => ({
    rule,
    file: `simulator/${file}`,
    from,
    to,
    ...(equivalent === undefined ? {} : { equivalent }),
  });

const barrier = of('machine/barrier.ts');
const invalidate = of('machine/invalidate.ts');
const tlbi = of('machine/tlbi.ts');
const reads = of('machine/read.ts');
const writes = of('machine/write.ts');
const atomic = of('machine/atomic.ts');
const locks = of('machine/locks.ts');
const interrupts = of('machine/interrupts.ts');
const walk = of('machine/walk.ts');
const reach = of('machine/reach.ts');
const rcu = of('machine/rcu.ts');
const tracking = of('machine/context-tracking.ts');
const tasks = of('machine/tasks.ts');
const interpTasks = of('interp/tasks.ts');
const thread = of('interp/thread.ts');
const trap = of('interp/trap.ts');
const sleeping = of('interp/atomic.ts');
const primitives = of('interp/primitives.ts');
const interpreter = of('interp/interpreter.ts');
const explore = of('explore/explore.ts');
const endings = of('explore/endings.ts');
const bbm = of('machine/arch/arm64-break.ts');

/** One mutant a rule: barriers, invalidations, what hands views on, and each invariant. */
export const MUTANTS: readonly Mutant[] = [
  // Barriers of data
  barrier('a fence orders later reads', "if (succ !== 'w') {", 'if (cpu < 0) {'),
  barrier('a fence waits for earlier stores', 'if (writes && m.delayed(s, cpu)) return;', ''),
  barrier('a fence r,… orders earlier reads', "pred === 'w' ? 0 : m.get(s, cpu, at.VR)", '0'),
  barrier('a fence w,… orders earlier stores', "pred === 'r' ? 0 : m.get(s, cpu, at.VW)", '0'),
  barrier('dmb ld orders reads', "ld: ['r', 'rw']", "ld: ['w', 'w']"),
  barrier('dmb st waits for stores', "st: ['w', 'w']", "st: ['r', 'w']"),
  barrier('dmb orders stores before reads', "full: ['rw', 'rw']", "full: ['r', 'rw']"),
  reads('an acquire comes before what follows', 'if (acquire || m.arch', 'if (m.arch'),
  reads('LDAR after STLR', 'released, fetched', '0, fetched'),
  reads(
    'reads of one location never go back',
    'm.order.open(s, loc, Math.max(pre, m.get(s, cpu, at.COH + loc)))) {\n    const post',
    'm.order.open(s, loc, pre)) {\n    const post',
  ),
  reads('an address dependency', 'm.slots(s, cpu, request.addr), m.get(s, cpu, at.RN)', '0, m.get(s, cpu, at.RN)'),
  writes('a release waits for earlier stores', 'pending === loc + 1 || does.release)', 'pending === loc + 1)'),
  writes('a release is not delayed', 'm.window === 0 || pending !== 0 || does.release ||', 'm.window === 0 || pending !== 0 ||'),
  atomic('a full atomic comes before what follows', "if (does.order === 'full') orderLater(m, t, cpu, m.order.length(t));", ''),
  atomic(
    'a full or releasing atomic waits for earlier stores',
    "pending === loc + 1 || does.order === 'full' || does.order === 'release' || does.order === 'acq-rel'",
    'pending === loc + 1',
  ),
  // DSB, ISB, fence.i
  invalidate('DSB completes TLBIs', "of === 'full' ? issuedBy(m, s, cpu) : []", '[]'),
  invalidate('only a full DSB completes TLBIs', "of === 'full' ? issuedBy(m, s, cpu) : []", 'issuedBy(m, s, cpu)'),
  invalidate('DSB waits for own stores', "if (of !== 'ld' && m.delayed(s, cpu)) return;", ''),
  invalidate('DSB publishes to TLBI and ISB', 'for (const field of [at.RN, at.FN, at.DSB])', 'for (const field of [at.RN, at.FN])'),
  invalidate('DSB comes before later reads', 'for (const field of [at.RN, at.FN, at.DSB])', 'for (const field of [at.FN, at.DSB])'),
  invalidate(
    'ISB orders walks',
    'm.raise(t, cpu, at.ISB, view);\n    m.raise(t, cpu, at.FETCH, view);',
    'm.raise(t, cpu, at.FETCH, view);',
  ),
  invalidate(
    'ISB orders fetches',
    'm.raise(t, cpu, at.ISB, view);\n    m.raise(t, cpu, at.FETCH, view);',
    'm.raise(t, cpu, at.ISB, view);',
  ),
  invalidate('fence.i orders fetches', 'm.raise(t, cpu, at.FETCH, Math.max(', 'm.raise(t, cpu, at.FETCH, 0 * Math.max('),
  // Invalidation
  invalidate('a TLBI covers what its CPU had published', 'm.set(t, cpu, at.TLBI_VIEW + free, view);', ''),
  invalidate(
    'a TLBI covers nothing that was not published',
    'm.set(t, cpu, at.TLBI_VIEW + free, view);',
    'm.set(t, cpu, at.TLBI_VIEW + free, m.order.length(t));',
  ),
  invalidate('a local TLBI stays local', 'what.tlbi.local ? cpu : -1', '-1'),
  invalidate('sfence.vma', 'fenceEntries(m, t, cpu, m.known(t, cpu), hit);', ''),
  invalidate(
    'sfence.vma waits for own stores',
    "does: Of<'sfence'>, sink: Sink): void {\n  if (m.delayed(s, cpu)) return;",
    "does: Of<'sfence'>, sink: Sink): void {",
  ),
  invalidate(
    'sfence.vma by address leaves table entries',
    'entry.depth + 1 === m.mmu?.levels.length && entry.from < to',
    'entry.from < to',
  ),
  invalidate('SBI remote fences', 'fenceEntries(m, t, hart, m.known(t, cpu), hit);', ''),
  invalidate('SBI remote fences ask for the mask', 'if ((does.mask & (1 << hart)) === 0) continue;', ''),
  tlbi('last-level forms leave table entries', 'return !tlbi.last && hint === null;', 'return hint === null;'),
  tlbi('a level hint leaves table entries', 'return !tlbi.last && hint === null;', 'return !tlbi.last;'),
  tlbi('a wrong level hint covers nothing', '(hint === null || hint === entry.level)', '(hint === null || hint > 0)'),
  tlbi('a TLBI by address leaves other addresses', "tlbi.by === 'address' && (entry.from", "tlbi.by === 'all' && (entry.from"),
  walk(
    'invalid entries are not cached by arm64',
    "if (value.k === 'invalid' && position < latest(Math.max(before, m.get(s, cpu, at.ISB)))) return false;",
    '',
  ),
  walk('an early translation ends with a trap', 'else m.set(t, cpu, at.FRESH, m.order.length(t));', ''),
  walk('an exception synchronises', 'm.raise(t, cpu, at.ISB, view);', ''),
  reach(
    'stage 2: copies of both stages go with stage 1 alone',
    'if (stage2 && !table) return combined',
    'if (stage2 && !table && cpu < 0) return combined',
  ),
  reach('a table is reached through tables', 'if (entry.table === m.mmu?.root) return true;', 'return true;'),
  // Locks
  locks("a lock hands on its last holder's view", 't[at.LOCK_VIEW + lock] = Math.max(s[at.LOCK_VIEW + lock] ?? 0, m.known(s, cpu));', ''),
  locks('who takes a lock sees what its last holder did', 'learn(m, t, cpu, view);', 'learn(m, t, cpu, 0);'),
  locks('an unlock waits for own stores', 'if (m.delayed(s, cpu)) return;', ''),
  locks('a lock excludes', 'return isShared(does) ? holder <= 0 : holder === 0;', 'return true;'),
  // Interrupts
  interrupts("an IPI carries its sender's view", 'm.set(t, cpu, at.IPI_VIEW, m.known(t, cpu));', ''),
  interrupts("the answer carries the taker's view", 'm.raise(t, does.from, at.IPI_ACK, m.known(s, cpu));', ''),
  interrupts('the interrupt mask', 'if (!node.interruptible) return;', ''),
  interrupts('an IPI is waited for', 'if (outstanding !== 0) return;\n    const t', 'const t'),
  interrupts('an IPI comes after own stores', 'if (outstanding !== 0 || m.delayed(s, cpu)) return;', 'if (outstanding !== 0) return;'),
  interrupts('own interrupts are masked', 'if (irq !== undefined && interruptible', 'if (irq !== undefined'),
  interrupts('an NMI is not masked', 'if (nmi !== undefined && !inNmi', 'if (nmi !== undefined && interruptible && !inNmi'),
  // RCU
  rcu('a reader holds up a grace period', 'if (node.reader) return;', ''),
  rcu('a grace period ends when all have passed', 'if (s[at.CB_OWED + i] !== 0) return;\n    const t', 'const t'),
  rcu('a callback runs after the grace period', 'desc >= SYNC || s[at.CB_OWED + i] !== 0', 'desc >= SYNC'),
  rcu('a quiescent state hands on what its CPU knew', 'Math.max(view, m.known(s, cpu));', 'view;'),
  rcu('whoever passes a quiescent state learns of the update', 'learn(m, t, cpu, view);\n    m.goTo', 'm.goTo'),
  rcu('synchronize_rcu() learns what all knew', 'learn(m, t, cpu, s[at.CB_VIEW + i] ?? 0);', 'learn(m, t, cpu, 0);'),
  rcu('a callback learns what all knew', 'learn(m, t, m.rcuThread, view);', 'learn(m, t, m.rcuThread, 0);'),
  rcu('grace periods skip who is not watched', 'if (!node.state.context.watching) {', 'if (node.state.context.nesting < 0) {'),
  rcu(
    'a noted quiescent state counts',
    't[at.CB_OWED + i] = owed & ~(1 << cpu);\n    const view = s[at.CB_VIEW + i] ?? 0;\n    t[at.CB_VIEW + i] = Math.max(view, known);',
    'const view = s[at.CB_VIEW + i] ?? 0;',
  ),
  rcu('who is skipped hands on what it knew', 't[at.CB_VIEW + i] = Math.max(s[at.CB_VIEW + i] ?? 0, m.get(s, cpu, at.RN));', ''),
  tracking('the crossing is fully ordered', 'fullyOrdered(m, t, cpu);\n  m.move', 'm.move'),
  thread('who is not watched is no reader', 'state.context.watching &&\n', ''),
  thread('a preempted reader is a reader', ' || state.parked.some((parked) => parked.rcuDepth > 0)', ''),
  thread('preemption off is a reader', ' || state.preemptOff > 0', ''),
  thread('interrupts off is a reader', 'state.irqOff > 0 || ', ''),
  trap('entry code makes RCU watch', 'if (before.watching ||', 'if (before.nesting >= 0 ||'),
  // Tasks
  tasks('a switch is a full barrier', 'for (const field of [m.layout.RN, m.layout.FN]) m.raise(t, cpu, field, view);', ''),
  tasks('the kernel preempts', 'return kernelPreempts(m.setup) || does', 'return does'),
  tasks('only where it preempts', 'return kernelPreempts(m.setup) || does', 'return true || does'),
  tasks('nobody switches to a task that has to wait', 'return does.tries || !does.sleeps || isFree(m, s, does);', 'return true;'),
  interpTasks('preemption off keeps the CPU', '  state.preemptOff === 0 &&\n', ''),
  interpTasks('tasks of a CPU race for what is its own', '(inNmi ? tasks + 1 : inInterrupt ? tasks : state.task)', '0'),
  sleeping('PREEMPT_RT: spinlock_t sleeps', 'return preemptRt(setup) ? RT : SPINS;', 'return SPINS;'),
  // Invariants
  explore('deadlock', "if (violation) found.set('deadlock'", "if (violation && current < 0) found.set('deadlock'"),
  endings('livelock', 'if (loop !== null) found.push', 'if (loop !== null && loop < 0) found.push'),
  endings('unbounded-wait', 'if (wait) found.push', 'if (wait && wait.state < 0) found.push'),
  primitives(
    'assertion',
    "if (isTrue(on.setup, at.value(0))) return given(ZERO);\n      return ask(on, state, { op: 'fail', violation: 'assertion'",
    "if (state.cpu >= 0) return given(ZERO);\n      return ask(on, state, { op: 'fail', violation: 'assertion'",
  ),
  primitives('rcu-not-watching', "if (does.do === 'lock' && !state.context.watching)", "if (does.do === 'lock' && state.cpu < 0)"),
  sleeping('sleep-in-atomic: interrupts off', "if (state.irqOff > 0) return 'with interrupts off';", ''),
  sleeping('sleep-in-atomic: preemption off', "if (state.preemptOff > 0) return 'with preemption off';", ''),
  sleeping('sleep-in-atomic: in a reader', "if (state.rcuDepth > 0 && !nests) return 'inside rcu_read_lock()';", ''),
  sleeping('sleep-in-atomic: PREEMPT_RT locks nest in readers', 'state.rcuDepth > 0 && !nests', 'state.rcuDepth > 0'),
  of('machine/lifetime.ts')('stale-translation', 'if (reach) {', 'if (reach?.table === true) {'),
  of('machine/lifetime.ts')('walker-use-after-free: hardware', 'if (reach) {', 'if (reach?.table === false) {'),
  reads('walker-use-after-free: software', 'if (!m.isFreed(s, loc)) return false;', 'if (cpu >= 0) return false;'),
  of('machine/invariants/lost-update.ts')('lost-update', 'if (lost === 0) return end;', 'if (lost >= 0) return end;'),
  walk('unhandled-fault', 'sink.violation(cpu, nobodyHandles(cpu, m.cpuName(cpu)), text);', ''),
  walk('unhandled-fault: stack overflow', 'if (nestsTooDeep(m.node(s, cpu).state)) {', 'if (cpu < 0) {'),
  interpreter('use-before-init: software', "instr?.op === 'load' && isUninitialised(got)", "instr?.op === 'load' && state.cpu < 0"),
  walk('use-before-init: hardware', 'if (wild) {', 'if (wild && cpu < 0) {'),
  of('machine/invariants/break-before-make.ts')(
    'break-before-make',
    'if (holder === null) continue;',
    'if (holder !== null || position < 0) continue;',
  ),
  bbm('break-before-make: change of size', "? null : 'the size of the mapping'", '? null : null'),
  bbm('break-before-make: output address', "return 'the output address';", 'return null;'),
  bbm('break-before-make: memory type', "return 'the memory type';", 'return null;'),
  bbm('break-before-make: contiguous bit', "return 'the contiguous bit';", 'return null;'),
  bbm('break-before-make: FEAT_BBM level 1 asks for nT', 'level === 1 && (block & NOT_TRANSLATING) !== 0n', 'level === 1'),
  ...ADDRESS_SPACE_RULES,
  ...FETCH_RULES,
  ...RISCV_MUTANTS,
  ...REDUCTION_RULES,
];
