import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../c/parser.js';
import { holdsIn, judged, read, textOf } from './testing/judge.js';

beforeAll(initC);

const orders = ['', '_relaxed', '_acquire', '_release'];
const operations = ['add', 'sub', 'and', 'or', 'xor', 'andnot'];

describe('all that tools/memory-model/linux-kernel.def of Linux 6.12 names', () => {
  const calls: [string, string][] = [
    ['WRITE_ONCE(*x, 1)', 'x=1'],
    ['r1 = READ_ONCE(*x)', '0:r1=6'],
    ['smp_store_release(x, 1)', 'x=1'],
    ['r1 = smp_load_acquire(x)', '0:r1=6'],
    ['rcu_assign_pointer(*x, y)', 'x=y'],
    ['r1 = rcu_dereference(*x)', '0:r1=6'],
    ['smp_store_mb(*x, 1)', 'x=1'],
    ['barrier()', 'x=6'],
    ...['mb', 'rmb', 'wmb'].map((name): [string, string] => [`smp_${name}()`, 'x=6']),
    ...['before_atomic', 'after_atomic', 'after_spinlock', 'after_unlock_lock', 'after_srcu_read_unlock'].map((name): [string, string] => [
      `smp_mb__${name}()`,
      'x=6',
    ]),
    ...orders.flatMap((order): [string, string][] => [
      [`r1 = xchg${order}(x, 3)`, '0:r1=6 /\\ x=3'],
      [`r1 = atomic_xchg${order}(x, 3)`, '0:r1=6 /\\ x=3'],
      [`r1 = cmpxchg${order}(x, 6, 2)`, '0:r1=6 /\\ x=2'],
      [`r1 = cmpxchg${order}(x, 5, 2)`, '0:r1=6 /\\ x=6'],
      [`r1 = atomic_cmpxchg${order}(x, 6, 2)`, '0:r1=6 /\\ x=2'],
      [`r1 = atomic_add_negative${order}(-7, x)`, '0:r1=1 /\\ x=-1'],
      [`r1 = atomic_add_negative${order}(-6, x)`, '0:r1=0 /\\ x=0'],
      ...operations.map((name): [string, string] => [`r1 = atomic_fetch_${name}${order}(3, x)`, `0:r1=6 /\\ x=${result(name)}`]),
      ...['add', 'sub'].map((name): [string, string] => [`r1 = atomic_${name}_return${order}(3, x)`, `0:r1=${result(name)}`]),
      [`r1 = atomic_inc_return${order}(x)`, '0:r1=7'],
      [`r1 = atomic_dec_return${order}(x)`, '0:r1=5'],
      [`r1 = atomic_fetch_inc${order}(x)`, '0:r1=6 /\\ x=7'],
      [`r1 = atomic_fetch_dec${order}(x)`, '0:r1=6 /\\ x=5'],
    ]),
    ...operations.map((name): [string, string] => [`atomic_${name}(3, x)`, `x=${result(name)}`]),
    ['atomic_inc(x)', 'x=7'],
    ['atomic_dec(x)', 'x=5'],
    ['atomic_set(x, 4)', 'x=4'],
    ['atomic_set_release(x, 4)', 'x=4'],
    ['r1 = atomic_read(x)', '0:r1=6'],
    ['r1 = atomic_read_acquire(x)', '0:r1=6'],
    ['r1 = atomic_sub_and_test(6, x)', '0:r1=1 /\\ x=0'],
    ['r1 = atomic_dec_and_test(x)', '0:r1=0'],
    ['r1 = atomic_inc_and_test(x)', '0:r1=0'],
    ['r1 = atomic_add_unless(x, 2, 6)', '0:r1=0 /\\ x=6'],
    ['r1 = atomic_add_unless(x, 2, 5)', '0:r1=1 /\\ x=8'],
    ['spin_lock(l); spin_unlock(l)', 'x=6'],
    ['r1 = spin_trylock(l); r2 = spin_trylock(l)', '0:r1=1 /\\ 0:r2=0'],
    ['r1 = spin_is_locked(l); spin_lock(l); r2 = spin_is_locked(l)', '0:r1=0 /\\ 0:r2=1'],
    ['rcu_read_lock(); rcu_read_unlock()', 'x=6'],
    ['synchronize_rcu(); synchronize_rcu_expedited()', 'x=6'],
    ['r1 = srcu_read_lock(s); srcu_read_unlock(s, r1)', '0:r1=0'],
    ['r1 = srcu_down_read(s); srcu_up_read(s, r1)', '0:r1=0'],
    ['synchronize_srcu(s); synchronize_srcu_expedited(s)', 'x=6'],
  ];
  it.each(calls)('%s', (call, exists) => {
    expect(holdsIn([`${call};`], exists, { init: 'int x = 6;' })).toBe('always');
  });
});

