import type { Machine } from '../machine.js';
import { type Violation, violated } from '../violation.js';

/**
 * stale-instruction: a CPU executes text that was to be gone: an instruction that was patched, where some CPU relies on nobody executing
 * the old one any more, or what stands in a page that was freed (a module's, a trampoline's).
 */
export function staleInstruction(m: Machine, cpu: number, loc: string, what: 'patched' | 'freed'): Violation {
  const name = m.cpuName(cpu);
  return violated(
    'stale-instruction',
    what === 'freed'
      ? `${name} executes ${loc}, which stands in a page that was freed`
      : `${name} executes the old instruction at ${loc} after it was to be gone from every CPU`,
    cpu,
  );
}

/** Whether fetching the write at `position` of `loc` is what some CPU relies on nobody doing. */
export function isGone(m: Machine, s: Int32Array, loc: number, position: number): boolean {
  for (let t = m.order.length(s); t > 0; t--) {
    const code = m.order.code(s, t);
    const what = code < 0 ? m.caches.get(-1 - code) : undefined;
    if (what?.k === 'gone' && what.loc === loc && position < m.order.latest(s, loc, m.order.floorOf(s, t))) return true;
  }
  return false;
}
