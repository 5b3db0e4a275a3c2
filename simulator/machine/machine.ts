import type { Automaton, Node } from '../interp/automaton.js';
import type { Interpreter } from '../interp/interpreter.js';
import { initialValue, objectOf } from '../interp/memory.js';
import type { FlushScope } from '../interp/operation.js';
import { axisTrue, axisValue, type Setup } from '../interp/setup.js';
import { type Value, valueKey } from '../interp/value.js';
import type { Architecture } from './arch/architecture.js';
import { architecture } from './arch/rules.js';
import type { CacheOperation } from './cache.js';
import { compact } from './compact.js';
import { FRESH, goTo, KEPT } from './elsewhere.js';
import { type FetchModel, fetchModel } from './fetch-model.js';
import { Layout, PAGES_A_WORD } from './layout.js';
import { type Entry, entriesOf, type Mmu } from './mmu.js';
import { Order } from './order.js';
import type { RemoteFence } from './riscv/fences.js';
import { enterSpace, type Space, spacesOf } from './riscv/spaces.js';
import type { Invalidation } from './tlbi.js';
import type { Promises } from './promises.js';
import type { Violation } from './violation.js';

/** How riscv hardware treats what it has seen of an invalid entry (RISC-V privileged spec, "Supervisor Memory-Management Fence Instruction"). */
export type InvalidEntries = 'cached' | 'early' | 'early-until-fence';

/**
 * What a program makes the machine keep, found out as it runs: fences that tell loads from stores; instruction fetches; views handed from
 * one CPU to another (locks, interrupts, grace periods); CPUs woken at rest; CPUs that
 * go to other tables; barriers of one CPU's domain. Without it more states are the same.
 */
export type Trait = 'partial-fences' | 'fetches' | 'hands-views' | 'grace-periods' | 'wakes' | 'address-spaces' | 'own-domain' | 'numbers';

/** Thrown at the first operation that needs a trait the run was not started with; it starts again. */
export class TraitNeeded extends Error {
  constructor(readonly trait: Trait) {
    super(`the program ${trait}`);
  }
}

/** Thrown when a run meets more shared locations than its layout has room for; it starts again with more. */
export class LayoutTooSmall extends Error {}

/** Receives successors. `text` is set only while explaining. `stale`: the step used something older than the newest. */
export interface Sink {
  next(state: Int32Array, cpu: number, stale: boolean, text: string): void;
  violation(cpu: number, violation: Violation, text: string): void;
  stuck(why: string): void;
}

/** A model of one setting: its program, its memory, and what is known of both. States are vectors laid out by `layout`. */
export class Machine {
  readonly layout: Layout;
  readonly order: Order;
  readonly entries: readonly Entry[];
  /** The extra thread that runs RCU callbacks. */
  readonly rcuThread: number;
  readonly invalidations: (Invalidation | null)[] = [];
  readonly invalidationScope: number[] = [];
  readonly invalidationIssuer: number[] = [];
  readonly scopes: FlushScope[] = [];
  /** Entries of `invalidations` that are none of the TLB: what they do to caches instead, by the same numbers. */
  readonly caches = new Map<number, CacheOperation>();
  /** riscv: address spaces of the test, by the numbers that states hold. */
  readonly addressSpaces: readonly Space[];
  /** riscv: entries of `invalidations` that are fences, by the same numbers. */
  readonly remoteFences = new Map<number, RemoteFence>();
  readonly calls: { readonly fn: string; readonly info: Value }[] = [];
  readonly pages: readonly string[];
  readonly viewFields: readonly number[];
  /** How this machine fetches instructions. */
  readonly fetches: FetchModel;
  readonly arch: Architecture;
  private readonly scratch: Int32Array;
  /** While true, steps come with text for a reader. */
  explain = false;
  /** While false, successors are left as the step made them: a search that puts them in canonical form by itself. */
  canonical = true;
  /** The order of writes that was chosen beforehand; null where each write takes its place as it is made. */
  promises: Promises | null = null;
  private readonly locations = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly addresses = new Map<bigint, number>();
  private readonly locks = new Map<string, number>();
  private readonly runSpaces: string[] = [];
  private readonly interned = new Map<string, number>();

