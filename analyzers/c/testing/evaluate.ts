import type { Expr, Instr, IntType, Procedure, Program } from '../../../simulator/program/types.js';

/** An address: an object and a path into it. Procedures are objects too. */
export interface Address {
  readonly object: string;
  readonly path: string;
}

export type Word = bigint | string | Address;

export interface Outcome {
  readonly result: Word | null;
  /** Calls of names that the program does not define, as text. */
  readonly calls: readonly string[];
  readonly memory: ReadonlyMap<string, Word>;
}

/** Runs a procedure on one CPU, with a memory that starts at zero. Only for tests. */
export function evaluate(
  program: Program,
  name: string,
  args: readonly Word[],
  primitives: Record<string, (...args: Word[]) => Word> = {},
): Outcome {
  const machine = new Machine(program, primitives);
  for (const global of program.globals.values()) {
    for (const leaf of global.init) machine.memory.set(`${global.name}${leaf.path}`, machine.value(leaf.value, new Map(), 0));
  }
  const result = machine.call(name, args);
  return { result, calls: machine.calls, memory: machine.memory };
}

class Machine {
  readonly memory = new Map<string, Word>();
  readonly calls: string[] = [];
  private steps = 0;
  private frames = 0;

  constructor(
    private readonly program: Program,
    private readonly primitives: Record<string, (...args: Word[]) => Word>,
  ) {}

  call(name: string, args: readonly Word[]): Word | null {
    const procedure = this.program.procedures.get(name);
    if (procedure !== undefined) return this.run(procedure, args);
    this.calls.push(`${name}(${args.map(show).join(', ')})`);
    return this.primitives[name]?.(...args) ?? 0n;
  }

  value(expr: Expr, locals: Map<string, Word>, frame: number): Word {
    const inner = (part: Expr): Word => this.value(part, locals, frame);
    switch (expr.k) {
      case 'int':
        return expr.value;
      case 'str':
        return expr.value;
      case 'local':
        return locals.get(expr.name) ?? 0n;
      case 'symbol':
        return { object: expr.name, path: '' };
      case 'frame':
        return { object: `${frame}:${expr.name}`, path: '' };
      case 'field': {
        const base = address(inner(expr.base));
        return { object: base.object, path: `${base.path}.${expr.field}` };
      }
      case 'index': {
        const base = address(inner(expr.base));
        const index = number(inner(expr.index));
        const match = /^(.*)\[(-?\d+)\]$/.exec(base.path);
        const [path, start] = match === null ? [base.path, 0n] : [match[1] ?? '', BigInt(match[2] ?? 0)];
        return { object: base.object, path: `${path}[${BigInt.asIntN(64, start + index)}]` };
      }
      case 'unary': {
        const a = inner(expr.a);
        if (expr.op === '!') return isTrue(a) ? 0n : 1n;
        return wrap(expr.op === '-' ? -number(a) : ~number(a), expr.type);
      }
      case 'cast': {
        const a = inner(expr.a);
        return typeof a === 'bigint' ? wrap(a, expr.type) : a;
      }
      case 'select':
        return isTrue(inner(expr.cond)) ? inner(expr.then) : inner(expr.else);
      case 'binary':
        return apply(expr, inner(expr.a), inner(expr.b));
      default:
        throw new Error(`no value for ${expr.k}`);
    }
  }

  private run(procedure: Procedure, args: readonly Word[]): Word | null {
    const locals = new Map<string, Word>();
    for (const [index, param] of procedure.params.entries()) locals.set(param, args[index] ?? 0n);
    this.frames++;
    const frame = this.frames;
    for (let at = 0; ; ) {
      const instr = procedure.code[at];
      this.steps++;
      if (instr === undefined || this.steps > 100_000) throw new Error(`${procedure.name} does not end`);
      if (instr.op === 'return') return instr.value === null ? null : this.value(instr.value, locals, frame);
      if (instr.op === 'jump') at = instr.target;
      else if (instr.op === 'branch') at = isTrue(this.value(instr.cond, locals, frame)) ? at + 1 : instr.target;
      else {
        this.step(instr, locals, frame);
        at++;
      }
    }
  }

