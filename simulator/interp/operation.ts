import type { RmwFunction, RmwOrder, SourceRef } from '../program/types.js';
import type { Value } from './value.js';

/**
 * What becomes of the permissions and flags of a leaf: nobody looks at them, the access has to be permitted, or hardware also updates access
 * flag and dirty state by itself.
 */
export type LeafFlags = 'ignored' | 'checked' | 'updated';

/**
 * Where a Program meets the machine. The interpreter runs a CPU's code up to the next of these and stops; the machine decides what may
 * happen and hands the result back. Everything between two of them is invisible to other CPUs.
 */
export type Operation =
  | {
      readonly op: 'load';
      readonly loc: string;
      readonly acquire: boolean;
      readonly bits: number;
      /** An acquire that need not wait for older store-releases. */
      readonly rcpc?: boolean;
      /** Sets the exclusive monitor. */
      readonly exclusive?: boolean;
    }
  /** Stores and answers 0 where nobody stored since the exclusive load, else (or for no reason) answers 1. */
  | { readonly op: 'store-exclusive'; readonly loc: string; readonly value: Value; readonly release: boolean; readonly bits: number }
  /** An access by virtual address: the MMU says which location `access` is made to, or the CPU takes a fault. */
  | { readonly op: 'translated'; readonly va: bigint; readonly access: Access; readonly regime?: Regime }
  /** An instruction that is an exception by itself: asked for (SVC, HVC, ecall), or undefined. */
  | { readonly op: 'exception'; readonly cause: 'supervisor-call' | 'hypervisor-call' | 'undefined' }
  /** The run is one that nobody looks at: a retried access faulted again. */
  | { readonly op: 'discard' }
  | {
      readonly op: 'store';
      readonly loc: string;
      readonly value: Value;
      readonly release: boolean;
      readonly bits: number;
      readonly updates: boolean;
    }
  | {
      readonly op: 'rmw';
      readonly loc: string;
      readonly fn: RmwFunction;
      readonly operand: Value;
      readonly expected: Value | null;
      readonly order: RmwOrder;
      readonly bits: number;
      /** Arm ARM DDI 0487, B2.3: without a destination register the read is no read to a barrier for loads (STADD and its like). */
      readonly noReturn?: boolean;
      /** A compare that fails still acquires: so for an instruction (CASA), not for the kernel's cmpxchg_acquire(). */
      readonly acquiresOnFailure?: boolean;
    }
  /** Earlier accesses of the kinds in `pred` come before later ones of the kinds in `succ`. */
  | {
      readonly op: 'fence';
      readonly pred: Accesses;
      readonly succ: Accesses;
      readonly name: string;
      readonly tlbie?: true | undefined;
      /** Instruction fetches come after it, too. */
      readonly serialises?: true | undefined;
    }
  /** Loads before loads and stores, stores before stores. */
  | { readonly op: 'fence-tso'; readonly name: string }
  | { readonly op: 'dmb'; readonly of: 'full' | 'ld' | 'st'; readonly name: string }
  /** `own`: of this CPU's non-shareable domain alone. */
  | { readonly op: 'dsb'; readonly of: 'full' | 'ld' | 'st'; readonly domain: 'shareable' | 'own'; readonly name: string }
  | { readonly op: 'isb' }
  | { readonly op: 'fence-i' }
  | {
      readonly op: 'tlbi';
      readonly word: string;
      readonly address: bigint | null;
      readonly level: number | null;
      readonly pages: number | null;
      readonly regime?: Regime;
    }
  | { readonly op: 'sfence'; readonly address: bigint | null; readonly asid: bigint | null; readonly size: bigint | null }
  /** Svinval: invalidates, ordered by the fences around it alone. */
  | { readonly op: 'sinval'; readonly address: bigint | null; readonly asid: bigint | null; readonly size: bigint | null }
  /** sfence.w.inval, sfence.inval.ir. */
  | { readonly op: 'svinval-fence'; readonly of: 'w' | 'ir' }
  /** Other tables, another ASID. */
  | { readonly op: 'satp'; readonly value: bigint }
  | { readonly op: 'sbi-fence-i'; readonly mask: number }
  | { readonly op: 'sbi-sfence'; readonly mask: number; readonly start: bigint; readonly size: bigint; readonly asid: bigint | null }
  /** x86, s390: drops cached translations of this CPU or of all. `issued`: only begins to, see tlbsync. */
  | { readonly op: 'flush'; readonly scope: FlushScope; readonly cpus: 'self' | 'all'; readonly issued: boolean; readonly name: string }
  /** x86: CR3 is written. `root`: the table it names, 0 for the one that it names already. `keep`: translations stay. */
  | { readonly op: 'cr3-write'; readonly root: bigint; readonly keep: boolean; readonly name: string }
  /** s390, powerpc: other tables, by their address or their number. */
  /** The CPU runs `space` under a number that tags what its TLB keeps. */
  | { readonly op: 'runs'; readonly of: 'asid' | 'vmid'; readonly space: string; readonly number: bigint }
  | { readonly op: 'address-space'; readonly names: 'root' | 'number'; readonly value: bigint; readonly name: string }
  | { readonly op: 'tlbsync' }
  /** s390: marks table entries invalid and drops copies of them. */
  | {
      readonly op: 'invalidate-entry';
      readonly locs: readonly string[];
      readonly level: 'page' | 'table';
      readonly cpus: 'self' | 'all';
      readonly name: string;
    }
  /** s390: compare and swap; where it swaps, every CPU drops all translations. */
  | { readonly op: 'csp'; readonly loc: string; readonly expected: Value; readonly operand: Value; readonly name: string }
  /** powerpc: of one page, or (null) of the whole process; RIC 0 translations, 1 the page walk cache, 2 both. */
  | {
      readonly op: 'tlbie';
      readonly range: { readonly from: bigint; readonly to: bigint } | null;
      readonly ric: 0 | 1 | 2;
      readonly local: boolean;
      /** Null where it is taken as the one that runs. */
      readonly process: bigint | null;
    }
  | { readonly op: 'ptesync' }
  | {
      readonly op: 'ipi' /** CPUs by number, or null for all. */;
      readonly mask: number | null /** Whether the sender runs it too. */;
      readonly self: boolean;
      readonly fn: string;
      readonly info: Value;
      readonly wait: boolean;
    }
  /** `tries`: answers 1 if it got the lock and 0 if not, and does not wait. `sleeps`: a task that has to wait gives up its CPU. */
  | { readonly op: 'lock'; readonly loc: string; readonly flavour: LockFlavour; readonly tries: boolean; readonly sleeps: boolean }
  | { readonly op: 'unlock'; readonly loc: string; readonly flavour: LockFlavour }
  | { readonly op: 'page-free'; readonly obj: string }
  | { readonly op: 'rcu-call'; readonly fn: string; readonly head: Value }
  | { readonly op: 'rcu-sync' }
  /** The task has ended and others of the CPU have not. */
  | { readonly op: 'idle' }
  /** A place where a task lets others run. */
  | { readonly op: 'resched' }
  /** Preemption goes off before a lock is spun for; a step only where a CPU has several tasks. */
  | { readonly op: 'preempt-off' }
  /** Passes one quiescent state here, whatever the interrupt mask. */
  | { readonly op: 'rcu-quiescent' }
  /** RCU stops or starts watching this CPU: a fully ordered atomic on the CPU's context-tracking state. */
  | { readonly op: 'context'; readonly watching: boolean; readonly where: string }
  | {
      readonly op: 'touch';
      readonly va: bigint;
      readonly write: boolean;
      readonly nofault: boolean;
      /** Gives whether it went through, in place of a fault. */
      readonly tries?: boolean | undefined;
      /** A store of `value` to that one of `locs` that stands in the page it reaches; of other pages nobody follows what they hold. */
      readonly stores?: { readonly value: Value; readonly bits: number; readonly locs: readonly string[] } | undefined;
      readonly flags: LeafFlags;
    }
  | { readonly op: 'trap-return' }
  | { readonly op: 'interrupt-return'; readonly from: number }
  | { readonly op: 'await'; readonly loc: string }
  /** Instruction fetch from a location; `may` lists words that could come to stand there. */
  | { readonly op: 'fetch'; readonly loc: string; readonly may: readonly Value[] }
  /** A scenario relies on nobody executing what stood at a location before it was patched. */
  | { readonly op: 'text-gone'; readonly loc: string }
  /** A scenario relies on nobody using what stood in a page-table entry before it was changed. */
  | { readonly op: 'translation-gone'; readonly loc: string }
  /** arm64 DC CVAU: cleans the data cache line of a location. */
  | { readonly op: 'dc'; readonly loc: string }
  /** arm64 IC IVAU, IALLU, IALLUIS: invalidates instruction caches; `loc` null for all of them, `local` for those of this CPU alone. */
  | { readonly op: 'ic'; readonly loc: string | null; readonly local: boolean }
  /** The run ends here in a violation that the program itself shows (oops, failed assertion). */
  | { readonly op: 'fail'; readonly violation: ProgramFault; readonly why: string }
  /** The run can't go on for lack of a model; never a verdict. */
  | { readonly op: 'stuck'; readonly why: string }
  | { readonly op: 'end' };

