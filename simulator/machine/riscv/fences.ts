import type { Operation, Request } from '../../interp/operation.js';
import { MAX_PENDING_TLBI } from '../layout.js';
import { line } from '../line.js';
import type { Machine, Sink } from '../machine.js';
import { places, put, type Write } from '../promises.js';
import type { Covers } from './covers.js';
import { enterSpace, fenceSpaces } from './spaces.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** An SBI remote fence as it stands in the order. */
export interface RemoteFence extends Covers {
  /** What it orders: walks (SFENCE.VMA) or fetches (FENCE.I). */
  readonly of: 'walks' | 'fetches';
  /** Harts that it reaches, as a set. */
  readonly harts: number;
}

/** rs1 and rs2; with rs1 a page of an address, and a superpage wherever in it the address lies. */
function covers(address: bigint | null, size: bigint | null, asid: bigint | null): Covers {
  return { range: address === null ? null : { from: address, to: address + (size ?? 1n) }, asid: asid === null ? null : asid & 0xffffn };
}

/**
 * sfence.vma (RISC-V privileged spec, "Supervisor Memory-Management Fence Instruction"): earlier explicit accesses, and the stores that they
 * made visible here, come before later implicit ones; nothing is said of later explicit ones. Earlier sinval.vma are complete, and later
 * ones come after the same stores.
 */
export function sfence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sfence'>, sink: Sink): void {
  // What is fenced has to have its place: a delayed store is made visible first.
  if (m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  const view = m.known(t, cpu);
  completeInvalidations(m, t, cpu);
  m.raise(t, cpu, m.layout.WINV, view);
  fenceSpaces(m, t, cpu, covers(does.address, does.size, does.asid), view);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'sfence.vma'),
  );
}

/**
 * sinval.vma (the Svinval chapter): counts for stores before the last sfence.w.inval, and for walks after the next sfence.inval.ir. Harts
 * that make it an sfence.vma are an axis.
 */
export function sinval(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sinval'>, sink: Sink): void {
  const at = m.layout;
  if (m.setup.setting.get('sinval') === 'fence') {
    sfence(m, s, cpu, request, { ...does, op: 'sfence' }, sink);
    return;
  }
  let free = 0;
  while (free < MAX_PENDING_TLBI && m.get(s, cpu, at.TLBI + free) !== 0) free++;
  if (free === MAX_PENDING_TLBI) {
    sink.stuck(`more than ${String(MAX_PENDING_TLBI)} sinval.vma without sfence.inval.ir`);
    return;
  }
  const t = m.begin(s, cpu);
  m.set(t, cpu, at.TLBI + free, m.remoteFence({ ...covers(does.address, does.size, does.asid), of: 'walks', harts: 1 << cpu }) + 1);
  m.set(t, cpu, at.TLBI_VIEW + free, m.get(t, cpu, at.WINV));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'sinval.vma'),
  );
}

function completeInvalidations(m: Machine, t: Int32Array, cpu: number): void {
  const at = m.layout;
  for (let i = 0; i < MAX_PENDING_TLBI; i++) {
    const what = m.remoteFences.get(m.get(t, cpu, at.TLBI + i) - 1);
    if (what) fenceSpaces(m, t, cpu, what, m.get(t, cpu, at.TLBI_VIEW + i));
    m.set(t, cpu, at.TLBI + i, 0);
    m.set(t, cpu, at.TLBI_VIEW + i, 0);
  }
}

/** sfence.w.inval orders earlier stores before later sinval.vma, sfence.inval.ir earlier sinval.vma before later walks. */
export function svinvalFence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'svinval-fence'>, sink: Sink): void {
  if (does.of === 'w' && m.delayed(s, cpu)) return;
  const t = m.begin(s, cpu);
  if (does.of === 'w') m.raise(t, cpu, m.layout.WINV, m.known(t, cpu));
  else completeInvalidations(m, t, cpu);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => (does.of === 'w' ? 'sfence.w.inval' : 'sfence.inval.ir')),
  );
}

/** A write of satp takes effect at once, and fences nothing (RISC-V privileged spec, "Supervisor Memory-Management Fence Instruction"). */
export function writeSatp(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'satp'>, sink: Sink): void {
  const space = (m.mmu?.satps ?? []).indexOf(does.value);
  if (space < 0) {
    sink.stuck(`satp 0x${does.value.toString(16)} is none of the address spaces that the test names`);
    return;
  }
  const t = m.begin(s, cpu);
  enterSpace(m, t, cpu, space);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'changes satp'),
  );
}

/**
 * SBI remote fences (SBI specification, "RFENCE Extension"): done by firmware on each hart of the mask before the call returns, wherever
 * that hart is. It becomes an entry of the order, which covers what its caller had made visible; a hart that has done something after it
 * uses no copy from before. On the caller itself it is a fence like its own.
 */
export function remoteFence(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sbi-sfence'>, sink: Sink): void {
  const all = does.size === 0xffff_ffff_ffff_ffffn || (does.start === 0n && does.size === 0n);
  const what: RemoteFence = { ...covers(all ? null : does.start, does.size, does.asid), of: 'walks', harts: does.mask };
  call(m, s, cpu, request, what, sink, 'SBI remote sfence.vma', (t, view) => {
    fenceSpaces(m, t, cpu, what, view);
  });
}

/** The same for FENCE.I. */
export function remoteFenceI(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'sbi-fence-i'>, sink: Sink): void {
  const what: RemoteFence = { range: null, asid: null, of: 'fetches', harts: does.mask };
  call(m, s, cpu, request, what, sink, 'SBI remote fence.i', (t, view) => {
    m.raise(t, cpu, m.layout.FETCH, view);
  });
}

function call(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  what: RemoteFence,
  sink: Sink,
  name: string,
  own: (t: Int32Array, view: number) => void,
): void {
  if (m.delayed(s, cpu)) return;
  const at = m.layout;
  const view = m.known(s, cpu);
  const write: Write = { code: -1 - m.remoteFence(what), value: view };
  for (const place of places(m, s, cpu, write, Math.max(view, m.get(s, cpu, at.VM)), Number.POSITIVE_INFINITY)) {
    const t = m.begin(s, cpu);
    const position = put(m, t, cpu, write, place);
    if ((what.harts & (1 << cpu)) !== 0) own(t, view);
    // The caller goes on when the others have answered.
    for (const field of [at.RN, at.WN, at.FN, at.VR, at.VW, at.VM]) m.raise(t, cpu, field, position);
    m.move(t, cpu);
    sink.next(
      t,
      cpu,
      false,
      line(m, request, () => name),
    );
  }
}

/** The remote fences in the order that reach a hart: where each stands, and the view that it covers. */
export function remoteFences(
  m: Machine,
  s: Int32Array,
  cpu: number,
  of: RemoteFence['of'],
): { readonly at: number; readonly view: number; readonly what: RemoteFence }[] {
  const found: { readonly at: number; readonly view: number; readonly what: RemoteFence }[] = [];
  if (m.remoteFences.size === 0) return found;
  for (let t = 1; t <= m.order.length(s); t++) {
    const code = m.order.code(s, t);
    const what = code < 0 ? m.remoteFences.get(-1 - code) : undefined;
    if (what?.of === of && (what.harts & (1 << cpu)) !== 0) found.push({ at: t, view: m.order.floorOf(s, t), what });
  }
  return found;
}
