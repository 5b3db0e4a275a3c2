import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';

/**
 * RCU stops or starts watching a CPU: one fully ordered atomic on the CPU's state word (Linux 6.12 kernel/context_tracking.c,
 * ct_kernel_exit_state and ct_kernel_enter_state). A grace period that sees the CPU unwatched thus knows all that came before, and whoever is
 * watched again knows all that was known then. It is no context synchronisation: what the CPU fetches and walks may be as old as before.
 */
export function crossContext(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'context' }>,
  sink: Sink,
): void {
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  fullyOrdered(m, t, cpu);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (does.watching ? 'is watched by RCU again' : `is no longer watched by RCU (${does.where})`)),
  );
}

/** What a fully ordered atomic on a word of its own does to this CPU's later accesses. */
export function fullyOrdered(m: Machine, t: Int32Array, cpu: number): void {
  for (const field of [m.layout.RN, m.layout.FN]) m.raise(t, cpu, field, m.order.length(t));
}
