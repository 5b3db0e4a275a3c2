import type { Operation, Regime, Request } from '../interp/operation.js';
import { axisTrue, optionalAxis } from '../interp/setup.js';
import { forgetAway } from './address-space.js';
import { line } from './line.js';
import { MAX_PENDING_TLBI } from './layout.js';
import type { Machine, Sink } from './machine.js';
import type { Entry } from './mmu.js';
import { dropNumbered } from './numbers.js';
import { AT_END, type Place, places, put, type Write } from './promises.js';
import { isGlobal } from './riscv/leaf.js';
import { forgetSpace, isOfSpace } from './riscv/asid.js';
import { passTlbies } from './tlbie-order.js';
import { decodeOperand, decodeTlbi, type Invalidation, type Tlbi } from './tlbi.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** Address operands count 4 KiB pages in their low 44 bits (Arm ARM DDI 0487, C5.5; the ASID stands above). */
const OPERAND_PAGES = 44;

function describeTlbi(what: Invalidation, given: number | null): string {
  const { tlbi } = what;
  const where =
    tlbi.by !== 'address' ? '' : tlbi.range ? ` 0x${what.from.toString(16)} to 0x${what.to.toString(16)}` : ` 0x${what.from.toString(16)}`;
  const hint =
    what.hint !== null
      ? `, level ${String(what.hint)}`
      : given !== null && given >= 1 && given <= 3
        ? `, level ${String(given)} (ignored here)`
        : '';
  return `TLBI ${tlbi.word.toUpperCase()}${where}${hint}`;
}

function invalidationOf(m: Machine, tlbi: Tlbi, does: Of<'tlbi'>): Invalidation {
  if (does.regime) return invalidationIn(m, tlbi, does, does.regime);
  const operand = tlbi.by === 'address' && does.pages === null && does.address !== null ? decodeOperand(tlbi, does.address) : null;
  // Level 0 has no leaves without 52-bit addresses, and older kernels mean "no hint" by it.
  const level = does.level ?? operand?.level ?? 0;
  const hint = level >= 1 && level <= 3 && m.axis('FEAT_TTL') ? level : null;
  const half = halfOf(m, tlbi, does);
  if (operand) return { tlbi, from: operand.from, to: operand.to, hint, ...half };
  const asid = m.has('numbers') && tlbi.by === 'asid' && does.address !== null ? { asid: does.address >> 48n } : {};
  if (tlbi.by !== 'address' || does.address === null) return { tlbi, from: 0n, to: 0n, hint, ...half, ...asid };
  return { tlbi, from: does.address, to: does.address + BigInt(does.pages ?? 1) * 4096n, hint };
}

/**
 * Which of a process's two ASIDs an operand names: the odd one is that of user mode (Linux 6.12 arch/arm64/include/asm/mmu.h, USER_ASID_FLAG:
 * bit 48, where the ASID begins).
 */
function halfOf(m: Machine, { word, by, stage }: Tlbi, { address, pages }: Of<'tlbi'>): Pick<Invalidation, 'half'> {
  const names = stage === 1 && (by === 'asid' || (by === 'address' && !/^r?vaa/.test(word)));
  if (!names || address === null || pages !== null || !axisTrue(optionalAxis(m.setup, 'kpti', false))) return {};
  return { half: (address & USER_ASID) === 0n ? 'kernel' : 'user' };
}

const USER_ASID = 1n << 48n;

