import { z } from 'zod';
import { ARCHES } from '../program/arch.js';

/**
 * A row of the catalog: what one kernel primitive or instruction means to the machine, and who says so. Rows are data
 * (`simulator/catalog/*.yaml`) that a kernel developer can correct; this file says what a row may say.
 */

const argument = z.number().int().nonnegative();
const loadOrder = z.enum(['plain', 'once', 'acquire']);
const storeOrder = z.enum(['plain', 'once', 'release']);
const rmwOrder = z.enum(['relaxed', 'acquire', 'release', 'full']);

/** What a row does. `kind`s up to `c` are lowered by the front ends, the others are run by the machine. */
const meaning = z.discriminatedUnion('kind', [
  /** Reads memory. `of: lvalue` for READ_ONCE(x), `of: pointer` for smp_load_acquire(&x). Argument 0. */
  z.strictObject({ kind: z.literal('load'), of: z.enum(['lvalue', 'pointer']), order: loadOrder }),
  /** Writes argument 1 to argument 0. */
  z.strictObject({ kind: z.literal('store'), of: z.enum(['lvalue', 'pointer']), order: storeOrder }),
  /** Atomic read-modify-write; `result` says what the call returns (`changed`: cmpxchg-style success or test_and_* bit). */
  z.strictObject({
    kind: z.literal('rmw'),
    fn: z.enum(['add', 'sub', 'and', 'andnot', 'or', 'xor', 'swap', 'cas', 'add-unless']),
    order: rmwOrder,
    pointer: argument,
    operand: z.union([argument, z.strictObject({ value: z.number().int() })]),
    /** `cas`: the old value that it wants. `add-unless`: the old value that it leaves alone. */
    expected: z.union([argument, z.strictObject({ value: z.number().int() })]).optional(),
    result: z.enum(['old', 'new', 'none', 'zero', 'nonzero', 'negative', 'changed']),
  }),
  /** Atomic operation on bit argument 0 of the array of longs at argument 1. */
  z.strictObject({
    kind: z.literal('bit'),
    fn: z.enum(['set', 'clear', 'change', 'test']),
    order: rmwOrder,
    result: z.enum(['none', 'old']),
  }),

  /**
   * A variable of each CPU: of the CPU in argument `cpu`, or of the one that runs. `of: lvalue` for this_cpu_read(x), `of: pointer` for
   * this_cpu_ptr(&x); `do: address` gives the pointer. Operations with a result are atomic.
   */
  z.strictObject({
    kind: z.literal('per-cpu'),
    of: z.enum(['lvalue', 'pointer']),
    cpu: argument.optional(),
    do: z.enum(['address', 'load', 'store', 'add', 'sub', 'and', 'or', 'swap', 'cas']),
    operand: z.union([argument, z.strictObject({ value: z.number().int() })]).optional(),
    expected: argument.optional(),
    result: z.enum(['old', 'new', 'none', 'changed']).optional(),
  }),
  /** Stands for C over other rows: a call is replaced by `text`, in which `params` stand for the arguments. Without `params`: a name. */
  z.strictObject({ kind: z.literal('c'), params: z.array(z.string()).optional(), text: z.string().min(1) }),

  /** Orders accesses of this CPU: those in `pred` before those in `succ` (r: loads, w: stores). */
  z.strictObject({
    kind: z.literal('fence'),
    pred: z.enum(['r', 'w', 'rw', 'argument']),
    succ: z.enum(['r', 'w', 'rw', 'argument']),
    /** What the kernel promises is less than the fence: order for accesses around an atomic or a lock. Only the kernel's memory model minds. */
    role: z.enum(['before-atomic', 'after-atomic', 'after-spinlock', 'after-unlock-lock', 'after-srcu-read-unlock']).optional(),
    /** powerpc: orders tlbie before a later tlbsync, too. */
    tlbie: z.literal(true).optional(),
    /** x86: a serializing instruction: all of this comes before later instruction fetches, too. */
    serialises: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal('dmb'), of: z.enum(['full', 'ld', 'st', 'argument']) }),
  z.strictObject({ kind: z.literal('dsb'), of: z.enum(['full', 'ld', 'st', 'argument']) }),
  z.strictObject({ kind: z.literal('isb') }),
  z.strictObject({ kind: z.literal('fence-i') }),
  /** arm64 cache maintenance for text: the operation is the word in argument 0 (`cvau`, `ivau`, `ialluis`), `address` says where. */
  z.strictObject({ kind: z.literal('dc'), address: argument }),
  z.strictObject({ kind: z.literal('ic'), address: argument }),
  /** arm64 TLB invalidation; the operation is the word in argument 0 (`ipas2e1is`), decoded by simulator/machine/arm64. */
  z.strictObject({ kind: z.literal('tlbi'), address: argument.optional(), level: argument.optional(), pages: argument.optional() }),
  /** riscv sfence.vma on this hart; absent operands mean x0. */
  z.strictObject({ kind: z.literal('sfence'), address: argument.optional(), asid: argument.optional(), size: argument.optional() }),
  /** riscv sinval.vma; it counts only between `svinval-fence`s of `w` (sfence.w.inval) and `ir` (sfence.inval.ir). */
  z.strictObject({ kind: z.literal('sinval'), address: argument, asid: argument }),
  z.strictObject({ kind: z.literal('svinval-fence'), of: z.enum(['w', 'ir']) }),
  /** riscv ecall from supervisor mode, registers a0 to a7 as arguments: a call of the firmware. */
  z.strictObject({ kind: z.literal('sbi-call') }),
  /** riscv SBI remote fence.i: done in M-mode on each hart of the mask, whatever its interrupt mask. */
  z.strictObject({ kind: z.literal('sbi-fence-i'), mask: argument }),
  /** riscv SBI remote sfence.vma, likewise. */
  z.strictObject({ kind: z.literal('sbi-sfence'), mask: argument, start: argument, size: argument, asid: argument.optional() }),
  /** Loads before loads and stores, stores before stores: what total store order gives by itself (powerpc lwsync, riscv fence.tso). */
  z.strictObject({ kind: z.literal('fence-tso') }),
  /**
   * x86 and s390: drops what this CPU, or every CPU, has cached of translations, before the next instruction. `page`: the leaf that maps
   * `address`, and every copy of a table entry. `non-global`: all but leaves marked global.
   */
  z.strictObject({
    kind: z.literal('flush'),
    what: z.enum(['page', 'all', 'non-global']),
    address: argument.optional(),
    cpus: z.enum(['self', 'all']),
  }),
  /** x86 invpcid: the number in argument `type` says what goes. */
  z.strictObject({ kind: z.literal('invpcid'), address: argument, type: argument }),
  /** x86 write of CR3: drops what is not global, unless bit 63 of the value is set. */
  z.strictObject({ kind: z.literal('cr3-write'), value: argument }),
  /**
   * s390 and powerpc: where argument `register` is `is`, argument `value` says whose tables user addresses go through: by the address of the
   * table (s390 ASCE) or by number (powerpc PID). Writes of other registers do nothing.
   */
  z.strictObject({
    kind: z.literal('address-space'),
    register: argument,
    is: z.number().int(),
    value: argument,
    names: z.enum(['root', 'number']),
  }),
  /**
   * x86 invlpgb: a flush of all CPUs that is complete only with a tlbsync of the CPU that issued it. Without `address` of all, without
   * `tables` (or where that argument is 0) of leaves only.
   */
  z.strictObject({
    kind: z.literal('invlpgb'),
    address: argument.optional(),
    pages: argument.optional(),
    tables: argument.optional(),
    globals: z.boolean(),
  }),
  /** x86: waits for this CPU's invlpgb. powerpc: this CPU's tlbie before it are ordered by its next ptesync. */
  z.strictObject({ kind: z.literal('tlbsync') }),
  /**
   * s390 IPTE and IDTE: marks the table entry that argument `entry` points to invalid, and `more` entries after it, and drops copies of
   * them from every CPU (from this one where argument `local` is not 0).
   */
  z.strictObject({
    kind: z.literal('invalidate-entry'),
    level: z.enum(['page', 'table']),
    entry: argument,
    more: argument.optional(),
    local: argument.optional(),
  }),
  /** s390 CSP and CSPG: compare and swap, and where it swapped, drop everything from every CPU. */
  z.strictObject({ kind: z.literal('csp'), pointer: argument, expected: argument, operand: argument }),
  /**
   * powerpc radix tlbie (`local`: tlbiel). Argument `ric` says whether translations (0), the page walk cache (1) or both (2) go, `size` how
   * large a page it concerns, as the instruction's AP field. `by: registers`: `address` is RB, which says all of that, and `prs` whether
   * translations of a process (1) or of a partition are meant.
   */
  z.strictObject({
    kind: z.literal('tlbie'),
    by: z.enum(['address', 'process', 'registers']),
    address: argument.optional(),
    size: argument.optional(),
    ric: argument,
    prs: argument.optional(),
    /** The process whose translations are meant; `by: registers`: RS, which has it in its upper half. */
    process: argument.optional(),
    local: z.boolean(),
  }),
  /** powerpc: waits for own accesses and walks, and for the tlbie before the last tlbsync on all CPUs. */
  z.strictObject({ kind: z.literal('ptesync') }),
  /** Runs argument `fn` with argument `info` on other CPUs by interrupt; `mask` is a set of CPUs, or the number of a `single` one. */
  z.strictObject({
    kind: z.literal('ipi'),
    to: z.enum(['others', 'all', 'mask', 'mask-others', 'single']),
    mask: argument.optional(),
    fn: argument,
    info: argument,
    wait: z.union([argument, z.literal('always')]),
  }),
  /**
   * `inherit`: what the innermost trap or interrupt came from had. `query`: 1 where they are masked. `unless`: an axis; where it is on,
   * nothing happens and flags are 0.
   */
  z.strictObject({
    kind: z.literal('irq'),
    do: z.enum(['save', 'restore', 'disable', 'enable', 'inherit', 'query']),
    unless: z.string().optional(),
  }),
  /** `reader`: a read-side section of RCU, too. `query`: how often it is off, with one more in an interrupt. */
  z.strictObject({ kind: z.literal('preempt'), do: z.enum(['disable', 'enable', 'query']), reader: z.boolean().optional() }),
  /** A call that may sleep, always or where argument `if` is true. Only in code that may. */
  z.strictObject({ kind: z.literal('sleep'), if: argument.optional() }),
  /** Lets other tasks of the CPU run; in code that may sleep. */
  z.strictObject({ kind: z.literal('resched') }),
  /** Leaves the kernel proper (`to`) or returns to it, as RCU sees it. `only`: an axis without which nothing happens. */
  z.strictObject({
    kind: z.literal('context'),
    do: z.enum(['leave', 'return', 'irq-enter', 'irq-exit']),
    to: z.enum(['idle', 'user', 'guest']).default('idle'),
    only: z.string().optional(),
  }),
  /** True where RCU watches this CPU. */
  z.strictObject({ kind: z.literal('rcu-watching') }),
  /** Passes one quiescent state. */
  z.strictObject({ kind: z.literal('rcu-quiescent') }),
  z.strictObject({ kind: z.literal('rcu-read'), do: z.enum(['lock', 'unlock']) }),
  z.strictObject({ kind: z.literal('rcu-call'), head: argument, fn: argument }),
  z.strictObject({ kind: z.literal('rcu-sync') }),
  /** Sleepable RCU of the domain at argument `domain`; `unlock` takes in `index` what `lock` gave. */
  z.strictObject({ kind: z.literal('srcu'), do: z.enum(['lock', 'unlock', 'sync']), domain: argument, index: argument.optional() }),
  /**
   * `flavour`: what the lock does to preemption and to sleeping. `spin`, `read` and `write` (spinlock_t, rwlock_t) sleep on PREEMPT_RT; `raw`
   * never; `mutex` and `shared` (the read side of a rw_semaphore) always. `try` gives 1 or 0 and does not wait; `query` gives 1 where somebody
   * holds the lock.
   */
  z.strictObject({
    kind: z.literal('lock'),
    do: z.enum(['acquire', 'try', 'release', 'query']),
    flavour: z.enum(['spin', 'raw', 'write', 'read', 'mutex', 'shared']),
    lock: argument,
  }),
  /** `zeroed`: whether the page comes cleared; or the argument with the allocation's flags, of which __GFP_ZERO says so. */
  z.strictObject({ kind: z.literal('page-alloc'), zeroed: z.union([z.boolean(), z.strictObject({ flags: argument })]) }),
  z.strictObject({ kind: z.literal('page-get'), page: argument }),
  /** Takes a reference unless none is left: 1 where it did. */
  z.strictObject({ kind: z.literal('page-try-get'), page: argument }),
  /** Drops a reference; the page is free when none is left. `by` says how argument `page` names it. */
  z.strictObject({ kind: z.literal('page-put'), page: argument, by: z.enum(['virtual', 'physical', 'page']) }),
  z.strictObject({ kind: z.literal('page-count'), page: argument }),
  z.strictObject({ kind: z.literal('to-physical'), address: argument }),
  z.strictObject({ kind: z.literal('to-virtual'), address: argument }),
  /** arm64: the CPU runs the address space that argument `space` points at under an ASID or VMID from now on. A scenario's, not the kernel's. */
  z.strictObject({ kind: z.literal('runs'), of: z.enum(['asid', 'vmid']), space: argument, number: argument }),
  z.strictObject({ kind: z.literal('folio-of'), page: argument }),
  z.strictObject({ kind: z.literal('cpu-id') }),
  z.strictObject({ kind: z.literal('current') }),
  z.strictObject({ kind: z.literal('online-mask') }),
  z.strictObject({ kind: z.literal('csr'), do: z.enum(['read', 'write', 'swap', 'set', 'clear']) }),
  z.strictObject({ kind: z.literal('trap-return') }),
  /** The program asks for an exception itself (SVC, HVC, ecall): the CPU's fault handler takes it, else the next instruction follows. */
  z.strictObject({
    kind: z.literal('exception'),
    cause: z.enum(['supervisor-call', 'hypervisor-call', 'undefined']).default('supervisor-call'),
  }),
  /** A kernel access that ends in oops or panic. */
  z.strictObject({ kind: z.literal('die') }),
  z.strictObject({ kind: z.literal('relax') }),
  /** An access through the MMU, by a scenario: argument 0 is a virtual address. `tries`: it gives whether it went through, and takes no fault. */
  z.strictObject({ kind: z.literal('touch'), write: z.boolean(), nofault: z.boolean().default(false), tries: z.boolean().optional() }),
  /** In a fault handler: true, and the access is skipped on return, where an exception-table entry covers the access that trapped. */
  z.strictObject({ kind: z.literal('fixup') }),
  /** Waits (without stepping) until the location of argument 0 is not zero; reads it with acquire. A scenario's, not the kernel's. */
  z.strictObject({ kind: z.literal('await') }),
  z.strictObject({ kind: z.literal('assert') }),
  /** Reads an instruction word through the fetch side: argument 0 is its location, others are words that could come to stand there. */
  z.strictObject({ kind: z.literal('fetch') }),
  /** From here on nobody may execute what stood at the location of argument 0 before it was patched. A scenario's, not the kernel's. */
  z.strictObject({ kind: z.literal('text-gone') }),
  /** From here on nobody may use what stood in the page-table entry of argument 0 before it was changed. A scenario's, not the kernel's. */
  z.strictObject({ kind: z.literal('translation-gone') }),
  /** True where the axis has the value; `of: argument` takes the axis from the word in argument 0, through the catalog's `features`. */
  z.strictObject({ kind: z.literal('axis'), axis: z.string() }),
  z.strictObject({ kind: z.literal('feature') }),
  /** A constant, or one of the arguments unchanged (`unlikely(x)`). */
  z.strictObject({ kind: z.literal('value'), value: z.number().int() }),
  z.strictObject({ kind: z.literal('identity'), argument }),
  /** Touches no translation, order or lifetime that the machine models; `why` says so. Counted in notModelled. */
  /**
   * `until`: what makes the dropped effect happen; a mutant of that can't be judged. `unseen`: it bears on who may use a translation all the same,
   * so that silence says nothing of a patch that takes such a call away or moves it.
   */
  z.strictObject({
    kind: z.literal('drop'),
    why: z.string(),
    until: z.literal('context-synchronisation').optional(),
    unseen: z.literal(true).optional(),
  }),
  /** Changes translations or what they lead to, in a way that no run follows; `why` says what. A run that comes to it is not modelled. */
  z.strictObject({ kind: z.literal('unmodelled'), why: z.string() }),
  /**
   * memset and its like: writes all bytes from argument `to` on. What a page holds is no part of the machine unless it is a table. Memory of the
   * CPU's own that becomes zero is followed; anything else ends the run as not modelled.
   */
  z.strictObject({ kind: z.literal('fill'), to: argument, value: argument.optional() }),
  /** memcpy and its like: byte by byte where both ends are bytes to the machine, as text is; else a `fill` with what nobody knows. */
  z.strictObject({ kind: z.literal('copy'), to: argument, from: argument, bytes: argument }),
  /** memcmp: byte by byte where both ends are bytes to the machine; else its outcome is unknown. */
  z.strictObject({ kind: z.literal('compare'), a: argument, b: argument, bytes: argument }),
]);

