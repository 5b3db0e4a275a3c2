import type { CatalogRow, Meaning } from '../catalog/row.js';
import type { AxisValue } from '../interp/setup.js';
import type { Arch } from '../program/arch.js';
import type {
  AccessOrder,
  BinaryOp,
  Expr,
  Global,
  Instr,
  IntType,
  ObjectType,
  Procedure,
  Program,
  RmwFunction,
  RmwOrder,
  SourceRef,
} from '../program/types.js';
import { type Linked, link } from '../scenarios/link.js';
import type { SizeSpec } from '../scenarios/spec.js';

/**
 * Programs by hand, a line an instruction, for tests of the simulator: the front ends stand above it and are not at hand here. Names in
 * place of an address are globals (declared by being named), names in place of a value are locals, numbers are numbers.
 */

export const U64: IntType = { bits: 64, signed: false };
export const S32: IntType = { bits: 32, signed: true };

/** A name (a local), a number, or an expression. */
export type Operand = Expr | string | number | bigint;
/** A name (a global) or an expression. */
export type Address = Expr | string;

type Bare<T> = T extends unknown ? Omit<T, 'at'> : never;
type Step = Bare<Instr>;

/** An instruction; or what only stands here until labels are resolved; or several lines in one. */
export type Line =
  | Step
  | { readonly op: 'label'; readonly name: string }
  | { readonly op: 'go'; readonly unless: Expr | null; readonly to: string }
  | readonly Line[];

export const num = (value: number | bigint): Expr => ({ k: 'int', value: BigInt(value) });
export const str = (value: string): Expr => ({ k: 'str', value });
export const local = (name: string): Expr => ({ k: 'local', name });
export const symbol = (name: string): Expr => ({ k: 'symbol', name });
export const element = (obj: string, index: Operand, size = 8): Expr => ({ k: 'index', base: symbol(obj), index: expr(index), size });
/** The address of a local. */
export const frame = (name: string): Expr => ({ k: 'frame', name });
export const field = (base: Address, name: string): Expr => ({ k: 'field', base: address(base), field: name });
export const binary = (op: BinaryOp, a: Operand, b: Operand, type: IntType = U64): Expr => ({
  k: 'binary',
  op,
  a: expr(a),
  b: expr(b),
  type,
});
export const equal = (a: Operand, b: Operand): Expr => binary('==', a, b);
/** Zero that depends on `name`: what litmus tests make address and data dependencies with. */
export const zeroFrom = (name: string): Expr => binary('^', name, name);

function expr(operand: Operand): Expr {
  if (typeof operand === 'string') return local(operand);
  return typeof operand === 'object' ? operand : num(operand);
}

function address(at: Address): Expr {
  return typeof at === 'string' ? symbol(at) : at;
}

export const set = (dst: string, value: Operand): Line => ({ op: 'set', dst, value: expr(value) });
export const load = (dst: string, addr: Address, order: AccessOrder = 'once', type = U64): Line => ({
  op: 'load',
  dst,
  addr: address(addr),
  type,
  order,
});
export const acquire = (dst: string, addr: Address): Line => load(dst, addr, 'acquire');
export const store = (addr: Address, value: Operand, order: AccessOrder = 'once', type = U64): Line => ({
  op: 'store',
  addr: address(addr),
  value: expr(value),
  type,
  order,
});
export const release = (addr: Address, value: Operand): Line => store(addr, value, 'release');
/** `&global` with a zero added that depends on `name`. */
export const dependent = (obj: string, name: string): Expr => ({ k: 'index', base: symbol(obj), index: zeroFrom(name), size: 8 });
export const rmw = (
  dst: string | null,
  addr: Address,
  fn: RmwFunction,
  operand: Operand,
  order: RmwOrder = 'relaxed',
  type = U64,
  expected: Operand | null = null,
): Line => ({
  op: 'rmw',
  dst,
  addr: address(addr),
  fn,
  operand: expr(operand),
  expected: expected === null ? null : expr(expected),
  type,
  order,
});
export const call = (name: string, args: readonly Operand[] = [], dst: string | null = null): Line => ({
  op: 'call',
  dst,
  callee: { k: 'name', name },
  args: args.map(expr),
});
/** Calls through a pointer. */
export const callThrough = (fn: Operand, args: readonly Operand[] = []): Line => ({
  op: 'call',
  dst: null,
  callee: { k: 'value', value: expr(fn) },
  args: args.map(expr),
});
export const ret = (value: Operand | null = null): Line => ({ op: 'return', value: value === null ? null : expr(value) });
export const label = (name: string): Line => ({ op: 'label', name });
export const goto = (to: string): Line => ({ op: 'go', unless: null, to });
/** Runs `lines` only where `cond` is not zero. */
export function when(cond: Operand, ...lines: Line[]): Line {
  const end = `end ${String(ends++)}`;
  return [{ op: 'go', unless: expr(cond), to: end }, lines, label(end)];
}
let ends = 0;