/** An operand as it stands in the register: page and ASID, and the level hint of FEAT_TTL (Arm ARM DDI 0487, C5.5 "TLBI VAE1"). */
function invalidationIn(m: Machine, tlbi: Tlbi, { word, address }: Of<'tlbi'>, regime: Regime): Invalidation {
  const el2 = /e2(?:is|os)?(?:nxs)?$/.test(word);
  const operand = address ?? 0n;
  const byAsid = tlbi.by === 'asid' || (tlbi.by === 'address' && tlbi.stage === 1 && !el2 && !word.startsWith('vaa'));
  const space = { el2, vmid: regime.stage2 >> 48n, asid: byAsid ? operand >> 48n : null };
  if (tlbi.by !== 'address') return { tlbi, from: 0n, to: 0n, hint: null, space };
  const ttl = Number((operand >> 44n) & 15n);
  const hint = ttl >> 2 === 1 && (ttl & 3) > 0 && m.axis('FEAT_TTL') ? ttl & 3 : null;
  const from = BigInt.asUintN(tlbi.stage === 2 ? 36 : OPERAND_PAGES, operand) << 12n;
  return { tlbi, from, to: from + 4096n, hint, space };
}

/** arm64 TLBI: issued now, complete only with a DSB of this CPU. It covers what its CPU's barriers had published before it. */
export function tlbi(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'tlbi'>, sink: Sink): void {
  const decoded = decodeTlbi(does.word);
  if (!decoded) {
    sink.stuck(`TLBI ${does.word} is not modelled`);
    return;
  }
  if (does.regime && decoded.range) {
    sink.stuck(`TLBI ${does.word} with its operand in a register is not modelled`);
    return;
  }
  const what = invalidationOf(m, decoded, does);
  issue(m, s, cpu, request, what, describeTlbi(what, does.level), sink);
}

/** Notes an invalidation as issued, with what its CPU's barriers have published. */
export function issue(m: Machine, s: Int32Array, cpu: number, request: Request, what: Invalidation, text: string, sink: Sink): void {
  const at = m.layout;
  const t = m.begin(s, cpu);
  // What a DSB of the own domain has waited for counts for an invalidation of the own domain, and an ISB makes it no wider.
  const own = m.has('own-domain');
  const published = Math.max(m.get(t, cpu, at.DSB), own && what.tlbi.local ? m.get(t, cpu, at.CAP) : 0);
  const synchronised = own && !what.tlbi.local ? 0 : m.get(t, cpu, at.ISB);
  // powerpc: what ptesync has put before the tlbie, and nothing else (Power ISA Book III, "Translation Table Update Synchronization Requirements").
  const view =
    m.setup.arch === 'powerpc'
      ? published
      : Math.max(published, synchronised, m.get(t, cpu, at.CTRL), m.slots(t, cpu, request.addr | request.picks.addr));
  let free = 0;
  while (free < MAX_PENDING_TLBI && m.get(t, cpu, at.TLBI + free) !== 0) free++;
  if (free === MAX_PENDING_TLBI) {
    sink.stuck(`more than ${String(MAX_PENDING_TLBI)} TLBIs without a barrier that completes them`);
    return;
  }
  m.set(t, cpu, at.TLBI + free, m.invalidation(what, what.tlbi.local ? cpu : -1, cpu) + 1);
  m.set(t, cpu, at.TLBI_VIEW + free, view);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => text),
  );
}

/**
 * arm64 DSB: waits for own accesses and walks; a full one completes the TLBIs issued before it. One of the non-shareable domain waits for what
 * this CPU alone sees: it completes no TLBI that is broadcast, and publishes nothing for one (Arm ARM DDI 0487, B2.3 "Data Synchronization
 * Barrier", D8.17 "TLB maintenance instructions": complete with a DSB whose domain has all CPUs that it is for). powerpc ptesync: as a full
 * one, and later walks of this CPU come after it without an instruction barrier (Power ISA Book III, "Page Table Entry Synchronize").
 */
