import type { Expr, Instr, SourceRef } from '../../simulator/program/types.js';
import type { CallingConvention } from './isa.js';
import { local } from './expr.js';
import type { Names } from './operands.js';

/** Where a jump ends. */
export type Destination =
  | { readonly k: 'here'; readonly label: string }
  /** The start of a procedure, of this file or another. */
  | { readonly k: 'procedure'; readonly name: string }
  | { readonly k: 'nowhere'; readonly why: string };

/** Where labels lead from the procedure that is being compiled. */
export interface Scope {
  jump(label: string): Destination;
  /** As the target of a call: a label of the procedure itself is a procedure of its own then. */
  call(label: string): Exclude<Destination, { readonly k: 'here' }>;
}

/** Collects the code of one procedure; jump targets are labels until `finish`. */
export class Emitter {
  private readonly code: Instr[] = [];
  private readonly fixups = new Map<number, string>();
  private readonly labels = new Map<string, number>();
  private fresh = 0;
  /** Instructions that were not understood. */
  refusals = 0;

  constructor(
    readonly names: Names,
    private readonly scope: Scope,
    private readonly calls: CallingConvention,
  ) {}

  push(instr: Instr): void {
    this.code.push(instr);
  }

  label(name: string): void {
    this.labels.set(name, this.code.length);
  }

  /** A label that no source can spell. */
  freshLabel(): string {
    return `$skip${this.fresh++}`;
  }

  /** Writes a register; a write to x0 is nothing. */
  set(dst: string, value: Expr, at: SourceRef): void {
    if (dst !== 'zero') this.code.push({ op: 'set', dst, value, at });
  }

  call(name: string, args: readonly Expr[], dst: string | null, at: SourceRef): void {
    this.code.push({ op: 'call', dst: dst === 'zero' ? null : dst, callee: { k: 'name', name }, args, at });
  }

  /** Calls by the C calling convention: all argument registers go in, the result register comes back. */
  callProcedure(callee: string | Expr, at: SourceRef): void {
    this.code.push({
      op: 'call',
      dst: this.calls.result,
      callee: typeof callee === 'string' ? { k: 'name', name: callee } : { k: 'value', value: callee },
      args: this.calls.arguments.map(local),
      at,
    });
  }

  return(at: SourceRef): void {
    this.code.push({ op: 'return', value: local(this.calls.result), at });
  }

  unsupported(what: string, at: SourceRef): void {
    this.refusals++;
    this.code.push({ op: 'unsupported', what, at });
  }

  /** Goes to a label of this procedure when `cond` is zero. */
  branchIfZero(cond: Expr, label: string, at: SourceRef): void {
    this.fixups.set(this.code.length, label);
    this.code.push({ op: 'branch', cond, target: -1, at });
  }

  /** Goes to a label that this procedure has placed, or will. */
  jumpHere(label: string, at: SourceRef): void {
    this.fixups.set(this.code.length, label);
    this.code.push({ op: 'jump', target: -1, at });
  }

  /** Leaves for `label`, wherever it is: a jump here, else a call of what is there and a return. */
  jump(label: string, at: SourceRef): void {
    const destination = this.scope.jump(label);
    switch (destination.k) {
      case 'here':
        this.jumpHere(destination.label, at);
        return;
      case 'procedure':
        this.callProcedure(destination.name, at);
        this.return(at);
        return;
      case 'nowhere':
        this.unsupported(destination.why, at);
    }
  }

  /** Goes to `label` when the condition holds; `fails` is its negation. */
  branch(holds: Expr, fails: Expr, label: string, at: SourceRef): void {
    const destination = this.scope.jump(label);
    if (destination.k === 'here') {
      this.branchIfZero(fails, destination.label, at);
      return;
    }
    const skip = this.freshLabel();
    this.branchIfZero(holds, skip, at);
    this.jump(label, at);
    this.label(skip);
  }

  /** Calls what stands at `label` and comes back. */
  callLabel(label: string, at: SourceRef): void {
    const destination = this.scope.call(label);
    if (destination.k === 'procedure') this.callProcedure(destination.name, at);
    else this.unsupported(destination.why, at);
  }

  /** The last instruction cannot fall through. A label after it makes the end reachable again. */
  get ended(): boolean {
    const last = this.code.at(-1);
    if (!last || [...this.labels.values()].includes(this.code.length)) return false;
    return last.op === 'return' || last.op === 'jump' || last.op === 'unsupported';
  }

  /** The code with its targets; labels that were never placed become unsupported. */
  finish(): { readonly code: Instr[]; readonly labels: ReadonlyMap<string, number> } {
    const code = this.code.map((instr, index): Instr => {
      const label = this.fixups.get(index);
      if (label === undefined || (instr.op !== 'jump' && instr.op !== 'branch')) return instr;
      const target = this.labels.get(label);
      return target === undefined ? { op: 'unsupported', what: `jump to ${label}, which is not here`, at: instr.at } : { ...instr, target };
    });
    return { code, labels: this.labels };
  }
}
