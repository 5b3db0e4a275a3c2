import { describe, expect, it } from 'vitest';
import { parseDiff } from '../diff/parse.js';
import { memoryTree } from '../source/memory-tree.js';
import { mergePatch } from './merge.js';
import type { Merge } from './types.js';
import { unitsOf } from './units.js';

const PATH = 'arch/a/slots.c';

/** Gives `drop()` a helper and another name, and calls it by that. */
const PATCH = `--- a/${PATH}
+++ b/${PATH}
@@ -4,12 +4,21 @@ static void fill(struct slot *s, long value)
 \tsmp_store_release(&s->entry, value);
 }
 
-static void drop(struct slot *s, struct pool *pool)
+static bool late(struct pool *pool)
 {
 \t/*
-\t * Empty it, and forget what is cached.
+\t * One flush at the end is enough for
+\t * those that can do it.
+\t */
+\treturn pool->wide;
+}
+
+static void drop_slot(struct slot *s, struct pool *pool)
+{
+\t/*
+\t * Empty it, and forget what is cached, now or later.
 \t */
 \tif (s->entry) {
 \t\tclear(s);
-\t\tflush(pool, s->address);
+\t\tif (!late(pool))
+\t\t\tflush(pool, s->address);
 \t}
 
 \tput(pool, s);
@@ -20,7 +29,7 @@ static void walk(struct slot *s, struct pool *pool)
 \tfor (; s; s = s->next) {
 \t\tif (!s->mine)
 \t\t\tcontinue;
-\t\tdrop(s, pool);
+\t\tdrop_slot(s, pool);
 \t}
 \tfinish(pool);
 }
`;

const head = 'static void fill(struct slot *s, long value)\n{\n\tcheck(s);\n\tsmp_store_release(&s->entry, value);\n}\n\n';
const late = 'static bool late(struct pool *pool)\n{\n\t/* one will do */\n\treturn pool->wide;\n}\n\n';
const dropSlot = (body: string): string =>
  `static void drop_slot(struct slot *s, struct pool *pool)\n{\n\tif (s->entry) {\n\t\tclear(s);\n${body}\t}\n\n\tput(pool, s);\n\tcount(pool);\n}\n\n`;
const walk =
  'static void walk(struct slot *s, struct pool *pool)\n{\n\tfor (; s; s = s->next) {\n\t\tif (!s->mine)\n\t\t\tcontinue;\n\t\tdrop_slot(s, pool);\n\t}\n\tfinish(pool);\n}\n';

const AS_PATCHED = '\t\tif (!late(pool))\n\t\t\tflush(pool, s->address);\n';
const CHANGED_SINCE = '\t\tif (s->is_table)\n\t\t\tflush_all(pool);\n\t\telse if (!late(pool))\n\t\t\tflush(pool, s->address);\n';

const merge = (source: string, patch = PATCH): Merge => mergePatch(memoryTree(new Map([[PATH, source]]), 'tree'), parseDiff(patch).files);
const tokens = (tree: Merge['after']): string =>
  unitsOf(tree.read(PATH)?.text ?? '', 'c', true)
    .map((unit) => unit.text)
    .join(' ');

describe('functions that the tree has in a later state', () => {
  it('are taken out token by token where the hunk goes over two of them and only the comments differ', () => {
    const merged = merge(head + late + dropSlot(AS_PATCHED) + walk);
    expect(merged.files).toMatchObject([{ kind: 'reversed', placed: 1 }]);
    expect(tokens(merged.before)).toContain('clear ( s ) ; flush ( pool , s -> address ) ; }');
    expect(tokens(merged.before)).not.toContain('late');
    // What came out goes in again, also where its comment began in a line of the context.
    expect(tokens(mergePatch(merged.before, parseDiff(PATCH).files).after)).toBe(tokens(merged.after));
  });

  it('are on both sides as the mail has them, and keep what the tree has after them', () => {
    const merged = merge(head + late + dropSlot(CHANGED_SINCE) + walk);
    expect(merged.files).toMatchObject([{ kind: 'merged', refused: [], restored: [1], reversed: [2] }]);
    expect(tokens(merged.before)).toContain('static void drop ( struct slot');
    expect(tokens(merged.before)).toContain('put ( pool , s ) ; count ( pool ) ; }');
    expect(tokens(merged.before)).not.toContain('late');
    expect(tokens(merged.after)).toContain(
      'if ( ! late ( pool ) ) flush ( pool , s -> address ) ; } put ( pool , s ) ; count ( pool ) ; }',
    );
    expect(tokens(merged.after)).not.toContain('flush_all');
    expect(merged.after.read(PATH)?.lines.some(({ origin }) => origin === 'patch')).toBe(true);
  });

  it.each([
    ['the old name is there as well', head + late + dropSlot(CHANGED_SINCE) + walk + '\nvoid drop(void);\n'],
    ['one of the new functions is not there', head + dropSlot(CHANGED_SINCE) + walk],
    ['other code stands between them', head + late + 'static int between;\n\n' + dropSlot(CHANGED_SINCE) + walk],
    [
      'what they do has little to do with it',
      head +
        late.replace('pool->wide', 'a(b, c, d)') +
        dropSlot('\t\tx = y ^ z;\n').replace('put(pool, s);', 'a(b); c(d); e(f); g(h); i(j); k(l);') +
        walk,
    ],
  ])('are left alone where %s', (_, source) => {
    const merged = merge(source);
    expect(merged.files.some((file) => file.kind === 'refused' || (file.kind === 'merged' && file.refused.length > 0))).toBe(true);
  });
});

describe('a loop that a patch adds', () => {
  const source = 'void walk(struct pool *pool)\n{\n\tif (late(pool))\n\t\tflush(pool);\n\n\treturn;\n}\n';
  const patch = `--- a/${PATH}\n+++ b/${PATH}\n@@ -3,3 +3,6 @@ void walk(struct pool *pool)\n \tif (late(pool))\n \t\tflush(pool);\n+\twhile (pool->dead) {\n+\t\tfree(pool);\n+\t}\n \treturn;\n`;

  it('is no definition: where the layout differs it still goes between its neighbours', () => {
    expect(tokens(merge(source, patch).after)).toContain('flush ( pool ) ; while ( pool -> dead ) { free ( pool ) ; } return ; }');
  });
});

describe('a macro that a patch adds under a condition', () => {
  const patch = (end: string): string =>
    `--- a/${PATH}\n+++ b/${PATH}\n@@ -30,2 +30,3 @@ static inline void far(void)\n+#define near(a) far(a)\n #define other(a) elsewhere(a)\n ${end}\n`;

  it('has no place in a tree without that condition', () => {
    const merged = merge('void far(void);\n', patch('#endif /* !CONFIG_SMP */'));
    expect(merged.files).toMatchObject([{ kind: 'refused', why: expect.stringContaining('stands under a condition') as string }]);
  });

  it('may go anywhere where that is the guard of the header', () => {
    expect(merge('void far(void);\n', patch('#endif /* _ASM_SLOTS_H */')).files).toMatchObject([{ kind: 'merged', refused: [] }]);
  });
});
