import type { Operation } from '../interp/operation.js';
import { isPreemptible, kernelPreempts } from '../interp/tasks.js';
import { truthOf } from '../interp/value.js';
import { isFree } from './locks.js';
import { awaitsGracePeriod } from './rcu.js';
import type { Machine, Sink } from './machine.js';

/**
 * The scheduler: the CPU may go to another of its tasks that could run, where the kernel may preempt, where the task that runs has to wait
 * or has ended, and where it says so (cond_resched). Tasks do not migrate.
 */
export function schedule(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  const node = m.node(s, cpu);
  const { parked } = node.state;
  if (parked.length === 0 || m.delayed(s, cpu) || !mayLeave(m, s, cpu)) return;
  m.need('hands-views');
  for (const { task, at } of parked) {
    if (at !== null && !mayRun(m, s, cpu, task, at)) continue;
    const t = m.copy(s);
    const view = m.known(s, cpu);
    for (const field of [m.layout.RN, m.layout.FN]) m.raise(t, cpu, field, view);
    m.goTo(t, cpu, m.auto.switchTo(node.id, task));
    sink.next(t, cpu, false, m.explain ? `[switches to ${m.taskName(cpu, task)}]` : '');
  }
}

function mayLeave(m: Machine, s: Int32Array, cpu: number): boolean {
  const { state, request } = m.node(s, cpu);
  const { does } = request;
  // A function call to other CPUs is waited for with preemption off (Linux 6.12 kernel/smp.c, smp_call_function_many_cond).
  if (m.get(s, cpu, m.layout.WAITING) === 1) return false;
  if (does.op === 'idle') return true;
  if (!isPreemptible(state)) return false;
  return kernelPreempts(m.setup) || does.op === 'resched' || !mayRun(m, s, cpu, state.task, does);
}

/** Whether a task that stands at `does` could go on: nobody switches to one that has to sleep. */
function mayRun(m: Machine, s: Int32Array, cpu: number, task: number, does: Operation): boolean {
  switch (does.op) {
    case 'lock':
      return does.tries || !does.sleeps || isFree(m, s, does);
    case 'await': {
      const loc = m.location(does.loc);
      return truthOf(m.auto.value(m.order.valueAt(s, loc, m.order.latest(s, loc, m.order.length(s))))) === true;
    }
    case 'rcu-sync':
      return !awaitsGracePeriod(m, s, cpu, task);
    default:
      return true;
  }
}
