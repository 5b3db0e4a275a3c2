import { beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Program } from '../../simulator/program/types.js';
import { compileC } from './compile.js';
import { initC } from './parser.js';
import { printProcedure } from './print.js';
import { evaluate, type Word } from './testing/evaluate.js';
import { treeOf } from './testing/tree.js';

function row(name: string, does: CatalogRow['does'], words: number[] = []): CatalogRow {
  return { name, arch: 'any', words, does, source: 'test' };
}

const catalog: CatalogRow[] = [
  row('READ_ONCE', { kind: 'load', of: 'lvalue', order: 'once' }),
  row('WRITE_ONCE', { kind: 'store', of: 'lvalue', order: 'once' }),
  row('smp_load_acquire', { kind: 'load', of: 'pointer', order: 'acquire' }),
  row('smp_store_release', { kind: 'store', of: 'pointer', order: 'release' }),
  row('cmpxchg', { kind: 'rmw', fn: 'cas', order: 'full', pointer: 0, expected: 1, operand: 2, result: 'old' }),
  row('try_cmpxchg', { kind: 'rmw', fn: 'cas', order: 'full', pointer: 0, expected: 1, operand: 2, result: 'changed' }),
  row('atomic_dec_and_test', { kind: 'rmw', fn: 'sub', order: 'full', pointer: 0, operand: { value: 1 }, result: 'zero' }),
  row('atomic_add_return', { kind: 'rmw', fn: 'add', order: 'full', pointer: 1, operand: 0, result: 'new' }),
  row('set_bit', { kind: 'bit', fn: 'set', order: 'relaxed', result: 'none' }),
  row('test_and_clear_bit', { kind: 'bit', fn: 'clear', order: 'full', result: 'old' }),
  row('test_bit', { kind: 'bit', fn: 'test', order: 'relaxed', result: 'old' }),
  row('unlikely', { kind: 'identity', argument: 0 }),
  row('WARN_ON_NEVER', { kind: 'value', value: 0 }),
  row('dsb', { kind: 'dsb', of: 'argument' }, [0]),
  row('csr_write', { kind: 'csr', do: 'write' }, [0]),
  row('smp_mb', { kind: 'fence', pred: 'rw', succ: 'rw' }),
  row('has_feature', { kind: 'feature' }, [0]),
  row('current', { kind: 'current' }),
  row('trace_*', { kind: 'drop', why: 'traces' }),
  row('asm.sfence.vma', { kind: 'sfence', address: 0, asid: 1 }),
  row('asm.tlbi', { kind: 'tlbi', address: 1 }, [0]),
  row('asm.csrr', { kind: 'csr', do: 'read' }),
  row('asm.0x7c000264', { kind: 'ptesync' }),
];

beforeAll(initC);

function compile(text: string, files: Record<string, string> = {}, main = ['a.c']): Program {
  return compileC(treeOf({ ...files, 'a.c': text }), { arch: 'riscv', files: main, defines: {}, catalog });
}

it('a weak definition gives way to another of its name, whichever is read first', () => {
  const weak = 'void __attribute__((__weak__)) flush(void) { }\nvoid caller(void) { flush(); }';
  const strong = 'int flushes;\nvoid flush(void) { flushes++; }';
  for (const order of [
    ['a.c', 'b.c'],
    ['b.c', 'a.c'],
  ])
    expect(compile(weak, { 'b.c': strong }, order).procedures.get('flush')?.at.file).toBe('b.c');
  expect(compile(weak).procedures.get('flush')?.at.file).toBe('a.c');
});

function run(text: string, name = 'f', args: Word[] = [], primitives: Record<string, (...args: Word[]) => Word> = {}) {
  return evaluate(compile(text), name, args, primitives);
}

function code(text: string, name = 'f'): string {
  const procedure = compile(text).procedures.get(name);
  return procedure === undefined ? '' : printProcedure(procedure);
}

