import type { CatalogRow } from '../catalog/row.js';

/**
 * Where a CPU is, and whether RCU watches it. Outside the kernel proper (idle, user mode of a nohz_full CPU, guest) a CPU is in an extended
 * quiescent state: grace periods do not wait for it, so no RCU reader may run there until the state is left. Nesting counts as the kernel's
 * does (Linux 6.12 kernel/context_tracking.c: ct_kernel_exit, ct_kernel_enter, ct_nmi_enter, ct_nmi_exit).
 */
export interface ContextTracking {
  readonly where: 'kernel' | 'idle' | 'user' | 'guest';
  readonly watching: boolean;
  /** Process-level entries into the kernel that were not left again. */
  readonly nesting: number;
  /** Interrupt-level ones; what an entry adds depends on whether it ended the quiescent state. */
  readonly irqNesting: number;
}

/** ct->nmi_nesting outside idle is a large number, so that interrupts there never bring it to the value that means "first one in". */
const NOT_IDLE = 1 << 20;

export const IN_KERNEL: ContextTracking = { where: 'kernel', watching: true, nesting: 1, irqNesting: NOT_IDLE };

export type Crossing =
  /** Leaves the kernel proper for idle, user mode or a guest. */
  | { readonly do: 'leave'; readonly to: 'idle' | 'user' | 'guest' }
  /** Comes back. */
  | { readonly do: 'return' }
  | { readonly do: 'irq-enter' }
  | { readonly do: 'irq-exit' };

export function cross(from: ContextTracking, how: Crossing): ContextTracking {
  switch (how.do) {
    case 'leave':
      if (from.nesting !== 1) return { ...from, nesting: from.nesting - 1 };
      return { where: how.to, watching: false, nesting: 0, irqNesting: 0 };
    case 'return':
      return from.nesting > 0 ? { ...from, nesting: from.nesting + 1 } : IN_KERNEL;
    case 'irq-enter':
      return { ...from, watching: true, irqNesting: from.irqNesting + (from.watching ? 2 : 1) };
    case 'irq-exit':
      if (from.irqNesting !== 1) return { ...from, irqNesting: from.irqNesting - 2 };
      return { ...from, watching: false, irqNesting: 0 };
  }
}

/** The crossing that a row of the catalog names. */
export const crossingOf = (does: Extract<CatalogRow['does'], { kind: 'context' }>): Crossing =>
  does.do === 'leave' ? { do: 'leave', to: does.to } : { do: does.do };

export const contextKey = (context: ContextTracking): string =>
  context === IN_KERNEL ? '' : `${context.where}${context.watching ? '+' : '-'}${String(context.nesting)}.${String(context.irqNesting)}`;
