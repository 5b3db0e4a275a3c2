import { Interpreter } from '../interp/interpreter.js';
import { initialValue } from '../interp/memory.js';
import type { Operation, Request, Result } from '../interp/operation.js';
import { applyRmw } from '../interp/rmw.js';
import { axisTrue, axisValue, type Setup } from '../interp/setup.js';
import { SharingFacts } from '../interp/sharing.js';
import { switchTo, waitingTasks } from '../interp/tasks.js';
import { newThread, type ThreadState } from '../interp/thread.js';
import { lend } from '../interp/lend.js';
import { takeFault, takeInterrupt } from '../interp/trap.js';
import { int, truthOf, type Value, valueKey } from '../interp/value.js';
import { invalidated } from '../machine/arch/s390.js';
import { decodeTlbi } from '../machine/tlbi.js';
import type { Linked } from '../scenarios/link.js';
import { Counts } from './counts.js';
import { Hardware, type KeepsInvalid } from './hardware.js';

/** A run that counts, or why it could not be finished. */
export type Measured = { readonly k: 'counts'; readonly counts: Counts } | { readonly k: 'stuck'; readonly why: string };

/** Operations one run may take. */
const STEPS = 200_000;
const NONE: Result = { k: 'none' };

/**
 * One long, fair run: every CPU steps in turn, each access sees the newest memory, hardware holds on to old translations as long as it may.
 * It finds no races; it counts what the code costs. Throws AxisNeeded for an axis the setting leaves open.
 */
export function measure(linked: Linked): Measured {
  return new Run(linked).go();
}

type Invalidation = Extract<
  Operation,
  { op: 'flush' | 'cr3-write' | 'address-space' | 'invalidate-entry' | 'csp' | 'tlbie' | 'tlbsync' | 'ptesync' }
>;

/** Whether the thread does by interrupt what another CPU asked for. */
const forOthers = (thread: ThreadState): boolean =>
  thread.frames.some((frame) => frame.entry.k === 'interrupt' && frame.entry.from !== thread.cpu);

/** Only riscv lets hardware keep what faults; which of both it does is an axis (docs/machine.md, "Translation on riscv"). */
function keepsInvalid(setup: Setup): KeepsInvalid {
  if (setup.arch !== 'riscv') return 'never';
  return axisValue(setup, 'invalid-entries') === 'cached' ? 'until-fence' : 'until-trap';
}

class Run {
  private readonly on: Interpreter;
  private readonly memory = new Map<string, Value>();
  private readonly counts = new Counts();
  private readonly hardware: Hardware;
  private readonly threads: ThreadState[];
  private readonly locks = new Map<string, number>();
  private readonly ipis: { fn: string; info: Value; from: number; to: number }[] = [];
  private readonly callbacks: { fn: string; head: Value }[] = [];
  /** Outstanding answers to each sender; -1 before it has sent. */
  private readonly answers: number[];
  private readonly tables: ReadonlySet<string>;
  private sent = false;

  constructor(linked: Linked) {
    const { setup } = linked;
    this.tables = new Set(linked.mmu?.tables.map((table) => table.obj));
    this.on = new Interpreter(setup, new SharingFacts(() => true), false);
    this.hardware = new Hardware(setup, linked.mmu, this.memory, keepsInvalid(setup));
    this.threads = [...setup.cpus, null].map((_, i) => newThread(i));
    setup.cpus.forEach((cpu, i) => {
      const thread = this.threads[i];
      if (!thread) return;
      if (cpu.entry !== null) this.on.enter(thread, cpu.entry, [], { k: 'start' });
      thread.parked = waitingTasks(this.on, i);
    });
    this.answers = this.threads.map(() => -1);
  }

  go(): Measured {
    for (let steps = 0; steps < STEPS; ) {
      let moved = false;
      for (const thread of this.threads) {
        this.interrupt(thread);
        const request = this.on.run(thread);
        if (request.does.op === 'idle') switchTo(thread, thread.parked[0]?.task ?? 0, request.does);
        if (request.does.op === 'stuck') return { k: 'stuck', why: request.does.why };
        if (request.does.op === 'fail') return { k: 'stuck', why: `the run ends in ${request.does.violation}: ${request.does.why}` };
        const result = this.step(thread, request);
        moved ||= this.sent;
        this.sent = false;
        if (!result) continue;
        moved = true;
        steps++;
        if (result.k !== 'fault' || request.does.op !== 'touch') this.on.resume(thread, request, result);
        else if (this.on.setup.trap === null) return { k: 'stuck', why: 'a page fault that nothing in the scenario handles' };
        else takeFault(this.on, thread, request.does);
      }
      if (moved) continue;
      return this.threads.every((thread) => thread.frames.length === 0)
        ? { k: 'counts', counts: this.counts }
        : { k: 'stuck', why: 'the run comes to a stop' };
    }
    return { k: 'stuck', why: `more than ${String(STEPS)} operations` };
  }

