import { type ContextTracking, contextKey, IN_KERNEL } from './context-tracking.js';
import type { Instr } from '../program/types.js';
import type { Operation } from './operation.js';
import { type Value, valueKey } from './value.js';

/** A value and the view slots it depends on: the reads it was computed from. */
export interface Tagged {
  readonly value: Value;
  readonly deps: number;
  /** Slots that only decided which value it is (CSEL): they order later writes, not reads (Arm ARM DDI 0487, B2.3 "Pick dependency"). */
  readonly picks?: number;
}

/** Slots that a later write has to wait for. */
export const allDeps = (tagged: Tagged): number => tagged.deps | (tagged.picks ?? 0);

/** A call, as a thread stands at it. */
export type CallInstr = Extract<Instr, { op: 'call' }>;

/** Why a frame was entered decides what leaving it does. */
export type Entry =
  | { readonly k: 'start' }
  | { readonly k: 'call'; readonly dst: string | null }
  /** Hardware took a fault and masked interrupts; going back repeats the access, or skips it where a fixup covers it and took it. */
  | {
      readonly k: 'trap';
      readonly irqOff: number;
      readonly nofault: boolean;
      readonly skip: boolean;
      /** What returning puts back, where the entry made RCU watch. */
      readonly context: ContextTracking | null;
    }
  /** An interrupt from CPU `from` (-1: nobody waits for it); returning acknowledges it. */
  | {
      readonly k: 'interrupt';
      readonly from: number;
      readonly irqOff: number;
      readonly nmi: boolean;
      readonly context: ContextTracking | null;
    };

export interface Frame {
  readonly procedure: string;
  entry: Entry;
  pc: number;
  locals: Map<string, Tagged>;
}

/** A task that does not run: it waits for its CPU, or for what its next operation needs. */
export interface Parked {
  readonly task: number;
  readonly frames: readonly Frame[];
  /** Objects of its frames. */
  readonly objects: ReadonlyMap<string, Tagged>;
  readonly rcuDepth: number;
  /** The operation it stands at; null where it has not started. */
  readonly at: Operation | null;
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
  context: ContextTracking;
  /** Which of its tasks the CPU runs, and the others. */
  task: number;
  parked: readonly Parked[];
  /** Own interrupts that came: 1 the maskable one, 2 the NMI. */
  taken: number;
  /** Preemption is off because a lock is being spun for. */
  spinning: boolean;
  /** Somewhere since the last operation it was no RCU reader: until the next one a grace period may take it to be there still. */
  wasOutside: boolean;
  /** A location that was read before anybody initialised it. */
  readBeforeInit: string | null;
  /** What each view slot was read from; '' for a free slot. */
  slots: string[];
  /** Slots that decided branches since the last operation. */
  ctrl: number;
  /** Faults that a CPU with a fault plan has taken, as `faultKey` spells them, sorted. */
  faults: readonly string[];
  /** How often the instruction at hand has faulted and is tried again; at 2 nobody looks at the run any more. */
  retries: 0 | 1 | 2;
}

/** Slots where a setup does not ask for more. */
/** Bits of `taken`. */
export const IRQ_TAKEN = 1;
export const NMI_TAKEN = 2;

export const VIEW_SLOTS = 4;

export function newThread(cpu: number, slots = VIEW_SLOTS): ThreadState {
  return {
    cpu,
    frames: [],
    memory: new Map(),
    csr: new Map(),
    irqOff: 0,
    preemptOff: 0,
    rcuDepth: 0,
    context: IN_KERNEL,
    task: 0,
    parked: [],
    taken: 0,
    spinning: false,
    wasOutside: false,
    readBeforeInit: null,
    slots: Array.from({ length: slots }, () => ''),
    ctrl: 0,
    faults: [],
    retries: 0,
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

/**
 * Interrupts masked, preemption off or inside rcu_read_lock(): a grace period has to wait for this CPU, if RCU watches it. Whoever reads
 * where RCU does not watch is no reader to it.
 */
export const isRcuReader = (state: ThreadState): boolean =>
  state.context.watching &&
  (state.irqOff > 0 || state.preemptOff > 0 || state.rcuDepth > 0 || state.parked.some((parked) => parked.rcuDepth > 0));

function taggedKey(tagged: Tagged): string {
  const picks = tagged.picks ?? 0;
  if (tagged.deps === 0 && picks === 0) return valueKey(tagged.value);
  return `${valueKey(tagged.value)}~${String(tagged.deps)}${picks === 0 ? '' : `~${String(picks)}`}`;
}

function entryKey(entry: Entry): string {
  switch (entry.k) {
    case 'start':
      return 's';
    case 'call':
      return `c${entry.dst ?? ''}`;
    case 'trap':
      return `t${String(entry.irqOff)}${entry.nofault ? 'n' : ''}${entry.skip ? 's' : ''}${entry.context ? contextKey(entry.context) : ''}`;
    case 'interrupt':
      return `i${String(entry.from)}.${String(entry.irqOff)}${entry.nmi ? 'n' : ''}${entry.context ? contextKey(entry.context) : ''}`;
  }
}

const sorted = <T>(map: ReadonlyMap<string, T>, show: (value: T) => string): string =>
  [...map]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${show(value)}`)
    .join(',');

const frameKey = (f: Frame): string => `${f.procedure}:${String(f.pc)}:${entryKey(f.entry)}{${sorted(f.locals, taggedKey)}}`;

const tasksKey = (state: ThreadState): string =>
  state.task === 0 && state.parked.length === 0
    ? ''
    : `|${String(state.task)}${state.parked
        .map(
          (each) =>
            `/${String(each.task)}:${each.frames.map(frameKey).join(';')}{${[...each.objects].map(([loc, v]) => `${loc}=${taggedKey(v)}`).join(',')}}${String(each.rcuDepth)}`,
        )
        .join('')}`;

/** A text that two states share exactly when they behave alike from here on. */
export function threadKey(state: ThreadState): string {
  const frames = state.frames.map(frameKey).join(';');
  const flags = [state.irqOff, state.preemptOff, state.rcuDepth, state.ctrl, contextKey(state.context)].join('.');
  const tasks = `${tasksKey(state)}${state.taken === 0 ? '' : `!${String(state.taken)}`}${state.spinning ? '*' : ''}`;
  const uninitialised = state.readBeforeInit === null ? '' : `|!${state.readBeforeInit}`;
  const faults = state.faults.length > 0 || state.retries > 0 ? `|${String(state.retries)}${state.faults.join(',')}` : '';
  return `${frames}|${sorted(state.memory, taggedKey)}|${sorted(state.csr, valueKey)}|${flags}|${state.slots.join(',')}${faults}${uninitialised}${tasks}`;
}