export function dsb(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'dsb' | 'ptesync'>, sink: Sink): void {
  const at = m.layout;
  const of = does.op === 'dsb' ? does.of : 'full';
  if (of !== 'ld' && m.delayed(s, cpu)) return;
  const own = does.op === 'dsb' && does.domain === 'own' && !at.exact;
  if (own) m.need('own-domain');
  const issued = of === 'full' ? issuedBy(m, s, cpu).filter(({ write }) => !own || m.invalidationScope[-1 - write.code] === cpu) : [];
  for (const chosen of completions(m, s, cpu, issued)) {
    const t = m.begin(s, cpu);
    issued.forEach(({ write, slot }, i) => {
      const position = put(m, t, cpu, write, chosen[i] ?? AT_END);
      m.raise(t, cpu, at.VM, position);
      m.set(t, cpu, at.TLBI + slot, 0);
      m.set(t, cpu, at.TLBI_VIEW + slot, 0);
      const done = m.invalidations[-1 - write.code];
      forgetAway(m, t, cpu, done);
      if (done && m.has('numbers')) dropNumbered(m, t, done, m.invalidationScope[-1 - write.code] ?? -1);
    });
    const view = m.get(t, cpu, of === 'ld' ? at.VR : of === 'st' ? at.VW : at.VM);
    for (const field of [at.RN, at.FN, own ? at.CAP : at.DSB]) m.raise(t, cpu, field, view);
    if (at.exact) m.raise(t, cpu, at.WN, view);
    if (does.op === 'ptesync') {
      m.raise(t, cpu, at.ISB, view);
      passTlbies(m, t, cpu, 'eieio', 'tlbsync');
    }
    m.move(t, cpu);
    const done = issued.length === 1 ? 'the TLBI is' : `${String(issued.length)} TLBIs are`;
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () =>
        issued.length > 0 ? `${done} complete${own ? '' : ' on all CPUs'}` : does.op === 'dsb' ? does.name : 'ptesync',
      ),
    );
  }
}

/** TLBIs that this CPU has issued and not waited for: the entry of the order each becomes when it is complete. */
function issuedBy(m: Machine, s: Int32Array, cpu: number): { readonly write: Write; readonly slot: number }[] {
  const at = m.layout;
  const issued: { readonly write: Write; readonly slot: number }[] = [];
  for (let slot = 0; slot < MAX_PENDING_TLBI; slot++) {
    const pending = m.get(s, cpu, at.TLBI + slot);
    if (pending === 0 || m.invalidations[pending - 1]?.tlbi.awaits !== undefined) continue;
    issued.push({ write: { code: -pending, value: m.get(s, cpu, at.TLBI_VIEW + slot) }, slot });
  }
  return issued;
}

/** Every choice of places for the invalidations that a DSB completes, each after all that its CPU has done. */
function completions(m: Machine, s: Int32Array, cpu: number, issued: readonly { readonly write: Write }[]): Place[][] {
  let choices: Place[][] = [[]];
  for (const { write } of issued) {
    const found = places(m, s, cpu, write, Math.max(m.get(s, cpu, m.layout.VM), write.value), Number.POSITIVE_INFINITY);
    choices = choices.flatMap((chosen) =>
      found.filter((place) => place === AT_END || !chosen.includes(place)).map((place) => [...chosen, place]),
    );
  }
  return choices;
}

/** arm64 ISB, riscv fence.i: what this CPU fetches and walks next comes after what it has waited for. */
export function synchronise(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'isb' | 'fence-i'>, sink: Sink): void {
  const at = m.layout;
  // fence.i makes own stores visible to own fetches (RISC-V unprivileged spec, "Zifencei").
  if (does.op === 'fence-i' && m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  if (does.op === 'isb') {
    const view = Math.max(m.get(t, cpu, at.CTRL), m.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));
    m.raise(t, cpu, at.ISB, view);
    m.raise(t, cpu, at.FETCH, view);
  } else m.raise(t, cpu, at.FETCH, Math.max(m.known(t, cpu), m.fetches.fenceOrdersFetches ? m.get(t, cpu, at.FETCHED) : 0));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (does.op === 'isb' ? 'isb' : 'fence.i')),
  );
}

/**
 * Raises what `cpu` may still hold of an entry: stores at or below `view` come before its later walks.
 *
 * With an address only copies of leaves have to go; entries that led to tables stay, as do global ones where an ASID is given (RISC-V
 * privileged spec, "Supervisor Memory-Management Fence Instruction").
 */
