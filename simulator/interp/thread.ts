import { type Value, valueKey } from './value.js';

/** A value and the view slots it depends on: the reads it was computed from. */
export interface Tagged {
  readonly value: Value;
  readonly deps: number;
}

/** Why a frame was entered decides what leaving it does. */
export type Entry =
  | { readonly k: 'start' }
  | { readonly k: 'call'; readonly dst: string | null }
  /** Hardware took a fault and masked interrupts; going back repeats the access, or skips it where a fixup covers it and took it. */
  | { readonly k: 'trap'; readonly irqOff: number; readonly nofault: boolean; readonly skip: boolean }
  /** An interrupt from CPU `from`; returning acknowledges it. */
  | { readonly k: 'interrupt'; readonly from: number; readonly irqOff: number };

export interface Frame {
  readonly procedure: string;
  entry: Entry;
  pc: number;
  locals: Map<string, Tagged>;
}

/**
 * All that a CPU knows by itself between two operations: where it is in the program, its registers and its private memory. Views are the
 * machine's; a value only names the slots that hold them.
 */
export interface ThreadState {
  readonly cpu: number;
  frames: Frame[];
  /** Private memory by location, frame objects among it. A key that ends in `*` says: everything below it that is not listed is zero. */
  memory: Map<string, Tagged>;
  csr: Map<string, Value>;
  irqOff: number;
  preemptOff: number;
  rcuDepth: number;
  /** What each view slot was read from; '' for a free slot. */
  slots: string[];
  /** Slots that decided branches since the last operation. */
  ctrl: number;
}

export const VIEW_SLOTS = 4;

export function newThread(cpu: number): ThreadState {
  return {
    cpu,
    frames: [],
    memory: new Map(),
    csr: new Map(),
    irqOff: 0,
    preemptOff: 0,
    rcuDepth: 0,
    slots: Array.from({ length: VIEW_SLOTS }, () => ''),
    ctrl: 0,
  };
}

export function cloneThread(state: ThreadState): ThreadState {
  return {
    ...state,
    frames: state.frames.map((frame) => ({ ...frame, locals: new Map(frame.locals) })),
    memory: new Map(state.memory),
    csr: new Map(state.csr),
    slots: [...state.slots],
  };
}

/** Interrupts masked, preemption off or inside rcu_read_lock(): a grace period has to wait for this CPU. */
export const isRcuReader = (state: ThreadState): boolean => state.irqOff > 0 || state.preemptOff > 0 || state.rcuDepth > 0;

const tagKey = (tagged: Tagged): string =>
  tagged.deps === 0 ? valueKey(tagged.value) : `${valueKey(tagged.value)}~${String(tagged.deps)}`;

function entryKey(entry: Entry): string {
  switch (entry.k) {
    case 'start':
      return 's';
    case 'call':
      return `c${entry.dst ?? ''}`;
    case 'trap':
      return `t${String(entry.irqOff)}${entry.nofault ? 'n' : ''}${entry.skip ? 's' : ''}`;
    case 'interrupt':
      return `i${String(entry.from)}.${String(entry.irqOff)}`;
  }
}

const sorted = <T>(map: ReadonlyMap<string, T>, show: (value: T) => string): string =>
  [...map]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${show(value)}`)
    .join(',');

/** A text that two states share exactly when they behave alike from here on. */
export function threadKey(state: ThreadState): string {
  const frames = state.frames.map((f) => `${f.procedure}:${String(f.pc)}:${entryKey(f.entry)}{${sorted(f.locals, tagKey)}}`).join(';');
  const flags = [state.irqOff, state.preemptOff, state.rcuDepth, state.ctrl].join('.');
  return `${frames}|${sorted(state.memory, tagKey)}|${sorted(state.csr, valueKey)}|${flags}|${state.slots.join(',')}`;
}
