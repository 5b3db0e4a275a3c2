import type { CatalogRow } from '../catalog/row.js';
import { BUILTIN_PROCEDURES, POOL } from '../interp/builtins.js';
import type { AxisValue, Cpu, Setup } from '../interp/setup.js';
import { int, ptr, UNINITIALISED, type Value } from '../interp/value.js';
import { architecture } from '../machine/arch/rules.js';
import { LARGE_TABLE, type Mmu } from '../machine/mmu.js';
import type { Arch } from '../program/arch.js';
import type { Expr, ObjectType, Procedure, Program } from '../program/types.js';
import { checkInitial } from './objects.js';
import type { Scenario, SizeSpec, TableSpec } from './spec.js';

/** What the catalog knows, as the interpreter asks for it. */
export interface Primitives {
  find(arch: Arch, name: string): CatalogRow | undefined;
  readonly features: ReadonlyMap<string, string>;
  /** Where an axis stays that the scenario does not list. */
  held?(axis: string): AxisValue | undefined;
}

export interface Linked {
  readonly setup: Setup;
  readonly mmu: Mmu | null;
}

const FIRST_PAGE = 0x8000_0000n;
const PAGE = 0x1000n;
/** Large pages lie apart, each where the size of its level puts it. */
const FIRST_BLOCK = 0x1_0000_0000n;

/**
 * Binds a compiled scenario to its objects, under one setting of the axes; throws NoSuchLocation where `initial` names what nobody has. Page
 * references count as the kernel does: one, and one for each entry.
 */
export function link(
  scenario: Scenario,
  size: SizeSpec,
  program: Program,
  primitives: Primitives,
  setting: ReadonlyMap<string, AxisValue>,
  line: Setup['line'],
): Linked {
  const { arch } = scenario.spec;
  const objects = new Map<string, ObjectType>();
  const physical = new Map<string, bigint>();
  const initial = new Map<string, Value>();
  const page = (obj: string, length: number, shift = 0, bits: 8 | 64 = 64): bigint => {
    const known = physical.get(obj);
    if (known !== undefined) return known;
    const size = BigInt(physical.size);
    const at = shift === 0 ? FIRST_PAGE + size * PAGE : FIRST_BLOCK + (size << BigInt(shift));
    physical.set(obj, at);
    objects.set(obj, { k: 'array', of: { k: 'int', type: { bits, signed: false } }, length });
    initial.set(`${obj}.@count`, int(1));
    return at;
  };

  const mmu = size.mmu ?? null;
  const format = architecture(arch).entries;
  for (const table of mmu?.tables ?? []) page(table.object, mmu?.levels[table.depth]?.entries ?? 0);
  const levels = mmu?.levels ?? [];
  for (const obj of size.blocks) page(obj, 512, levels.at(-2)?.shift);
  for (const obj of size.pages) page(obj, 512);
  for (const obj of size.text) page(obj, 4096, 0, 8);
  for (const table of mmu?.tables ?? []) {
    const length = mmu?.levels[table.depth]?.entries ?? 0;
    const last = table.depth + 1 === levels.length;
    const empty = format.empty(last);
    let used = 0;
    for (let i = 0; i < length; i++) {
      const target = targetOf(table, i);
      if (target === null) {
        if (empty !== 0n) initial.set(`${table.object}[${String(i)}]`, int(empty));
        continue;
      }
      const kind = mmu?.tables.some((each) => each.object === target) === true ? 'table' : last ? 'page' : 'block';
      const to = kind === 'block' ? page(target, 512, levels[table.depth]?.shift) : page(target, 512);
      initial.set(`${table.object}[${String(i)}]`, int(format.encode(kind, to, table.base >= 1n << 63n)));
      used++;
    }
    initial.set(`${table.object}.@count`, int(1 + used));
  }
  for (const obj of size.pool) {
    page(obj, 512);
    initial.set(`${obj}.@count`, int(0));
  }
  objects.set(POOL, { k: 'int', type: { bits: 64, signed: false } });
  const cpus: Cpu[] = size.cpus.map((cpu, i) => ({
    name: cpu.name,
    number: cpu.number ?? i,
    entry: cpu.runs ?? null,
    onlyListedAccesses: cpu.accesses === 'listed',
    elsewhere: cpu.elsewhere,
    tasks: cpu.tasks,
    irq: cpu.irq,
    nmi: cpu.nmi,
  }));
  cpus.forEach((cpu, i) => {
    objects.set(`task${String(i)}`, { k: 'struct', name: 'task_struct' });
    (cpu.tasks ?? []).forEach((_, task) => {
      objects.set(`task${String(i)}_${String(task + 1)}`, { k: 'struct', name: 'task_struct' });
      initial.set(`task${String(i)}_${String(task + 1)}.thread_info.cpu`, int(cpu.number));
    });
    objects.set(`stack${String(i)}`, { k: 'array', of: { k: 'int', type: { bits: 64, signed: false } }, length: null });
    initial.set(`task${String(i)}.thread_info.cpu`, int(cpu.number));
  });
  for (const global of program.globals.values()) {
    for (const { path, value } of global.init) {
      const constant = constantOf(program, value);
      if (constant) initial.set(global.name + path, constant);
    }
  }
  checkInitial(scenario, size, program);
  for (const [loc, value] of Object.entries(size.initial)) initial.set(loc, initialOf(program, value));

  const procedures = new Map<string, Procedure>(program.procedures);
  for (const builtin of BUILTIN_PROCEDURES) procedures.set(builtin.name, builtin);
  const tables = new Set(mmu?.tables.map(({ object }) => object));
  // A second large table that two CPUs clear at once would take ten times the states, and show the same.
  const isLarge = (obj: string): boolean => {
    const type = objects.get(obj);
    return type?.k === 'array' && (type.length ?? 0) > LARGE_TABLE;
  };
  const setup: Setup = {
    arch,
    program: { ...program, procedures },
    rows: { get: (name) => primitives.find(arch, name) },
    features: primitives.features,
    axes: new Map(Object.entries(scenario.spec.axes)),
    setting,
    cpus,
    objects,
    initial,
    physical,
    tables,
    pool: size.pool,
    blank: new Set(size.pool.filter((page) => tables.has(page)).filter((page, nth) => nth === 0 || !isLarge(page))),
    trap: scenario.spec.trap ?? null,
    interrupt: scenario.spec.interrupt,
    line,
    held: (axis) => primitives.held?.(axis),
  };
  return {
    setup,
    mmu: mmu
      ? {
          regime: mmu.regime,
          root: mmu.root,
          number: mmu.number === undefined ? undefined : BigInt(mmu.number),
          contiguous: mmu.contiguous,
          levels: mmu.levels,
          tables: mmu.tables.map(({ object: obj, depth, base }) => ({ obj, depth, base })),
        }
      : null,
  };
}