  constructor(
    readonly auto: Automaton,
    readonly mmu: Mmu | null,
    readonly window: 0 | 1,
    room: number,
    private readonly traits: ReadonlySet<Trait> = new Set<Trait>([
      'partial-fences',
      'fetches',
      'hands-views',
      'grace-periods',
      'wakes',
      'address-spaces',
    ]),
  ) {
    this.entries = mmu ? entriesOf(mmu) : [];
    this.rcuThread = this.setup.cpus.length;
    this.fetches = fetchModel(this.setup);
    this.arch = architecture(this.setup.arch);
    const { cpus, physical, viewSlots, throughMmu = false } = this.setup;
    this.layout = new Layout(
      cpus.length + 1,
      this.entries.length + room,
      this.entries.length,
      physical.size,
      viewSlots,
      throughMmu,
      this.mmu?.satps?.length ?? 0,
    );
    this.order = new Order(this.layout);
    this.viewFields = this.layout.viewFields();
    this.scratch = new Int32Array(this.layout.size);
    this.pages = [...this.setup.physical.keys()];
    for (const entry of this.entries) this.location(entry.loc);
    this.addressSpaces = spacesOf(this);
  }

  get on(): Interpreter {
    return this.auto.on;
  }

  get setup(): Setup {
    return this.on.setup;
  }

  /** Number of a shared location; page-table entries have the numbers of their entries. */
  location(loc: string): number {
    const known = this.locations.get(loc);
    if (known !== undefined) return known;
    const index = this.names.length;
    if (index >= this.layout.locations) throw new LayoutTooSmall();
    this.names.push(loc);
    this.locations.set(loc, index);
    this.order.initials[index] = this.auto.valueId(this.on.known({ value: initialValue(this.setup, loc), deps: 0 }).value);
    return index;
  }

  /** Small number for a virtual address that accesses are made to. */
  address(va: bigint): number {
    const known = this.addresses.get(va);
    if (known !== undefined) return known;
    if (this.addresses.size >= this.layout.locations) throw new LayoutTooSmall();
    this.addresses.set(va, this.addresses.size);
    return this.addresses.size - 1;
  }

  locationName(index: number): string {
    return this.names[index] ?? `location ${String(index)}`;
  }

  get locationCount(): number {
    return this.names.length;
  }

  /** Whether writes to a location can matter to what the thread reads or walks. */
  matters(loc: number, thread: number): boolean {
    return this.layout.exact || loc < this.entries.length || this.on.sharing.reads(this.locationName(loc), thread);
  }

  has(trait: Trait): boolean {
    return this.traits.has(trait);
  }

  need(trait: Trait): void {
    if (!this.traits.has(trait)) throw new TraitNeeded(trait);
  }

  lock(loc: string): number {
    const known = this.locks.get(loc);
    if (known !== undefined) return known;
    this.locks.set(loc, this.locks.size);
    return this.locks.size - 1;
  }

  /** Small number (from 1) for a function and its argument. */
  call(fn: string, info: Value): number {
    const key = `${fn}(${valueKey(info)})`;
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.calls.push({ fn, info });
    this.interned.set(key, this.calls.length);
    return this.calls.length;
  }

  /** Small number (from 1) for an address space that a scenario names, and back. */
  spaceNumber(space: string): number {
    const known = this.runSpaces.indexOf(space);
    return known < 0 ? this.runSpaces.push(space) : known + 1;
  }

  spaceName(number: number): string {
    return this.runSpaces[number - 1] ?? '';
  }