// Primitives: rows of our own, so that a change of the catalog's data does not change what the machine is tested with.

const rows = new Map<string, CatalogRow>();

/** A call of a primitive that does `does`. */
export function primitive(does: Meaning, args: readonly Operand[] = [], dst: string | null = null): Line {
  const name = JSON.stringify(does);
  rows.set(name, { name, arch: 'any', words: [], does, source: 'test' });
  return call(name, args, dst);
}

export const fence = (pred: 'r' | 'w' | 'rw', succ: 'r' | 'w' | 'rw'): Line => primitive({ kind: 'fence', pred, succ });
export const mb = (): Line => fence('rw', 'rw');
export const dmb = (of: 'full' | 'ld' | 'st' = 'full'): Line => primitive({ kind: 'dmb', of });
export const dsb = (of: 'full' | 'ld' | 'st' = 'full'): Line => primitive({ kind: 'dsb', of });
/** A DSB of this CPU's own domain. */
export const dsbOwn = (word: 'nsh' | 'nshst'): Line => primitive({ kind: 'dsb', of: 'argument' }, [str(word)]);
export const isb = (): Line => primitive({ kind: 'isb' });
export const fetchText = (dst: string, at: Address): Line => primitive({ kind: 'fetch' }, [address(at)], dst);
export const textGone = (at: Address): Line => primitive({ kind: 'text-gone' }, [address(at)]);
export const translationGone = (entry: Address): Line => primitive({ kind: 'translation-gone' }, [address(entry)]);
export const dc = (at: Address): Line => primitive({ kind: 'dc', address: 1 }, [str('cvau'), address(at)]);
export const ic = (at: Address): Line => primitive({ kind: 'ic', address: 1 }, [str('ivau'), address(at)]);
export const fenceI = (): Line => primitive({ kind: 'fence-i' });
/** `at` is a byte address; single-page forms get it as the register operand has it. */
export function tlbi(word: string, how: { readonly at?: bigint; readonly level?: number; readonly pages?: number } = {}): Line {
  const operand = how.at === undefined ? str('xzr') : num(how.pages === undefined ? how.at >> 12n : how.at);
  const args = [
    str(word),
    operand,
    how.level === undefined ? str('xzr') : num(how.level),
    how.pages === undefined ? str('xzr') : num(how.pages),
  ];
  return primitive({ kind: 'tlbi', address: 1, level: 2, pages: 3 }, args);
}
export const sfence = (at?: bigint): Line => primitive({ kind: 'sfence', address: 0 }, at === undefined ? [] : [at]);
export const sbiFence = (mask: number, start = 0n, size = 0n): Line =>
  primitive({ kind: 'sbi-sfence', mask: 0, start: 1, size: 2 }, [mask, start, size]);
export const ipi = (to: 'others' | 'all', fn: string, info: Operand = 0, wait: 0 | 1 = 1): Line =>
  primitive({ kind: 'ipi', to, fn: 0, info: 1, wait: 2 }, [symbol(fn), info, wait]);
export const irqDisable = (): Line => primitive({ kind: 'irq', do: 'disable' });
export const irqEnable = (): Line => primitive({ kind: 'irq', do: 'enable' });
export const preempt = (what: 'disable' | 'enable'): Line => primitive({ kind: 'preempt', do: what });
export const rcuRead = (what: 'lock' | 'unlock'): Line => primitive({ kind: 'rcu-read', do: what });
export const callRcu = (fn: string, head: Address): Line => primitive({ kind: 'rcu-call', head: 0, fn: 1 }, [address(head), symbol(fn)]);
export const synchronizeRcu = (): Line => primitive({ kind: 'rcu-sync' });
type Flavour = 'spin' | 'raw' | 'write' | 'read' | 'mutex' | 'shared';
export const lock = (name: string, flavour: Flavour = 'spin'): Line =>
  primitive({ kind: 'lock', do: 'acquire', flavour, lock: 0 }, [symbol(name)]);
export const unlock = (name: string, flavour: Flavour = 'spin'): Line =>
  primitive({ kind: 'lock', do: 'release', flavour, lock: 0 }, [symbol(name)]);
/** Tries to take a lock: `dst` is 1 where it got it. */
export const tryLock = (dst: string, name: string, flavour: Flavour = 'spin'): Line =>
  primitive({ kind: 'lock', do: 'try', flavour, lock: 0 }, [symbol(name)], dst);