/** What entry `i` of a table leads to; null where it is empty. */
function targetOf({ object, entries }: TableSpec, i: number): string | null {
  if (entries === 'pages') return `${object}_page${String(i)}`;
  if (entries === 'empty') return null;
  return (Array.isArray(entries) ? entries[i] : entries[String(i)]) ?? null;
}

function constantOf(program: Program, value: Expr): Value | null {
  switch (value.k) {
    case 'int':
      return int(value.value);
    case 'str':
      return { k: 'str', v: value.value };
    case 'symbol':
      return program.procedures.has(value.name) ? { k: 'fn', name: value.name } : ptr(value.name);
    case 'cast':
      return constantOf(program, value.a);
    case 'index':
    case 'field': {
      const base = constantOf(program, value.base);
      if (base?.k !== 'ptr') return null;
      if (value.k === 'field') return ptr(base.obj, `${base.path}.${value.field}`);
      return value.index.k === 'int' ? ptr(base.obj, `${base.path}[${String(value.index.value)}]`) : null;
    }
    default:
      return null;
  }
}

function initialOf(program: Program, value: number | string): Value {
  if (typeof value === 'number') return int(value);
  if (value === '?') return UNINITIALISED;
  if (!value.startsWith('&')) return int(BigInt(value));
  const target = value.slice(1);
  if (program.procedures.has(target)) return { k: 'fn', name: target };
  const end = target.search(/[.[]/);
  return end < 0 ? ptr(target) : ptr(target.slice(0, end), target.slice(end));
}

/** Whether a setting is one that no hardware has; partial settings are only excluded by what they say. */
export function excluded(scenario: Scenario, setting: ReadonlyMap<string, AxisValue>): boolean {
  return scenario.spec.excludes.some((combination) => Object.entries(combination).every(([axis, value]) => setting.get(axis) === value));
}
