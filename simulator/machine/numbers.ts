import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import type { Invalidation } from './tlbi.js';
import { numberReused } from './invariants/stale-translation.js';

/**
 * Numbers that tag what a TLB holds (ASID, VMID), where a scenario says which address space a CPU runs under which number, and maps nothing. A CPU
 * keeps what it has walked under a number until an invalidation takes it; who comes to run another space under the number uses it.
 */

/** Numbers from 0 that a run tells apart, and bits for the space that may have left copies under each. */
const NUMBERS = 8;
const SPACE_BITS = 3;
const SPACE = (1 << SPACE_BITS) - 1;
/** Above them: the number that the CPU runs under. */
const CURRENT = NUMBERS * SPACE_BITS;
const CURRENT_BITS = 3;
const IS_VMID = 1 << (CURRENT + CURRENT_BITS);

const heldUnder = (held: number, number: number): number => (held >> (number * SPACE_BITS)) & SPACE;

/** The CPU runs `space` under `number` from now on, and may fill its TLB with it. Number 0 is nobody's. */
export function runUnder(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'runs' }>,
  sink: Sink,
): void {
  const at = m.layout;
  m.need('numbers');
  const number = Number(does.number);
  const space = m.spaceNumber(does.space);
  if (number >= NUMBERS || space > SPACE) {
    sink.stuck(`${number >= NUMBERS ? `${does.of} ${String(number)}` : `address space ${does.space}`}: more than a run tells apart`);
    return;
  }
  const held = m.get(s, cpu, at.HELD_UNDER);
  const left = heldUnder(held, number);
  const text = line(m, request, () => `runs ${does.space} under ${does.of.toUpperCase()} ${String(number)}`);
  if (number !== 0 && left !== 0 && left !== space) {
    sink.violation(cpu, numberReused(m, cpu, { ...does, number, before: m.spaceName(left) }), text);
    return;
  }
  const t = m.begin(s, cpu);
  const others = held & ~(SPACE << (number * SPACE_BITS)) & ((1 << CURRENT) - 1);
  const own = number === 0 ? 0 : space << (number * SPACE_BITS);
  m.set(t, cpu, at.HELD_UNDER, others | own | (number << CURRENT) | (does.of === 'vmid' ? IS_VMID : 0));
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}

/**
 * An invalidation is complete: what CPUs in its scope had kept under the numbers that it names is gone, but for what they run now and may have
 * walked again. A copy that was made between issue and completion under a number that its CPU has left since goes with it, which is stronger than
 * hardware.
 */
export function dropNumbered(m: Machine, t: Int32Array, { tlbi, asid }: Invalidation, scope: number): void {
  const at = m.layout;
  for (let cpu = 0; cpu < m.rcuThread; cpu++) {
    if (scope >= 0 && scope !== cpu) continue;
    const held = m.get(t, cpu, at.HELD_UNDER);
    const guest = (held & IS_VMID) !== 0;
    // Forms of one VMID take what is under the guest's own, which is not followed; by address only one page of a space goes.
    const all = /^alle1/.test(tlbi.word) || (!guest && tlbi.by === 'all' && tlbi.stage !== 2);
    if (!all && (guest || tlbi.by !== 'asid')) continue;
    const current = (held >> CURRENT) & (NUMBERS - 1);
    // One that no run can tell may be any.
    const named = all || asid === undefined ? (1 << CURRENT) - 1 : asid < NUMBERS ? SPACE << (Number(asid) * SPACE_BITS) : 0;
    m.set(t, cpu, at.HELD_UNDER, held & ~(named & ~(SPACE << (current * SPACE_BITS))));
  }
}
