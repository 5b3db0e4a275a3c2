import { describe, expect, it } from 'vitest';
import { memoryTree } from '../source/memory-tree.js';
import { mergePatch } from './merge.js';
import { diff, hunk, merge, text, tokens } from './testing/hunks.js';

const PATH = 'arch/a/unmap.c';

describe('a function that becomes the helper of a new one of its name', () => {
  const PLAIN = `static void flush_here(void *info)
{
	drop_all(info);
}

void flush_range(unsigned long start, unsigned long end)
{
	struct info *info = info_of(start, end);

	count_flush(end - start);
	on_every_cpu(flush_here, info, 1);
	put_info(info);
}
`;
  it('stays, with its new head, though other hunks add the old name', () => {
    const head = hunk(
      '-10,7 +10,8 static void flush_here(void *info)',
      `
 }
 
-void flush_range(unsigned long start, unsigned long end)
+static inline void
+__flush_range(bool (*cond)(int), unsigned long start, unsigned long end)
 {
 	struct info *info = info_of(start, end);
 
 	count_flush(end - start);`,
    );
    const tail = hunk(
      '-18,5 +19,11 static void flush_here(void *info)',
      `
-	on_every_cpu(flush_here, info, 1);
+	on_every_cpu_cond(cond, flush_here, info, 1);
 	put_info(info);
 }
 
+void flush_range(unsigned long start, unsigned long end)
+{
+	__flush_range(NULL, start, end);
+}
+
 `,
    );
    const { files, after } = merge(
      { [PATH]: PLAIN.replace('count_flush(end - start);', 'if (end > start) count_flush(end - start);') },
      diff(PATH, head, tail),
    );
    expect(files).toMatchObject([{ kind: 'merged', refused: [] }]);
    const got = tokens(text(after, PATH), PATH);
    expect(got).toContain('on_every_cpu_cond ( cond , flush_here , info , 1 )');
    expect(got).toContain('void flush_range ( unsigned long start , unsigned long end ) { __flush_range ( NULL , start , end ) ; }');
    expect(got).toContain('count_flush');
  });
});

it('a statement with a block that only moves stays in its function', () => {
  const moved = hunk(
    '-20,12 +20,12 static void unmap_one(const struct visit *v, struct mmu *mmu)',
    `
-	if (entry_valid(v->old)) {
-		clear_entry(v->slot);
-	}
-
 	/* Then the table. */
 	drop_table(v->slot);
 
+	if (entry_valid(v->old)) {
+		clear_entry(v->slot);
+	}
+
 	note_unmap(mmu);`,
  );
  const source = `void other(void)
{
	note_unmap(all);
}

static void unmap_one(const struct visit *v, struct mmu *mmu)
{
	if (entry_valid(v->old)) {
		clear_entry(v->slot);
	}
	drop_table(v->slot);
	note_unmap(mmu);
}
`;
  const got = tokens(text(merge({ [PATH]: source }, diff(PATH, moved)).after, PATH), PATH);
  expect(got).toContain('drop_table ( v -> slot ) ; if ( entry_valid ( v -> old ) ) { clear_entry ( v -> slot ) ; } note_unmap ( mmu ) ;');
});

describe('a definition that a patch takes out', () => {
  const twice = `#ifdef CONFIG_OLD
static int fix_up(unsigned long at)
{
	return copy_middle(own_top(), at);
}
#else
static int fix_up(unsigned long at)
{
	return copy_topmost(own_top(), at);
}
#endif

int take(unsigned long at)
{
	return fix_up(at);
}
`;
  const out = hunk(
    '-10,9 +10,2',
    `
 #else
-static int fix_up(unsigned long at)
-{
-	struct table *mine = own_top();
-
-	if (!mine || at < START)
-		return -1;
-	return copy_topmost(mine + index_of(at), at);
-}
 #endif`,
  );

  it('goes from a skeleton by its name, whatever its words, where its conditional stands', () => {
    const { files, after } = merge({ [PATH]: twice }, diff(PATH, out));
    expect(files).toMatchObject([{ kind: 'merged', refused: [] }]);
    expect(tokens(text(after, PATH), PATH)).toBe(tokens(twice.replace(/(#else\n)static[^}]*\}\n/, '$1'), PATH));
  });

  it('stays in a kernel tree that says something else', () => {
    const merged = mergePatch(memoryTree(new Map([[PATH, twice]]), 'tree'), [diff(PATH, out)]);
    expect(text(merged.after, PATH)).toBe(twice);
  });
});
