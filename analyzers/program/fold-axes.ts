import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Expr, Instr, Procedure, Program } from '../../simulator/program/types.js';
import { binaryInt, convert, unaryInt } from '../../simulator/program/arithmetic.js';
import { reachable } from './reachable.js';
import { axisOf, type SurveyContext } from './survey.js';

/** What somebody fixed: an axis, or (`?name`) a value that the sources do not give. */
export type Fixed = ReadonlyMap<string, bigint>;

type Call = Extract<Instr, { op: 'call' }>;

/**
 * The Program with axes fixed: what asks for them gets the value, branches that it decides go, and so do procedures that nobody calls any more.
 * It does what the whole Program does under these values.
 */
export function foldAxes(program: Program, entries: readonly string[], fixed: Fixed, context: SurveyContext): Program {
  const procedures = new Map<string, Procedure>();
  for (const [name, procedure] of program.procedures)
    procedures.set(
      name,
      foldOne(procedure, (call) => valueAsked(call, fixed, context), fixed),
    );
  // A procedure that only gives a constant decides the branches of its callers: one round for each layer of such procedures.
  for (let more = true; more; ) {
    more = false;
    const constants = new Map<string, bigint>();
    for (const [name, procedure] of procedures) {
      const value = constantOf(procedure);
      if (value !== null) constants.set(name, value);
    }
    const valueOf = ({ callee }: Call): bigint | null => (callee.k === 'name' ? (constants.get(callee.name) ?? null) : null);
    for (const [name, procedure] of procedures) {
      if (procedure.language !== 'c' || !procedure.code.some((instr) => instr.op === 'call' && valueOf(instr) !== null)) continue;
      procedures.set(name, foldOne(procedure, valueOf, fixed));
      more = true;
    }
  }
  const rest = reachable({ ...program, procedures }, entries);
  return {
    ...program,
    procedures: new Map([...procedures].filter(([name]) => rest.procedures.has(name))),
    globals: new Map([...program.globals].filter(([name]) => rest.globals.has(name))),
  };
}

function valueAsked(call: Call, fixed: Fixed, context: SurveyContext): bigint | null {
  if (call.callee.k !== 'name') return null;
  const row: CatalogRow | null = context.row(call.callee.name);
  const axis = row === null ? null : axisOf(row, call, context.features);
  const value = axis === null ? undefined : fixed.get(axis);
  return value === undefined ? null : value === 0n ? 0n : 1n;
}

/** What a procedure gives, where that is always the same and all that it does. */
function constantOf({ code }: Procedure): bigint | null {
  const [only] = code;
  return code.length === 1 && only?.op === 'return' && only.value?.k === 'int' ? only.value.value : null;
}

type Known = ReadonlyMap<string, bigint>;

function foldOne(procedure: Procedure, valueOf: (call: Call) => bigint | null, fixed: Fixed): Procedure {
  // Assembly branches to words of its own text.
  if (procedure.language !== 'c') return procedure;
  const code = procedure.code.map((instr): Instr => {
    const value = instr.op === 'call' ? valueOf(instr) : null;
    if (instr.op !== 'call' || value === null) return withUnknowns(instr, fixed);
    return { op: 'set', dst: instr.dst ?? UNREAD, value: { k: 'int', value }, at: instr.at };
  });
  const known = knownAt(code);
  const changed = code.map((instr, pc): Instr | null => {
    const here = known[pc];
    if (here === undefined) return null;
    const simpler = mapped(instr, (expr) => simplified(expr, here));
    if (simpler.op !== 'branch' || simpler.cond.k !== 'int') return simpler;
    return simpler.cond.value === 0n ? { op: 'jump', target: simpler.target, at: simpler.at } : null;
  });
  return compact({ ...procedure, code: [] }, withoutUnread(changed));
}

const UNREAD = 'unread';

/** The locals that are constant before each instruction; undefined where no run comes. */
function knownAt(code: readonly Instr[]): readonly (Known | undefined)[] {
  const states: (Known | undefined)[] = [];
  const queue: number[] = [];
  const arrive = (pc: number, state: Known): void => {
    const before = states[pc];
    if (before === undefined) states[pc] = state;
    else {
      const both = new Map([...before].filter(([name, value]) => state.get(name) === value));
      if (both.size === before.size) return;
      states[pc] = both;
    }
    if (pc < code.length) queue.push(pc);
  };
  arrive(0, new Map());
  for (let pc = queue.pop(); pc !== undefined; pc = queue.pop()) {
    const instr = code[pc];
    const here = states[pc];
    if (instr === undefined || here === undefined) continue;
    if (instr.op === 'return') continue;
    if (instr.op === 'jump') {
      arrive(instr.target, here);
      continue;
    }
    if (instr.op === 'branch') {
      const cond = constant(instr.cond, here);
      if (cond !== 0n) arrive(pc + 1, here);
      if (cond === null || cond === 0n) arrive(instr.target, here);
      continue;
    }
    arrive(pc + 1, after(instr, here));
  }
  return states;
}

