import { beforeAll, describe, expect, it } from 'vitest';
import { compileC } from './compile.js';
import { initC } from './parser.js';
import { evaluate } from './testing/evaluate.js';
import { treeOf } from './testing/tree.js';

beforeAll(initC);

/** Guards as kernels have them: a class is a type, and two functions that make and end a value of it. */
const GUARDS = `
#define __cleanup(f) __attribute__((__cleanup__(f)))
#define __PASTE_(a, b) a##b
#define __PASTE(a, b) __PASTE_(a, b)
#define UNIQUE(prefix) __PASTE(prefix, __COUNTER__)
typedef struct { long id; ; } class_hold_t;
class_hold_t class_hold_constructor(long id) { class_hold_t t = { .id = id }; take(id); return t; }
void class_hold_destructor(class_hold_t *t) { drop(t->id); }
typedef struct { long id; unsigned long flags; } class_held_t;
class_held_t class_held_constructor(long id) { class_held_t t = { .id = id, .flags = 7 }, *T = &t; take(T->id); return t; }
void class_held_destructor(class_held_t *T) { drop(T->id, T->flags); }
#define CLASS(name, var) class_##name##_t var __cleanup(class_##name##_destructor) = class_##name##_constructor
#define guard(name) CLASS(name, UNIQUE(guard))
#define scoped(name, label, ...) for (CLASS(name, scope)(__VA_ARGS__); ; ({ goto label; })) if (0) { label: break; } else
#define scoped_guard(name, ...) scoped(name, UNIQUE(label), __VA_ARGS__)
`;

/** The calls that a run of `f` makes. */
function calls(body: string, args: readonly bigint[] = []): string {
  const program = compileC(treeOf({ 'a.c': `${GUARDS}\n${body}` }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog: [] });
  return evaluate(program, 'f', args).calls.join(' ');
}

describe('a variable with a cleanup attribute', () => {
  it.each([
    ['the end of the function', 'void f(void) { guard(hold)(1); work(); }', 'take(1) work() drop(1)'],
    ['the end of its block', 'void f(void) { { guard(hold)(1); work(); } rest(); }', 'take(1) work() drop(1) rest()'],
    ['a return, after what it returns', 'long f(void) { guard(hold)(1); return work(); }', 'take(1) work() drop(1)'],
    ['the next round of a loop', 'void f(void) { for (int i = 0; i < 2; i++) { guard(hold)(i); } }', 'take(0) drop(0) take(1) drop(1)'],
    ['a break', 'void f(void) { while (1) { guard(hold)(1); break; } rest(); }', 'take(1) drop(1) rest()'],
    [
      'a continue',
      'void f(void) { for (int i = 0; i < 2; i++) { guard(hold)(i); if (i == 0) continue; work(); } }',
      'take(0) drop(0) take(1) work() drop(1)',
    ],
    ['a break out of a switch', 'void f(void) { switch (1) { case 1: { guard(hold)(1); break; } } rest(); }', 'take(1) drop(1) rest()'],
    ['a goto out of its block', 'void f(void) { { guard(hold)(1); goto out; } work(); out: rest(); }', 'take(1) drop(1) rest()'],
    [
      'a goto back over it',
      'void f(void) { int n = 0; again: ; guard(hold)(n); if (n++ == 0) goto again; work(); }',
      'take(0) drop(0) take(1) work() drop(1)',
    ],
    ['a statement expression', 'void f(void) { long x = ({ guard(hold)(1); work(); 5; }); rest(x); }', 'take(1) work() drop(1) rest(5)'],
    ['a struct of several members', 'void f(void) { guard(held)(1); work(); }', 'take(1) work() drop(1, 7)'],
  ])('ends with %s', (_, body, expected) => {
    expect(calls(body)).toBe(expected);
  });

  it('stays over a goto inside of its block', () => {
    expect(calls('void f(void) { guard(hold)(1); goto out; work(); out: rest(); }')).toBe('take(1) rest() drop(1)');
  });

  it('ends before those that were there first', () => {
    expect(calls('void f(void) { guard(hold)(1); guard(hold)(2); work(); }')).toBe('take(1) take(2) work() drop(2) drop(1)');
    expect(calls('void f(void) { guard(hold)(1); { guard(hold)(2); return; } }')).toBe('take(1) take(2) drop(2) drop(1)');
  });

  it('is there from its declaration on', () => {
    const body = 'void f(long x) { if (x) return; guard(hold)(1); work(); }';
    expect(calls(body, [1n])).toBe('');
    expect(calls(body, [0n])).toBe('take(1) work() drop(1)');
  });

  it('returns what was there before it ended', () => {
    const body =
      'long value; void class_x(long *p) { value = 9; } long f(void) { long v __cleanup(class_x) = 1; value = 3; return value; }';
    const program = compileC(treeOf({ 'a.c': `${GUARDS}\n${body}` }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog: [] });
    expect(evaluate(program, 'f', []).result).toBe(3n);
  });
});

describe('a guard over one statement', () => {
  it('ends behind it, each with labels of its own', () => {
    expect(calls('void f(void) { scoped_guard(hold, 1) work(); scoped_guard(hold, 2) { rest(); } end(); }')).toBe(
      'take(1) work() drop(1) take(2) rest() drop(2) end()',
    );
  });

  it('ends where the statement returns', () => {
    expect(calls('void f(void) { scoped_guard(hold, 1) { scoped_guard(hold, 2) return; } end(); }')).toBe(
      'take(1) take(2) drop(2) drop(1)',
    );
  });
});

it('a cleanup attribute that belongs to no variable is not passed over', () => {
  const program = compileC(treeOf({ 'a.c': `${GUARDS}\nvoid f(void) { __cleanup(drop) long x = 1; work(); }` }), {
    arch: 'riscv',
    files: ['a.c'],
    defines: {},
    catalog: [],
  });
  expect(program.procedures.get('f')?.code.map(({ op }) => op)).toEqual(['unsupported']);
});