describe('parentheses around a value are no cast', () => {
  const values: readonly [string, bigint][] = [
    ['(a) + b * c', 23n],
    ['(a) - (b) * c', -17n],
    ['(a) + (b) / 2', 5n],
    ['(a) & (b) >> 1', 2n],
    ['(a) & (b) == 4', 1n],
    ['(a) * (b) + (c) * a', 27n],
    ['x[1] * (a) + b / 2', 23n],
    ['(x[0]) + b * c', 27n],
    ['(twice(a)) + b * c', 26n],
    ['(sum(a, b)) - b * c', -13n],
    ['!(a) + (b) * c', 20n],
    ['-(a) - (b) * c', -23n],
    ['(a) + (b) + (c) * a', 22n],
    ['a == 3 ? (a) + b * c : 0', 23n],
    ['sizeof (a) + b * c', 24n],
    ['(long)(a) + (b) * c', 23n],
    ['(num_t)(a) + (b) * c', 23n],
    ['*((long *)(p) + (b) / 4)', 7n],
    ['(num_t)-1 * c', -5n],
    ['(num_t)*p + b', 11n],
    ['(*p) + b * c', 27n],
    ['(s.a) + b * c', 29n],
    ['(t->a) - b * c', -11n],
  ];
  it.each(values)('%s', (expression, expected) => {
    const text = `typedef long num_t; struct s { int a; };
static int twice(int x) { return 2 * x; }
static int sum(int x, int y) { return x + y; }
long f(void) { int a = 3, b = 4, c = 5; long x[2]; long *p = x; struct s s; struct s *t = &s; x[0] = 7; x[1] = 7; s.a = 9; return ${expression}; }`;
    expect(run(text).result).toBe(expected);
  });
});

describe('integers', () => {
  it.each([
    ['u16 t = x; return t;', 0x12345n, 0x2345n],
    ['return x == -1ULL;', (1n << 64n) - 1n, 1n],
    ['unsigned int a = 1; int b = -1; return b < a;', 0n, 0n],
    ['unsigned char a = 200, b = 100; return a + b;', 0n, 300n],
    ['int a = -7; return a / 2 * 10 + a % 2;', 0n, -31n],
    ['s32 a = -8; return a >> 1;', 0n, -4n],
    ['long a = -1; return (unsigned int)a;', 0n, 0xffffffffn],
    ['bool b = 4; return b;', 0n, 1n],
    ['return (u64)(x) >> 63;', 1n << 63n, 1n],
    ['return ~0U + 1;', 0n, 0n],
    ['return x ? 3 : 4;', 0n, 4n],
    ['return x ?: 9;', 0n, 9n],
    ["return 'A' + 010 + 0x10;", 0n, 89n],
    ['return sizeof(int) + sizeof(void *) + sizeof(struct pair) + sizeof(u16[3]);', 0n, 34n],
    ['u32 a = 5; a <<= 2; a |= 1; a ^= 3; a--; return a++ + ++a;', 0n, 21n + 23n],
    ['return GENMASK(5, 3) | BIT(8) | ALIGN(5, 8);', 0n, 0x138n | 8n],
    ['return (x > 3 && x < 9) || !x;', 5n, 1n],
    ['return E_B + E_D;', 0n, 9n],
    ['int y = (1, 2, 3); return y;', 0n, 3n],
    ['return __builtin_offsetof(struct pair, b);', 0n, 8n],
  ])('%s', (body, x, expected) => {
    const types = 'typedef unsigned long long u64; struct pair { int a; u64 b; }; enum e { E_A, E_B = 4, E_C, E_D = E_B + 1 };';
    const result = run(`${types}\nlong f(u64 x) { ${body} }`, 'f', [x]).result;
    expect(result).toBe(expected);
  });
});