  private read(loc: string): Value {
    return this.memory.get(loc) ?? this.on.known({ value: initialValue(this.on.setup, loc), deps: 0 }).value;
  }

  private interrupt(thread: ThreadState): void {
    if (thread.irqOff > 0) return;
    const at = this.ipis.findIndex((ipi) => ipi.to === thread.cpu);
    const ipi = at < 0 ? undefined : this.ipis.splice(at, 1)[0];
    if (ipi) {
      this.counts.add('ipis-taken');
      const sender = ipi.from === thread.cpu ? undefined : this.threads[ipi.from];
      const lent = sender && lend(sender, ipi.info, thread.frames.length);
      takeInterrupt(this.on, thread, ipi.fn, lent ?? ipi.info, ipi.from);
    } else if (
      thread.cpu === this.on.setup.cpus.length &&
      thread.frames.length === 0 &&
      this.threads.every((each) => each.rcuDepth === 0 && each.preemptOff === 0)
    ) {
      const callback = this.callbacks.shift();
      if (callback) takeInterrupt(this.on, thread, callback.fn, callback.head, -1);
    }
  }

  /** Carries the operation out; null where the thread has to wait. */
  private step(thread: ThreadState, request: Request): Result | null {
    const { does } = request;
    switch (does.op) {
      case 'load':
        return { k: 'value', value: this.read(does.loc) };
      case 'store':
        this.memory.set(does.loc, does.value);
        return NONE;
      case 'rmw': {
        const old = this.read(does.loc);
        const out = applyRmw(old, does);
        if (out) this.memory.set(does.loc, out);
        return { k: 'value', value: old };
      }
      case 'fence':
      case 'fence-tso':
      case 'dmb':
        this.counts.add('barriers');
        return NONE;
      case 'dsb':
      case 'isb':
        this.counts.add(does.op);
        return NONE;
      case 'dc':
      case 'text-gone':
      case 'translation-gone':
        return NONE;
      case 'ic':
      case 'fence-i':
      case 'sbi-fence-i':
        this.counts.add('icache-fences');
        return NONE;
      case 'tlbi':
        return this.tlbi(does);
      case 'sfence':
        this.counts.add(forOthers(thread) ? 'remote-fences' : 'local-fences');
        this.fence(thread.cpu, does.address, does.address === null ? null : does.address + (does.size ?? 4096n));
        return NONE;
      case 'flush':
      case 'address-space':
      case 'cr3-write':
      case 'invalidate-entry':
      case 'csp':
      case 'tlbie':
      case 'tlbsync':
      case 'ptesync':
        return this.invalidate(thread, does);
      case 'sbi-sfence':
        return this.sbi(thread.cpu, does);
      case 'ipi':
        return this.ipi(thread.cpu, does);
      case 'interrupt-return':
        if (does.from >= 0) this.answers[does.from] = (this.answers[does.from] ?? 0) - 1;
        return NONE;
      case 'lock': {
        const taken = this.locks.has(does.loc);
        if (!taken) this.locks.set(does.loc, thread.cpu);
        if (does.tries) return { k: 'value', value: int(taken ? 0 : 1) };
        return taken ? null : NONE;
      }
      case 'unlock':
        this.locks.delete(does.loc);
        return NONE;
      case 'page-free':
        if (this.tables.has(does.obj) && thread.cpu < this.on.setup.cpus.length) this.counts.add('pages-freed');
        return NONE;
      case 'rcu-call':
        this.counts.add('pages-held-for-grace-period');
        this.callbacks.push({ fn: does.fn, head: does.head });
        return NONE;
      case 'touch': {
        const how = this.hardware.translate(thread.cpu, does.va);
        if (how === 'ok') return { k: 'value', value: { k: 'int', v: 0n } };
        this.counts.add('faults');
        if (how === 'spurious') this.counts.add('spurious-faults');
        this.hardware.trap(thread.cpu);
        return { k: 'fault', type: 'translation' };
      }
      case 'await':
        return truthOf(this.read(does.loc)) === true ? { k: 'value', value: this.read(does.loc) } : null;
      case 'fetch':
        return { k: 'value', value: this.read(does.loc) };
      case 'runs':
      case 'trap-return':
      case 'rcu-sync':
      case 'rcu-quiescent':
      case 'resched':
      case 'preempt-off':
      case 'context':
        return NONE;
      case 'store-exclusive':
        this.memory.set(does.loc, does.value);
        return { k: 'value', value: { k: 'int', v: 0n } };
      case 'idle':
        this.sent = true;
        return null;
      case 'end':
      case 'stuck':
      case 'fail':
      case 'translated':
      case 'exception':
      case 'discard':
      case 'sinval':
      case 'svinval-fence':
        return null;
      case 'satp':
        return NONE;
    }
  }

