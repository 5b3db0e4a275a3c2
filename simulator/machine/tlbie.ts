import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import { issue } from './invalidate.js';
import type { Machine, Sink } from './machine.js';
import type { Invalidation, Tlbi } from './tlbi.js';
import { passTlbies } from './tlbie-order.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/**
 * powerpc tlbie and tlbiel: issued here, complete with a ptesync; on other CPUs only if eieio and tlbsync stood between the two (Power ISA Book III,
 * "TLB Invalidate Entry", "TLB Synchronize"). By address only translations go, of the page size it names: the page walk cache goes with
 * the forms by process.
 */
export function tlbie(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'tlbie'>, sink: Sink): void {
  const word = `${does.local ? 'tlbiel' : 'tlbie'} RIC=${String(does.ric)}`;
  const tlbi: Tlbi = {
    word,
    stage: 1,
    by: does.range ? 'address' : 'all',
    last: does.ric === 0,
    range: false,
    local: does.local,
    ...(does.ric === 1 ? { tablesOnly: true } : {}),
    ...(does.local ? {} : { awaits: 'eieio' as const }),
  };
  const size = does.range ? does.range.to - does.range.from : 0n;
  const level = m.mmu?.levels.findLast((each) => 1n << BigInt(each.shift) === size);
  // A size that no level has matches no translation.
  const hint = does.range ? (level?.level ?? -1) : null;
  // Of another process: nothing that the tables of the run are used under.
  const foreign = does.process !== null && m.mmu?.number !== undefined && does.process !== m.mmu.number;
  if (foreign) {
    const nothing: Invalidation = { tlbi: { ...tlbi, by: 'address' }, from: 0n, to: 0n, hint: null };
    issue(m, s, cpu, request, nothing, `${word} of process ${String(does.process)}`, sink);
    return;
  }
  const what: Invalidation = { tlbi, from: does.range?.from ?? 0n, to: does.range?.to ?? 0n, hint };
  const where = does.range ? ` 0x${does.range.from.toString(16)}` : ' of the process';
  issue(m, s, cpu, request, what, `${word}${where}`, sink);
}

/** powerpc tlbsync: what this CPU has issued, and ordered before it by eieio, its next ptesync waits for. */
export function tlbsync(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  const t = m.begin(s, cpu);
  passTlbies(m, t, cpu, 'tlbsync', undefined);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'tlbsync'),
  );
}