/** cond_resched(). */
export const resched = (): Line => primitive({ kind: 'resched' });
export const irqInherit = (): Line => primitive({ kind: 'irq', do: 'inherit' });
export const leaveKernel = (to: 'idle' | 'user' | 'guest'): Line => primitive({ kind: 'context', do: 'leave', to });
export const returnToKernel = (): Line => primitive({ kind: 'context', do: 'return', to: 'idle' });
export const irqEnter = (): Line => primitive({ kind: 'context', do: 'irq-enter', to: 'idle' });
export const irqExit = (): Line => primitive({ kind: 'context', do: 'irq-exit', to: 'idle' });
export const rcuQuiescent = (): Line => primitive({ kind: 'rcu-quiescent' });
export const allocPage = (dst: string, zeroed = true): Line => primitive({ kind: 'page-alloc', zeroed }, [], dst);
/** Drops a page's reference; the last one frees it. */
export const put = (page: Address): Line => primitive({ kind: 'page-put', page: 0, by: 'virtual' }, [address(page)]);
export const touch = (va: bigint, how: { readonly write?: boolean; readonly nofault?: boolean } = {}): Line =>
  primitive({ kind: 'touch', write: how.write ?? false, nofault: how.nofault ?? false }, [va]);
/** As touch(), and gives to `dst` whether it went through. */
export const tryTouch = (dst: string, va: bigint, write: boolean): Line =>
  primitive({ kind: 'touch', write, nofault: false, tries: true }, [va], dst);
export const fixup = (dst: string): Line => primitive({ kind: 'fixup' }, [], dst);
export const trapReturn = (): Line => primitive({ kind: 'trap-return' });
export const awaitNonzero = (name: Address): Line => primitive({ kind: 'await' }, [address(name)]);
export const assert = (cond: Operand): Line => primitive({ kind: 'assert' }, [cond]);
export const die = (): Line => primitive({ kind: 'die' }, [str('the access has no handler')]);

/** Notes a local where `outcomes` finds it: private memory of this CPU. Up to four a CPU keep what they depend on. */
export const note = (name: string): Line => [store(`noted ${name}`, name, 'plain'), load('noted', `noted ${name}`, 'plain')];

function flatten(lines: readonly Line[]): Exclude<Line, readonly Line[]>[] {
  return lines.flatMap((line) => (isList(line) ? flatten(line) : [line]));
}

const isList = (line: Line): line is readonly Line[] => Array.isArray(line);

/** A procedure whose code is these lines; labels are resolved. The source line of an instruction is its place in the list, from 1. */
export function procedure(
  name: string,
  lines: readonly Line[],
  how: { params?: readonly string[]; frame?: Readonly<Record<string, ObjectType>> | undefined } = {},
): Procedure {
  const flat = flatten(lines);
  const labels = new Map<string, number>();
  const steps: Exclude<(typeof flat)[number], { op: 'label' }>[] = [];
  for (const line of flat) {
    if (line.op === 'label') labels.set(line.name, steps.length);
    else steps.push(line);
  }
  const at = (i: number): SourceRef => ({ file: `${name}.c`, line: i + 1, origin: 'scenario' });
  const code = steps.map((step, i): Instr => {
    if (step.op !== 'go') return { ...step, at: at(i) };
    const target = labels.get(step.to);
    if (target === undefined) throw new Error(`no label ${step.to} in ${name}`);
    return step.unless ? { op: 'branch', cond: step.unless, target, at: at(i) } : { op: 'jump', target, at: at(i) };
  });
  return { name, params: how.params ?? [], frame: new Map(Object.entries(how.frame ?? {})), code, at: at(0), language: 'c' };
}

/** Names of globals that an instruction mentions. */
function symbols(node: unknown, into: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('k' in node && node.k === 'symbol' && 'name' in node && typeof node.name === 'string') into.add(node.name);
  for (const child of Object.values(node)) symbols(child, into);
}

export interface Scene {
  readonly arch?: Arch;
  /** What each CPU runs, or the name of one of `procedures`; null for a CPU of which only the hardware walker matters. */
  readonly cpus: Readonly<Record<string, readonly Line[] | string | null>>;
  /** Further tasks of a CPU, and handlers of what interrupts it; all of them procedures. */
  readonly also?: Readonly<
    Record<
      string,
      {
        readonly tasks?: readonly string[];
        readonly irq?: string;
        readonly nmi?: string;
        readonly elsewhere?: boolean | 'fresh';
        readonly accesses?: 'listed';
      }
    >
  >;
  /** Further procedures: handlers and callbacks, by name. Their only parameter is `info`. */
  readonly procedures?: Readonly<Record<string, readonly Line[]>>;
  readonly types?: Readonly<Record<string, ObjectType>>;
  /** Locals whose address is taken, by procedure. */
  readonly frames?: Readonly<Record<string, Readonly<Record<string, ObjectType>>>>;
  readonly initial?: SizeSpec['initial'];
  readonly mmu?: SizeSpec['mmu'];
  readonly pages?: readonly string[];
  /** What the page allocator gives out. */
  readonly pool?: readonly string[];
  readonly trap?: string;
  /** Entry code of interrupts, with parameters `fn` and `info`. */
  readonly interrupt?: { readonly name: string; readonly code: readonly Line[] };
  readonly setting?: Readonly<Record<string, AxisValue>>;
}

