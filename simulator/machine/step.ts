import type { Operation, Request } from '../interp/operation.js';
import { crossContext } from './context-tracking.js';
import { rmw, storeExclusive } from './atomic.js';
import { fence } from './barrier.js';
import { dc, ic, maintainFirst, textGone } from './cache.js';
import { fetch } from './fetch.js';
import { line } from './line.js';
import { awaitNonzero, load } from './read.js';
import { drain, store } from './write.js';
import { enterAddressSpace } from './address-space.js';
import { runUnder } from './numbers.js';
import { writeCr3 } from './cr3.js';
import { compareAndPurge, finishFlushes, flush, invalidateEntry } from './flush.js';
import { deliver, interruptReturn, ownInterrupts, sendIpi, trapReturn } from './interrupts.js';
import { dsb, sbiFence, sbiFenceI, sfence, synchronise, tlbi } from './invalidate.js';
import { assertion } from './invariants/assertion.js';
import { attachedChange } from './invariants/attached-change.js';
import { breakBeforeMake, breakBeforeMakeLate } from './invariants/break-before-make.js';
import { orLostUpdate } from './invariants/lost-update.js';
import { rcuNotWatching } from './invariants/rcu-not-watching.js';
import { sleepInAtomic } from './invariants/sleep-in-atomic.js';
import { died } from './invariants/unhandled-fault.js';
import { useBeforeInit } from './invariants/use-before-init.js';
import { freePage, translationGone } from './lifetime.js';
import { acquire, release } from './locks.js';
import type { Machine, Sink } from './machine.js';
import { AT_END, put } from './promises.js';
import { remoteFence, remoteFenceI, sfence as exactSfence, sinval, svinvalFence, writeSatp } from './riscv/fences.js';
import { switchSatp } from './riscv/satp.js';
import { callRcu, noteQuiescent, quiesce, runCallback, synchronize } from './rcu.js';
import { schedule } from './tasks.js';
import { tlbie, tlbsync } from './tlbie.js';
import { accessFlagUpdate, deniedTable, exception, translated } from './translate.js';
import type { Violation } from './violation.js';
import { touch } from './walk.js';

/** Every way the machine may go on from `s`. */
export function expand(m: Machine, s: Int32Array, sink: Sink): void {
  for (let thread = 0; thread <= m.rcuThread; thread++) expandThread(m, s, thread, sink);
  for (const write of m.layout.exact ? accessFlagUpdate(m, s) : []) {
    const t = m.copy(s);
    put(m, t, 0, write, AT_END);
    m.goTo(t, 0, m.node(t, 0).id);
    sink.next(t, -1, false, m.explain ? `[hardware sets the access flag of ${m.locationName(write.code)}]` : '');
  }
}

/** Every way one thread may go on. */
export function expandThread(m: Machine, s: Int32Array, thread: number, sink: Sink): void {
  settle(m, s, thread, sink);
  if (thread < m.rcuThread) {
    ownInterrupts(m, s, thread, sink);
    deliver(m, s, thread, sink);
  }
  background(m, s, thread, sink);
  operate(m, s, thread, sink);
}

/** A delayed store of the thread becomes visible. */
export function settle(m: Machine, s: Int32Array, thread: number, sink: Sink): void {
  if (!m.delayed(s, thread)) return;
  breakBeforeMakeLate(m, s, thread, sink);
  drain(m, s, thread, sink);
}

/** What the kernel may do on the thread by itself: run another task, pass a quiescent state, call back after a grace period. */
export function background(m: Machine, s: Int32Array, thread: number, sink: Sink): void {
  if (thread < m.rcuThread) {
    schedule(m, s, thread, sink);
    quiesce(m, s, thread, sink);
  } else runCallback(m, s, sink);
}

function failure(m: Machine, s: Int32Array, cpu: number, does: Extract<Operation, { op: 'fail' }>): Violation {
  const name = m.cpuName(cpu);
  switch (does.violation) {
    case 'unhandled-fault':
      return orLostUpdate(m, s, died(cpu, name, does.why));
    case 'assertion':
      return orLostUpdate(m, s, assertion(cpu, name, does.why));
    case 'sleep-in-atomic':
      return sleepInAtomic(cpu, name, does.why);
    case 'rcu-not-watching':
      return rcuNotWatching(cpu, name, does.why);
    case 'use-before-init':
      return useBeforeInit(cpu, name, does.why);
  }
}

/** A step that concerns nobody but the scheduler. */
function goOn(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  const t = m.begin(s, cpu);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (request.does.op === 'resched' ? 'lets others run' : 'waits with preemption off')),
  );
}

/** Whether fences of riscv stand in the order of writes: where walks of whole address spaces are followed exactly, or there are none. */
const fencesHavePlaces = (m: Machine): boolean => m.layout.exact && (m.mmu === null || m.addressSpaces.length > 0);