  private fence(cpu: number, from: bigint | null, to: bigint | null): void {
    this.hardware.invalidate(
      cpu,
      (entry) => from === null || to === null || (this.hardware.isLeaf(entry) && entry.from < to && entry.from + entry.size > from),
    );
  }

  /** Invalidations of x86, s390 and powerpc. */
  private invalidate(thread: ThreadState, does: Invalidation): Result {
    const everyone = [...this.on.setup.cpus.keys()];
    const drop = (cpus: readonly number[], from: bigint | null, to: bigint | null): void => {
      for (const cpu of cpus) {
        this.counts.add(cpu === thread.cpu && !forOthers(thread) ? 'local-fences' : 'remote-fences');
        // By address, too, copies of what stands above the last level go (docs/machine.md, "Translation on x86", "on s390", "on powerpc").
        this.hardware.invalidate(cpu, (entry) => !this.hardware.isLeaf(entry));
        this.fence(cpu, from, to);
      }
    };
    switch (does.op) {
      case 'flush':
        drop(does.cpus === 'all' ? everyone : [thread.cpu], does.scope.from, does.scope.to);
        return NONE;
      case 'cr3-write':
        if (!does.keep) drop([thread.cpu], null, null);
        return NONE;
      case 'invalidate-entry': {
        for (const entry of this.hardware.entries) {
          if (!does.locs.includes(entry.loc)) continue;
          const old = this.read(entry.loc);
          if (old.k === 'int') this.memory.set(entry.loc, { k: 'int', v: invalidated(old.v, does.level) });
          drop(does.cpus === 'all' ? everyone : [thread.cpu], entry.from, entry.from + entry.size);
        }
        return NONE;
      }
      case 'csp': {
        const old = this.read(does.loc);
        if (valueKey(old) === valueKey(does.expected)) {
          this.memory.set(does.loc, does.operand);
          drop(everyone, null, null);
        }
        return { k: 'value', value: old };
      }
      case 'tlbie':
        this.counts.add(does.range ? 'tlbi-leaf' : 'tlbi-asid');
        return NONE;
      case 'address-space':
        return NONE;
      case 'ptesync':
        this.counts.add('dsb');
        return NONE;
      case 'tlbsync':
        return NONE;
    }
  }

  private sbi(cpu: number, does: Extract<Operation, { op: 'sbi-sfence' }>): Result {
    this.counts.add('sbi-calls');
    const all = does.size >= 0xffff_ffff_ffff_ffffn || (does.start === 0n && does.size === 0n);
    for (let hart = 0; hart < this.on.setup.cpus.length; hart++) {
      if ((does.mask & (1 << hart)) === 0) continue;
      this.counts.add(hart === cpu ? 'local-fences' : 'remote-fences');
      this.fence(hart, all ? null : does.start, all ? null : does.start + does.size);
    }
    return NONE;
  }

  private ipi(cpu: number, does: Extract<Operation, { op: 'ipi' }>): Result | null {
    const sent = this.answers[cpu] ?? -1;
    if (sent > 0) return null;
    if (sent === 0) {
      this.answers[cpu] = -1;
      return NONE;
    }
    let targets = 0;
    for (let to = 0; to < this.on.setup.cpus.length; to++) {
      if (does.mask !== null && (does.mask & (1 << to)) === 0) continue;
      if (to === cpu && !does.self) continue;
      // The sender runs its own part as a call, not as an interrupt.
      if (to !== cpu) this.counts.add('ipis-sent');
      else this.counts.add('ipis-taken', -1);
      this.ipis.push({ fn: does.fn, info: does.info, from: cpu, to });
      targets++;
    }
    this.answers[cpu] = targets;
    this.sent = true;
    return null;
  }

  private tlbi(does: Extract<Operation, { op: 'tlbi' }>): Result {
    const tlbi = decodeTlbi(does.word);
    if (!tlbi) return NONE;
    const hinted = does.level !== null && does.level >= 1 && does.level <= 3 && axisTrue(axisValue(this.on.setup, 'FEAT_TTL'));
    if (tlbi.by === 'address')
      this.counts.add(tlbi.range || does.pages !== null ? 'tlbi-range' : tlbi.last || hinted ? 'tlbi-leaf' : 'tlbi-table');
    else if (tlbi.by === 'asid') this.counts.add('tlbi-asid');
    else this.counts.add(tlbi.stage === 12 || tlbi.word.startsWith('vmalle') ? 'tlbi-vmid' : 'tlbi-all');
    return NONE;
  }
}