export const rowSchema = z.strictObject({
  /** The name as called; `asm.` + mnemonic for an instruction (`asm.sfence.vma`). */
  name: z.string().min(1),
  arch: z.enum(['any', ...ARCHES]),
  /** Arguments that are words, not expressions: `dsb(ish)`, `csr_write(CSR_SATP, v)`. */
  words: z.array(argument).default([]),
  does: meaning,
  /** Manual and section, or kernel file. */
  source: z.string().min(1),
  /** What in this row has not been confirmed in its source. */
  unsure: z.string().optional(),
});

export type CatalogRow = z.infer<typeof rowSchema>;
export type Meaning = CatalogRow['does'];

/** Names that share a meaning; each becomes a row whose source is the group's, and its name. */
const groupSchema = rowSchema.omit({ name: true }).extend({ names: z.array(z.string().min(1)).min(1) });

export const catalogFileSchema = z.strictObject({
  rows: z.array(rowSchema).default([]),
  groups: z.array(groupSchema).default([]),
  /** Kernel feature names → axis: RISCV_ISA_EXT_SVVPTC → Svvptc. */
  features: z.array(z.strictObject({ name: z.string(), axis: z.string(), source: z.string() })).default([]),
  /** Axes that stay where `held` says in a scenario that does not list them; a name may end in `*`. */
  axes: z
    .array(z.strictObject({ name: z.string(), held: z.union([z.string(), z.number(), z.boolean()]), why: z.string(), source: z.string() }))
    .default([]),
});
