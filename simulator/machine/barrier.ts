import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import { serialised } from './fetch.js';
import type { Machine, Sink } from './machine.js';
import { passTlbies } from './tlbie-order.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** What comes before what at a DMB. */
const DMB = { full: ['rw', 'rw'], ld: ['r', 'rw'], st: ['w', 'w'] } as const;

/** RISC-V fences and LKMM's barriers: earlier accesses in `pred` before later ones in `succ`. */
export function fence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'fence' | 'dmb' | 'fence-tso'>, sink: Sink): void {
  const at = m.layout;
  const [pred, succ] = does.op === 'fence' ? [does.pred, does.succ] : does.op === 'dmb' ? DMB[does.of] : (['r', 'rw'] as const);
  const writes = pred !== 'r' || does.op === 'fence-tso';
  if (pred !== 'rw') m.need('partial-fences');
  if (writes && m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const view = Math.max(pred === 'w' ? 0 : m.get(s, cpu, at.VR), pred === 'r' ? 0 : m.get(s, cpu, at.VW));
  if (succ !== 'w') {
    m.raise(t, cpu, at.RN, view);
    m.raise(t, cpu, at.FN, view);
  }
  if (at.exact && succ !== 'r') m.raise(t, cpu, at.WN, view);
  if (at.exact && does.op === 'fence-tso') m.raise(t, cpu, at.WN, m.get(s, cpu, at.VW));
  // DMB ST orders the faults of later stores too (measured against the Arm suites, see docs/machine.md).
  if (at.exact && does.op === 'dmb') m.raise(t, cpu, at.FN, view);
  if (does.op === 'fence' && does.serialises === true) serialised(m, t, cpu);
  if (does.op === 'fence' && does.tlbie === true) passTlbies(m, t, cpu, 'eieio', 'tlbsync');
  if (does.op === 'dmb' && does.of === 'full') m.raise(t, cpu, at.DMB, view);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => does.name),
  );
}
