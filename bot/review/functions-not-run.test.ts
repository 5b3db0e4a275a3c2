import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { changedFunctions, functionsNotRun } from './functions-not-run.js';
import { loadResources } from './resources.js';

const DIFF = `--- a/mm/a.c
+++ b/mm/a.c
@@ -10,9 +10,8 @@ static void drop(pte_t *ptep,
 {
 	int x;
-	flush_tlb_all();
 }
 
 void __init
 second(unsigned long addr)
 {
-	set_pte(ptep, pte);
+	pte_clear(ptep);
 }
@@ -30,3 +29,4 @@ static const struct mm_ops ops = {
 	.a = 1,
+	.flush_tlb_page = b,
 };
@@ -40,3 +40,4 @@ void third(void)
 {
+	/* flush_tlb_all() */
 }
@@ -50,3 +51,8 @@ void fourth(void)
 }
+
+static void fresh(void)
+{
+	flush_tlb_all();
+}
 
`;

const { files } = parseDiff(DIFF);

describe('functions that a hunk changes', () => {
  it('are those of its section and of heads in it, and neither tables, comments nor new ones', () => {
    const [file] = files;
    expect(file?.hunks.map((hunk) => changedFunctions(hunk, file))).toEqual([['drop', 'second'], [], [], []]);
  });

  it('are told where no run comes to them', () => {
    const patch = { index: 1, subject: 's', messageId: 'm', files, problems: [], repairs: [] };
    expect(functionsNotRun(loadResources(), patch, new Set(['drop']))).toEqual([
      { what: 's', why: 'no run comes to second(), which it changes' },
    ]);
    expect(functionsNotRun(loadResources(), patch, new Set(['drop', 'second']))).toEqual([]);
  });
});
