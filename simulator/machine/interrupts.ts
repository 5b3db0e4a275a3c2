import type { Operation, Request } from '../interp/operation.js';
import { IRQ_TAKEN, NMI_TAKEN } from '../interp/thread.js';
import { ZERO } from '../interp/value.js';
import { line } from './line.js';
import { fullyOrdered } from './context-tracking.js';
import type { Machine, Sink } from './machine.js';
import { learn } from './read.js';
import { trapSync } from './walk.js';

/** Sends a function to other CPUs by interrupt. One such call a sender is under way at a time, as with the kernel's call data. */
export function sendIpi(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'ipi' }>,
  sink: Sink,
): void {
  m.need('hands-views');
  m.need('wakes');
  const at = m.layout;
  const outstanding = m.get(s, cpu, at.IPI_MASK) | m.get(s, cpu, at.IPI_TAKEN);
  if (m.get(s, cpu, at.WAITING) === 1) {
    if (outstanding !== 0) return;
    const t = m.begin(s, cpu);
    const ack = m.get(t, cpu, at.IPI_ACK);
    learn(m, t, cpu, ack);
    for (const field of [at.WAITING, at.IPI_DESC, at.IPI_VIEW, at.IPI_ACK]) m.set(t, cpu, field, 0);
    m.move(t, cpu);
    sink.next(t, cpu, false, m.explain ? '[all have answered]' : '');
    return;
  }
  if (outstanding !== 0 || m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const everyone = (1 << m.rcuThread) - 1;
  const mask = (does.mask ?? everyone) & everyone & (does.self ? everyone : ~(1 << cpu));
  m.set(t, cpu, at.IPI_DESC, m.call(does.fn, does.info));
  m.set(t, cpu, at.IPI_MASK, mask);
  m.set(t, cpu, at.IPI_VIEW, m.known(t, cpu));
  m.set(t, cpu, at.IPI_ACK, 0);
  const names = [...Array(m.rcuThread).keys()].filter((i) => mask & (1 << i)).map((i) => m.cpuName(i));
  if (does.wait) {
    m.set(t, cpu, at.WAITING, 1);
    m.goTo(t, cpu, m.node(t, cpu).id);
  } else m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `interrupts ${names.join(', ') || 'nobody'}: ${does.fn}`),
  );
}

/** Delivers calls by other CPUs to a CPU that does not mask them. */
export function deliver(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const at = m.layout;
  const node = m.node(s, cpu);
  if (!node.interruptible) return;
  for (let from = 0; from < m.rcuThread; from++) {
    if ((m.get(s, from, at.IPI_MASK) & (1 << cpu)) === 0) continue;
    const call = m.calls[m.get(s, from, at.IPI_DESC) - 1];
    if (!call) continue;
    const t = m.copy(s);
    m.set(t, from, at.IPI_MASK, m.get(s, from, at.IPI_MASK) & ~(1 << cpu));
    m.set(t, from, at.IPI_TAKEN, m.get(s, from, at.IPI_TAKEN) | (1 << cpu));
    const view = m.get(s, from, at.IPI_VIEW);
    learn(m, t, cpu, view);
    m.raise(t, cpu, at.CTRL, view);
    enter(m, t, cpu, view);
    const waiting = from !== cpu && m.get(s, from, at.WAITING) === 1 ? m.node(s, from).state : null;
    m.goTo(t, cpu, m.auto.interrupt(node.id, call.fn, call.info, from, waiting));
    sink.next(t, cpu, false, m.explain ? `[takes the interrupt from ${m.cpuName(from)}: ${call.fn}]` : '');
  }
}

/** The CPU's own interrupts: a device's where it masks none, an NMI anywhere but in an NMI. */
export function ownInterrupts(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const { irq, nmi } = m.setup.cpus[cpu] ?? {};
  if (irq === undefined && nmi === undefined) return;
  m.need('wakes');
  const { id, interruptible, state } = m.node(s, cpu);
  const take = (fn: string, kind: 'irq' | 'nmi'): void => {
    const t = m.copy(s);
    enter(m, t, cpu, 0);
    m.goTo(t, cpu, m.auto.interrupt(id, fn, ZERO, kind));
    sink.next(t, cpu, false, m.explain ? `[takes ${kind === 'nmi' ? 'an NMI' : 'an interrupt'}: ${fn}]` : '');
  };
  if (irq !== undefined && interruptible && (state.taken & IRQ_TAKEN) === 0) take(irq, 'irq');
  const inNmi = state.frames.some((frame) => frame.entry.k === 'interrupt' && frame.entry.nmi);
  if (nmi !== undefined && !inNmi && (state.taken & NMI_TAKEN) === 0) take(nmi, 'nmi');
}

/** Taking an exception: a context synchronisation, and where the entry code makes RCU watch, an atomic that orders. */
function enter(m: Machine, t: Int32Array, cpu: number, view: number): void {
  trapSync(m, t, cpu, view);
  if (!m.node(t, cpu).state.context.watching && m.setup.interrupt === undefined) fullyOrdered(m, t, cpu);
}

/** The handler is done: the sender may go on, and learns what this CPU knew. */
export function interruptReturn(
  m: Machine,
  s: Int32Array,
  cpu: number,
  does: Extract<Operation, { op: 'interrupt-return' }>,
  sink: Sink,
): void {
  const at = m.layout;
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  if (does.from >= 0) {
    m.set(t, does.from, at.IPI_TAKEN, m.get(t, does.from, at.IPI_TAKEN) & ~(1 << cpu));
    m.raise(t, does.from, at.IPI_ACK, m.known(s, cpu));
  }
  trapSync(m, t, cpu, 0, 'return');
  const { frames } = m.node(s, cpu).state;
  const entry = frames.at(-1)?.entry;
  if (entry?.k === 'interrupt' && entry.context) fullyOrdered(m, t, cpu);
  m.move(t, cpu);
  sink.next(t, cpu, false, m.explain ? (cpu < m.rcuThread ? '[returns from the interrupt]' : '[the callback is done]') : '');
}

export function trapReturn(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  const t = m.begin(s, cpu);
  trapSync(m, t, cpu, 0, 'return');
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'returns from the trap, repeats the access'),
  );
}
