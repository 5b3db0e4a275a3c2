import type { CatalogRow } from '../catalog/row.js';
import type { Arch } from '../program/arch.js';
import type { ObjectType, Program } from '../program/types.js';
import type { LeafFlags } from './operation.js';
import type { Value } from './value.js';

export type AxisValue = string | number | boolean;

/** Thrown when a run asks for an axis that its setting leaves open; whoever enumerates settings splits there. */
export class AxisNeeded extends Error {
  constructor(
    readonly axis: string,
    /** `declared`: hardware, option or boot choice with named values. `unknown`: a value the sources do not give; taken as 0 and as 1. */
    readonly origin: 'declared' | 'unknown',
  ) {
    super(`axis ${axis} needed`);
  }
}

export interface Cpu {
  /** For readers: `CPU0`, `hart 1`, `vCPU1`. */
  readonly name: string;
  /** What smp_processor_id() gives. */
  readonly number: number;
  /** The procedure it runs; null for a CPU of which only the hardware walker matters. */
  readonly entry: string | null;
  /** It makes no accesses but those of its program; its hardware may still walk tables at any time. */
  readonly onlyListedAccesses?: boolean | undefined;
  /** x86, s390, powerpc: its address space is another at first. `fresh`: and nothing of these tables has stayed in its TLB. */
  readonly elsewhere?: boolean | 'fresh' | undefined;
  /** Procedures of further tasks, which share the CPU with `entry`. */
  readonly tasks?: readonly string[] | undefined;
  /** Handlers of an interrupt and of a non-maskable one that may come to this CPU, once each, whenever it may take them. */
  readonly irq?: string | undefined;
  readonly nmi?: string | undefined;
  /** What a fault of this CPU does, where it is not the setup's trap procedure that takes it. */
  readonly fault?: FaultPlan;
  /** Runs at EL0 (user mode). */
  readonly user?: boolean;
  /** riscv: what satp holds at first: mode, ASID and root of the tables. */
  readonly satp?: bigint;
  /** Hardware updates of the access flag (`ha`) and of the dirty state (`hd`, which implies `ha`). */
  readonly updates?: 'none' | 'ha' | 'hd';
}

/** `stop`: the thread ends at its first fault. `retry`: a faulting access is tried once more; a run with a second fault is not looked at. */
export type FaultPlan =
  | { readonly k: 'stop' }
  | { readonly k: 'retry' }
  | { readonly k: 'handler'; readonly procedure: string }
  /**
   * arm64 with its exception levels: procedures stand at addresses, VBAR_EL1 and VBAR_EL2 say which takes what. What stands at no address
   * ends the thread. The system registers of such a CPU are locals of their names; address spaces are what TTBR and VTTBR name.
   */
  | { readonly k: 'vectors'; readonly handlers: ReadonlyMap<bigint, string> };

/** One scenario, linked, under one setting of the axes: all that a run needs. */
export interface Setup {
  readonly arch: Arch;
  readonly program: Program;
  /** The catalog, for this architecture. */
  readonly rows: { get(name: string): CatalogRow | undefined };
  /** Kernel feature name → axis. */
  readonly features: ReadonlyMap<string, string>;
  /** Declared axes and their values. */
  readonly axes: ReadonlyMap<string, readonly AxisValue[]>;
  /** Values chosen so far. Unknowns stand here under `?` + key. */
  readonly setting: ReadonlyMap<string, AxisValue>;
  readonly cpus: readonly Cpu[];
  /** Objects that the scenario brings: pages, tables. */
  readonly objects: ReadonlyMap<string, ObjectType>;
  /** First values of locations, by location. */
  readonly initial: ReadonlyMap<string, Value>;
  /** Physical address of each page object. */
  readonly physical: ReadonlyMap<string, bigint>;
  /** Those of them that are tables; any may be one where this is absent. */
  readonly tables?: ReadonlySet<string>;
  /** Pages that the page allocator gives out, in this order; none of them comes twice. */
  readonly pool?: readonly string[];
  /** Tables among them of which a word holds nothing before somebody writes it; others come cleared. */
  readonly blank?: ReadonlySet<string>;
  /** Procedure that takes faults, or null where a fault just ends the access. */
  readonly trap: string | null;
  /**
   * Entry code of interrupts: called with the handler and its argument. Where there is none, the machine does what every entry does: it ends
   * an extended quiescent state first and puts it back last.
   */
  readonly interrupt?: string | undefined;
  /** Loads and stores through a number go through the MMU to the page object behind it (litmus tests); else they are only checked. */
  readonly throughMmu?: boolean;
  /** Locations that stand at a number and are reached without translation: litmus variables, words of code. */
  readonly fixed?: ReadonlyMap<bigint, string>;
  /** View slots a CPU: how many reads it can tell apart as sources of dependencies at a time. */
  readonly viewSlots?: number;
  /** Where an axis is held that the scenario does not list; undefined for one that is taken both ways. */
  readonly held?: (axis: string) => AxisValue | undefined;
  /** Text of a source line for traces; null where it is not at hand. */
  readonly line: (file: string, line: number, origin: string) => string | null;
}

/**
 * The value of an axis, or AxisNeeded. One that the scenario does not list is held where the catalog holds it; where that says nothing either it
 * is taken both ways, like an unknown value.
 */
export function axisValue(setup: Setup, axis: string): AxisValue {
  const chosen = setup.setting.get(axis);
  if (chosen !== undefined) return chosen;
  const declared = setup.axes.get(axis);
  if (declared) {
    const only = declared[0];
    if (declared.length === 1 && only !== undefined) return only;
    throw new AxisNeeded(axis, 'declared');
  }
  return setup.setting.get(`?${axis}`) ?? setup.held?.(axis) ?? needed(axis);
}

function needed(axis: string): never {
  throw new AxisNeeded(`?${axis}`, 'unknown');
}

/** The value of an axis that most scenarios do not name: there it has `otherwise`, and nothing is split. */
export function optionalAxis(setup: Setup, axis: string, otherwise: AxisValue): AxisValue {
  return setup.setting.has(axis) || setup.axes.has(axis) ? axisValue(setup, axis) : otherwise;
}

/** Whether accesses look at the flags of leaves (arm64): where a scenario names the axis `hd`, which says whether hardware updates them (FEAT_HAFDBS). */
export function leafFlags(setup: Setup): LeafFlags {
  const updates = optionalAxis(setup, 'hd', '');
  return updates === '' ? 'ignored' : axisTrue(updates) ? 'updated' : 'checked';
}

/** The number taken for an unknown under this setting, or AxisNeeded. */
export function unknownValue(setup: Setup, key: string): bigint {
  const chosen = setup.setting.get(`?${key}`);
  if (chosen === undefined) throw new AxisNeeded(`?${key}`, 'unknown');
  return BigInt(Number(chosen));
}

export const axisTrue = (value: AxisValue): boolean => value !== false && value !== 0 && value !== 'no';
