import { isFrameObject, objectOf } from './memory.js';
import type { Operation } from './operation.js';
import { preemptRt } from './atomic.js';
import type { Interpreter } from './interpreter.js';
import { optionalAxis, type Setup } from './setup.js';
import { newThread, type Parked, type Tagged, type ThreadState } from './thread.js';

/** Whether a task may lose its CPU without asking (CONFIG_PREEMPTION, which PREEMPT_RT implies). */
export const kernelPreempts = (setup: Setup): boolean => preemptRt(setup) || optionalAxis(setup, 'PREEMPTION', false) !== false;

/** Whether the scheduler may take the CPU away here, on a kernel that preempts. */
export const isPreemptible = (state: ThreadState): boolean =>
  state.irqOff === 0 &&
  state.preemptOff === 0 &&
  state.context.where === 'kernel' &&
  !state.frames.some((frame) => frame.entry.k === 'interrupt');

/** The further tasks of a CPU, before any of them has run. */
export function waitingTasks(on: Interpreter, cpu: number): Parked[] {
  const tasks = on.setup.cpus[cpu]?.tasks ?? [];
  return tasks.map((name, i) => {
    const state = newThread(cpu);
    on.enter(state, name, [], { k: 'start' });
    return { task: i + 1, frames: state.frames, objects: new Map<string, Tagged>(), rcuDepth: 0, at: null };
  });
}

/**
 * Gives the CPU to `task`. A context switch is a full barrier (Linux 6.12 kernel/sched/core.c, comment on __schedule), so whatever the task
 * that leaves holds in its registers, the CPU knows.
 */
export function switchTo(state: ThreadState, task: number, at: Operation): void {
  const next = state.parked.find((parked) => parked.task === task);
  if (!next) return;
  const others = state.parked.filter((parked) => parked !== next);
  if (state.frames.length > 0) others.push(park(state, at));
  state.parked = others.sort((a, b) => a.task - b.task);
  state.task = task;
  state.frames = next.frames.map((frame) => ({ ...frame, locals: new Map(frame.locals) }));
  state.rcuDepth = next.rcuDepth;
  state.preemptOff = 0;
  state.ctrl = 0;
  for (const [loc, value] of next.objects) state.memory.set(loc, value);
  for (const [loc, value] of state.memory) if (value.deps !== 0) state.memory.set(loc, known(value));
  state.slots = state.slots.map(() => '');
}

const known = (tagged: Tagged): Tagged => ({ value: tagged.value, deps: 0 });

function park(state: ThreadState, at: Operation): Parked {
  const objects = new Map<string, Tagged>();
  for (const [loc, value] of state.memory) {
    if (!isFrameObject(objectOf(loc))) continue;
    objects.set(loc, known(value));
    state.memory.delete(loc);
  }
  const frames = state.frames.map((frame) => ({
    ...frame,
    locals: new Map([...frame.locals].map(([name, value]) => [name, known(value)] as const)),
  }));
  return { task: state.task, frames, objects, rcuDepth: state.rcuDepth, at };
}

/** Tells apart what tasks and own interrupt handlers of a CPU access: each is interrupted at any access that another of them can see. */
export function sharerOf(setup: Setup, state: ThreadState): number {
  const cpu = setup.cpus[state.cpu];
  if (cpu?.tasks === undefined && cpu?.irq === undefined && cpu?.nmi === undefined) return state.cpu;
  const tasks = 1 + (cpu.tasks?.length ?? 0);
  const inNmi = state.frames.some((frame) => frame.entry.k === 'interrupt' && frame.entry.nmi);
  const inInterrupt = state.frames.some((frame) => frame.entry.k === 'interrupt');
  return state.cpu + (setup.cpus.length + 1) * (inNmi ? tasks + 1 : inInterrupt ? tasks : state.task);
}

/** The objects that are a CPU's own: its tasks and its stack. What link() makes for each CPU, in the same order for all. */
export const ownObjects = (setup: Setup, cpu: number): string[] => [
  `task${String(cpu)}`,
  ...(setup.cpus[cpu]?.tasks ?? []).map((_, i) => `task${String(cpu)}_${String(i + 1)}`),
  `stack${String(cpu)}`,
];

/** The object that `current` points to. */
export const currentTask = (state: ThreadState): string =>
  state.task === 0 ? `task${String(state.cpu)}` : `task${String(state.cpu)}_${String(state.task)}`;
