import type { Machine } from '../machine.js';
import { type Violation, violated } from '../violation.js';

/** deadlock: CPUs have code left, nobody can step. Who a scenario made wait for another CPU's part is none of them. */
export function deadlock(m: Machine, s: Int32Array): Violation | null {
  const waiting: number[] = [];
  for (let cpu = 0; cpu < m.layout.threads; cpu++) {
    const { op } = m.node(s, cpu).request.does;
    if (op !== 'end' && op !== 'await' && op !== 'discard') waiting.push(cpu);
  }
  if (waiting.length === 0) return null;
  const why = `${waiting.map((cpu) => m.cpuName(cpu)).join(' and ')} wait${waiting.length === 1 ? 's' : ''} for ever`;
  return violated('deadlock', why, waiting[0] ?? -1, 'waits');
}
