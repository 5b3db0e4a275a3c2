import type { Request } from '../../interp/operation.js';
import { applyRmw } from '../../interp/rmw.js';
import { optionalAxis } from '../../interp/setup.js';
import type { Value } from '../../interp/value.js';
import { type BbmLevel, needsBreak } from '../arch/arm64-break.js';
import { line } from '../line.js';
import type { Machine, Sink } from '../machine.js';
import { decode, type Entry } from '../mmu.js';
import { mayHold } from '../reach.js';
import { showAt, showEntry } from '../show.js';
import type { Violation } from '../violation.js';

/**
 * break-before-make: two different valid values of one entry may be in use at once, beyond what the architecture allows. It is checked where
 * the new value is written: does any CPU, in an access that comes after all that the writer has waited for, still hold the old one? The run
 * goes on: what the CPU then does is the program's affair.
 */
export function breakBeforeMake(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  if (m.setup.arch !== 'arm64' || m.layout.exact || m.entries.length === 0) return;
  const { does } = request;
  if (does.op !== 'store' && does.op !== 'rmw') return;
  const loc = m.location(does.loc);
  const entry = m.entries[loc];
  if (!entry) return;
  const value = does.op === 'store' ? does.value : applyRmw(m.auto.value(m.order.valueAt(s, loc, newest(m, s, loc))), does);
  const violation = value ? conflict(m, s, cpu, entry, value) : null;
  if (violation)
    sink.violation(
      cpu,
      violation,
      line(m, request, () => `${entry.loc} = ${value ? showAt(m, loc, value) : ''}`),
    );
}

/** The same for a delayed store, at the moment it becomes visible. */
export function breakBeforeMakeLate(m: Machine, s: Int32Array, cpu: number, sink: Sink): void {
  if (m.setup.arch !== 'arm64' || m.layout.exact) return;
  const entry = m.entries[m.get(s, cpu, m.layout.PEND_LOC) - 1];
  if (!entry) return;
  const value = m.auto.value(m.get(s, cpu, m.layout.PEND_VAL));
  const violation = conflict(m, s, cpu, entry, value);
  if (violation)
    sink.violation(cpu, violation, m.explain ? `[its store ${entry.loc} = ${showAt(m, entry.index, value)} becomes visible]` : '');
}

const newest = (m: Machine, s: Int32Array, loc: number): number => m.order.latest(s, loc, m.order.length(s));

function conflict(m: Machine, s: Int32Array, cpu: number, entry: Entry, value: Value): Violation | null {
  if (value.k !== 'int' || (value.v & 1n) === 0n) return null;
  const last = entry.depth + 1 === m.mmu?.levels.length;
  const stage = m.mmu?.regime === 'arm64-stage2' ? 2 : 1;
  for (const position of m.order.open(s, entry.index, 0)) {
    const old = m.auto.value(m.order.valueAt(s, entry.index, position));
    if (old.k !== 'int' || needsBreak(old.v, value.v, last, stage, 0) === null) continue;
    const holder = whoHolds(m, s, cpu, entry, position, decode(m.setup.arch, old, last).k === 'table');
    if (holder === null) continue;
    // Only a change that hinges on it asks for the axis.
    const what = needsBreak(old.v, value.v, last, stage, bbmLevel(m));
    if (what === null) continue;
    const [before, after] = [showEntry(m, s, entry, position), showAt(m, entry.index, value)];
    const both = before === after ? `${before} with other attributes` : after;
    return {
      kind: 'break-before-make',
      endsIn: null,
      why: `${m.cpuName(cpu)} makes ${entry.loc} ${both} while ${m.cpuName(holder)} may still use ${before}: ${what} changes, and no invalid entry and completed TLBI stand in between`,
      victim: holder,
      victimText: `may translate through both: ${before} and ${both}`,
      before: `walks ${entry.loc} to ${before}, keeps it`,
    };
  }
  return null;
}

function bbmLevel(m: Machine): BbmLevel {
  const level = optionalAxis(m.setup, 'FEAT_BBM', 0);
  return level === 1 || level === 2 ? level : 0;
}

/** A CPU that may use the write at `position` after all that `maker` knows of, if the table was ever part of the tree. */
function whoHolds(m: Machine, s: Int32Array, maker: number, entry: Entry, position: number, table: boolean): number | null {
  if (!everLinked(m, s, entry.table, new Set())) return null;
  const view = m.known(s, maker);
  const cpus = [...Array(m.rcuThread).keys()].sort((a, b) => Number(a === maker) - Number(b === maker));
  for (const cpu of cpus) if (mayHold(m, s, cpu, entry, position, table, view, new Map())) return cpu;
  return null;
}

/** Whether a walk may ever have come to this table: nobody holds copies from a table that is still being built. */
export function everLinked(m: Machine, s: Int32Array, table: string, seen: Set<string>): boolean {
  if (table === m.mmu?.root) return true;
  if (seen.has(table)) return false;
  seen.add(table);
  const to = m.setup.physical.get(table);
  return m.entries.some((above) =>
    m.order.open(s, above.index, 0).some((position) => {
      const value = decode(m.setup.arch, m.auto.value(m.order.valueAt(s, above.index, position)), above.depth + 1 === m.mmu?.levels.length);
      return value.k === 'table' && value.to === to && everLinked(m, s, above.table, seen);
    }),
  );
}
