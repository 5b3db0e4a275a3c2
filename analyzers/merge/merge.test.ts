import { describe, expect, it } from 'vitest';
import type { FileDiff } from '../diff/types.js';
import { filesBelow } from '../source/walk.js';
import { diff, hunk, merge, text, tokens } from './testing/hunks.js';

const PATH = 'arch/a/unmap.c';

/** Our stand-in: same protocol as the hunks below expect, other layout. */
const SKELETON = `#include <linux/mm.h>

/* Stand-in. */
static bool walk_may_defer(struct pgtable *pgt)
{
	return has_range_op() && has_wb(pgt);
}

static void unmap_one(const struct visit *v, struct mmu *mmu)
{
	struct pgtable *pgt = v->arg;

	if (entry_valid(v->old)) {
		clear_entry(v->slot);	/* break */
		if (!walk_may_defer(pgt)) flush_one(mmu, v->addr, v->level);
	}
	drop_table(v->slot);
}

static int unmap_walker(const struct visit *v)
{
	unmap_one(v, v->mmu);
	return 0;
}
`;

const SECOND_CONDITION = hunk(
  '-896 +896 static void unmap_one(const struct visit *v,',
  `
 	if (entry_valid(v->old)) {
 		clear_entry(v->slot);
 
-		if (!walk_may_defer(pgt))
+		if (!walk_may_defer(pgt) ||
+		    entry_is_table(v->old, v->level)) {
 			flush_one(mmu,
 				  v->addr, v->level);
+		}
 	}
 
 	drop_table(v->slot);
`,
);

const WANTED =
  'if ( ! walk_may_defer ( pgt ) || entry_is_table ( v -> old , v -> level ) ) { flush_one ( mmu , v -> addr , v -> level ) ; }';

