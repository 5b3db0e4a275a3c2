import type { Expr, IntType, Procedure, SourceRef } from '../program/types.js';
import { SRCU_PROCEDURES } from './srcu.js';

/** Prefix of procedures and calls that no source can name. */
export const BUILTIN = '@';

/** How many pages of the pool were given out. */
export const POOL = '@pool';

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

const local = (name: string): Expr => ({ k: 'local', name });
const NUMBER: IntType = { bits: 64, signed: false };
const call = (dst: string, name: string, args: readonly Expr[]): Procedure['code'][number] => ({
  op: 'call',
  dst,
  callee: { k: 'name', name: BUILTIN + name },
  args,
  at,
});

/**
 * The page allocator: the next page of the scenario's pool, or a null pointer where none is left. A page that was freed does not come back:
 * whoever still uses it uses a freed page, as long as the run lasts, and that is what its next owner would see. Words of a table page have
 * no value until somebody writes them.
 */
const ALLOCATOR: Procedure = {
  ...procedure('alloc', [
    { op: 'rmw', dst: 'n', addr: { k: 'symbol', name: POOL }, fn: 'add', operand: one, expected: null, type: NUMBER, order: 'relaxed', at },
    call('page', 'page', [local('n')]),
    { op: 'branch', cond: page, target: 6, at },
    { op: 'store', addr: count, value: one, type: INT, order: 'plain', at },
    { op: 'branch', cond: local('zeroed'), target: 6, at },
    { op: 'call', dst: null, callee: { k: 'name', name: `${BUILTIN}clear` }, args: [page], at },
    { op: 'return', value: page, at },
  ]),
  params: ['zeroed'],
};

/** Clears those words of a table that the run uses, one plain store after the other. */
const CLEAR = procedure('clear', [
  call('words', 'words', [page]),
  { op: 'set', dst: 'i', value: { k: 'int', value: 0n }, at },
  { op: 'branch', cond: { k: 'binary', op: '<', a: local('i'), b: local('words'), type: NUMBER }, target: 7, at },
  call('word', 'word', [page, local('i')]),
  {
    op: 'store',
    addr: { k: 'index', base: page, index: local('word'), size: 8 },
    value: { k: 'int', value: 0n },
    type: NUMBER,
    order: 'plain',
    at,
  },
  { op: 'set', dst: 'i', value: { k: 'binary', op: '+', a: local('i'), b: one, type: NUMBER }, at },
  { op: 'jump', target: 2, at },
  { op: 'return', value: null, at },
]);

const BYTE: IntType = { bits: 8, signed: false };
const byteOf = (name: string): Expr => ({ k: 'index', base: local(name), index: local('i'), size: 1 });
const fromFirst: Procedure['code'][number] = { op: 'set', dst: 'i', value: { k: 'int', value: 0n }, at };
const next: Procedure['code'][number] = { op: 'set', dst: 'i', value: { k: 'binary', op: '+', a: local('i'), b: one, type: NUMBER }, at };
const more: Expr = { k: 'binary', op: '<', a: local('i'), b: local('bytes'), type: NUMBER };

/** memcpy where bytes count. */
const COPY: Procedure = {
  ...procedure('copy', [
    fromFirst,
    { op: 'branch', cond: more, target: 6, at },
    { op: 'load', dst: 'byte', addr: byteOf('from'), type: BYTE, order: 'plain', at },
    { op: 'store', addr: byteOf('to'), value: local('byte'), type: BYTE, order: 'plain', at },
    next,
    { op: 'jump', target: 1, at },
    { op: 'return', value: local('to'), at },
  ]),
  params: ['to', 'from', 'bytes'],
};

/** memcmp where bytes count; which of the two is larger, nobody asks. */
const COMPARE: Procedure = {
  ...procedure('compare', [
    fromFirst,
    { op: 'branch', cond: more, target: 8, at },
    { op: 'load', dst: 'x', addr: byteOf('a'), type: BYTE, order: 'plain', at },
    { op: 'load', dst: 'y', addr: byteOf('b'), type: BYTE, order: 'plain', at },
    { op: 'branch', cond: { k: 'binary', op: '==', a: local('x'), b: local('y'), type: BYTE }, target: 7, at },
    next,
    { op: 'jump', target: 1, at },
    { op: 'return', value: one, at },
    { op: 'return', value: { k: 'int', value: 0n }, at },
  ]),
  params: ['a', 'b', 'bytes'],
};

/**
 * Page references as the kernel counts them: an atomic that frees the page when it takes the last one. They are Programs so that the count
 * is ordinary memory, shared exactly when two CPUs use it.
 */
export const BUILTIN_PROCEDURES: readonly Procedure[] = [
  procedure('get', [
    { op: 'rmw', dst: null, addr: count, fn: 'add', operand: one, expected: null, type: INT, order: 'relaxed', at },
    { op: 'return', value: null, at },
  ]),
  procedure('try-get', [
    {
      op: 'rmw',
      dst: 'left',
      addr: count,
      fn: 'add-unless',
      operand: one,
      expected: { k: 'int', value: 0n },
      type: INT,
      order: 'full',
      at,
    },
    { op: 'return', value: { k: 'binary', op: '!=', a: left, b: { k: 'int', value: 0n }, type: INT }, at },
  ]),
  procedure('put', [
    { op: 'rmw', dst: 'left', addr: count, fn: 'sub', operand: one, expected: null, type: INT, order: 'full', at },
    { op: 'branch', cond: { k: 'binary', op: '==', a: left, b: one, type: INT }, target: 3, at },
    { op: 'call', dst: null, callee: { k: 'name', name: `${BUILTIN}free` }, args: [page], at },
    { op: 'return', value: null, at },
  ]),
  ALLOCATOR,
  CLEAR,
  COPY,
  COMPARE,
  ...SRCU_PROCEDURES,
  procedure('count', [
    { op: 'load', dst: 'left', addr: count, type: INT, order: 'once', at },
    { op: 'return', value: left, at },
  ]),
];

export function builtinFor(kind: 'page-put' | 'page-get' | 'page-try-get' | 'page-count' | 'page-alloc'): string {
  return BUILTIN + kind.slice('page-'.length);
}
