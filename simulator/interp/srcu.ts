import type { Expr, IntType, Procedure, SourceRef } from '../program/types.js';

/**
 * Sleepable RCU as the kernel counts it (Linux 6.12 kernel/rcu/srcutree.c, __srcu_read_lock, __srcu_read_unlock, srcu_flip and
 * srcu_advance_state; Documentation/RCU/Design/Requirements): readers of a domain count under one of two indices, and a grace period waits until
 * nobody is left under the idle one, turns them around, and waits for those of the other. They are Programs so that the counts are ordinary
 * memory, shared exactly when somebody waits for them. Barriers are full ones, and a grace period is never shared (stronger).
 */
const at: SourceRef = { file: '', line: 0, origin: 'skeleton' };
const INT: IntType = { bits: 32, signed: true };
const local = (name: string): Expr => ({ k: 'local', name });
const int = (value: bigint): Expr => ({ k: 'int', value });
const member = (field: string): Expr => ({ k: 'field', base: local('domain'), field });
const READERS = ['@readers0', '@readers1'] as const;

const load = (dst: string, field: string, order: 'once' | 'acquire'): Procedure['code'][number] => ({
  op: 'load',
  dst,
  addr: member(field),
  type: INT,
  order,
  at,
});
const change = (field: string, fn: 'add' | 'sub' | 'xor'): Procedure['code'][number] => ({
  op: 'rmw',
  dst: null,
  addr: member(field),
  fn,
  operand: int(1n),
  expected: null,
  type: INT,
  order: 'full',
  at,
});
const unless = (cond: Expr, target: number): Procedure['code'][number] => ({ op: 'branch', cond, target, at });
const goTo = (target: number): Procedure['code'][number] => ({ op: 'jump', target, at });

const procedure = (name: string, params: readonly string[], code: Procedure['code']): Procedure => ({
  name: `@srcu-${name}`,
  params,
  frame: new Map(),
  code,
  at,
  language: 'c',
});

/** Waits for the readers of the index that `old` (`other`: that it is not) says, from instruction `start` on. */
const drained = (start: number, other: boolean): Procedure['code'] => {
  const [first, second] = other ? [READERS[0], READERS[1]] : [READERS[1], READERS[0]];
  return [
    unless(local('old'), start + 4),
    load('left', first, 'acquire'),
    unless(local('left'), start + 7),
    goTo(start + 1),
    load('left', second, 'acquire'),
    unless(local('left'), start + 7),
    goTo(start + 4),
  ];
};

export const SRCU_PROCEDURES: readonly Procedure[] = [
  procedure(
    'lock',
    ['domain'],
    [
      load('index', '@index', 'once'),
      unless(local('index'), 4),
      change(READERS[1], 'add'),
      goTo(5),
      change(READERS[0], 'add'),
      { op: 'return', value: local('index'), at },
    ],
  ),
  procedure(
    'unlock',
    ['domain', 'index'],
    [unless(local('index'), 3), change(READERS[1], 'sub'), goTo(4), change(READERS[0], 'sub'), { op: 'return', value: null, at }],
  ),
  procedure(
    'sync',
    ['domain'],
    [load('old', '@index', 'once'), ...drained(1, true), change('@index', 'xor'), ...drained(9, false), { op: 'return', value: null, at }],
  ),
];
