import type { Automaton, Node } from '../interp/automaton.js';
import { initialValue, locationOf } from '../interp/memory.js';
import type { Access, FaultType, Operation } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { axisTrue } from '../interp/setup.js';
import { runsAsUser } from '../interp/trap.js';
import { int, ONE, type Value, valueKey } from '../interp/value.js';
import { leafOf, setAccessed, setWritable } from '../machine/leaf.js';
import { decode, type Entry, entriesOf, entryFor, type Mmu } from '../machine/mmu.js';
import { covers, decodeTlbi, type Invalidation } from '../machine/tlbi.js';

/** What one CPU holds of an entry: a copy of the value that it read, whenever that was. */
type Copies = ReadonlyMap<number, Value>;

interface Core {
  readonly node: number;
  /** TLB: copies that stay until an invalidation covers them, or the hardware drops them. Never of what faults as "not there". */
  readonly tlb: Copies;
  /** Translations made early for instructions to come. A context synchronisation drops them; an invalidation by this CPU does not. */
  readonly early: Copies;
  /** TLBIs issued and not waited for. */
  readonly issued: readonly { readonly what: Invalidation; readonly local: boolean }[];
}

/** A whole machine state, small and plain. */
export interface EagerState {
  readonly memory: ReadonlyMap<string, Value>;
  readonly cores: readonly Core[];
}

/** What the eager machine does not know; it has no say on such a test. */
export class NotEager extends Error {}

export interface EagerRun {
  /** Final states. */
  readonly ends: readonly EagerState[];
  readonly states: number;
  /** Null where everything was met. */
  readonly stopped: string | null;
}

/**
 * A second, slow machine for arm64, written to have as little as possible in common with `simulator/machine`: memory holds one value a
 * location, instructions are done one after the other, and whatever hardware may do by itself is a step: walking early, filling a TLB,
 * dropping a copy. What it shows the other machine has to show too; where every access is fenced off from the next, they show the same.
 *
 * It knows one stage, one address space and one table level.
 */
export class EagerMachine {
  private readonly entries: readonly Entry[];
  private readonly ets2: boolean;

  constructor(
    private readonly auto: Automaton,
    private readonly mmu: Mmu | null,
  ) {
    this.entries = mmu ? entriesOf(mmu) : [];
    this.ets2 = axisTrue(auto.on.setup.setting.get('FEAT_ETS2') ?? false);
  }

  explore(limit: number): EagerRun {
    const { setup } = this.auto.on;
    const first: EagerState = {
      memory: new Map(),
      cores: setup.cpus.map((cpu, i) => ({ node: this.auto.start(i, cpu.entry), tlb: new Map(), early: new Map(), issued: [] })),
    };
    const seen = new Set([stateKey(first)]);
    const open = [first];
    const ends: EagerState[] = [];
    for (let state = open.pop(); state; state = open.pop()) {
      if (state.cores.every((core) => this.auto.node(core.node).request.does.op === 'end')) ends.push(state);
      for (const next of this.steps(state)) {
        const key = stateKey(next);
        if (seen.has(key)) continue;
        if (seen.size >= limit) return { ends, states: seen.size, stopped: `${String(limit)} states` };
        seen.add(key);
        open.push(next);
      }
    }
    return { ends, states: seen.size, stopped: null };
  }

  read(state: EagerState, loc: string): Value {
    return state.memory.get(loc) ?? this.auto.on.known({ value: initialValue(this.auto.on.setup, loc), deps: 0 }).value;
  }

  private *steps(state: EagerState): Generator<EagerState> {
    for (let cpu = 0; cpu < state.cores.length; cpu++) {
      const core = this.core(state, cpu);
      const node = this.auto.node(core.node);
      if (node.request.does.op === 'end' || node.request.does.op === 'discard') continue;
      yield* this.hardware(state, cpu, core);
      yield* this.operate(state, cpu, core, node);
    }
    yield* this.flags(state);
  }

  /** What the hardware of a CPU may do by itself: walk early, fill its TLB, drop a copy. */
  private *hardware(state: EagerState, cpu: number, core: Core): Generator<EagerState> {
    for (const entry of this.entries) {
      const value = this.read(state, entry.loc);
      const held = core.tlb.get(entry.index);
      yield this.with(state, cpu, { early: new Map(core.early).set(entry.index, value) });
      if (held) yield this.with(state, cpu, { early: new Map(core.early).set(entry.index, held), tlb: without(core.tlb, entry.index) });
      if (held) yield this.with(state, cpu, { early: new Map(core.early).set(entry.index, held) });
      if (this.cacheable(cpu, value)) yield this.with(state, cpu, { tlb: new Map(core.tlb).set(entry.index, value) });
      if (held) yield this.with(state, cpu, { tlb: without(core.tlb, entry.index) });
      if (core.early.has(entry.index)) yield this.with(state, cpu, { early: without(core.early, entry.index) });
    }
  }