describe('control flow', () => {
  it('loops, with break, continue and goto', () => {
    const text = `int f(int n) {
      int i, sum = 0;
      for (i = 0; i < n; i++) { if (i == 2) continue; if (i == 5) break; sum += i; }
      while (1) { if (sum++ > 20) goto out; }
    out:
      do sum += 100; while (sum < 300);
      return sum; }`;
    expect(run(text, 'f', [10n]).result).toBe(322n);
  });

  it('switches, with fallthrough, ranges and a default in the middle', () => {
    const text =
      'int f(int x) { int r = 0; switch (x) { case 1: r += 1; case 2: r += 2; break; default: r = 50; break; case 5 ... 7: return 57; } return r; }';
    const program = compile(text);
    const results = [1n, 2n, 3n, 6n].map((x) => evaluate(program, 'f', [x]).result);
    expect(results).toEqual([3n, 2n, 50n, 57n]);
  });

  it('evaluates the right side of && and || only when it must', () => {
    const text = 'int f(int x) { if (x && g(1)) h(); int y = x || g(2); return x && k(); }';
    expect(run(text, 'f', [0n]).calls).toEqual(['g(2)']);
    expect(run(text, 'f', [1n], { g: () => 1n }).calls).toEqual(['g(1)', 'h()', 'k()']);
  });

  it('renames a variable that hides another, and keeps statement expressions apart', () => {
    const text = 'int f(void) { int x = 1; { int x = 2; x++; } return x + ({ int x = 5; x * 2; }) + ({ typeof(x) y = x; y; }); }';
    expect(run(text).result).toBe(12n);
  });

  it('takes the value of a statement expression from a last statement with a label', () => {
    expect(run('int f(int n) { return ({ int x = 1; if (n) goto out; x = 2; out: x; }); }', 'f', [1n]).result).toBe(1n);
    expect(run('int f(int n) { return ({ int x = 1; if (n) goto out; x = 2; out: x; }); }', 'f', [0n]).result).toBe(2n);
  });

  it('recurses and calls through pointers', () => {
    const text =
      'static int twice(int x) { return 2 * x; } typedef int (*fn_t)(int); int f(int n) { fn_t g = twice; if (n == 0) return 0; return g(n) + f(n - 1); }';
    expect(run(text, 'f', [4n]).result).toBe(20n);
  });

  it('does not compile what a constant condition rules out', () => {
    expect(
      code('#define ON 0\nint f(int x) { if (ON && x) asm volatile("strange"); return IS_ENABLED(CONFIG_NONE) ? g() : 1; }'),
    ).not.toContain('strange');
  });
});