describe('mergePatch into a skeleton of other layout', () => {
  it('edits tokens inside the function that the hunk names', () => {
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, SECOND_CONDITION));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', how: 'tokens', placed: 1, refused: [], renames: [] });
    expect(tokens(text(merged.after, PATH))).toContain(WANTED);
    expect(text(merged.before, PATH)).toBe(SKELETON);
  });

  it('keeps words apart that come to stand side by side', () => {
    const more = hunk(
      '-10 +10 static bool walk_may_defer(struct pgtable *pgt)',
      `
 {
-	return has_range_op() && has_wb(pgt);
+	return in_host() && has_range_op() &&
+		has_wb(pgt);
 }`,
    );
    const merged = merge({ [PATH]: SKELETON.replace('return has_range_op()', 'return  has_range_op()') }, diff(PATH, more));
    expect(text(merged.after, PATH)).toMatch(/return\s+in_host\(\)/);
  });

  it('gives every line an origin: untouched ones keep theirs, the patch has its own numbers', () => {
    const file = merge({ [PATH]: SKELETON }, diff(PATH, SECOND_CONDITION)).after.read(PATH);
    const lines = file?.text.split('\n') ?? [];
    expect(file?.lines).toHaveLength(lines.length);
    const at = lines.findIndex((line) => line.includes('entry_is_table'));
    expect(file?.lines[at]).toEqual({ origin: 'patch', line: 900 });
    lines.forEach((line, i) => {
      const origin = file?.lines[i];
      if (origin?.origin === 'skeleton' && line.trim() !== '') expect(line.trim()).not.toBe('');
      if (origin?.origin === 'skeleton') expect(SKELETON.split('\n')[origin.line - 1]).toContain(line.trim());
    });
  });

  it('takes braces that the tree has already for those the patch adds', () => {
    const braced = SKELETON.replace(
      'if (!walk_may_defer(pgt)) flush_one(mmu, v->addr, v->level);',
      'if (!walk_may_defer(pgt)) {\n\t\t\tflush_one(mmu, v->addr, v->level);\n\t\t}',
    );
    const merged = merge({ [PATH]: braced }, diff(PATH, SECOND_CONDITION));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', refused: [] });
    expect(tokens(text(merged.after, PATH))).toContain(WANTED);
  });

  it('does not mind lost white space', () => {
    const damaged = {
      ...SECOND_CONDITION,
      lines: SECOND_CONDITION.lines.filter((l) => l.text !== '').map((l) => ({ ...l, text: l.text.trim() })),
    };
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, damaged));
    expect(tokens(text(merged.after, PATH))).toContain(WANTED);
  });

  it('finds the function when the hunk names none, or one that is not there', () => {
    for (const section of ['', 'static void gone(void)']) {
      const merged = merge({ [PATH]: SKELETON }, diff(PATH, { ...SECOND_CONDITION, section }));
      expect(tokens(text(merged.after, PATH))).toContain(WANTED);
    }
  });

  it('renames what the mail calls otherwise on both sides', () => {
    const other = SECOND_CONDITION.lines.map((l) => ({ ...l, text: l.text.replace('walk_may_defer', 'stage_can_wait') }));
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, { ...SECOND_CONDITION, lines: other }));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', renames: [['stage_can_wait', 'walk_may_defer']] });
    for (const side of [merged.before, merged.after]) {
      expect(text(side, PATH)).not.toContain('walk_may_defer');
      expect(text(side, PATH)).toContain('static bool stage_can_wait(struct pgtable *pgt)');
    }
    expect(tokens(text(merged.after, PATH))).toContain(WANTED.replace('walk_may_defer', 'stage_can_wait'));
  });

  it('renames a local in its function only', () => {
    const skeleton = SKELETON.replace(/pgt = v->arg/, 'table = v->arg').replace(
      'walk_may_defer(pgt)) flush',
      'walk_may_defer(table)) flush',
    );
    const merged = merge({ [PATH]: skeleton }, diff(PATH, SECOND_CONDITION));
    expect(merged.files[0]).toMatchObject({ renames: [['pgt', 'table']] });
    expect(text(merged.before, PATH)).toContain('struct pgtable *pgt = v->arg;');
    expect(tokens(text(merged.after, PATH))).toContain(WANTED);
  });

  it('does not take a primitive that is only called for a rename', () => {
    const skeleton = SKELETON.replace('clear_entry(v->slot);', 'atomic_clear(v->slot);');
    const merged = merge({ [PATH]: skeleton }, diff(PATH, SECOND_CONDITION));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', renames: [] });
    expect(text(merged.after, PATH)).toContain('atomic_clear');
  });

  it('takes out what the tree has already, to get the tree before', () => {
    const once = merge({ [PATH]: SKELETON }, diff(PATH, SECOND_CONDITION));
    const again = merge({ [PATH]: text(once.after, PATH) }, diff(PATH, SECOND_CONDITION));
    expect(again.files[0]).toMatchObject({ kind: 'reversed', placed: 1 });
    expect(tokens(text(again.before, PATH))).toBe(tokens(SKELETON));
    expect(text(again.after, PATH)).toBe(text(once.after, PATH));
    expect(again.after.read(PATH)?.lines.some((line) => line.origin === 'patch')).toBe(true);
  });

  it('refuses with a figure what is not there, and leaves the trees alone', () => {
    const far = hunk('-10 +10 int other(void)', '\n \tone(a);\n \ttwo(b);\n-\tthree(c);\n+\tfour(c);\n \tfive(d);\n');
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, far));
    expect(merged.files[0]).toMatchObject({ kind: 'refused' });
    expect(merged.files[0]?.kind === 'refused' && merged.files[0].why).toMatch(
      /hunk 1 of arch\/a\/unmap\.c: \d+ % of its context is in the tree, 80 % is needed/,
    );
    expect(text(merged.after, PATH)).toBe(SKELETON);
  });

  it('refuses what fits two functions alike', () => {
    const twin = (name: string) => `void ${name}(void)\n{\n\tstep_one(x);\n\tstep_two(y);\n\tstep_three(z);\n}\n\n`;
    const merged = merge(
      { [PATH]: twin('left') + twin('right') },
      diff(PATH, hunk('-300 +300', '\n step_one(x);\n+  step_more(y);\n step_two(y);\n step_three(z);\n')),
    );
    expect(merged.files[0]?.kind === 'refused' && merged.files[0].why).toContain('alike');
  });

  it('refuses a hunk whose partner is missing, so that braces stay closed', () => {
    const source = 'void f(void)\n{\n\tfirst(a);\n\tsecond(b);\n\tthird(c);\n\tfourth(d);\n}\n';
    const open = hunk('-3 +3 void f(void)', '\n \tfirst(a);\n+\tif (a) {\n \tsecond(b);\n');
    const close = hunk('-90 +91 void f(void)', '\n \tno_such(a, b);\n \tthing_here(q);\n+\t}\n \tat_all(r);\n');
    const merged = merge({ [PATH]: source }, diff(PATH, open, close));
    expect(merged.files[0]?.kind).toBe('refused');
    expect(text(merged.after, PATH)).toBe(source);
    const paired = merge({ [PATH]: source }, diff(PATH, open, hunk('-5 +6 void f(void)', '\n \tthird(c);\n+\t}\n \tfourth(d);\n')));
    expect(tokens(text(paired.after, PATH))).toContain('if ( a ) { second ( b ) ; third ( c ) ; } fourth');
  });

  it('inserts after the previous neighbour when other lines stand between, but not inside a statement', () => {
    const source = 'void f(void)\n{\n\tfirst(a, b);\n\thelper(x);\n\tsecond(b, c);\n}\n';
    const merged = merge({ [PATH]: source }, diff(PATH, hunk('-3 +3 void f(void)', '\n first(a, b);\n+smp_mb();\n second(b, c);\n')));
    expect(tokens(text(merged.after, PATH))).toContain('first ( a , b ) ; smp_mb ( ) ; helper');
    const amid = 'void f(void)\n{\n\tif (first(a, b) && helper(x))\n\t\tsecond(b, c);\n}\n';
    const no = merge(
      { [PATH]: amid },
      diff(PATH, hunk('-3 +3 void f(void)', '\n-if (first(a, b))\n+if (first(a, b) || more)\n second(b, c);\n')),
    );
    expect(no.files[0]?.kind).toBe('refused');
  });
});