  /** Access flags are set by hardware that manages them, whenever it likes. */
  private *flags(state: EagerState): Generator<EagerState> {
    if (!this.auto.on.setup.cpus.some((cpu) => (cpu.updates ?? 'none') !== 'none')) return;
    for (const entry of this.entries) {
      const value = this.read(state, entry.loc);
      if (value.k === 'int' && decode('arm64', value, true).k === 'leaf' && !leafOf(value.v).accessed)
        yield this.store(state, entry.loc, int(setAccessed(value.v)));
    }
  }

  private cacheable(cpu: number, value: Value): boolean {
    if (value.k !== 'int' || decode('arm64', value, true).k !== 'leaf') return false;
    return leafOf(value.v).accessed || (this.auto.on.setup.cpus[cpu]?.updates ?? 'none') !== 'none';
  }

  private *operate(state: EagerState, cpu: number, core: Core, node: Node): Generator<EagerState> {
    const { does } = node.request;
    switch (does.op) {
      case 'load':
      case 'store':
      case 'rmw':
        yield this.access(state, cpu, core, does);
        return;
      case 'translated':
        yield* this.translated(state, cpu, core, does);
        return;
      case 'isb':
      case 'trap-return':
        yield this.with(state, cpu, { node: this.auto.next(core.node), early: new Map() });
        return;
      case 'exception':
        yield this.with(state, cpu, { node: this.auto.nextFault(core.node, 'supervisor-call'), early: new Map() });
        return;
      case 'tlbi':
        yield this.issue(state, cpu, core, does);
        return;
      case 'dsb':
        yield this.dsb(state, cpu, core, does.of === 'full');
        return;
      case 'dmb':
      case 'fence':
        yield this.with(state, cpu, { node: this.auto.next(core.node) });
        return;
      default:
        throw new NotEager(`the eager machine does not know ${does.op}`);
    }
  }

  private access(state: EagerState, cpu: number, core: Core, access: Access): EagerState {
    const old = this.read(state, access.loc);
    // With FEAT_ETS2 a walk that faults comes after all older accesses: what was translated early to a fault is no longer good.
    const early = this.ets2 ? new Map([...core.early].filter(([, value]) => this.cacheable(cpu, value))) : core.early;
    const go = (on: EagerState, answer: Value | null): EagerState =>
      this.with(on, cpu, { node: answer ? this.auto.nextWith(core.node, this.auto.valueId(answer)) : this.auto.next(core.node), early });
    switch (access.op) {
      case 'load':
        return go(state, old);
      case 'store':
        return go(this.store(state, access.loc, access.value), null);
      case 'rmw': {
        const out = applyRmw(old, access);
        return go(out ? this.store(state, access.loc, out) : state, old);
      }
      case 'store-exclusive':
        // Without a monitor it can only fail, which an exclusive store always may.
        return go(state, ONE);
    }
  }

  /** An access uses a translation made early, a copy in the TLB, or walks now. */
  private *translated(state: EagerState, cpu: number, core: Core, does: Extract<Operation, { op: 'translated' }>): Generator<EagerState> {
    const entry = this.mmu ? entryFor(this.entries, this.mmu.root, does.va) : null;
    if (!entry) {
      yield this.fault(state, cpu, core, 'translation');
      return;
    }
    const uses: { readonly value: Value; readonly now: boolean }[] = [{ value: this.read(state, entry.loc), now: true }];
    for (const copies of [core.early, core.tlb]) {
      const value = copies.get(entry.index);
      if (value) uses.push({ value, now: false });
    }
    for (const { value, now } of uses) {
      const outcome = this.leaf(cpu, core, value, does.access.op !== 'load');
      if (outcome.k === 'fault') {
        yield this.fault(state, cpu, core, outcome.type);
        continue;
      }
      let on = state;
      if (outcome.update) {
        // Hardware writes what it found, and only over what it found.
        if (!now && valueKey(value) !== valueKey(this.read(state, entry.loc))) continue;
        on = this.store(state, entry.loc, outcome.update);
      }
      const obj = [...this.auto.on.setup.physical].find(([, base]) => base === outcome.to)?.[0];
      if (obj === undefined) throw new NotEager(`physical address 0x${outcome.to.toString(16)} is no page of this test`);
      yield this.access(on, cpu, core, { ...does.access, loc: locationOf(this.auto.on.setup, obj, '') });
    }
  }

