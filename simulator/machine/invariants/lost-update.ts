import type { Machine } from '../machine.js';
import type { Violation } from '../violation.js';

/**
 * lost-update: a word was loaded, changed and stored over another CPU's newer store, and the run then ends badly. `end` is that bad end; it
 * is told under its cause where there is one. A lost update that harms nobody is none: counters and hints lose updates on purpose.
 */
export function orLostUpdate(m: Machine, s: Int32Array, end: Violation): Violation {
  const lost = s[m.layout.LOST] ?? 0;
  if (lost === 0) return end;
  const why = `${m.locationName(lost - 1)} is loaded, changed and stored while another CPU stores to it, whose update is lost; ${end.why}`;
  return { ...end, kind: 'lost-update', endsIn: end.kind, why };
}
