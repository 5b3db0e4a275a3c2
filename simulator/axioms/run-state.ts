import { Stuck } from '../interp/memory.js';
import type { Frame, Tagged } from '../interp/thread.js';
import type { Value } from '../interp/value.js';
import type { SourceRef } from '../program/types.js';
import type { Event, Fence, ReadOrder, WriteOrder } from './event.js';

/** A branch whose paths have not met again: what runs until then depends on the reads in `mask`. */
export interface OpenBranch {
  readonly depth: number;
  readonly join: number;
  readonly mask: number;
}

/** A run of a thread, as far as it has come. Event lists are shared between runs that part; they are replaced, never changed. */
export interface State {
  frames: Frame[];
  events: Event[];
  reads: number;
  open: OpenBranch[];
  visits: Map<string, number>;
  results: Map<string, Value>;
}

export function clone(state: State): State {
  return {
    ...state,
    frames: state.frames.map((frame) => ({ ...frame, locals: new Map(frame.locals) })),
    visits: new Map(state.visits),
    results: new Map(),
  };
}

export function advance(state: State): void {
  const frame = state.frames.at(-1);
  if (frame) frame.pc++;
}

export function set(state: State, name: string, value: Tagged): void {
  state.frames.at(-1)?.locals.set(name, value);
}

export function addFence(state: State, fence: Fence, at: SourceRef): void {
  state.events = [...state.events, { k: 'fence', fence, at }];
}

/** Dependencies are kept as bits of a number. */
const MAX_READS = 32;

export interface ReadAccess {
  readonly loc: string;
  readonly value: Value;
  readonly order: ReadOrder;
  readonly atomic: boolean;
  /** Reads that the address depends on, by bit. */
  readonly addr: number;
  readonly at: SourceRef;
}

/** Gives the read's own bit. */
export function addRead(state: State, { addr, ...access }: ReadAccess): number {
  if (state.reads >= MAX_READS) throw new Stuck(`more than ${String(MAX_READS)} reads in one thread`);
  const bit = 1 << state.reads;
  state.reads++;
  state.events = [...state.events, { k: 'read', ...access, deps: { addr, data: 0, ctrl: control(state) } }];
  return bit;
}

export interface WriteAccess {
  readonly loc: string;
  readonly value: Value;
  readonly order: WriteOrder;
  readonly addr: number;
  /** Reads that the value depends on. */
  readonly data: number;
  /** The newest event is the read of the same atomic. */
  readonly ofAtomic?: boolean;
  readonly at: SourceRef;
}

export function addWrite(state: State, { addr, data, ofAtomic = false, ...access }: WriteAccess): void {
  const readBy = ofAtomic ? state.events.length - 1 : null;
  state.events = [...state.events, { k: 'write', ...access, atomic: ofAtomic, readBy, deps: { addr, data, ctrl: control(state) } }];
}

const control = (state: State): number => state.open.reduce((mask, branch) => mask | branch.mask, 0);