  private leaf(
    cpu: number,
    core: Core,
    value: Value,
    write: boolean,
  ): { readonly k: 'page'; readonly to: bigint; readonly update: Value | null } | { readonly k: 'fault'; readonly type: FaultType } {
    const decoded = decode('arm64', value, true);
    if (value.k !== 'int' || decoded.k !== 'leaf') return { k: 'fault', type: 'translation' };
    const bits = leafOf(value.v);
    const updates = this.auto.on.setup.cpus[cpu]?.updates ?? 'none';
    if (!bits.accessed && updates === 'none') return { k: 'fault', type: 'access-flag' };
    if (!bits.user && runsAsUser(this.auto.on.setup, this.auto.node(core.node).state)) return { k: 'fault', type: 'permission' };
    let after = bits.accessed ? value.v : setAccessed(value.v);
    if (write && !bits.writable) {
      if (updates !== 'hd' || !bits.dirtyManaged) return { k: 'fault', type: 'permission' };
      after = setWritable(after);
    }
    return { k: 'page', to: decoded.to, update: after === value.v ? null : int(after) };
  }

  private fault(state: EagerState, cpu: number, core: Core, type: FaultType): EagerState {
    return this.with(state, cpu, { node: this.auto.nextFault(core.node, type), early: new Map() });
  }

  private issue(state: EagerState, cpu: number, core: Core, does: Extract<Operation, { op: 'tlbi' }>): EagerState {
    const tlbi = decodeTlbi(does.word);
    if (!tlbi) throw new NotEager(`TLBI ${does.word} is not known`);
    const from = does.address === null ? 0n : BigInt.asUintN(44, does.address) << 12n;
    const by = tlbi.by === 'address' && does.address === null ? ('all' as const) : tlbi.by;
    const what: Invalidation = { tlbi: { ...tlbi, by }, from, to: from + 4096n, hint: null };
    return this.with(state, cpu, { node: this.auto.next(core.node), issued: [...core.issued, { what, local: tlbi.local }] });
  }

  /** Completes the TLBIs issued: copies go, here and elsewhere; what this CPU translated early stays until it synchronises. */
  private dsb(state: EagerState, cpu: number, core: Core, full: boolean): EagerState {
    if (!full) return this.with(state, cpu, { node: this.auto.next(core.node) });
    let on = state;
    for (const { what, local } of core.issued) {
      for (let other = 0; other < state.cores.length; other++) {
        if (local && other !== cpu) continue;
        const held = this.core(on, other);
        const stays = (index: number): boolean => this.entries[index] === undefined || !covers(what, this.entries[index], false);
        on = this.with(on, other, { tlb: keep(held.tlb, stays), early: other === cpu ? held.early : keep(held.early, stays) });
      }
    }
    // With FEAT_ETS2 a DSB orders later walks, as a context synchronisation does.
    const early = this.ets2 ? new Map<number, Value>() : this.core(on, cpu).early;
    return this.with(on, cpu, { node: this.auto.next(core.node), issued: [], early });
  }

  private core(state: EagerState, cpu: number): Core {
    const found = state.cores[cpu];
    if (!found) throw new Error(`no CPU ${String(cpu)}`);
    return found;
  }

  private with(state: EagerState, cpu: number, change: Partial<Core>): EagerState {
    return { ...state, cores: state.cores.map((core, i) => (i === cpu ? { ...core, ...change } : core)) };
  }

  private store(state: EagerState, loc: string, value: Value): EagerState {
    return { ...state, memory: new Map(state.memory).set(loc, value) };
  }
}

const keep = (copies: Copies, stays: (entry: number) => boolean): Copies => new Map([...copies].filter(([entry]) => stays(entry)));
const without = (copies: Copies, entry: number): Copies => keep(copies, (each) => each !== entry);

const mapKey = <K>(map: ReadonlyMap<K, Value>): string =>
  [...map]
    .map(([key, value]) => `${String(key)}=${valueKey(value)}`)
    .sort()
    .join(',');

function stateKey({ memory, cores }: EagerState): string {
  const parts = cores.map(({ node, tlb, early, issued }) => {
    const waiting = issued.map(({ what, local }) => `${what.tlbi.word} ${what.from.toString(16)} ${String(local)}`).join(',');
    return `${String(node)};${mapKey(tlb)};${mapKey(early)};${waiting}`;
  });
  return `${mapKey(memory)}|${parts.join('|')}`;
}
