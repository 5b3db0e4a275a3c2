import type { Expr, Instr, RmwFunction } from '../../simulator/program/types.js';
import { exchanged, replaced, without } from './edit.js';
import type { Mutant, Subject } from './types.js';

type Rmw = Extract<Instr, { op: 'rmw' }>;

/** Atomics and ordered accesses that order less, atomics that are not, and those left out that nobody asks for a result. */
export function atomicMutants({ procedure }: Subject): Mutant[] {
  return procedure.code.flatMap((instr, index): Mutant[] => {
    const base = { at: instr.at, procedure: procedure.name, sites: [instr] };
    const weaken = (what: string, less: Instr): Mutant => ({
      ...base,
      operator: 'weaken',
      what,
      changed: exchanged(procedure, index, less),
    });
    if (instr.op === 'rmw') {
      const split: Mutant = {
        ...base,
        operator: 'split',
        what: `the atomic ${instr.fn} becomes a read and a write`,
        changed: replaced(procedure, index, 1, apart(instr)),
      };
      const less = instr.order === 'relaxed' ? [] : [weaken(`the atomic ${instr.fn} loses its order`, { ...instr, order: 'relaxed' })];
      const drop: Mutant = { ...base, operator: 'drop', what: `drops the atomic ${instr.fn}`, changed: without(procedure, [index]) };
      return [...less, split, ...(instr.dst === null ? [drop] : [])];
    }
    if (instr.op === 'load' && (instr.order === 'acquire' || instr.order === 'acquire-pc'))
      return [weaken('an acquire becomes a plain read', { ...instr, order: 'once' })];
    if (instr.op === 'store' && instr.order === 'release') return [weaken('a release becomes a plain write', { ...instr, order: 'once' })];
    return [];
  });
}

function apart(rmw: Rmw): Instr[] {
  const old = rmw.dst ?? '%old';
  const read: Expr = { k: 'local', name: old };
  const { at, addr, type } = rmw;
  return [
    { op: 'load', dst: old, addr, type, order: 'once', at },
    { op: 'store', addr, value: result(rmw, read), type, order: 'once', at },
  ];
}

function result({ fn, operand, expected, type }: Rmw, old: Expr): Expr {
  const same: Expr = { k: 'binary', op: '==', a: old, b: expected ?? { k: 'int', value: 0n }, type };
  switch (fn) {
    case 'swap':
      return operand;
    case 'cas':
      return { k: 'select', cond: same, then: operand, else: old };
    case 'add-unless':
      return { k: 'select', cond: same, then: old, else: { k: 'binary', op: '+', a: old, b: operand, type } };
    case 'andnot':
      return { k: 'binary', op: '&', a: old, b: { k: 'unary', op: '~', a: operand, type }, type };
    default:
      return { k: 'binary', op: PLAIN[fn], a: old, b: operand, type };
  }
}

const PLAIN: Readonly<Record<Exclude<RmwFunction, 'swap' | 'cas' | 'add-unless' | 'andnot'>, '+' | '-' | '&' | '|' | '^'>> = {
  add: '+',
  sub: '-',
  and: '&',
  or: '|',
  xor: '^',
};