describe('definitions', () => {
  const HEADER = `#ifndef A_FLUSH_H
#define A_FLUSH_H

#include <linux/types.h>

#define map_flush(from, to)  kernel_range_flush(from, to)

#endif
`;
  const INLINE = hunk(
    '-37 +37 static inline void flush_page(struct page *page)',
    `
 #ifdef CONFIG_64
-#define map_flush(from, to)	kernel_range_flush(from, to)
+extern u64 pending[];
+#define map_flush map_flush
+static inline void map_flush(unsigned long from, unsigned long to)
+{
+	int i;
+
+	for (i = 0; i < 4; i++)
+		pending[i] = -1;
+}
 #endif
 
 #ifndef CONFIG_MP
`,
  );

  it('puts an inline function where the tree has the macro that it replaces', () => {
    for (const header of [HEADER, HEADER.replace('(from, to)  kernel_range_flush(from, to)', '(s, e) kernel_range_flush(s, e)')]) {
      const merged = merge({ 'inc/flush.h': header }, diff('inc/flush.h', INLINE));
      expect(merged.files[0]).toMatchObject({ kind: 'merged', refused: [] });
      const after = text(merged.after, 'inc/flush.h');
      expect(after).not.toContain('kernel_range_flush');
      expect(after).toContain('static inline void map_flush(unsigned long from, unsigned long to)\n{\n\tint i;');
      expect(after.trimEnd().endsWith('#endif')).toBe(true);
    }
  });

  it('adds a whole function without context at the end of the file, a macro after the includes', () => {
    const f = hunk(
      '-800 +800 static void gone(void)',
      '\n \tx = y;\n }\n \n+static int fresh(int a)\n+{\n+\treturn a;\n+}\n+\n int later(void)\n {\n',
    );
    const m = hunk('-20 +20', '\n #include <none.h>\n \n+#define TWICE(x) (2 * (x))\n+\n struct none;\n');
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, m, f));
    const after = text(merged.after, PATH);
    expect(merged.files[0]).toMatchObject({ kind: 'merged', refused: [] });
    expect(after.indexOf('TWICE')).toBeLessThan(after.indexOf('walk_may_defer'));
    expect(after.indexOf('#include')).toBeLessThan(after.indexOf('TWICE'));
    expect(after.indexOf('fresh')).toBeGreaterThan(after.indexOf('unmap_walker'));
  });

  it('adds a function before the one that follows it in the hunk', () => {
    const f = hunk(
      '-800 +800 static void gone(void)',
      '\n }\n \n+static int fresh(int a)\n+{\n+\treturn a;\n+}\n+\n static int unmap_walker(const struct visit *v)\n {\n',
    );
    const after = text(merge({ [PATH]: SKELETON }, diff(PATH, f)).after, PATH);
    expect(after.indexOf('fresh')).toBeGreaterThan(after.indexOf('drop_table'));
    expect(after.indexOf('fresh')).toBeLessThan(after.indexOf('int unmap_walker'));
  });

  it('puts members into a struct and lines into an offset list without context', () => {
    const files = {
      'inc/ti.h': 'struct thread_bits {\n\tlong flags;\n};\n\nstruct other {\n\tint a;\n};\n',
      'arch/a/asm-offsets.c': 'void offsets(void)\n{\n\tOFFSET(A, s, a);\n}\n',
    };
    const merged = merge(
      files,
      diff('inc/ti.h', hunk('-60 +60 struct thread_bits {', '\n \tlong sp;\n \tint cpu;\n+\tunsigned long r0, r1;\n };\n')),
      diff(
        'arch/a/asm-offsets.c',
        hunk('-30 +30 void offsets(void)', '\n \tOFFSET(Q, s, q);\n+\tOFFSET(R0, s, bits.r0);\n \tOFFSET(Z, s, z);\n'),
      ),
    );
    expect(tokens(text(merged.after, 'inc/ti.h'))).toContain('long flags ; unsigned long r0 , r1 ; }');
    expect(tokens(text(merged.after, 'arch/a/asm-offsets.c'))).toContain('OFFSET ( A , s , a ) ; OFFSET ( R0 , s , bits . r0 ) ; }');
  });

  it('replaces an older state of what the patch defines, on both sides', () => {
    const f = hunk(
      '-1 +1',
      '\n #include <linux/mm.h>\n \n+static bool walk_may_defer(struct pgtable *pgt)\n+{\n+\treturn false;\n+}\n+\n struct nothing;\n',
    );
    const merged = merge({ [PATH]: SKELETON }, diff(PATH, f));
    expect(text(merged.before, PATH)).not.toContain('static bool walk_may_defer');
    expect(text(merged.after, PATH).match(/static bool walk_may_defer/g)).toHaveLength(1);
    expect(text(merged.after, PATH)).toContain('return false;');
  });

  it('keeps whole definitions of a file that the tree lacks, and refuses the rest', () => {
    const f = hunk('-10 +10 int a(void)', '\n }\n \n+int fresh(void)\n+{\n+\treturn 1;\n+}\n+\n int b(void)\n');
    const rest = hunk('-40 +45 int b(void)', '\n \tone(1);\n-\ttwo(2);\n+\tthree(3);\n');
    const merged = merge({}, diff('mm/none.c', f, rest));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', how: 'new-file', refused: [{ hunk: 2 }] });
    expect(text(merged.after, 'mm/none.c')).toContain('int fresh(void)');
    expect(merged.before.read('mm/none.c')).toBeNull();
    expect(merge({}, diff('mm/none.c', rest)).files[0]).toEqual({
      kind: 'refused',
      path: 'mm/none.c',
      why: 'the tree has no file mm/none.c',
    });
  });

  it('creates, deletes and moves files', () => {
    const added: FileDiff = { ...diff('a/new.c', hunk('-0 +1', '\n+int a;\n+int b;\n')), oldPath: null, change: 'added' };
    const deleted: FileDiff = { ...diff(PATH), newPath: null, change: 'deleted' };
    const moved: FileDiff = { ...diff('b.c', hunk('-1 +1', '\n-int x;\n+int y;\n')), oldPath: 'a.c', change: 'renamed' };
    const merged = merge({ [PATH]: SKELETON, 'a.c': 'int x;\n' }, added, deleted, moved);
    expect([...filesBelow(merged.after, '')]).toEqual(['a/new.c', 'b.c']);
    expect(text(merged.after, 'b.c')).toBe('int y;\n');
    expect(merged.after.read('a/new.c')).toMatchObject({ text: 'int a;\nint b;\n', lines: [{ line: 1 }, { line: 2 }, { line: 3 }] });
    expect([...filesBelow(merged.before, '')]).toEqual(['a.c', PATH]);
  });
});

