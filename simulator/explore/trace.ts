import type { SourceRef } from '../program/types.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { Exploration, Found } from './explore.js';
import { type May, mayActOn } from './may-act-on.js';

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
  const path: number[] = [];
  for (let state = found.from; state >= 0; state = run.parent(state)) path.push(state);
  path.reverse();
  const steps: TraceStep[] = [];
  const state = new Int32Array(m.layout.size);
  m.explain = true;
  try {
    for (let i = 0; i + 1 < path.length; i++) {
      run.store.restore(path[i] ?? 0, state);
      steps.push(stepTo(m, run, state, path[i + 1] ?? 0));
    }
    run.store.restore(found.from, state);
    const last = found.cpu < 0 ? null : violationStep(m, state, found);
    if (last) steps.push(last);
  } finally {
    m.explain = false;
  }
  if (found.violation.kind === 'livelock') steps.push(...loopFrom(m, found.from, run));
  const { victim, victimText, why, before } = found.violation;
  if (before !== undefined) steps.unshift({ cpu: victim, kind: 'may', text: before, at: null, procedure: '', may: [] });
  if (victimText !== '' || found.cpu < 0) {
    steps.push({ cpu: victim, kind: 'bad', text: victimText === '' ? why : victimText, at: null, procedure: '', may: [] });
  }
  return steps;
}

/** Steps of the loop shown at most. */
const LOOP_STEPS = 16;

/** Some way round from a state that no run leaves: until a state comes again, or long enough to see what goes on. */
function loopFrom(m: Machine, from: number, run: Exploration): TraceStep[] {
  const steps: TraceStep[] = [];
  const seen = new Set<number>();
  const state = new Int32Array(m.layout.size);
  m.explain = true;
  for (let at = from; !seen.has(at) && steps.length < LOOP_STEPS; ) {
    seen.add(at);
    run.store.restore(at, state);
    let step = null as TraceStep | null;
    let to = at;
    expand(m, state, {
      next(next, cpu, stale, text) {
        // The newest value, of the CPU that is still at it: the plainest loop.
        if (step && stale) return;
        const place = text.startsWith('[') ? { at: null, procedure: '' } : placeOf(m, state, cpu);
        step = { cpu, kind: 'step', text, ...place, may: mayActOn(m, next) };
        to = run.store.find(next);
      },
      violation: () => undefined,
      stuck: () => undefined,
    });
    m.explain = true;
    if (!step) break;
    steps.push(step);
    at = to;
  }
  m.explain = false;
  return steps;
}

const placeOf = (m: Machine, s: Int32Array, cpu: number): { at: SourceRef | null; procedure: string } => {
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
      // Steps in brackets are the machine's own: nobody's source line.
      const place = text.startsWith('[') ? { at: null, procedure: '' } : placeOf(m, from, cpu);
      step = { cpu, kind: 'step', text, ...place, may: mayActOn(m, state) };
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