  private step(instr: Instr, locals: Map<string, Word>, frame: number): void {
    const value = (expr: Expr): Word => this.value(expr, locals, frame);
    const key = (expr: Expr): string => keyOf(address(value(expr)));
    switch (instr.op) {
      case 'set':
        locals.set(instr.dst, value(instr.value));
        return;
      case 'load':
        locals.set(instr.dst, this.memory.get(key(instr.addr)) ?? 0n);
        return;
      case 'store': {
        const stored = value(instr.value);
        this.memory.set(key(instr.addr), typeof stored === 'bigint' ? wrap(stored, instr.type) : stored);
        return;
      }
      case 'rmw': {
        const at = key(instr.addr);
        const old = number(this.memory.get(at) ?? 0n);
        const operand = number(value(instr.operand));
        const isEqual = instr.expected === null || number(value(instr.expected)) === old;
        const isStored = instr.fn === 'cas' ? isEqual : instr.fn !== 'add-unless' || !isEqual;
        const next = {
          add: old + operand,
          sub: old - operand,
          and: old & operand,
          andnot: old & ~operand,
          or: old | operand,
          xor: old ^ operand,
          swap: operand,
          cas: operand,
          'add-unless': old + operand,
        };
        this.memory.set(at, wrap(isStored ? next[instr.fn] : old, instr.type));
        if (instr.dst !== null) locals.set(instr.dst, old);
        return;
      }
      case 'copy': {
        const [to, from] = [key(instr.to), key(instr.from)];
        for (const [path, word] of [...this.memory])
          if (path === from || (/^[.[]/.test(path.slice(from.length)) && path.startsWith(from)))
            this.memory.set(to + path.slice(from.length), word);
        return;
      }
      case 'zero': {
        const at = key(instr.addr);
        for (const path of [...this.memory.keys()]) if (path.startsWith(at)) this.memory.delete(path);
        return;
      }
      case 'call': {
        const name = instr.callee.k === 'name' ? instr.callee.name : address(value(instr.callee.value)).object;
        const result = this.call(name, instr.args.map(value));
        if (instr.dst !== null) locals.set(instr.dst, result ?? 0n);
        return;
      }
      case 'unsupported':
        throw new Error(instr.what);
      default:
        throw new Error(instr.op);
    }
  }
}

function keyOf({ object, path }: Address): string {
  return object + path;
}

function show(word: Word): string {
  return typeof word === 'object' ? keyOf(word) : word.toString();
}

function address(word: Word): Address {
  if (typeof word === 'object') return word;
  throw new Error(`${word} is no address`);
}

function number(word: Word): bigint {
  if (typeof word === 'bigint') return word;
  throw new Error(`${show(word)} is no number`);
}

function isTrue(word: Word): boolean {
  return word !== 0n;
}

function wrap(value: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

function apply(expr: Expr & { k: 'binary' }, left: Word, right: Word): Word {
  if (typeof left === 'object' || typeof right === 'object') {
    const same = show(left) === show(right);
    if (expr.op === '==') return same ? 1n : 0n;
    if (expr.op === '!=') return same ? 0n : 1n;
  }
  const isShift = expr.op === '<<' || expr.op === '>>';
  const [a, b] = [wrap(number(left), expr.type), isShift ? number(right) : wrap(number(right), expr.type)];
  const truth = (is: boolean): bigint => (is ? 1n : 0n);
  const results: Record<typeof expr.op, () => bigint> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '%': () => a % b,
    '&': () => a & b,
    '|': () => a | b,
    '^': () => a ^ b,
    '<<': () => a << b,
    '>>': () => a >> b,
    '==': () => truth(a === b),
    '!=': () => truth(a !== b),
    '<': () => truth(a < b),
    '<=': () => truth(a <= b),
    '>': () => truth(a > b),
    '>=': () => truth(a >= b),
  };
  return wrap(results[expr.op](), expr.op.length === 2 && !isShift ? { bits: 32, signed: true } : expr.type);
}