it('a diff of very many hunks that stand nowhere is cut off, and says so', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `int v${i};`);
  const lost = Array.from({ length: 3_000 }, (_, i) => hunk(`-${i + 5} +${i + 5}`, ` \tgone${i}();\n+\tnew${i}();\n \tlost${i}();\n`));
  const found = hunk('-1 +1', ' int v0;\n+int w;\n int v1;\n');
  const [file] = merge({ 'mm/a.c': `${lines.join('\n')}\n` }, diff('mm/a.c', found, ...lost)).files;
  if (file?.kind !== 'merged') throw new Error(`it was ${file?.kind ?? 'lost'}`);
  expect(file.refused).toHaveLength(3_000);
  expect(file.refused[0]?.why).toContain('of its context is in the tree');
  expect(file.refused.at(-1)?.why).toBe('hunk 3001 of mm/a.c: the search for its place was cut off, the file or the patch is too large');
});

it('of very many hunks that have no place a file tells the first', () => {
  const lost = Array.from({ length: 50 }, (_, i) => hunk(`-${i + 5} +${i + 5}`, ` \tgone${i}();\n+\tnew${i}();\n \tlost${i}();\n`));
  const [file] = merge({ 'mm/a.c': 'int a;\nint b;\n' }, diff('mm/a.c', ...lost)).files;
  expect(file?.kind === 'refused' ? file.why : file?.kind).toMatch(/^hunk 1 of mm\/a\.c: .*; hunk 20 of [^;]*; and 30 more$/);
});
