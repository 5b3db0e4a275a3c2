import type { Operation, Request } from '../interp/operation.js';
import { axisTrue, axisValue } from '../interp/setup.js';
import { staleOnReturn } from './address-space.js';
import { goTo, HERE, isAway, KEPT } from './elsewhere.js';
import { EVERYTHING_BUT_GLOBAL, dropOwn } from './flush.js';
import { serialised } from './fetch.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { orderLater } from './read.js';

/**
 * x86 write of CR3 (Intel SDM vol. 3, "Operations that Invalidate TLBs and Paging-Structure Caches", "Process-Context Identifiers (PCIDs)").
 *
 * There is one tree of tables; a CPU whose CR3 names another walks nothing and uses no copy until it comes back. With PCIDs it may keep its
 * copies meanwhile: what it drops on the way out are those of the PCID it goes to. Whoever comes back without a flush to copies of a page that
 * was freed uses a freed page.
 */
export function writeCr3(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'cr3-write' }>,
  sink: Sink,
): void {
  m.need('address-spaces');
  const away = does.root === 0n ? isAway(m, s, cpu) : does.root !== m.setup.physical.get(m.mmu?.root ?? '');
  const keeps = does.keep || (away && axisTrue(axisValue(m.setup, 'pcid')));
  const t = m.begin(s, cpu);
  const view = m.known(t, cpu);
  orderLater(m, t, cpu, view);
  serialised(m, t, cpu);
  if (!keeps) dropOwn(m, t, cpu, view, EVERYTHING_BUT_GLOBAL);
  goTo(m, t, cpu, away ? KEPT : HERE);
  const where = does.root === 0n ? '' : away ? 'goes to other tables' : 'comes to these tables';
  const text = line(m, request, () =>
    [where, keeps ? 'keeps translations' : 'drops all translations that are not global'].filter(Boolean).join(', '),
  );
  if (!away && isAway(m, s, cpu)) {
    const stale = staleOnReturn(m, s, t, cpu, view);
    if (stale) {
      sink.violation(cpu, stale, text);
      return;
    }
  }
  m.move(t, cpu);
  sink.next(t, cpu, false, text);
}