/** What of cached translations goes: leaves that map something in the range (null: anything), copies of table entries of any address. */
export interface FlushScope {
  readonly from: bigint | null;
  readonly to: bigint | null;
  readonly tables: boolean;
  /** Leaves that are marked global, too. */
  readonly globals: boolean;
}

/** An access to memory; `loc` is empty as long as a translation has to find it. */
export type Access = Extract<Operation, { op: 'load' | 'store' | 'rmw' | 'store-exclusive' }>;

/** Why an access faults (Arm ARM DDI 0487, D8.15 "Memory aborts", fault status codes); `supervisor-call` and `hypervisor-call` are those of SVC and HVC. */
export type FaultType = 'translation' | 'access-flag' | 'permission' | 'undefined' | 'supervisor-call' | 'hypervisor-call';

/** Violations that a CPU's own code shows, whatever the others do. */
export type ProgramFault = 'unhandled-fault' | 'assertion' | 'sleep-in-atomic' | 'rcu-not-watching' | 'use-before-init';

export type Accesses = 'r' | 'w' | 'rw';
/** `raw` is raw_spinlock_t, `shared` the read side of a sleeping lock (rw_semaphore). */
export type LockFlavour = 'spin' | 'raw' | 'write' | 'read' | 'mutex' | 'shared';

