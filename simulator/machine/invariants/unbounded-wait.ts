import { optionalAxis } from '../../interp/setup.js';
import { isPreemptible, kernelPreempts } from '../../interp/tasks.js';
import type { Node } from '../../interp/automaton.js';
import type { Machine, Sink } from '../machine.js';
import { type Violation, violated } from '../violation.js';

/**
 * unbounded-wait: a fault handler, or a path with interrupts off, waits for somebody whom others may stop for any length of time. It is seen
 * on the whole graph: stop him where he may be stopped, let everybody else go on, and ask whether the waiter still gets out.
 *
 * - The hypervisor may stop a vCPU anywhere, its interrupts included (axis `vcpu`). Only fault handlers count: a fault may come in any context,
 *   while that lock holders lose their vCPU is what every guest lives with.
 * - The scheduler may stop a task that runs with preemption and interrupts on (axes PREEMPTION, PREEMPT_RT); its CPU still takes interrupts.
 *   Who waits asleep waits as he should.
 */
export interface Graph {
  readonly states: number;
  restore(state: number, into: Int32Array): void;
  /** Number of a state that the graph has. */
  find(state: Int32Array): number;
  /** States where a run ends. */
  readonly ends: ReadonlySet<number>;
  expand(m: Machine, state: Int32Array, sink: Sink): void;
}

export interface UnboundedWait {
  readonly violation: Violation;
  readonly state: number;
}

type Stopper = 'hypervisor' | 'scheduler';

/** Whether somebody may stop a CPU at all, under this setting. */
export const mayStop = (m: Machine): boolean => stoppers(m).length > 0;

function stoppers(m: Machine): Stopper[] {
  const found: Stopper[] = [];
  if (optionalAxis(m.setup, 'vcpu', false) !== false) found.push('hypervisor');
  if (kernelPreempts(m.setup)) found.push('scheduler');
  return found;
}

interface Step {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
  /** It is the task's: a scheduler that stops the task stops it. */
  readonly task: boolean;
}

export function unboundedWait(m: Machine, graph: Graph): UnboundedWait | null {
  const kinds = stoppers(m);
  const cpus = [...Array(m.rcuThread).keys()];
  const nodes: (readonly number[])[] = [];
  const steps = stepsOf(m, graph, nodes);
  const nodeOf = (state: number, cpu: number): Node => m.auto.node(nodes[state]?.[cpu] ?? 0);
  let found: UnboundedWait | null = null;
  for (const kind of kinds) {
    for (const waiter of cpus) {
      const stays = (state: number): boolean => !graph.ends.has(state) && isInside(m, nodeOf(state, waiter), waiter, kind);
      const out = backwards(graph.states, steps, (state) => !stays(state));
      for (const stopped of cpus) {
        if (stopped === waiter) continue;
        const rest = steps.filter((step) => step.cpu !== stopped || (kind === 'scheduler' && !step.task));
        const alone = backwards(graph.states, rest, (state) => !stays(state));
        for (let state = 0; state < (found?.state ?? graph.states); state++) {
          if (alone[state] === 1 || out[state] === 0 || !stays(state) || !isStoppable(nodeOf(state, stopped), kind)) continue;
          found = { violation: tell(m, waiter, stopped, nodeOf(state, waiter), kind), state };
          break;
        }
      }
    }
  }
  return found;
}

function isInside(m: Machine, { state, request }: Node, cpu: number, kind: Stopper): boolean {
  const inHandler = state.frames.some((frame) => frame.entry.k === 'trap') && m.setup.cpus[cpu]?.user !== true;
  if (kind === 'hypervisor') return inHandler;
  const { does } = request;
  return (inHandler || state.irqOff > 0) && !(does.op === 'lock' && does.sleeps);
}

const isStoppable = ({ state, request }: Node, kind: Stopper): boolean =>
  request.does.op !== 'end' && (kind === 'hypervisor' || isPreemptible(state));

function stepsOf(m: Machine, graph: Graph, nodes: (readonly number[])[]): Step[] {
  const steps: Step[] = [];
  const state = new Int32Array(m.layout.size);
  const nodesOf = (s: Int32Array): number[] => [...Array(m.layout.threads).keys()].map((cpu) => m.node(s, cpu).id);
  for (let from = 0; from < graph.states; from++) {
    graph.restore(from, state);
    const before = nodesOf(state);
    nodes.push(before);
    graph.expand(m, state, {
      next(next, cpu) {
        const id = cpu < 0 ? -1 : m.node(next, cpu).id;
        steps.push({ from, to: graph.find(next), cpu, task: cpu >= 0 && isTasks(m.auto.node(before[cpu] ?? 0), m.auto.node(id)) });
      },
      violation: () => undefined,
      stuck: () => undefined,
    });
  }
  return steps;
}

/** Not a step of an interrupt handler, nor one into it, nor one that the hardware takes by itself. */
function isTasks(before: Node, after: Node): boolean {
  const interrupted = (node: Node): boolean => node.state.frames.some((frame) => frame.entry.k === 'interrupt');
  return before.id !== after.id && !interrupted(before) && !interrupted(after);
}

/** States from which one of the wanted can be reached. */
function backwards(states: number, steps: readonly Step[], wanted: (state: number) => boolean): Uint8Array {
  const into = new Map<number, number[]>();
  for (const { from, to } of steps) {
    const known = into.get(to);
    if (known) known.push(from);
    else into.set(to, [from]);
  }
  const reached = new Uint8Array(states);
  const queue: number[] = [];
  for (let state = 0; state < states; state++) {
    if (!wanted(state)) continue;
    reached[state] = 1;
    queue.push(state);
  }
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const before of into.get(state) ?? []) {
      if (reached[before] === 1) continue;
      reached[before] = 1;
      queue.push(before);
    }
  }
  return reached;
}

function tell(m: Machine, waiter: number, stopped: number, { state }: Node, kind: Stopper): Violation {
  const where = state.frames.some((frame) => frame.entry.k === 'trap') ? 'in its fault handler' : 'with interrupts off';
  const whom =
    kind === 'hypervisor'
      ? `${m.cpuName(stopped)}, which the hypervisor may stop for any length of time`
      : `a task on ${m.cpuName(stopped)} that may be preempted for any length of time`;
  return violated(
    'unbounded-wait',
    `${m.cpuName(waiter)} waits ${where} for ${whom}`,
    waiter,
    `waits ${where} while ${m.cpuName(stopped)} does not run`,
  );
}
