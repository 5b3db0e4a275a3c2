import type { Expr, IntType, Procedure, SourceRef } from '../program/types.js';

/** Prefix of procedures and calls that no source can name. */
export const BUILTIN = '@';

const at: SourceRef = { file: '', line: 0, origin: 'skeleton' };
const INT: IntType = { bits: 32, signed: true };
const page: Expr = { k: 'local', name: 'page' };
const count: Expr = { k: 'field', base: page, field: '@count' };
const left: Expr = { k: 'local', name: 'left' };
const one: Expr = { k: 'int', value: 1n };

const procedure = (name: string, code: Procedure['code']): Procedure => ({
  name: BUILTIN + name,
  params: ['page'],
  frame: new Map(),
  code,
  at,
  language: 'c',
});

/**
 * Page references as the kernel counts them: an atomic that frees the page when it takes the last one. They are Programs so that the count
 * is ordinary memory, shared exactly when two CPUs use it.
 */
export const BUILTIN_PROCEDURES: readonly Procedure[] = [
  procedure('get', [
    { op: 'rmw', dst: null, addr: count, fn: 'add', operand: one, expected: null, type: INT, order: 'relaxed', at },
    { op: 'return', value: null, at },
  ]),
  procedure('put', [
    { op: 'rmw', dst: 'left', addr: count, fn: 'sub', operand: one, expected: null, type: INT, order: 'full', at },
    { op: 'branch', cond: { k: 'binary', op: '==', a: left, b: one, type: INT }, target: 3, at },
    { op: 'call', dst: null, callee: { k: 'name', name: `${BUILTIN}free` }, args: [page], at },
    { op: 'return', value: null, at },
  ]),
  procedure('count', [
    { op: 'load', dst: 'left', addr: count, type: INT, order: 'once', at },
    { op: 'return', value: left, at },
  ]),
];

export function builtinFor(kind: 'page-put' | 'page-get' | 'page-count'): string {
  return BUILTIN + kind.slice('page-'.length);
}
