import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDiff } from './parse.js';
import type { HunkLine } from './types.js';

const word = fc.stringMatching(/^[a-z_]{1,8}[();]{0,3}$/);
const content = fc.oneof(
  word.map((text) => `\t${text}`),
  word,
  fc.constant(''),
  fc.constant('-- a/x'),
  fc.constant('++ b/other'),
  fc.constant('@ -1 +1 @@'),
  fc.constant('\\ backslash'),
);
const kind = fc.constantFrom<HunkLine['kind']>('context', 'added', 'removed');
const line = fc.record({ kind, text: content });
const hunk = fc.array(line, { minLength: 1, maxLength: 12 });
const SIGN: Readonly<Record<HunkLine['kind'], string>> = { context: ' ', added: '+', removed: '-' };

type Line = { readonly kind: HunkLine['kind']; readonly text: string };

function render(hunks: readonly (readonly Line[])[], path = 'mm/a.c'): string {
  const out = [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`];
  let start = 1;
  for (const lines of hunks) {
    const oldCount = lines.filter((entry) => entry.kind !== 'added').length;
    const newCount = lines.filter((entry) => entry.kind !== 'removed').length;
    out.push(`@@ -${start},${oldCount} +${start},${newCount} @@`, ...lines.map((entry) => SIGN[entry.kind] + entry.text));
    start += 100;
  }
  return `${out.join('\n')}\n`;
}

describe('parseDiff', () => {
  it('gives back every line of a sound diff', () => {
    fc.assert(
      fc.property(fc.array(hunk, { minLength: 1, maxLength: 4 }), (hunks) => {
        const diff = parseDiff(render(hunks));
        expect(diff.problems).toEqual([]);
        expect(diff.files[0]?.hunks.map((entry) => entry.lines.map(({ kind: k, text }) => ({ kind: k, text })))).toEqual(hunks);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the bytes', () => {
    const line2 = fc.oneof(
      content,
      fc.string(),
      fc.constantFrom('---', '-- ', '2.1', '@@ -1,3 +1 @@ x', 'diff --git a/x b/x', '--- a/x', '+++ b/x', 'diff --cc x', '[ ... ]', '\r'),
    );
    fc.assert(
      fc.property(fc.array(line2, { maxLength: 40 }), (lines) => {
        const diff = parseDiff(lines.join('\n'));
        for (const file of diff.files) {
          for (const entry of file.hunks) {
            expect(entry.lines.filter((item) => item.kind !== 'added')).toHaveLength(entry.oldCount);
            expect(entry.lines.filter((item) => item.kind !== 'removed')).toHaveLength(entry.newCount);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes back from input made to be slow', () => {
    const head = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n';
    const many = 200_000;
    for (const text of [
      `${head}@@ -1,999999 +1,999999 @@\n${'stray\n'.repeat(many)}`,
      `${head}${'@@ -1,5 +1,5 @@\n a\nb\n'.repeat(many / 4)}`,
      head.repeat(many / 4),
      `--- a${' '.repeat(many)}b\n+++ b${' '.repeat(many)}c\n@@ -1 +1 @@\n-a\n+b\n`,
      '---\n'.repeat(many),
      `${head}@@ -1,9 +1,9 @@\n${'+x\n'.repeat(many)}`,
      `${head}@@ -1,9 +1,9 @@\n${'--\n\n'.repeat(many / 2)}x`,
      `${head}${'@@ -1,5 +1,5 @@\n+a\n\nb\n'.repeat(many / 4)}`,
      `${head}@@ -1 +1 @@\n x\n${'\n y\n'.repeat(many / 2)}`,
    ]) {
      expect(parseDiff(text).files.length).toBeLessThanOrEqual(1);
    }
  });

  it('whatever lines a person edits above a signature are read as they stand', () => {
    fc.assert(
      fc.property(hunk, hunk, (posted, edited) => {
        // What reads as a boundary, as empty or as the end of the counts is no matter here: each line gets its column and a text.
        const named = (lines: readonly Line[]): readonly Line[] => lines.map(({ kind: k }, i) => ({ kind: k, text: `\tcall_${i}();` }));
        const header = render([posted]).split('\n').slice(0, 4);
        const lines = named(edited);
        const diff = parseDiff([...header, ...lines.map((entry) => SIGN[entry.kind] + entry.text), '-- ', '2.39.2', ''].join('\n'));
        fc.pre(!/-\d+,0 |\+\d+,0 /.test(header[3] ?? ''));
        // Empty context lines that copies drop are put back first, where that explains all that is missing.
        if (diff.repairs.some((repair) => repair.what.includes('had fallen out'))) return;
        expect(diff.problems).toEqual([]);
        expect(diff.files[0]?.hunks[0]?.lines.map(({ kind: k, text }) => ({ kind: k, text }))).toEqual(lines);
      }),
      { numRuns: 300 },
    );
  });

  it('a line taken out, put in or cut off is a problem or a repair, never silence', () => {
    fc.assert(
      fc.property(
        fc.array(hunk, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.constantFrom('drop', 'add', 'cut', 'unmark'),
        (hunks, seed, how) => {
          const lines = render(hunks).slice(0, -1).split('\n');
          const at = 4 + (seed % (lines.length - 4));
          const head = /^@@ -\d/.test(lines[at] ?? '');
          if (head) return;
          const victim = lines[at] ?? '';
          if (how === 'drop') lines.splice(at, 1);
          if (how === 'add') lines.splice(at, 0, '+added by hand');
          if (how === 'cut') lines.splice(at);
          if (how === 'unmark') lines[at] = `x${victim.slice(1)}`;
          const text = `${lines.join('\n')}\n`;
          const diff = parseDiff(text);
          const kept = diff.files.reduce((sum, file) => sum + file.hunks.reduce((n, entry) => n + entry.lines.length, 0), 0);
          const whole = hunks.reduce((sum, entry) => sum + entry.length, 0);
          if (diff.problems.length === 0 && diff.repairs.length === 0) {
            // Only possible where nothing changed after all.
            expect(kept).toBe(whole);
            expect(text).toBe(render(hunks));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