describe('objects', () => {
  it('walks a table through an ops table and a callback', () => {
    const text = `
typedef unsigned long u64;
struct step { u64 *slot; int level; void *arg; };
struct table_ops { void (*drop)(void *table); int (*users)(void *table); };
struct visitor { int (*cb)(const struct step *step, int flags); void *arg; int flags; };
static void count_drop(void *table) { dropped(table); }
static struct table_ops ops = { .drop = count_drop };
static int unlink_one(const struct step *step, int flags)
{
	struct table_ops *o = step->arg;
	u64 old = READ_ONCE(*step->slot);

	if (!(old & 1))
		return -2;
	WRITE_ONCE(*step->slot, 0);
	if (flags & 4)
		o->drop(step->slot);
	return 0;
}
u64 table[4] = { 3, [2] = 5, 0 };
static int visit(struct visitor *v, u64 *t)
{
	int i, ret = 0, done = 0;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct step s = { .slot = &t[i], .arg = v->arg, };

		ret = v->cb(&s, v->flags);
		if (ret == -2)
			continue;
		if (ret)
			goto out;
		done++;
	}
out:
	return done;
}
int f(void)
{
	struct visitor v = { .cb = unlink_one, .arg = &ops, .flags = 4 };

	return visit(&v, table);
}`;
    const outcome = run(text);
    expect(outcome.result).toBe(2n);
    expect(outcome.calls).toEqual(['dropped(table[0])', 'dropped(table[2])']);
    expect(outcome.memory.get('table[2]')).toBe(0n);
  });

  it('gives arrays their length from constant expressions', () => {
    const program = compile(
      '#define CPUS 70\nunsigned long long map[CPUS / sizeof(unsigned long long) + 1];\nint n[] = { 1, 2, [7] = 3 };',
    );
    expect(program.globals.get('map')?.type).toMatchObject({ k: 'array', length: 9 });
    expect(program.globals.get('n')?.type).toMatchObject({ length: 8 });
    expect(program.globals.get('n')?.init.map((leaf) => leaf.path)).toEqual(['[0]', '[1]', '[7]']);
  });

  it('counts bytes of a member from where it begins, as pointers to them do', () => {
    const text = 'struct s { unsigned char b[3]; short h[2]; }; struct s g = { { 1, 2 }, { 3, 4 } }; unsigned char c[] = { 1, 2 };';
    const { globals } = compile(text);
    expect(globals.get('g')?.init.map((leaf) => leaf.path)).toEqual(['.b', '.b+1', '.h[0]', '.h[1]']);
    expect(globals.get('c')?.init.map((leaf) => leaf.path)).toEqual(['[0]', '[1]']);
  });

  it('copies structs, passes and returns them, and zeroes what an initialiser leaves out', () => {
    const text = `struct s { int a; struct { int x, y; } in; int *p; };
static struct s make(int a) { struct s t = { .a = a, .in = { .y = 7 } }; return t; }
static int sum(struct s t) { t.a += 1; return t.a + t.in.x + t.in.y; }
int f(void) { struct s one = make(3), two; two = one; two.in.x = 10; return sum(two) * 100 + one.a + sum((struct s){ 1, { 2 } }); }`;
    expect(run(text).result).toBe(2100n + 3n + 4n);
  });

  it('treats a typedef of a struct around one scalar as the scalar', () => {
    const text = `typedef struct { unsigned long pte; } pte_t;
#define pte_val(x) ((x).pte)
#define __pte(x) ((pte_t) { (x) })
static inline pte_t mk(pte_t pte) { return __pte(pte_val(pte) | 4); }
unsigned long f(void) { pte_t t[2], *p = t; *p = __pte(1); p[1] = mk(*p); WRITE_ONCE(p->pte, 9); return pte_val(t[1]) * 10 + READ_ONCE(*p).pte; }`;
    expect(run(text).result).toBe(59n);
  });

  it('flattens nested arrays', () => {
    const text =
      'int m[2][3] = { { 1, 2, 3 }, { 4, 5 } }; int f(void) { int (*row)[3] = m, sum = 0; m[1][2] = 6; row++; sum = (*row)[0]; return sum * 10 + m[1][2] + m[0][1]; }';
    expect(run(text).result).toBe(48n);
  });

  it('steps and subtracts pointers, and goes back from a member', () => {
    const text = `struct node { int id; struct node *next; };
#define entry(p) container_of(p, struct node, next)
int f(void) { struct node n[3], *p = n; p += 2; p->id = 4; (--p)->id = 3; struct node **link = &p->next; return n[2].id * 10 + p->id + (entry(&p->next) == p); }`;
    expect(run(text).result).toBe(44n);
  });

  it('keeps a variable whose address is taken in the frame', () => {
    const outcome = run('static void set(int *p) { *p = 5; } int f(int x) { int y = 1; set(&y); set(&x); return x + y; }', 'f', [1n]);
    expect(outcome.result).toBe(10n);
  });

  it('keeps static locals and externs as globals', () => {
    const program = compile('extern int elsewhere; int f(void) { static int count = 3; count += elsewhere; return count; }');
    expect(program.globals.get('f.count')?.init[0]?.value).toEqual({ k: 'int', value: 3n });
    expect(program.globals.get('elsewhere')?.defined).toBe(false);
  });
});

