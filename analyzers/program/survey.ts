import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Expr, Instr, Program, SourceRef } from '../../simulator/program/types.js';

/** Why something that the source says is not in the Program. */
export type Reason =
  /** A row of the catalog says that it touches nothing the machine models. */
  | 'dropped'
  /** A row of the catalog says that it changes what the machine models, and that no run follows it. */
  | 'unmodelled'
  /** Neither a definition at hand nor a row. */
  | 'unresolved'
  /** Through a pointer whose value only a run can tell. */
  | 'indirect'
  /** The front end has no rule for it. */
  | 'unsupported';

export interface LeftOut {
  readonly reason: Reason;
  readonly what: string;
  readonly why: string;
  readonly at: readonly SourceRef[];
}

export interface Survey {
  /** Axes that the Program asks for, and values that the sources do not give (`?name`), sorted. */
  readonly axes: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly statements: number;
  /** Instructions that the machine sees: accesses, atomics, primitives. */
  readonly operations: number;
}

export interface SurveyContext {
  row(name: string): CatalogRow | null;
  /** Why a name could not be resolved, where that is known. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** Kernel feature name → axis. */
  readonly features: ReadonlyMap<string, string>;
}

/** Goes through a Program and lists what it depends on and what is not in it. */
export function survey(program: Program, context: SurveyContext): Survey {
  const axes = new Set<string>();
  const left = new Map<string, LeftOut & { readonly at: SourceRef[] }>();
  const statements = new Set<string>();
  let operations = 0;
  const note = (reason: Reason, what: string, why: string, at: SourceRef): void => {
    const key = `${reason} ${what}`;
    const known = left.get(key);
    if (known === undefined) left.set(key, { reason, what, why, at: [at] });
    else if (!known.at.some((each) => each.file === at.file && each.line === at.line)) known.at.push(at);
  };
  const call = (instr: Extract<Instr, { op: 'call' }>): void => {
    if (instr.callee.k === 'value') {
      note('indirect', `call through ${describe(instr.callee.value)}`, 'the pointer is known when it runs', instr.at);
      return;
    }
    const { name } = instr.callee;
    if (program.procedures.has(name)) return;
    const row = context.row(name);
    if (row === null) {
      if (!internal.has(name)) note('unresolved', name, context.unresolved.get(name) ?? 'no file at hand defines it', instr.at);
      return;
    }
    const axis = axisOf(row, instr, context.features);
    if (axis !== null) axes.add(axis);
    else if (row.does.kind === 'drop') note('dropped', name, row.does.why, instr.at);
    else if (row.does.kind === 'unmodelled') note('unmodelled', name, row.does.why, instr.at);
    else operations++;
  };
  for (const procedure of program.procedures.values()) {
    for (const instr of procedure.code) {
      statements.add(`${instr.at.file}:${instr.at.line}`);
      if (instr.op === 'call') call(instr);
      else if (instr.op === 'unsupported') note('unsupported', instr.what, `in ${procedure.name}`, instr.at);
      else if (instr.op === 'load' || instr.op === 'store' || instr.op === 'rmw' || instr.op === 'store-exclusive') operations++;
      unknowns(instr, (key) => axes.add(`?${key}`));
    }
  }
  const order: readonly Reason[] = ['unsupported', 'unresolved', 'unmodelled', 'indirect', 'dropped'];
  const leftOut = [...left.values()].sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason) || (a.what < b.what ? -1 : 1));
  return { axes: [...axes].sort(), leftOut, statements: statements.size, operations };
}

/** Calls that front ends make of C itself. */
const internal = new Set(['container_of']);

/** The axis that a call asks for; null where it asks for none. */
export function axisOf(row: CatalogRow, instr: Extract<Instr, { op: 'call' }>, features: ReadonlyMap<string, string>): string | null {
  if (row.does.kind === 'axis') return row.does.axis;
  if (row.does.kind !== 'feature') return null;
  const [word] = instr.args;
  const feature = word?.k === 'str' ? word.value : '?';
  return features.get(feature) ?? feature;
}

function unknowns(value: unknown, found: (key: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const part of value) unknowns(part, found);
    return;
  }
  const expr = value as Partial<Extract<Expr, { k: 'unknown' }>>;
  if (expr.k === 'unknown' && typeof expr.key === 'string') found(expr.key);
  for (const [key, part] of Object.entries(value)) if (key !== 'at') unknowns(part, found);
}

/** The end of the path that a function pointer came by. */
function describe(expr: Expr): string {
  switch (expr.k) {
    case 'local':
    case 'symbol':
    case 'frame':
      return expr.name;
    case 'field':
      return `${describe(expr.base)}.${expr.field}`;
    case 'index':
      return `${describe(expr.base)}[…]`;
    case 'cast':
      return describe(expr.a);
    default:
      return 'a pointer';
  }
}