const INT64: ObjectType = { k: 'int', type: U64 };

function program(scene: Scene): Program {
  const procedures = new Map<string, Procedure>();
  for (const [name, lines] of Object.entries(scene.cpus))
    if (typeof lines === 'object' && lines) procedures.set(name, procedure(name, lines, { frame: scene.frames?.[name] }));
  for (const [name, lines] of Object.entries(scene.procedures ?? {}))
    procedures.set(name, procedure(name, lines, { params: ['info'], frame: scene.frames?.[name] }));
  const { interrupt } = scene;
  if (interrupt) procedures.set(interrupt.name, procedure(interrupt.name, interrupt.code, { params: ['fn', 'info'] }));
  const named = new Set<string>();
  for (const each of procedures.values()) symbols(each.code, named);
  const pages = new Set([...(scene.pages ?? []), ...(scene.pool ?? []), ...(scene.mmu?.tables ?? []).map((table) => table.object)]);
  const globals = new Map<string, Global>();
  for (const name of named) {
    if (procedures.has(name) || pages.has(name) || /_page\d+$/.test(name)) continue;
    globals.set(name, { name, type: scene.types?.[name] ?? INT64, init: [], at: { file: '', line: 0, origin: 'scenario' }, defined: true });
  }
  return { procedures, globals, offsets: new Map(), omissions: [] };
}

/** Binds the scene as a scenario file is bound: tables, pages with their references, tasks and stacks. */
export function linked(scene: Scene): Linked {
  const arch = scene.arch ?? 'riscv';
  const also = (name: string): Pick<SizeSpec['cpus'][number], 'tasks' | 'irq' | 'nmi' | 'elsewhere' | 'accesses'> => {
    const { tasks, ...handlers } = scene.also?.[name] ?? {};
    return { ...handlers, ...(tasks ? { tasks: [...tasks] } : {}) };
  };
  const size: SizeSpec = {
    defines: {},
    cpus: Object.entries(scene.cpus).map(([name, lines]) => ({
      name,
      ...(lines && { runs: typeof lines === 'string' ? lines : name }),
      ...also(name),
    })),
    mmu: scene.mmu,
    pages: [...(scene.pages ?? [])],
    text: [],
    blocks: [],
    pool: [...(scene.pool ?? [])],
    initial: { ...scene.initial },
  };
  const spec = {
    scenario: 'test/scene',
    arch,
    on: 'skeletons' as const,
    about: 'a scene of a test',
    entries: ['scene'],
    files: ['scene.c'],
    compiled: [],
    axes: {},
    excludes: [],
    known: [],
    lacking: [],
    trap: scene.trap,
    interrupt: scene.interrupt?.name,
    explore: size,
  };
  const setting = new Map<string, AxisValue>(Object.entries({ 'invalid-entries': 'cached', FEAT_TTL: true, ...scene.setting }));
  const primitives = { find: (_: string, name: string) => rows.get(name), features: new Map<string, string>() };
  return link({ spec, path: 'scene.c', text: '' }, size, program(scene), primitives, setting, () => null);
}

type Regime = NonNullable<SizeSpec['mmu']>['regime'];

/** arm64 and powerpc count levels from the root, the others from the pages. */
const lastLevel = (regime: Regime): number => (regime.startsWith('arm64') || regime === 'powerpc-radix' ? 3 : 0);

/** A page table of `length` entries that map pages of 4 KiB from 0 on, and how its entries start. */
export function flatTable(regime: Regime, entries: 'pages' | 'empty' = 'pages', length = 1, base = 0n): NonNullable<SizeSpec['mmu']> {
  return {
    regime,
    root: 'pt',
    levels: [{ level: lastLevel(regime), shift: 12, entries: length }],
    tables: [{ object: 'pt', depth: 0, base, entries }],
  };
}

/** A root with one entry that leads to `table`, which maps `length` pages from 0 on. */
export function twoLevels(regime: Regime, length = 1): NonNullable<SizeSpec['mmu']> {
  return {
    regime,
    root: 'root',
    levels: [
      { level: lastLevel(regime) === 0 ? 1 : 2, shift: 12 + Math.log2(length), entries: 1 },
      { level: lastLevel(regime), shift: 12, entries: length },
    ],
    tables: [
      { object: 'root', depth: 0, base: 0n, entries: ['table'] },
      { object: 'table', depth: 1, base: 0n, entries: 'pages' },
    ],
  };
}