function result(name: string): number {
  const values: Readonly<Record<string, number>> = { add: 9, sub: 3, and: 2, or: 7, xor: 5, andnot: 4 };
  return values[name] ?? NaN;
}

describe('the C of litmus tests', () => {
  it('registers have one scope, no type, and need no declaration', () => {
    const body = 'if (READ_ONCE(*x) == 0) { int r1 = 5; } else { int r1 = 6; } r9 = x; if (r1) { long *r2 = r9; r3 = *r2; }';
    expect(holdsIn([body], '0:r1=5 /\\ 0:r2=x /\\ 0:r3=0 /\\ 0:r9=x')).toBe('always');
  });

  it('registers start at zero, or where the initial state says', () => {
    expect(holdsIn(['r1 = (r1 != r2);', 'r1 = r2 + r3;'], '0:r1=0 /\\ 1:r1=7 /\\ 1:r7=2', { init: '1:r2=3; int 1:r3=4; 1:r7=2' })).toBe(
      'always',
    );
  });

  it('several names in one declaration; if, else if, for, while, do, ?: and their conditions', () => {
    const body = `int r4 = 1, *r5 = y, r6;
      for (r6 = 0; r6 < 3; r6++) r4 += r6;
      while (r6 > 0 && r4 != 0) r6 = r6 - 1;
      do { r6++; } while (r6 < 2);
      if (r4 == 3) r1 = 1; else if (r4 == 4) r1 = 2; else r1 = 3;
      r2 = r1 == 2 ? 10 : 20; r3 = !r1 || r5 == y;`;
    const text = textOf([body], 'exists (0:r1=2 /\\ 0:r2=10 /\\ 0:r3=1 /\\ 0:r4=4 /\\ 0:r6=2)').replace('P0(', 'P0(int *y');
    expect(judged(text)).toMatchObject({ k: 'verdict', holds: 'always' });
  });

  it('arrays, pointers to pointers, and values that are addresses', () => {
    const threads = ['WRITE_ONCE(a[1], 3); r1 = READ_ONCE(*(a + 1)); r2 = **p; *p = a; r3 = *(int *)*p;'];
    const text = textOf(threads, 'exists (0:r1=3 /\\ 0:r2=4 /\\ 0:r3=1 /\\ p=a[0])', 'int a[2] = {1, 2}; int *p = &x; int x = 4;').replace(
      /P0\(.*\)/,
      'P0(int *a, int **p)',
    );
    expect(judged(text)).toMatchObject({ k: 'verdict', holds: 'always' });
  });

  it('a spinning reader gets out where somebody lets it', () => {
    expect(
      holdsIn(['while (smp_load_acquire(y) == 0) { } r1 = READ_ONCE(*x);', 'WRITE_ONCE(*x, 1); smp_store_release(y, 1);'], '0:r1=0'),
    ).toBe('never');
  });

  it('comments of both kinds, blank lines, qualifiers, structs', () => {
    const text = `C test
(* a note (* inside *) *)
{ int x = 1; // one
}

P0(volatile int *x, struct srcu_struct *s) // first
{
	/* exists (nothing) */
	const int r1 = READ_ONCE(*x);
}

P1(spinlock_t *l, atomic_t *x) { spin_lock(l); atomic_inc(x); spin_unlock(l); }

locations [0:r1; x]
filter (x=2)
~exists (0:r1=2 \\/ 0:r1=1)
`;
    expect(judged(text)).toMatchObject({ k: 'verdict', holds: 'always' });
  });

  it('control dependencies end where the if does', () => {
    const other = 'r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1);';
    const exists = '0:r1=1 /\\ 1:r1=1';
    expect(holdsIn(['r1 = READ_ONCE(*x); if (r1) { WRITE_ONCE(*y, 1); } else { WRITE_ONCE(*y, 1); }', other], exists)).toBe('never');
    expect(holdsIn(['r1 = READ_ONCE(*x); if (r1) { r2 = 1; } WRITE_ONCE(*y, 1);', other], exists)).toBe('sometimes');
    expect(holdsIn(['r2 = 0; if (READ_ONCE(*x)) { r1 = 1; r2 = 1; } WRITE_ONCE(*y, r2);', other], exists)).toBe('sometimes');
  });

  it('a value may come from a branch that only it opens', () => {
    expect(
      holdsIn(['r1 = READ_ONCE(*x); r2 = 0; if (r1 == 1) r2 = 1; WRITE_ONCE(*y, r2);', 'r1 = READ_ONCE(*y); WRITE_ONCE(*x, r1);'], 'x=1'),
    ).toBe('sometimes');
  });
});

