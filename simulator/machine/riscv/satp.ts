import type { Operation, Request } from '../../interp/operation.js';
import { comeFresh, staleOnReturn } from '../address-space.js';
import { line } from '../line.js';
import type { Machine, Sink } from '../machine.js';

/** What a hart of a scenario may hold of the scenario's tables; `away`: satp names others. */
const HERE = 0;
/** Away; its copies may have stayed, of no use under the ASID at hand. */
const KEPT = 1;
/** Away, and without copies. */
const FRESH = 2;
/** Away, under the very ASID that its copies were made under: they serve the other tables' accesses. */
const USABLE = 3;

const CODE = 3;
const CODE_BITS = 2;

/** The ASID under which this hart's copies were made. It is kept as how it differs from the scenario's `number`, so that most harts keep zero. */
const ownAsid = (m: Machine, s: Int32Array, cpu: number): bigint =>
  BigInt(m.get(s, cpu, m.layout.ELSEWHERE) >> CODE_BITS) ^ (m.mmu?.number ?? 0n);

const codeOf = (m: Machine, s: Int32Array, cpu: number): number => m.get(s, cpu, m.layout.ELSEWHERE) & CODE;

function note(m: Machine, t: Int32Array, cpu: number, code: number, asid: bigint): void {
  m.set(t, cpu, m.layout.ELSEWHERE, (Number(asid ^ (m.mmu?.number ?? 0n)) << CODE_BITS) | code);
}

/** Whether a CPU (of any architecture) walks other tables than the scenario's. */
export const isAway = (m: Machine, s: Int32Array, cpu: number): boolean => codeOf(m, s, cpu) !== HERE;

/** Whether what a CPU (of any architecture) holds of the scenario's tables is of use to it now. */
export function mayUseCopies(m: Machine, s: Int32Array, cpu: number): boolean {
  if (!m.has('address-spaces')) return true;
  const code = codeOf(m, s, cpu);
  return code === HERE || code === USABLE;
}

/** Whether a fence that names `asid` is about the copies of this hart. Where nobody follows satp and no number is given, each is. */
export const isOfSpace = (m: Machine, s: Int32Array, cpu: number, asid: bigint): boolean =>
  (m.mmu?.number === undefined && !m.has('address-spaces')) || ownAsid(m, s, cpu) === (asid & 0xffffn);

/** A fence has taken all copies of this hart. */
export function forgetSpace(m: Machine, t: Int32Array, cpu: number): void {
  if (codeOf(m, t, cpu) !== HERE) note(m, t, cpu, FRESH, ownAsid(m, t, cpu));
}

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
  const was = codeOf(m, s, cpu);
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