function after(instr: Instr, before: Known): Known {
  const dst = 'dst' in instr ? instr.dst : null;
  if (dst === null) return before;
  const next = new Map(before);
  const value = instr.op === 'set' ? constant(instr.value, before) : null;
  if (value === null) next.delete(dst);
  else next.set(dst, value);
  return next;
}

/** The number that an expression always gives here, or null. */
function constant(expr: Expr, known: Known): bigint | null {
  switch (expr.k) {
    case 'int':
      return BigInt.asUintN(64, expr.value);
    case 'local':
      return known.get(expr.name) ?? null;
    case 'binary': {
      const a = constant(expr.a, known);
      const b = constant(expr.b, known);
      if (expr.op === '&' && (a === 0n || b === 0n)) return 0n;
      return a === null || b === null ? null : binaryInt(expr.op, a, b, expr.type);
    }
    case 'unary': {
      const a = constant(expr.a, known);
      return a === null ? null : unaryInt(expr.op, a, expr.type);
    }
    case 'cast': {
      const a = constant(expr.a, known);
      return a === null ? null : convert(a, expr.type);
    }
    case 'select': {
      const cond = constant(expr.cond, known);
      return cond === null ? null : constant(cond === 0n ? expr.else : expr.then, known);
    }
    default:
      return null;
  }
}

/** Assignments of pure values that nobody reads any more go, too. */
function withoutUnread(code: readonly (Instr | null)[]): readonly (Instr | null)[] {
  const read = new Set<string>();
  for (const instr of code) if (instr !== null) localsIn(instr, read);
  const rest = code.map((instr) => (instr?.op === 'set' && !read.has(instr.dst) ? null : instr));
  return rest.some((instr, i) => instr !== code[i]) ? withoutUnread(rest) : rest;
}

function localsIn(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Partial<Extract<Expr, { k: 'local' }>>;
  if (node.k === 'local' && typeof node.name === 'string') found.add(node.name);
  for (const [key, part] of Object.entries(value)) if (key !== 'at') localsIn(part, found);
}

/** Closes the gaps; a jump to what follows goes. */
function compact(procedure: Procedure, code: readonly (Instr | null)[]): Procedure {
  const next = (pc: number): number => {
    let at = pc;
    while (at < code.length && code[at] === null) at++;
    return at;
  };
  const kept = code.map((instr, pc) => (instr?.op === 'jump' && next(instr.target) === next(pc + 1) ? null : instr));
  if (kept.some((instr, pc) => instr !== code[pc])) return compact(procedure, kept);
  const places: number[] = [];
  let place = 0;
  for (const instr of code) {
    places.push(place);
    if (instr !== null) place++;
  }
  places.push(place);
  const moved = (target: number): number => places[next(target)] ?? place;
  return {
    ...procedure,
    code: code.flatMap((instr) => {
      if (instr === null) return [];
      return [instr.op === 'branch' || instr.op === 'jump' ? { ...instr, target: moved(instr.target) } : instr];
    }),
  };
}

function withUnknowns(instr: Instr, fixed: Fixed): Instr {
  if (![...fixed.keys()].some((key) => key.startsWith('?'))) return instr;
  return mapped(instr, (expr) => {
    const chosen = expr.k === 'unknown' ? fixed.get(`?${expr.key}`) : undefined;
    return chosen === undefined ? null : { k: 'int', value: chosen };
  });
}

/** A constant as a number, and of a choice that is made the arm that is taken; null where it stays. */
function simplified(expr: Expr, known: Known): Expr | null {
  const value = expr.k === 'int' ? null : constant(expr, known);
  if (value !== null) return { k: 'int', value };
  const cond = expr.k === 'select' ? constant(expr.cond, known) : null;
  if (expr.k !== 'select' || cond === null) return null;
  return mapped(cond === 0n ? expr.else : expr.then, (each) => simplified(each, known));
}

const EXPRESSIONS: Readonly<Record<Expr['k'], true>> = {
  int: true,
  str: true,
  local: true,
  symbol: true,
  frame: true,
  field: true,
  index: true,
  offset: true,
  binary: true,
  unary: true,
  cast: true,
  select: true,
  unknown: true,
};

/** A piece of a Program with each expression exchanged for which `by` gives another, from the outside in. */
function mapped<T extends Instr | Expr>(piece: T, by: (expr: Expr) => Expr | null): T {
  const go = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(go);
    const k = 'k' in value ? value.k : null;
    const other = typeof k === 'string' && Object.hasOwn(EXPRESSIONS, k) ? by(value as Expr) : null;
    return other ?? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === 'at' ? part : go(part)]));
  };
  return go(piece) as T;
}
