import type { Expr, Instr, SourceRef } from '../../simulator/program/types.js';
import { countLocals } from './uses.js';

/** A place in code that is not laid out yet. */
export interface Label {
  readonly name: string;
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'at'> : never;

/** An instruction without its source line. */
type Bare = WithoutPlace<Exclude<Instr, { op: 'branch' } | { op: 'jump' }>>;

type Slot =
  | { readonly k: 'instr'; readonly instr: Bare; readonly at: SourceRef }
  | { readonly k: 'label'; readonly label: Label }
  | { readonly k: 'jump'; readonly to: Label; readonly at: SourceRef }
  | { readonly k: 'branch'; readonly cond: Expr; readonly to: Label; readonly at: SourceRef };

/** The code of a procedure while it is written. `at` is the line that what follows belongs to. */
export class Code {
  at: SourceRef;
  private slots: Slot[] = [];

  constructor(start: SourceRef) {
    this.at = start;
  }

  get length(): number {
    return this.slots.length;
  }

  emit(instr: Bare): void {
    this.slots.push({ k: 'instr', instr, at: this.at });
  }

  /** The result of the call or atomic just written is not wanted. */
  dropResult(name: string): void {
    const last = this.slots[this.slots.length - 1];
    if (last?.k !== 'instr' || (last.instr.op !== 'call' && last.instr.op !== 'rmw') || last.instr.dst !== name) return;
    this.slots[this.slots.length - 1] = { ...last, instr: { ...last.instr, dst: null } };
  }

  place(label: Label): void {
    this.slots.push({ k: 'label', label });
  }

  jump(to: Label): void {
    this.slots.push({ k: 'jump', to, at: this.at });
  }

  /** Goes to `to` when `cond` is zero. */
  unless(cond: Expr, to: Label): void {
    if (cond.k === 'int') {
      if (cond.value === 0n) this.jump(to);
    } else this.slots.push({ k: 'branch', cond, to, at: this.at });
  }

  /** Runs `write` and takes what it wrote out again. */
  aside<T>(write: () => T): { readonly result: T; readonly slots: readonly Slot[] } {
    const outer = this.slots;
    const slots: Slot[] = [];
    this.slots = slots;
    try {
      return { result: write(), slots };
    } finally {
      this.slots = outer;
    }
  }

  append(slots: readonly Slot[]): void {
    for (const slot of slots) this.slots.push(slot);
  }

  /** Lays the code out: unreachable slots go, labels become numbers, the end returns. */
  finish(): Instr[] {
    this.emit({ op: 'return', value: null });
    const slots = withoutCopies(reachable(this.slots));
    const targets = new Map<Label, number>();
    let count = 0;
    for (const slot of slots) {
      if (slot.k === 'label') targets.set(slot.label, count);
      else count++;
    }
    const out: Instr[] = [];
    for (const slot of slots) {
      if (slot.k === 'label') continue;
      if (slot.k === 'instr') out.push({ ...slot.instr, at: slot.at });
      else {
        const target = targets.get(slot.to);
        if (target === undefined) out.push({ op: 'unsupported', what: `goto ${slot.to.name}: no such label`, at: slot.at });
        else if (slot.k === 'jump') out.push({ op: 'jump', target, at: slot.at });
        else out.push({ op: 'branch', cond: slot.cond, target, at: slot.at });
      }
    }
    return out;
  }
}

/** Without what no path reaches, and without jumps to the next instruction. */
function reachable(slots: readonly Slot[]): Slot[] {
  const places = new Map<Label, number>();
  for (const [index, slot] of slots.entries()) if (slot.k === 'label') places.set(slot.label, index);
  const seen = new Uint8Array(slots.length);
  const work = [0];
  for (let start = work.pop(); start !== undefined; start = work.pop()) {
    for (let i = start; i < slots.length && seen[i] === 0; i++) {
      seen[i] = 1;
      const slot = slots[i];
      if (slot === undefined) break;
      if (slot.k === 'jump' || slot.k === 'branch') {
        const place = places.get(slot.to);
        if (place !== undefined) work.push(place);
      }
      if (slot.k === 'jump' || (slot.k === 'instr' && slot.instr.op === 'return')) break;
    }
  }
  const kept = slots.filter((_, index) => seen[index] === 1);
  return kept.filter((slot, index) => {
    if (slot.k !== 'jump') return true;
    for (let next = index + 1; next < kept.length; next++) {
      const other = kept[next];
      if (other?.k !== 'label') return true;
      if (other.label === slot.to) return false;
    }
    return true;
  });
}

/** A temporary that is only there to be moved to a variable gives the variable its place. */
function withoutCopies(slots: readonly Slot[]): Slot[] {
  const uses = new Map<string, number>();
  for (const slot of slots) {
    if (slot.k === 'branch') countLocals(slot.cond, uses);
    else if (slot.k === 'instr') for (const expr of operandsOf(slot.instr)) countLocals(expr, uses);
  }
  const out: Slot[] = [];
  for (const slot of slots) {
    const before = out[out.length - 1];
    const moved = slot.k === 'instr' && slot.instr.op === 'set' && slot.instr.value.k === 'local' ? slot.instr.value.name : null;
    const isCopy = moved?.startsWith('%') === true && uses.get(moved) === 1;
    if (
      isCopy &&
      slot.k === 'instr' &&
      slot.instr.op === 'set' &&
      before?.k === 'instr' &&
      'dst' in before.instr &&
      before.instr.dst === moved
    ) {
      out[out.length - 1] = { ...before, instr: { ...before.instr, dst: slot.instr.dst } };
    } else out.push(slot);
  }
  return out;
}

function operandsOf(instr: Bare): Expr[] {
  switch (instr.op) {
    case 'set':
      return [instr.value];
    case 'load':
    case 'zero':
      return [instr.addr];
    case 'store':
    case 'store-exclusive':
      return [instr.addr, instr.value];
    case 'rmw':
      return instr.expected === null ? [instr.addr, instr.operand] : [instr.addr, instr.operand, instr.expected];
    case 'copy':
      return [instr.to, instr.from];
    case 'call':
      return instr.callee.k === 'value' ? [instr.callee.value, ...instr.args] : [...instr.args];
    case 'return':
      return instr.value === null ? [] : [instr.value];
    case 'unsupported':
      return [];
  }
}