describe('the catalog', () => {
  it('lowers accesses with their order', () => {
    const text =
      'struct s { int flag; volatile int v; }; int f(struct s *p) { smp_store_release(&p->flag, 1); p->v = 2; return smp_load_acquire(&p->flag); }';
    expect(code(text)).toContain('store.s32.release p.flag, 1');
    expect(code(text)).toContain('store.s32.once p.v, 2');
    expect(code(text)).toContain('load.s32.acquire p.flag');
  });

  it('lowers atomics and bits, and computes their results', () => {
    const text = `typedef struct { int counter; } atomic_t;
atomic_t refs = { 2 };
unsigned long map[3];
int f(int nr) {
	unsigned long old = 7, slot = 3;
	int r = 0;
	if (atomic_add_return(5, &refs) == 7) r += 1;
	if (!atomic_dec_and_test(&refs)) r += 2;
	set_bit(nr, map);
	if (test_bit(70, map) && test_and_clear_bit(nr, map) && !test_bit(70, map)) r += 4;
	if (!try_cmpxchg(&slot, &old, 9) && old == 3 && try_cmpxchg(&slot, &old, 9)) r += 8;
	if (cmpxchg(&slot, 9, 1) == 9 && slot == 1) r += 16;
	return r;
}`;
    expect(run(text, 'f', [70n]).result).toBe(31n);
  });

  it('keeps words as words, folds identities and values, and leaves the rest to the machine', () => {
    const text = `#define CSR_X 0x180
#define smp_mb() asm volatile("fence rw,rw")
int f(int x) { dsb(ishst); csr_write(CSR_X, x); smp_mb(); if (unlikely(has_feature(EXT_Y))) return WARN_ON_NEVER(x); return current != x; }`;
    const { calls } = run(text, 'f', [2n]);
    expect(calls).toEqual(['dsb(ishst)', 'csr_write(CSR_X, 2)', 'smp_mb()', 'has_feature(EXT_Y)', 'current()']);
  });

  it('keeps a word as it is where the declaration of its primitive gives it a type', () => {
    expect(code('static inline int has_feature(int num);\nint f(void) { return has_feature(EXT_Y); }')).toContain(
      'call has_feature("EXT_Y")',
    );
  });

  it('keeps names of a prefix row as calls', () => {
    const text = '#define trace_step(x) asm volatile("strange")\nint f(void) { trace_step(1); return trace_level; }';
    expect(code(text)).toMatch(/call trace_step\(1\).*\n.*return .*\?trace_level/);
  });

  it('compiles a definition in the sources but for rows that are lowered or take words', () => {
    const program = compile('void smp_mb(void) { own(); }\nint has_feature(int x) { return 1; }\nvoid READ_ONCE_other(void) {}');
    expect([...program.procedures.keys()]).toEqual(['smp_mb', 'READ_ONCE_other']);
  });
});

describe('assembly', () => {
  it('calls instructions with their operands', () => {
    const text = `int f(unsigned long a, unsigned long b) {
	unsigned long v;
	asm volatile("sfence.vma %0, %1\\n\\tsfence.vma x0, %[asid]; nop" : : "r" (a), "r" (b), [asid] "r" (b) : "memory");
	__asm__ __volatile__ ("csrr %0, satp" : "=r" (v) :: "memory");
	asm volatile("" : : : "memory");
	return v;
}`;
    const { calls, result } = run(text, 'f', [1n, 2n], { 'asm.csrr': () => 8n });
    expect(calls).toEqual(['asm.sfence.vma(1, 2)', 'asm.sfence.vma(x0, 2)', 'asm.csrr(satp)']);
    expect(result).toBe(8n);
  });

  it('reads instructions that are written as numbers, and leaves out what stands in other sections', () => {
    const text = `void f(long rb, long rs) {
	asm volatile(".long (0x7c000264 | (((%0) & 0x1f) << 11) | (((%1) & 0x1f) << 21) | (((3) & 0x3) << 18))" : : "r" (rb), "r" (rs));
	asm volatile(".section __table,\\"aw\\"\\n.long 0x12345678\\n.previous\\n.long 0x7c000264");
}`;
    expect(run(text, 'f', [1n, 2n]).calls).toEqual(['asm.0x7c000264(1, 2, 3)', 'asm.0x7c000264()']);
    expect(code('void f(void) { asm volatile(".long 0x11112222"); }')).toContain('unsupported: asm ".long 0x11112222"');
  });

  it('asks the axis of an alternative, also to jump', () => {
    const text = `#define EXT 5
int f(void) {
	asm goto(ALTERNATIVE("nop", "j %l[fast]", 0, EXT, 1) : : : : fast);
	asm volatile(ALTERNATIVE("sfence.vma", "nop", 0, OTHER, 1) : : : "memory");
	return 1;
fast:
	return 2;
}`;
    expect(run(text)).toMatchObject({ result: 1n, calls: ['axis.alternative(EXT)', 'axis.alternative(OTHER)', 'asm.sfence.vma()'] });
    expect(run(text, 'f', [], { 'axis.alternative': () => 1n }).result).toBe(2n);
  });

  it('marks an instruction without a row where it stands', () => {
    expect(code('void f(void) { a(); asm volatile("frob %0" :: "r"(1)); }')).toMatch(/call a\(\).*\n.*unsupported: asm "frob %0"/);
  });
});

