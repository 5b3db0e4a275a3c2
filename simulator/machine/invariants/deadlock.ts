import type { Operation } from '../../interp/operation.js';
import type { Machine } from '../machine.js';
import { type Violation, violated } from '../violation.js';

/** deadlock: CPUs have code left, nobody can step. Who a scenario made wait for another CPU's part is none of them. */
export function deadlock(m: Machine, s: Int32Array): Violation | null {
  const waiting: number[] = [];
  for (let cpu = 0; cpu < m.layout.threads; cpu++) if (isWaiting(m, s, cpu)) waiting.push(cpu);
  if (waiting.length === 0) return null;
  const why = `${waiting.map((cpu) => m.cpuName(cpu)).join(' and ')} wait${waiting.length === 1 ? 's' : ''} for ever`;
  return violated('deadlock', why, waiting[0] ?? -1, 'waits');
}

/** Whether a CPU that can not step has code left that it should get to. */
export function isWaiting(m: Machine, s: Int32Array, cpu: number): boolean {
  const { request, state } = m.node(s, cpu);
  return waits(request.does) || state.parked.some(({ at }) => at !== null && waits(at));
}

const waits = ({ op }: Operation): boolean => op !== 'end' && op !== 'idle' && op !== 'await' && op !== 'discard';
