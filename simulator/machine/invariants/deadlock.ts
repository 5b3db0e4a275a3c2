import type { Operation } from '../../interp/operation.js';
import type { Machine } from '../machine.js';
import { type Violation, violated } from '../violation.js';

/** deadlock: CPUs have code left, nobody can step. Who a scenario made wait for another CPU's part is none of them. */
export function deadlock(m: Machine, s: Int32Array): Violation | null {
  const waiting: number[] = [];
  for (let cpu = 0; cpu < m.layout.threads; cpu++) {
    const { request, state } = m.node(s, cpu);
    if (waits(request.does) || state.parked.some(({ at }) => at !== null && waits(at))) waiting.push(cpu);
  }
  if (waiting.length === 0) return null;
  const why = `${waiting.map((cpu) => m.cpuName(cpu)).join(' and ')} wait${waiting.length === 1 ? 's' : ''} for ever`;
  return violated('deadlock', why, waiting[0] ?? -1, 'waits');
}

const waits = ({ op }: Operation): boolean => op !== 'end' && op !== 'idle' && op !== 'await' && op !== 'discard';