describe('what cannot be compiled', () => {
  it('keeps an error inside its function', () => {
    const program = compile('void bad(void) { for_each_thing(x) { y(; }\n}\nvoid good(void) { g(); }');
    expect(program.procedures.get('bad')?.code[0]?.op).toBe('unsupported');
    expect(program.procedures.get('good')?.code[0]?.op).toBe('call');
    expect(program.omissions.some((omission) => omission.what === 'function bad')).toBe(true);
  });

  it('keeps the first of two static functions of one name', () => {
    const program = compile('static void f(void) { a(); }', { 'b.c': 'static void f(void) { b(); }' }, ['a.c', 'b.c']);
    expect(printProcedure(program.procedures.get('f') ?? fail())).toContain('call a()');
    expect(program.omissions).toHaveLength(1);
  });

  it('does not fall over hostile input', () => {
    const texts = [
      `int f(void) { return ${'('.repeat(5000)}1${')'.repeat(5000)}; }`,
      `int f(void) { ${'{'.repeat(5000)} ${'}'.repeat(5000)} }`,
      `int f(void) { return ${'1+'.repeat(20_000)}1; }`,
      'int f(void) { typeof(typeof(x) y) z; enum { A = A }; struct s { struct s s; } q; return sizeof(q); }',
      '}}}} ) ( { int x',
      'typedef t t; t x; int f(void) { return sizeof(t); }',
      'int a[1ULL << 60] = { [0 ... 1000000] = 1 };',
    ];
    for (const text of texts) expect(() => compile(text)).not.toThrow();
  });
});

it('takes functions of headers only when something refers to them, and says where lines come from', () => {
  const header =
    '#ifndef H\n#define H\nstatic inline int used(int x) { return x + 1; }\nstatic inline int unused(void) { return 0; }\n#endif';
  const program = compile('#include <linux/h.h>\nint f(void)\n{\n\treturn used(1);\n}', { 'include/linux/h.h': header });
  expect([...program.procedures.keys()].sort()).toEqual(['f', 'used']);
  expect(program.procedures.get('used')?.at).toEqual({ file: 'include/linux/h.h', line: 3, origin: 'skeleton' });
  expect(program.procedures.get('f')?.code[0]?.at.line).toBe(4);
});

it('reads asm-offsets.c', () => {
  const text =
    '#include <linux/kbuild.h>\nvoid asm_offsets(void)\n{\n#ifdef CONFIG_NONE\n\tOFFSET(NO, task_struct, no);\n#endif\n\tOFFSET(TASK_CPU, task_struct, thread_info.cpu);\n\tDEFINE(SIZE, 64);\n\tDEFINE(PT_A0, offsetof(struct pt_regs, a0));\n}';
  const tree = treeOf({ 'arch/riscv/kernel/asm-offsets.c': text });
  const program = compileC(tree, { arch: 'riscv', files: ['arch/riscv/kernel/asm-offsets.c'], defines: {}, catalog });
  expect([...program.offsets]).toEqual([
    ['TASK_CPU', 'thread_info.cpu'],
    ['SIZE', '64'],
    ['PT_A0', 'a0'],
  ]);
});

function fail(): never {
  throw new Error('no such procedure');
}