function fenceEntries(m: Machine, t: Int32Array, cpu: number, view: number, asid: bigint | null, hit: (entry: Entry) => boolean): void {
  const at = m.layout;
  for (const entry of m.entries) {
    if (!hit(entry) || (asid !== null && !inSpace(m, t, cpu, view, asid, entry))) continue;
    m.raise(t, cpu, at.TLB + entry.index, view);
    m.set(t, cpu, at.FENCED, m.get(t, cpu, at.FENCED) | (1 << entry.index));
  }
  m.raise(t, cpu, at.FRESH, view);
}

/** A hart that loses all its copies while satp names other tables makes no new ones there. */
function fenceAll(m: Machine, t: Int32Array, cpu: number, view: number, asid: bigint | null): void {
  fenceEntries(m, t, cpu, view, asid, () => true);
  if (asid === null || isOfSpace(m, t, cpu, asid)) forgetSpace(m, t, cpu);
}

/**
 * Whether a fence that names an ASID takes the copies of an entry. A copy that stays keeps those of later values, too: weaker than hardware
 * where global and other values mix in one entry.
 */
function inSpace(m: Machine, t: Int32Array, cpu: number, view: number, asid: bigint, entry: Entry): boolean {
  if (!isOfSpace(m, t, cpu, asid)) return false;
  const floor = m.get(t, cpu, m.layout.TLB + entry.index);
  return m.order.open(t, entry.index, floor).every((position) => {
    const value = m.auto.value(m.order.valueAt(t, entry.index, position));
    return position > view || value.k !== 'int' || !isGlobal(value.v);
  });
}

const inRange = (m: Machine, from: bigint, to: bigint) => (entry: Entry) =>
  entry.depth + 1 === m.mmu?.levels.length && entry.from < to && entry.from + entry.size > from;

/** riscv sfence.vma on this hart, of the page that the address lies in. Own stores are drained first: see the row of `asm.sfence.vma` in the catalog. */
export function sfence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sfence'>, sink: Sink): void {
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const from = does.address;
  if (from === null) fenceAll(m, t, cpu, m.known(t, cpu), does.asid);
  else fenceEntries(m, t, cpu, m.known(t, cpu), does.asid, inRange(m, from, from + (does.size ?? 1n)));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (from === null ? 'sfence.vma' : `sfence.vma 0x${from.toString(16)}`)),
  );
}

/** SBI remote fence: done in M-mode on each hart of the mask before the call returns; it raises translation floors, no data view. */
export function sbiFence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sbi-sfence'>, sink: Sink): void {
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const all = does.size >= 0xffff_ffff_ffff_ffffn || (does.start === 0n && does.size === 0n);
  const harts: string[] = [];
  for (let hart = 0; hart < m.rcuThread; hart++) {
    if ((does.mask & (1 << hart)) === 0) continue;
    harts.push(m.cpuName(hart));
    if (all) fenceAll(m, t, hart, m.known(t, cpu), does.asid);
    else fenceEntries(m, t, hart, m.known(t, cpu), does.asid, inRange(m, does.start, does.start + does.size));
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `SBI remote sfence.vma on ${harts.join(', ') || 'no hart'}`),
  );
}

/** The same for fence.i: it raises floors of fetches. */
export function sbiFenceI(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sbi-fence-i'>, sink: Sink): void {
  if (m.delayed(s, cpu)) return;
  m.need('fetches');
  // What the caller has stored counts, whether or not it looks at it again.
  m.need('hands-views');
  const t = m.begin(s, cpu);
  const harts: string[] = [];
  for (let hart = 0; hart < m.rcuThread; hart++) {
    if ((does.mask & (1 << hart)) === 0) continue;
    harts.push(m.cpuName(hart));
    m.raise(t, hart, m.layout.FETCH, m.known(t, cpu));
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `SBI remote fence.i on ${harts.join(', ') || 'no hart'}`),
  );
}
