import type { Request } from '../../interp/operation.js';
import { applyRmw } from '../../interp/rmw.js';
import { optionalAxis } from '../../interp/setup.js';
import { isAway } from '../elsewhere.js';
import { line } from '../line.js';
import type { Machine, Sink } from '../machine.js';
import { decode } from '../mmu.js';
import { showAt, showEntry } from '../show.js';
import { everLinked } from './break-before-make.js';

/** Bits 56 to 63 of a page-table entry, which any store may change. */
const FREE_BITS = 0xffn;

/**
 * break-before-make on s390: a store changes a valid page-table entry while another CPU is attached to its tables; only IPTE, IDTE and CSP may
 * (z/Architecture Principles of Operation, "Modification of Translation Tables"; Linux 6.12 arch/s390/include/asm/tlb.h, the comment at the
 * top). Asked for by the axis `user-tables`: Linux keeps to it in tables of processes, and clears entries of its own by stores. The CPU that
 * stores is not asked about: the kernel runs with other tables than those of the process. Nor are tables above the last, whose entries Linux
 * clears by stores, too (the same comment).
 */
export function attachedChange(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  if (m.setup.arch !== 's390' || m.entries.length === 0 || optionalAxis(m.setup, 'user-tables', false) !== true) return;
  const { does } = request;
  if (does.op !== 'store' && does.op !== 'rmw') return;
  const entry = m.entries[m.location(does.loc)];
  if (!entry || entry.depth + 1 !== m.mmu?.levels.length) return;
  const position = m.order.latest(s, entry.index, m.order.length(s));
  const old = m.auto.value(m.order.valueAt(s, entry.index, position));
  const value = does.op === 'store' ? does.value : applyRmw(old, does);
  if (old.k !== 'int' || value?.k !== 'int' || ((old.v ^ value.v) & ~FREE_BITS) === 0n) return;
  if (decode('s390', old, true).k === 'invalid' || !everLinked(m, s, entry.table, new Set())) return;
  const attached = [...Array(m.rcuThread).keys()].find((each) => each !== cpu && !isAway(m, s, each));
  if (attached === undefined) return;
  const before = showEntry(m, s, entry, position);
  const after = showAt(m, entry.index, value);
  sink.violation(
    cpu,
    {
      kind: 'break-before-make',
      endsIn: null,
      why: `${m.cpuName(cpu)} stores to ${entry.loc}, which is ${before}, while ${m.cpuName(attached)} is attached to its table: only IPTE, IDTE and CSP may change a valid entry then`,
      victim: attached,
      victimText: `may translate through ${before} and keep it`,
      before: `walks ${entry.loc} to ${before}, keeps it`,
    },
    line(m, request, () => `${entry.loc} = ${after}`),
  );
}