/** An operation with what the machine must know of its place in the program. Masks are sets of view slots (bit n: slot n). */
export interface Request {
  readonly does: Operation;
  readonly at: SourceRef;
  readonly procedure: string;
  /** As a reader of a trace wants it: `flush(x)` or `sd a1, 0(a0)`. */
  readonly text: string;
  /** Slots that decided branches since the last operation. */
  readonly ctrl: number;
  /** Slots that the address depends on. */
  readonly addr: number;
  /** Slots that the stored value depends on. */
  readonly data: number;
  /** Slots that only picked the address or the stored value. */
  readonly picks: { readonly addr: number; readonly data: number };
  /** The slot that receives the view of what is read; -1 where the result is not used. */
  readonly slot: number;
  /** Slots still of use after this operation (without `slot`). */
  readonly live: number;
  /** For a store whose value was computed from a load of the same location: that load's slot, else -1. */
  readonly readSlot: number;
  /** The instruction was itself fetched by an operation `fetch`, the last before this. */
  readonly fetched: boolean;
}

/** What the machine answers. */
export type Result =
  | { readonly k: 'none' }
  | { readonly k: 'value'; readonly value: Value }
  | { readonly k: 'ok' }
  /** The access faulted; the interpreter enters the arch's trap handler. */
  | { readonly k: 'fault'; readonly type: FaultType; readonly abort?: Abort };

/** arm64: what translates the accesses of a CPU at the moment. */
export interface Regime {
  /** Exception level: 0 and 1 share a regime of two stages, 2 has one of its own. */
  readonly el: 0 | 1 | 2;
  /** TTBR0 of the regime: base of the tables, ASID above bit 48. */
  readonly stage1: bigint;
  /** VTTBR_EL2: base of the stage-2 tables, VMID above bit 48. At EL2 it is what TLB maintenance for EL1 means. */
  readonly stage2: bigint;
}

/** arm64: where a translation was aborted. */
export interface Abort {
  readonly stage: 1 | 2;
  readonly level: number;
  /** Stage 2: the intermediate physical address. */
  readonly ipa: bigint | null;
  /** Stage 2: it was the address of a stage-1 entry. */
  readonly walk: boolean;
  readonly write: boolean;
}