/** Every way one CPU may do its next operation. */
export function operate(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const { request } = m.node(s, cpu);
  const { does } = request;
  if (maintainFirst(m, s, cpu, does, sink)) return;
  breakBeforeMake(m, s, cpu, request, sink);
  attachedChange(m, s, cpu, request, sink);
  if (deniedTable(m, s, cpu, request, sink)) return;
  switch (does.op) {
    case 'load':
      load(m, s, cpu, request, does, sink);
      return;
    case 'store':
      store(m, s, cpu, request, does, sink);
      return;
    case 'rmw':
      rmw(m, s, cpu, request, does, sink);
      return;
    case 'store-exclusive':
      storeExclusive(m, s, cpu, request, does, sink);
      return;
    case 'translated':
      translated(m, s, cpu, request, does, sink);
      return;
    case 'exception':
      exception(m, s, cpu, request, does, sink);
      return;
    case 'fence':
    case 'fence-tso':
    case 'dmb':
      fence(m, s, cpu, request, does, sink);
      return;
    case 'dsb':
    case 'ptesync':
      dsb(m, s, cpu, request, does, sink);
      return;
    case 'isb':
    case 'fence-i':
      synchronise(m, s, cpu, request, does, sink);
      return;
    case 'tlbi':
      tlbi(m, s, cpu, request, does, sink);
      return;
    case 'sfence':
      (fencesHavePlaces(m) ? exactSfence : sfence)(m, s, cpu, request, does, sink);
      return;
    case 'sinval':
      sinval(m, s, cpu, request, does, sink);
      return;
    case 'svinval-fence':
      svinvalFence(m, s, cpu, request, does, sink);
      return;
    case 'sbi-fence-i':
      (m.layout.exact ? remoteFenceI : sbiFenceI)(m, s, cpu, request, does, sink);
      return;
    case 'satp':
      (m.layout.exact ? writeSatp : switchSatp)(m, s, cpu, request, does, sink);
      return;
    case 'sbi-sfence':
      (fencesHavePlaces(m) ? remoteFence : sbiFence)(m, s, cpu, request, does, sink);
      return;
    case 'flush':
      flush(m, s, cpu, request, does, sink);
      return;
    case 'runs':
      runUnder(m, s, cpu, request, does, sink);
      return;
    case 'address-space':
      enterAddressSpace(m, s, cpu, request, does, sink);
      return;
    case 'cr3-write':
      writeCr3(m, s, cpu, request, does, sink);
      return;
    case 'tlbsync':
      if (m.setup.arch === 'powerpc') tlbsync(m, s, cpu, request, sink);
      else finishFlushes(m, s, cpu, request, sink);
      return;
    case 'invalidate-entry':
      invalidateEntry(m, s, cpu, request, does, sink);
      return;
    case 'csp':
      compareAndPurge(m, s, cpu, request, does, sink);
      return;
    case 'tlbie':
      tlbie(m, s, cpu, request, does, sink);
      return;
    case 'ipi':
      sendIpi(m, s, cpu, request, does, sink);
      return;
    case 'lock':
      acquire(m, s, cpu, request, does, sink);
      return;
    case 'unlock':
      release(m, s, cpu, request, does, sink);
      return;
    case 'page-free':
      freePage(m, s, cpu, request, does, sink);
      return;
    case 'rcu-call':
      callRcu(m, s, cpu, request, does, sink);
      return;
    case 'rcu-quiescent':
      noteQuiescent(m, s, cpu, request, sink);
      return;
    case 'context':
      crossContext(m, s, cpu, request, does, sink);
      return;
    case 'rcu-sync':
      synchronize(m, s, cpu, request, sink);
      return;
    case 'touch':
      touch(m, s, cpu, request, does, sink);
      return;
    case 'trap-return':
      trapReturn(m, s, cpu, request, sink);
      return;
    case 'interrupt-return':
      interruptReturn(m, s, cpu, does, sink);
      return;
    case 'await':
      awaitNonzero(m, s, cpu, request, does, sink);
      return;
    case 'fetch':
      fetch(m, s, cpu, request, does, sink);
      return;
    case 'dc':
      dc(m, s, cpu, request, does, sink);
      return;
    case 'ic':
      ic(m, s, cpu, request, does, sink);
      return;
    case 'translation-gone':
      translationGone(m, s, cpu, request, does, sink);
      return;
    case 'text-gone':
      textGone(m, s, cpu, request, does, sink);
      return;
    case 'fail':
      sink.violation(
        cpu,
        failure(m, s, cpu, does),
        line(m, request, () => does.why),
      );
      return;
    case 'resched':
    case 'preempt-off':
      goOn(m, s, cpu, request, sink);
      return;
    case 'idle':
      return;
    case 'stuck':
      sink.stuck(does.why);
      return;
    case 'end':
    case 'discard':
      return;
  }
}
