import { rmw, storeExclusive } from './atomic.js';
import { fence } from './barrier.js';
import { line } from './line.js';
import { awaitNonzero, load } from './read.js';
import { drain, store } from './write.js';
import { deliver, interruptReturn, sendIpi, trapReturn } from './interrupts.js';
import { dsb, fetch, sbiFence, sfence, synchronise, tlbi } from './invalidate.js';
import { freePage } from './lifetime.js';
import { acquire, release } from './locks.js';
import type { Machine, Sink } from './machine.js';
import { callRcu, quiesce, runCallback, synchronize } from './rcu.js';
import { AT_END, put } from './promises.js';
import { accessFlagUpdate, exception, translated } from './translate.js';
import { touch } from './walk.js';

/** Every way the machine may go on from `s`. */
export function expand(m: Machine, s: Int32Array, sink: Sink): void {
  for (let cpu = 0; cpu <= m.rcuThread; cpu++) {
    if (m.delayed(s, cpu)) drain(m, s, cpu, sink);
    if (cpu < m.rcuThread) {
      deliver(m, s, cpu, sink);
      quiesce(m, s, cpu, sink);
    } else runCallback(m, s, sink);
    operate(m, s, cpu, sink);
  }
  for (const write of m.layout.exact ? accessFlagUpdate(m, s) : []) {
    const t = m.copy(s);
    put(m, t, 0, write, AT_END);
    m.goTo(t, 0, m.node(t, 0).id);
    sink.next(t, -1, false, m.explain ? `[hardware sets the access flag of ${m.locationName(write.code)}]` : '');
  }
}

/** Every way one CPU may do its next operation. */
export function operate(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const { request } = m.node(s, cpu);
  const { does } = request;
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
      exception(m, s, cpu, request, sink);
      return;
    case 'fence':
    case 'dmb':
      fence(m, s, cpu, request, does, sink);
      return;
    case 'dsb':
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
      sfence(m, s, cpu, request, does, sink);
      return;
    case 'sbi-sfence':
      sbiFence(m, s, cpu, request, does, sink);
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
    case 'fail': {
      const lost = s[m.layout.LOST] ?? 0;
      const name = m.cpuName(cpu);
      const why =
        does.violation === 'unhandled-fault'
          ? `${name} takes a fault that the kernel does not survive (${does.why})`
          : `${name}: ${does.why}`;
      if (lost === 0)
        sink.violation(
          cpu,
          { kind: does.violation, endsIn: null, why, victim: cpu, victimText: '' },
          line(m, request, () => does.why),
        );
      else {
        const cause = `${m.locationName(lost - 1)} is loaded, changed and stored while another CPU stores to it, whose update is lost; ${why}`;
        sink.violation(
          cpu,
          { kind: 'lost-update', endsIn: does.violation, why: cause, victim: cpu, victimText: '' },
          line(m, request, () => does.why),
        );
      }
      return;
    }
    case 'stuck':
      sink.stuck(does.why);
      return;
    case 'end':
    case 'discard':
      return;
  }
}
