import type { SourceRef } from '../program/types.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { Exploration, Found } from './explore.js';
import { type May, mayActOn } from './may-act-on.js';
import { pathTo, replay } from './replay.js';

/** One step of a counterexample. */
export interface TraceStep {
  /** Index of the CPU, or -1 where it is nobody's. */
  readonly cpu: number;
  /** `may`: hardware is free to do it; `bad`: what must not happen. */
  readonly kind: 'step' | 'may' | 'bad';
  /** First line the source, where the step has one; the rest what it did. */
  readonly text: string;
  readonly at: SourceRef | null;
  readonly procedure: string;
  /** What each CPU may still act on after the step. */
  readonly may: readonly May[];
}

/** The steps that lead to a violation, in order, told from the first state on. */
export function traceOf(m: Machine, run: Exploration, found: Found): TraceStep[] {
  const steps: TraceStep[] = [];
  m.explain = true;
  try {
    const end = run.reductions ? replayed(m, run, found, steps) : repeated(m, run, found, steps);
    if (found.violation.kind === 'livelock') steps.push(...loopFrom(m, end));
  } finally {
    m.explain = false;
  }
  const { victim, victimText, why, before } = found.violation;
  if (before !== undefined) steps.unshift({ cpu: victim, kind: 'may', text: before, at: null, procedure: '', may: [] });
  if (victimText !== '' || found.cpu < 0) {
    steps.push({ cpu: victim, kind: 'bad', text: victimText === '' ? why : victimText, at: null, procedure: '', may: [] });
  }
  return steps;
}

/** Tells the stored states on the way. Returns the last. */
function repeated(m: Machine, run: Exploration, found: Found, steps: TraceStep[]): Int32Array {
  const path = pathTo(run, found.from);
  const state = new Int32Array(m.layout.size);
  for (let i = 0; i + 1 < path.length; i++) {
    run.store.restore(path[i] ?? 0, state);
    steps.push(stepTo(m, run, state, path[i + 1] ?? 0));
  }
  run.store.restore(found.from, state);
  const last = found.cpu < 0 ? null : violationStep(m, state, found);
  if (last) steps.push(last);
  return state;
}

/** Tells a run of the machine that the stored states stand for. Returns its last state. */
function replayed(m: Machine, run: Exploration, found: Found, steps: TraceStep[]): Int32Array {
  if (!run.reductions) throw new Error('a search that reduced nothing stands for itself');
  const { steps: taken, end, bad } = replay(m, run, found, run.reductions);
  for (const { before, after, cpu, text } of taken)
    steps.push({ cpu, kind: 'step', text, ...placeOfStep(m, before, cpu, text), may: mayActOn(m, after) });
  if (bad && bad.cpu >= 0) {
    const kind = found.violation.victimText === '' ? 'bad' : 'step';
    steps.push({ cpu: bad.cpu, kind, text: bad.text, ...placeOf(m, end, bad.cpu), may: mayActOn(m, end) });
  }
  return end;
}

/** Steps of the loop shown at most. */
const LOOP_STEPS = 16;

/** Some way round from a state that no run leaves: until a state comes again, or long enough to see what goes on. */
function loopFrom(m: Machine, from: Int32Array): TraceStep[] {
  const steps: TraceStep[] = [];
  const seen = new Set<string>();
  for (let state = from; !seen.has(state.join()) && steps.length < LOOP_STEPS; ) {
    seen.add(state.join());
    let step = null as TraceStep | null;
    let to = state;
    expand(m, state, {
      next(next, cpu, stale, text) {
        // The newest value, of the CPU that is still at it: the plainest loop.
        if (step && stale) return;
        step = { cpu, kind: 'step', text, ...placeOfStep(m, state, cpu, text), may: mayActOn(m, next) };
        to = next.slice();
      },
      violation: () => undefined,
      stuck: () => undefined,
    });
    if (!step) break;
    steps.push(step);
    state = to;
  }
  return steps;
}

/** Steps in brackets are the machine's own: nobody's source line. */
const placeOfStep = (m: Machine, before: Int32Array, cpu: number, text: string): Pick<TraceStep, 'at' | 'procedure'> =>
  text.startsWith('[') ? { at: null, procedure: '' } : placeOf(m, before, cpu);

const placeOf = (m: Machine, s: Int32Array, cpu: number): Pick<TraceStep, 'at' | 'procedure'> => {
  const { request } = m.node(s, cpu);
  return { at: request.at.file === '' ? null : request.at, procedure: request.procedure };
};

function stepTo(m: Machine, run: Exploration, from: Int32Array, to: number): TraceStep {
  let step = null as TraceStep | null;
  let bestStale = true;
  expand(m, from, {
    next(state, cpu, stale, text) {
      if ((step && (!bestStale || stale)) || run.store.find(state) !== to) return;
      bestStale = stale;
      step = { cpu, kind: 'step', text, ...placeOfStep(m, from, cpu, text), may: mayActOn(m, state) };
    },
    violation: () => undefined,
    stuck: () => undefined,
  });
  if (!step) throw new Error('a stored step can not be repeated');
  return step;
}

function violationStep(m: Machine, from: Int32Array, found: Found): TraceStep | null {
  let step = null as TraceStep | null;
  expand(m, from, {
    next: () => undefined,
    violation(cpu, violation, text) {
      if (step || cpu !== found.cpu || violation.kind !== found.violation.kind) return;
      step = { cpu, kind: found.violation.victimText === '' ? 'bad' : 'step', text, ...placeOf(m, from, cpu), may: mayActOn(m, from) };
    },
    stuck: () => undefined,
  });
  return step;
}