  /** Small number for an invalidation by `issuer` that reaches `scope` (a CPU, or -1 for all). */
  invalidation(what: Invalidation, scope: number, issuer: number): number {
    const { tlbi, from, to, hint, half = '', space, asid } = what;
    const means = space ? `${String(space.el2)} ${String(space.vmid)} ${String(space.asid)}` : '';
    const key = `T${tlbi.word} ${tlbi.awaits ?? ''} ${String(from)} ${String(to)} ${String(hint)} ${String(scope)} ${String(issuer)} ${means}${half}${asid === undefined ? '' : ` ${String(asid)}`}`;
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    const index = this.invalidations.length;
    this.invalidations.push(what);
    this.invalidationScope.push(scope);
    this.invalidationIssuer.push(issuer);
    this.interned.set(key, index);
    return index;
  }

  /** Small number for a cache maintenance operation of `issuer`, as for an invalidation. */
  cacheOperation(what: CacheOperation, issuer: number): number {
    const key = `C${what.k} ${String(what.loc)} ${what.k === 'ic' ? String(what.cpu) : ''} ${String(issuer)}`;
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    const index = this.invalidations.length;
    this.invalidations.push(null);
    this.invalidationScope.push(-1);
    this.invalidationIssuer.push(issuer);
    this.caches.set(index, what);
    this.interned.set(key, index);
    return index;
  }

  /** Small number for a fence of riscv that its hart has not waited for, or that reaches others; as for an invalidation. */
  remoteFence(what: RemoteFence): number {
    const range = what.range ? `${String(what.range.from)}-${String(what.range.to)}` : '';
    const key = `F${what.of} ${String(what.harts)} ${range} ${String(what.asid)}`;
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    const index = this.invalidations.length;
    this.invalidations.push(null);
    this.invalidationScope.push(-1);
    this.invalidationIssuer.push(-1);
    this.remoteFences.set(index, what);
    this.interned.set(key, index);
    return index;
  }

  /** Small number (from 1) for what a flush drops. */
  flushScope(scope: FlushScope): number {
    const key = `D${String(scope.from)} ${String(scope.to)} ${String(scope.tables)} ${String(scope.globals)}`;
    const known = this.interned.get(key);
    if (known !== undefined) return known;
    this.scopes.push(scope);
    this.interned.set(key, this.scopes.length);
    return this.scopes.length;
  }

  start(): Int32Array {
    const s = new Int32Array(this.layout.size);
    this.setup.cpus.forEach((cpu, i) => {
      s[this.layout.at(i)] = this.auto.start(i, cpu.entry);
      if (cpu.elsewhere !== undefined && cpu.elsewhere !== false) {
        this.need('address-spaces');
        goTo(this, s, i, cpu.elsewhere === 'fresh' ? FRESH : KEPT);
      }
      if (this.addressSpaces.length > 0) enterSpace(this, s, i, Math.max(0, (this.mmu?.satps ?? []).indexOf(cpu.satp ?? 0n)));
    });
    s[this.layout.at(this.rcuThread)] = this.auto.start(this.rcuThread, null);
    return s;
  }

  node(s: Int32Array, thread: number): Node {
    return this.auto.node(s[this.layout.at(thread)] ?? 0);
  }

  get(s: Int32Array, thread: number, field: number): number {
    return s[this.layout.at(thread) + field] ?? 0;
  }

  set(s: Int32Array, thread: number, field: number, value: number): void {
    s[this.layout.at(thread) + field] = value;
  }

  raise(s: Int32Array, thread: number, field: number, view: number): void {
    const at = this.layout.at(thread) + field;
    if ((s[at] ?? 0) < view) s[at] = view;
  }

  /** Join of the view slots in `mask`. */
  slots(s: Int32Array, thread: number, mask: number): number {
    let view = 0;
    for (let i = 0; mask >> i; i++) if (mask & (1 << i)) view = Math.max(view, this.get(s, thread, this.layout.SLOT + i));
    return view;
  }

  /** Everything this CPU has read, written or waited for. */
  known(s: Int32Array, thread: number): number {
    const { RN, VR, VW, DSB, ISB } = this.layout;
    return Math.max(
      this.get(s, thread, RN),
      this.get(s, thread, VR),
      this.get(s, thread, VW),
      this.get(s, thread, DSB),
      this.get(s, thread, ISB),
    );
  }

