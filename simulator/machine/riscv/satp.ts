import type { Operation, Request } from '../../interp/operation.js';
import { comeFresh, staleOnReturn } from '../address-space.js';
import { FRESH, HERE, KEPT, USABLE, whereabouts } from '../elsewhere.js';
import { line } from '../line.js';
import type { Machine, Sink } from '../machine.js';
import { note, ownAsid } from './asid.js';

/**
 * A write of satp in a scenario (RISC-V privileged spec, "Supervisor Address Translation and Protection (satp) Register"; it fences nothing, see
 * "Supervisor Memory-Management Fence Instruction"). There is one tree of tables. Copies carry the ASID under which they were made, and serve
 * any tables under that ASID. What was walked under an ASID that the hart had left behind before is forgotten with the next one: stronger
 * than hardware, as is that walks after the write come after what the hart has stored.
 */
export function switchSatp(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'satp' }>,
  sink: Sink,
): void {
  m.need('address-spaces');
  const asid = (does.value >> 44n) & 0xffffn;
  const here = (does.value & 0xfff_ffff_ffffn) << 12n === m.setup.physical.get(m.mmu?.root ?? '');
  const was = whereabouts(m, s, cpu);
  const same = ownAsid(m, s, cpu) === asid;
  const t = m.begin(s, cpu);
  if (here) {
    note(m, t, cpu, HERE, asid);
    if (was === FRESH || !same) comeFresh(m, t, cpu);
  } else if (was !== FRESH) note(m, t, cpu, same ? USABLE : KEPT, ownAsid(m, s, cpu));
  const text = line(m, request, () => `${here ? 'comes to these tables' : 'goes to other tables'} under ASID ${String(asid)}`);
  const stale = same && was === KEPT ? staleOnReturn(m, s, t, cpu, m.known(t, cpu)) : null;
  if (stale) {
    sink.violation(cpu, stale, text);
    return;
  }
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}