describe('what is said of a text that is no such test', () => {
  const at = (text: string): unknown => {
    const parsed = read(text);
    if (parsed.k === 'malformed') return parsed.malformed;
    return parsed.k === 'unsupported' ? parsed.unsupported : parsed.k;
  };
  const texts: [string, object][] = [
    ['C t\n{}\nexists (0:r1=0)\n', { line: 3, expected: 'a thread, like `P0(int *x)`' }],
    ['C t\n{}\nP0(int *x)\n{ WRITE_ONCE(*x, 1);\nexists (x=1)\n', { expected: '`}` for this `{`' }],
    ['C t\n{}\nP1(int *x)\n{ WRITE_ONCE(*x, 1); }\nexists (x=1)\n', { line: 3, column: 1, expected: 'thread P0' }],
    ['C t\n{}\nP0(int *x)\n{ WRITE_ONCE(*x, 1); }\nexists (1:r1=1)\n', { line: 5, expected: 'a thread below 1' }],
    ['C t\n{}\nP0(int x)\n{ r1 = x; }\nexists (0:r1=1)\n', { line: 3, feature: 'parameters that are no pointers' }],
    ['C t\n{}\nP0(int *x)\n{\n\tsmp_wonder(x);\n}\nexists (x=1)\n', { line: 5, feature: 'smp_wonder()' }],
    ['C t\n{}\nint f(int *x) { return 1; }\nP0(int *x)\n{ }\nexists (x=1)\n', { line: 3, feature: 'functions that are no threads' }],
    ['C t\n{}\n#define A 1\nP0(int *x)\n{ }\nexists (x=1)\n', { line: 3, feature: 'preprocessor lines' }],
    ['C t\n{ [PTE(x)]=0; }\nP0(int *x)\n{ }\nexists (x=1)\n', { line: 2, feature: 'PTE() in the initial state' }],
  ];
  it.each(texts)('%j', (text, said) => {
    expect(at(text)).toMatchObject(said);
  });

  it('syntax errors in C are named by their line', () => {
    expect(at('C t\n{}\nP0(int *x)\n{\n\tr1 = = 2;\n}\nexists (x=1)\n')).toMatchObject({ line: expect.any(Number) as number });
  });
});