describe('what kernel trees need', () => {
  it('keeps container_of() from becoming arithmetic, whatever the headers make of it', () => {
    const header =
      '#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))\n#define list_entry(p, t, m) container_of(p, t, m)\n';
    const text = `#include <linux/c.h>\nstruct in { int x; }; struct out { int a; struct in b; };\nstruct out *f(struct in *p) { return list_entry(p, struct out, b); }`;
    const program = compile(text, { 'include/linux/c.h': header });
    expect(printProcedure(program.procedures.get('f') ?? fail())).toContain('call container_of(p, "b")');
  });

  it.each([
    ['__builtin_ctzl(x)', 0x50n, 4n],
    ['__builtin_ctz(x)', 0x8000_0000n, 31n],
    ['__builtin_clzl(x)', 1n, 63n],
    ['__builtin_clz(x)', 0x40n, 25n],
    ['__builtin_ffs(x)', 0n, 0n],
    ['__builtin_ffsl(x)', 0x100n, 9n],
    ['__builtin_popcountl(x)', 0xf0f1n, 9n],
  ])('computes %s', (expression, x, expected) => {
    expect(run(`long f(unsigned long x) { return ${expression}; }`, 'f', [x]).result).toBe(expected);
  });

  it('takes types as arguments of calls that stay calls', () => {
    const text = 'typedef struct { int v; } data_t; struct s { int a; };\nvoid f(void) { g(data_t); h(struct s); k(unsigned long, 3); }';
    expect(code(text)).toMatch(/call g\(4\).*\n.*call h\(4\).*\n.*call k\(8, 3\)/);
  });

  it('reads typedefs of functions in parentheses, and keeps the words of types', () => {
    const text =
      'typedef int (handler_t)(void *);\ntypedef struct { int counter; } atomic_t;\natomic_t n;\nint f(handler_t *h) { return atomic_add_return(1, &n); }';
    expect(code(text)).toContain('add.s32.full @n');
  });

  it('takes a function-like macro that makes functions, and what its body still has to expand', () => {
    const rows: CatalogRow[] = [...catalog, row('bump', { kind: 'c', params: ['p'], text: '(*(p) += 1)' })];
    const text =
      '#define MAKE(name) static inline void name##_up(int *p) { bump(p); }\nMAKE(one) MAKE(two)\nvoid f(int *p) { one_up(p); two_up(p); }';
    const program = compileC(treeOf({ 'a.c': text }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog: rows });
    expect(printProcedure(program.procedures.get('two_up') ?? fail())).toContain('store.s32');
  });

  it('expands a macro of a dropped family where it begins a loop', () => {
    const text = '#define trace_each(i, n) for (i = 0; i < n; i++)\nint f(void) { int i, s = 0; trace_each(i, 4) { s += i; } return s; }';
    expect(run(text).result).toBe(6n);
  });
});

describe('variables of each CPU', () => {
  const rows: CatalogRow[] = [
    ...catalog,
    row('this_cpu_ptr', { kind: 'per-cpu', of: 'pointer', do: 'address' }),
    row('per_cpu_ptr', { kind: 'per-cpu', of: 'pointer', cpu: 1, do: 'address' }),
    row('this_cpu_read', { kind: 'per-cpu', of: 'lvalue', do: 'load' }),
    row('this_cpu_inc', { kind: 'per-cpu', of: 'lvalue', do: 'add', operand: { value: 1 } }),
  ];
  const text =
    'struct state { int mm; int gen[2]; };\nDEFINE_PER_CPU(struct state, tlb);\nDEFINE_PER_CPU(int, count) = 3;\nint f(int cpu) { this_cpu_inc(count); per_cpu_ptr(&tlb, cpu)->gen[1] = 2; return this_cpu_read(tlb.mm); }';

  it('are arrays of them, however deep the access goes', () => {
    const program = compileC(treeOf({ 'a.c': text }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog: rows });
    const f = printProcedure(program.procedures.get('f') ?? fail());
    expect(f).toMatch(/add\.s32\.relaxed @count\[%\d+ \* 8\], 1/);
    expect(f).toMatch(/store\.s32 @tlb\[cpu \* 8\]\.gen\[1 \* 4\], 2/);
    expect(f).toMatch(/load\.s32\.once @tlb\[%\d+ \* 8\]\.mm/);
    expect(program.globals.get('count')?.type.k).toBe('array');
    expect(program.globals.get('count')?.init[1]).toEqual({ path: '[1]', value: { k: 'int', value: 3n } });
  });
});

it('hands a primitive the word of a set of CPUs, or 0 where there is none', () => {
  const rows: CatalogRow[] = [...catalog, row('kick', { kind: 'ipi', to: 'mask', mask: 0, fn: 1, info: 2, wait: 'always' })];
  const text =
    'struct cpumask { unsigned long bits[1]; };\nvoid h(void *i);\nvoid f(const struct cpumask *m) { kick(m, h, 0); kick(0, h, 0); }';
  const program = compileC(treeOf({ 'a.c': text }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog: rows });
  const f = printProcedure(program.procedures.get('f') ?? fail());
  expect(f).toMatch(/load\.u64\.once m\.bits\[0 \* 8\]/);
  expect(f).toContain('call kick(0, ');
});
