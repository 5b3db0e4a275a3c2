import { MAX_PENDING_TLBI } from './layout.js';
import type { Machine } from './machine.js';
import type { Tlbi } from './tlbi.js';

/**
 * powerpc: what has to stand between a tlbie and the ptesync that completes it. eieio (or a stronger barrier) orders it before a later tlbsync,
 * tlbsync before a later ptesync (Power ISA Book III, "Translation Table Update Synchronization Requirements").
 */
export function passTlbies(m: Machine, t: Int32Array, cpu: number, from: 'eieio' | 'tlbsync', to: Tlbi['awaits']): void {
  const at = m.layout;
  for (let i = 0; i < MAX_PENDING_TLBI; i++) {
    const what = m.invalidations[m.get(t, cpu, at.TLBI + i) - 1];
    if (what?.tlbi.awaits !== from) continue;
    m.set(t, cpu, at.TLBI + i, m.invalidation({ ...what, tlbi: { ...what.tlbi, awaits: to } }, -1, cpu) + 1);
  }
}