  /** A copy of `s` to build a successor in. There is one: whoever takes it hands it to the sink before anybody takes it again. */
  copy(s: Int32Array): Int32Array {
    this.scratch.set(s);
    return this.scratch;
  }

  /** Copies a state, with the control dependencies of the thread's request joined in. */
  begin(s: Int32Array, thread: number): Int32Array {
    const t = this.copy(s);
    const { ctrl } = this.node(s, thread).request;
    if (ctrl) this.raise(t, thread, this.layout.CTRL, this.slots(s, thread, ctrl));
    return t;
  }

  /** Moves the thread on and puts the state in canonical form. */
  move(t: Int32Array, thread: number): void {
    this.goTo(t, thread, this.auto.next(t[this.layout.at(thread)] ?? 0));
  }

  /** The same, with a value (by its number) as the answer. */
  moveWith(t: Int32Array, thread: number, value: number): void {
    this.goTo(t, thread, this.auto.nextWith(t[this.layout.at(thread)] ?? 0, value));
  }

  goTo(t: Int32Array, thread: number, id: number): void {
    this.set(t, thread, this.layout.NODE, id);
    const { live } = this.auto.node(id).request;
    for (let i = 0; i < this.layout.slots; i++) if ((live & (1 << i)) === 0) this.set(t, thread, this.layout.SLOT + i, 0);
    if (this.canonical && this.promises === null) compact(this, t);
  }

  /** True where this thread has nothing more to run. */
  ended(s: Int32Array, thread: number): boolean {
    return this.node(s, thread).request.does.op === 'end';
  }

  /** True where an own store to memory is still on its way. */
  delayed(s: Int32Array, thread: number): boolean {
    return this.get(s, thread, this.layout.PEND_LOC) !== 0;
  }

  invalidEntries(): InvalidEntries {
    const value = axisValue(this.setup, 'invalid-entries');
    if (value === 'cached' || value === 'early' || value === 'early-until-fence') return value;
    throw new Error(`axis invalid-entries has the value ${String(value)}`);
  }

  axis(name: string): boolean {
    return axisTrue(axisValue(this.setup, name));
  }

  /** Number, from 1, of the task that runs on a CPU: who holds a lock. Where CPUs have one task, it is the CPU's. */
  taskNumber(s: Int32Array, cpu: number, task = this.node(s, cpu).state.task): number {
    return cpu + 1 + task * this.layout.threads;
  }

  taskName(cpu: number, task: number): string {
    const { entry = null, tasks = [] } = this.setup.cpus[cpu] ?? {};
    return (task === 0 ? entry : tasks[task - 1]) ?? `task ${String(task)}`;
  }

  cpuName(cpu: number): string {
    return this.setup.cpus[cpu]?.name ?? 'RCU callback';
  }

  /** Marks a page as freed. */
  markFreed(s: Int32Array, obj: string): void {
    const index = this.pages.indexOf(obj);
    if (index < 0) return;
    const word = this.layout.FREED + Math.floor(index / PAGES_A_WORD);
    s[word] = (s[word] ?? 0) | (1 << (index % PAGES_A_WORD));
  }

  /** Pages that were freed. */
  freedPages(s: Int32Array): string[] {
    return this.pages.filter((obj) => this.isFreed(s, obj));
  }

  /** True where `loc` is content of a page that was freed; what the kernel keeps about the page outlives it. */
  isFreed(s: Int32Array, loc: string): boolean {
    const obj = objectOf(loc);
    if (loc.startsWith('.', obj.length)) return false;
    const index = this.pages.indexOf(obj);
    return index >= 0 && ((s[this.layout.FREED + Math.floor(index / PAGES_A_WORD)] ?? 0) & (1 << (index % PAGES_A_WORD))) !== 0;
  }
}
