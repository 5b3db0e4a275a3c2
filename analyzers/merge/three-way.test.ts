import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDiff } from '../diff/parse.js';
import { memoryTree } from '../source/memory-tree.js';
import { mergePatch } from './merge.js';
import type { Merge } from './types.js';

const PATH = 'mm/walk.c';
const HASH = '0123456789ab';

/** A diff of one hunk, whose section and numbers are those of `base`. */
const DIFF = `diff --git a/${PATH} b/${PATH}
index ${HASH}..ba9876543210 100644
--- a/${PATH}
+++ b/${PATH}
@@ -5,7 +5,8 @@ static int walk(struct walk *w)
 {
 	int err;
 
-	err = step(w, 0);
+	lock(w);
+	err = step(w, FIRST);
 	if (err)
 		return err;
 
`;

const BASE = `/* A walk. */
#include <linux/walk.h>

static int walk(struct walk *w)
{
	int err;

	err = step(w, 0);
	if (err)
		return err;

	return finish(w);
}
`;

function merge(tree: string, diff = DIFF, base: string | null = BASE): Merge {
  const { files, problems } = parseDiff(diff);
  expect(problems).toEqual([]);
  return mergePatch(memoryTree(new Map([[PATH, tree]]), 'tree'), files, (hash) => (hash === HASH ? base : null));
}

const after = (merged: Merge): string => merged.after.read(PATH)?.text ?? '';
const before = (merged: Merge): string => merged.before.read(PATH)?.text ?? '';
const CHANGED = BASE.replace('\terr = step(w, 0);', '\tlock(w);\n\terr = step(w, FIRST);');

describe('a patch in a tree', () => {
  it('goes in word for word where its context stands, wherever that is', () => {
    const merged = merge(`// more\n// lines\n${BASE}`);
    expect(after(merged)).toBe(`// more\n// lines\n${CHANGED}`);
    expect(merged.files).toEqual([
      {
        kind: 'merged',
        path: PATH,
        how: 'exact',
        placed: 1,
        hunks: [{ hunk: 1, way: 'exact', line: 10, placed: 1 }],
        renames: [],
        refused: [],
      },
    ]);
    expect(merged.after.read(PATH)?.lines.slice(8, 12)).toEqual([
      { origin: 'tree', line: 9 },
      { origin: 'patch', line: 8 },
      { origin: 'patch', line: 9 },
      { origin: 'tree', line: 11 },
    ]);
  });

  it('three-way: brings the change to where its lines went', () => {
    const tree = BASE.replace('{\n\tint err;\n', '{\n\tstruct walk *last;\n\tint err = 0;\n').replace(
      '\n\treturn finish(w);',
      '\n\tunlock(w);\n\treturn finish(w);',
    );
    const merged = merge(tree);
    expect(merged.files).toMatchObject([
      { kind: 'merged', how: 'three-way', hunks: [{ hunk: 1, way: 'three-way', line: 9 }], refused: [] },
    ]);
    expect(after(merged)).toBe(tree.replace('\terr = step(w, 0);', '\tlock(w);\n\terr = step(w, FIRST);'));
    expect(before(merged)).toBe(tree);
    // Without the blob it is a matter of tokens.
    expect(merge(tree, DIFF, null).files).toMatchObject([{ kind: 'merged', how: 'tokens' }]);
  });

  it('three-way: takes out a change that the tree has made as well', () => {
    const tree = CHANGED.replace('{\n\tint err;\n', '{\n\tstruct walk *last;\n\tint err = 0;\n');
    const merged = merge(tree);
    expect(merged.files).toMatchObject([{ kind: 'reversed' }]);
    expect(after(merged)).toBe(tree);
    expect(before(merged)).toBe(tree.replace('\tlock(w);\n\terr = step(w, FIRST);', '\terr = step(w, 0);'));
    expect(merged.after.read(PATH)?.lines[8]).toEqual({ origin: 'patch', line: 8 });
  });

  it('has no use for a blob that the patch was not made on', () => {
    const tree = BASE.replace('{\n\tint err;\n', '{\n\tint err = 0;\n');
    expect(merge(tree, DIFF, '/* Something else. */\n').files).toMatchObject([{ kind: 'merged', how: 'tokens' }]);
  });

  it('word for word, several hunks: the line numbers decide between equal places', () => {
    const one = '\tif (a)\n\t\tflush(a);\n\tdone(a);\n';
    const tree = `int f(int a)\n{\n${one}}\nint g(int a)\n{\n${one}}\n`;
    const diff = `--- a/${PATH}\n+++ b/${PATH}\n@@ -8,3 +8,3 @@ int g(int a)\n \tif (a)\n-\t\tflush(a);\n+\t\tflush_all(a);\n \tdone(a);\n`;
    const merged = merge(tree, diff);
    expect(after(merged)).toBe(tree.replace(/(int g[^]*)flush\(a\)/, '$1flush_all(a)'));
    expect(merged.files).toMatchObject([{ how: 'exact' }]);
  });

  it('a change in the tree and one in the patch both arrive, whichever lines they are on, or the hunk says so', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `\tuse(line_${String(i)});`);
    const text = (body: readonly string[]): string => `void f(void)\n{\n${body.join('\n')}\n}\n`;
    fc.assert(
      fc.property(fc.nat(19), fc.nat(19), (ours, theirs) => {
        const mine = lines.map((line, i) => (i === ours ? '\tours();' : line));
        const from = Math.max(theirs - 3, 0);
        const to = Math.min(theirs + 4, 20);
        const body = lines.slice(from, to).flatMap((line, i) => (from + i === theirs ? [`-${line}`, '+\ttheirs();'] : [` ${line}`]));
        const start = String(from + 3);
        const count = String(to - from);
        const diff = `diff --git a/${PATH} b/${PATH}\nindex ${HASH}..ba9876543210 100644\n--- a/${PATH}\n+++ b/${PATH}\n@@ -${start},${count} +${start},${count} @@ void f(void)\n${body.join('\n')}\n`;
        const merged = merge(text(mine), diff, text(lines));
        const [file] = merged.files;
        const far = Math.abs(ours - theirs) > 1;
        if (far) {
          expect(after(merged)).toBe(text(mine.map((line, i) => (i === theirs ? '\ttheirs();' : line))));
          expect(file).toMatchObject({ kind: 'merged', how: ours < from || ours >= to ? 'exact' : 'three-way' });
        } else if (ours === theirs) expect(file?.kind).toBe('refused');
      }),
    );
  });
});
