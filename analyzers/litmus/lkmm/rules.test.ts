import { beforeAll, describe, expect, it } from 'vitest';
import { RULES, type Rule, without } from '../../../simulator/axioms/lkmm/rules.js';
import { initC } from '../../c/parser.js';
import { holdsIn, type Threads } from './testing/judge.js';

beforeAll(initC);

/** A test that the model forbids, and allows without the rule. `beside`: rules that forbid it too, and stand aside. */
interface Watch {
  readonly rule: Rule;
  readonly about: string;
  readonly threads: Threads;
  readonly exists: string;
  readonly init?: string;
  readonly beside?: readonly Rule[];
}

const writer = 'WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);';
const orderedReader = 'r1 = READ_ONCE(*y); smp_rmb(); r2 = READ_ONCE(*x);';
const bouncer = 'r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1);';
const buffered = 'WRITE_ONCE(*y, 1); smp_mb(); r1 = READ_ONCE(*x);';
const stale = '1:r1=1 /\\ 1:r2=0';
const both = '0:r1=1 /\\ 1:r1=1';
const neither = '0:r1=0 /\\ 1:r1=0';

const watches: readonly Watch[] = [
  {
    rule: 'coherence',
    about: 'two reads of a variable do not go back in time',
    threads: ['WRITE_ONCE(*x, 1);', 'r1 = READ_ONCE(*x); r2 = READ_ONCE(*x);'],
    exists: stale,
  },
  { rule: 'atomicity', about: 'no increment is lost', threads: ['atomic_inc(x);', 'atomic_inc(x);'], exists: 'x=1' },
  {
    rule: 'happens-before',
    about: 'values read do not go round in a circle',
    threads: ['r1 = READ_ONCE(*x); WRITE_ONCE(*y, r1 + 1 - r1);', 'r1 = READ_ONCE(*y); WRITE_ONCE(*x, r1 + 1 - r1);'],
    exists: both,
  },
  {
    rule: 'propagates-before',
    about: 'a full barrier waits until its CPU’s writes are seen',
    threads: ['WRITE_ONCE(*x, 1); smp_mb(); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
  },
  {
    rule: 'rcu',
    about: 'a reader does not see both sides of a grace period the wrong way round',
    threads: [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'rcu_read_lock(); r2 = READ_ONCE(*x); r1 = READ_ONCE(*y); rcu_read_unlock();',
    ],
    exists: stale,
    beside: ['happens-before', 'propagates-before'],
  },
  {
    rule: 'plain-coherence',
    about: 'a plain read behind an acquire sees the plain write before the release',
    threads: ['*x = 1; smp_store_release(y, 1);', 'r2 = 1; r1 = smp_load_acquire(y); if (r1) r2 = *x;'],
    exists: stale,
  },
  {
    rule: 'no-thin-air',
    about: 'plain accesses do not make up a value between them',
    threads: ['r1 = *x; *y = r1;', 'r1 = *y; *x = r1;', 'r1 = READ_ONCE(*z); if (r1) *x = 1;'],
    exists: both,
  },
  {
    rule: 'mb',
    about: 'smp_mb()',
    threads: ['WRITE_ONCE(*x, 1); smp_mb(); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
  },
  { rule: 'rmb', about: 'smp_rmb()', threads: [writer, orderedReader], exists: stale },
  { rule: 'wmb', about: 'smp_wmb()', threads: [writer, orderedReader], exists: stale },
  {
    rule: 'before-atomic',
    about: 'smp_mb__before_atomic()',
    threads: ['WRITE_ONCE(*x, 1); smp_mb__before_atomic(); atomic_inc(z); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
  },
  {
    rule: 'after-atomic',
    about: 'smp_mb__after_atomic()',
    threads: ['WRITE_ONCE(*x, 1); atomic_inc(z); smp_mb__after_atomic(); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
  },
  {
    rule: 'after-spinlock',
    about: 'smp_mb__after_spinlock()',
    threads: ['WRITE_ONCE(*x, 1); spin_lock(l); smp_mb__after_spinlock(); r1 = READ_ONCE(*y); spin_unlock(l);', buffered],
    exists: neither,
  },
  {
    rule: 'after-unlock-lock',
    about: 'smp_mb__after_unlock_lock()',
    threads: [
      'spin_lock(l); WRITE_ONCE(*x, 1); spin_unlock(l); spin_lock(m); smp_mb__after_unlock_lock(); r1 = READ_ONCE(*y); spin_unlock(m);',
      buffered,
    ],
    exists: neither,
  },
  {
    rule: 'after-srcu-read-unlock',
    about: 'smp_mb__after_srcu_read_unlock()',
    threads: [
      'r2 = srcu_read_lock(s); WRITE_ONCE(*x, 1); srcu_read_unlock(s, r2); smp_mb__after_srcu_read_unlock(); r1 = READ_ONCE(*y);',
      buffered,
    ],
    exists: neither,
  },
  {
    rule: 'acquire',
    about: 'smp_load_acquire()',
    threads: [writer, 'r1 = smp_load_acquire(y); r2 = READ_ONCE(*x);'],
    exists: stale,
  },
  {
    rule: 'release',
    about: 'smp_store_release()',
    threads: ['WRITE_ONCE(*x, 1); smp_store_release(y, 1);', orderedReader],
    exists: stale,
  },
  {
    rule: 'grace-period',
    about: 'synchronize_rcu() is a full barrier',
    threads: ['WRITE_ONCE(*x, 1); synchronize_rcu(); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
    beside: ['rcu'],
  },
  {
    rule: 'unlock-lock',
    about: 'unlock and lock on one CPU keep writes in order',
    threads: ['spin_lock(l); WRITE_ONCE(*x, 1); spin_unlock(l); spin_lock(m); WRITE_ONCE(*y, 1); spin_unlock(m);', orderedReader],
    exists: stale,
  },
  {
    rule: 'address-dependency',
    about: 'what a pointer leads to is read after the pointer',
    threads: ['WRITE_ONCE(*x, 1); rcu_assign_pointer(*q, x);', 'r1 = rcu_dereference(*q); r2 = READ_ONCE(*r1);'],
    init: 'int *q = &y;',
    exists: '1:r1=x /\\ 1:r2=0',
  },
  {
    rule: 'data-dependency',
    about: 'a value is written after what it was computed from',
    threads: ['r1 = READ_ONCE(*x); WRITE_ONCE(*y, r1 + 1 - r1);', bouncer],
    exists: both,
  },
  {
    rule: 'control-dependency',
    about: 'a write in an if comes after its condition',
    threads: ['r1 = READ_ONCE(*x); if (r1) WRITE_ONCE(*y, 1);', bouncer],
    exists: both,
  },
  {
    rule: 'overwrite',
    about: 'a CPU reads and then overwrites in that order',
    threads: [
      'r1 = READ_ONCE(*x); WRITE_ONCE(*x, 2);',
      'r1 = READ_ONCE(*x); WRITE_ONCE(*y, r1);',
      'r1 = READ_ONCE(*y); if (r1) WRITE_ONCE(*x, 1);',
    ],
    exists: '0:r1=1 /\\ 1:r1=2 /\\ 2:r1=2',
  },
  {
    rule: 'dependency-read-from',
    about: 'a CPU reads its own write after what that depends on',
    threads: ['r1 = READ_ONCE(*x); WRITE_ONCE(*z, r1); r2 = smp_load_acquire(z); WRITE_ONCE(*y, 1);', bouncer],
    exists: `${both} /\\ 0:r2=1`,
  },
  {
    rule: 'address-plain-wmb',
    about: 'a plain write through a pointer, then smp_wmb()',
    threads: ['r1 = rcu_dereference(*q); *r1 = 5; smp_wmb(); WRITE_ONCE(*y, 1);', 'r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*q, z);'],
    init: 'int *q = &x; int z = 0;',
    exists: '0:r1=z /\\ 1:r1=1',
  },
  {
    rule: 'carried-dependency',
    about: 'a dependency goes through plain memory',
    threads: ['r1 = READ_ONCE(*x); *z = r1; r2 = *z; WRITE_ONCE(*y, r2);', bouncer],
    exists: both,
  },
  {
    rule: 'read-from',
    about: 'a value is read after it was written',
    threads: [writer, 'r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 2);'],
    exists: '1:r1=1 /\\ x=1',
  },
  {
    rule: 'cumulativity',
    about: 'a release covers what its CPU has read',
    threads: ['WRITE_ONCE(*x, 1);', 'r1 = READ_ONCE(*x); smp_store_release(y, 1);', 'r1 = READ_ONCE(*y); smp_rmb(); r2 = READ_ONCE(*x);'],
    exists: '1:r1=1 /\\ 2:r1=1 /\\ 2:r2=0',
  },
  {
    rule: 'rmw-sequence',
    about: 'a release goes on through the atomics behind it',
    threads: ['WRITE_ONCE(*x, 1); smp_store_release(y, 1);', 'atomic_inc(y);', 'r1 = READ_ONCE(*y); smp_rmb(); r2 = READ_ONCE(*x);'],
    exists: '2:r1=2 /\\ 2:r2=0',
  },
  {
    rule: 'propagation',
    about: 'a write that was overtaken has not yet come by',
    threads: ['WRITE_ONCE(*x, 1); smp_mb(); r1 = READ_ONCE(*y);', buffered],
    exists: neither,
  },
  {
    rule: 'rcu-critical-section',
    about: 'a grace period waits for readers',
    threads: [
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'rcu_read_lock(); r1 = READ_ONCE(*y); r2 = READ_ONCE(*x); rcu_read_unlock();',
    ],
    exists: stale,
  },
  {
    rule: 'srcu-critical-section',
    about: 'a grace period of a domain waits for its readers',
    threads: [
      'WRITE_ONCE(*x, 1); synchronize_srcu(s); WRITE_ONCE(*y, 1);',
      'r3 = srcu_read_lock(s); r1 = READ_ONCE(*y); r2 = READ_ONCE(*x); srcu_read_unlock(s, r3);',
    ],
    exists: stale,
  },
  {
    rule: 'rcu-chain',
    about: 'as many grace periods as readers, in one circle',
    threads: [
      'r1 = READ_ONCE(*a); synchronize_rcu(); WRITE_ONCE(*b, 1);',
      'r1 = READ_ONCE(*b); synchronize_rcu(); WRITE_ONCE(*c, 1);',
      'rcu_read_lock(); r1 = READ_ONCE(*c); WRITE_ONCE(*d, 1); rcu_read_unlock();',
      'rcu_read_lock(); r1 = READ_ONCE(*d); WRITE_ONCE(*a, 1); rcu_read_unlock();',
    ],
    exists: '0:r1=1 /\\ 1:r1=1 /\\ 2:r1=1 /\\ 3:r1=1',
  },
];

describe('each rule of the memory model is watched', () => {
  it.each(watches)('$rule: $about', ({ rule, threads, exists, init = '', beside = [] }) => {
    expect(holdsIn(threads, exists, { init, rules: without(...beside) })).toBe('never');
    expect(holdsIn(threads, exists, { init, rules: without(rule, ...beside) })).toBe('sometimes');
  });

  it('srcu-domain: readers of another domain are not waited for', () => {
    const threads = [
      'WRITE_ONCE(*x, 1); synchronize_srcu(s); WRITE_ONCE(*y, 1);',
      'r3 = srcu_read_lock(t); r1 = READ_ONCE(*y); r2 = READ_ONCE(*x); srcu_read_unlock(t, r3);',
    ];
    expect(holdsIn(threads, stale)).toBe('sometimes');
    expect(holdsIn(threads, stale, { rules: without('srcu-domain') })).toBe('never');
  });

  it('none is left out', () => {
    expect(RULES.filter((rule) => rule !== 'srcu-domain' && !watches.some((watch) => watch.rule === rule))).toEqual([]);
  });
});
