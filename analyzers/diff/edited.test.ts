import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diffRanges, parseDiff } from './parse.js';
import type { ParsedDiff } from './types.js';

const HEAD = ['diff --git a/mm/a.c b/mm/a.c', '--- a/mm/a.c', '+++ b/mm/a.c'];
const OTHER = ['diff --git a/mm/b.c b/mm/b.c', '--- a/mm/b.c', '+++ b/mm/b.c', '@@ -1,2 +1,2 @@', ' x', '-y', '+z'];
const BODY = [' {', ' \tlock(t);', ' ', '-\tdrop(t);', '+\tflush(t);', '+\tcount(t);', '+\tdrop(t);', ' \tunlock(t);', ' ', ' }'];
const SOUND = '@@ -10,7 +12,9 @@ void f(void)';
const SIGNATURE = ['-- ', '2.39.2', ''];

const without = (...at: readonly number[]): readonly string[] => BODY.filter((_, i) => !at.includes(i));
const read = (...parts: readonly (readonly string[])[]): ParsedDiff => parseDiff(parts.flat().join('\n'));
const counts = (diff: ParsedDiff): readonly (readonly number[])[] =>
  diff.files.flatMap((file) => file.hunks.map((hunk) => [hunk.oldCount, hunk.newCount, hunk.lines.length]));
const NOTE = 'mm/a.c: hunk at line 4: its header says 7 lines before and 9 after, it has 7 and 7; read as it stands';

describe('a hunk that lost lines to an editor', () => {
  const behind: readonly (readonly [string, readonly string[], number])[] = [
    ['the end of the mail', ['', ''], 1],
    ['a signature', SIGNATURE, 1],
    ['two dashes that end the mail', ['--', ''], 1],
    ['another hunk', ['@@ -40,2 +40,2 @@', ' x', '-y', '+z', ''], 2],
    ['another file', [...OTHER, ''], 2],
    ['another file without a git head', [...OTHER.slice(1), ''], 2],
    ['prose', ['', 'Does this work for you?', '', '- one', '- two', ''], 1],
  ];
  it.each(behind)('is read as it stands before %s', (_name, after, hunks) => {
    const diff = read(HEAD, [SOUND], without(4, 5), after);
    expect(diff.problems).toEqual([]);
    expect(counts(diff)).toHaveLength(hunks);
    expect(counts(diff)[0]).toEqual([7, 7, 8]);
    expect(diff.files[0]?.hunks[0]).toMatchObject({ oldStart: 10, newStart: 12, section: 'void f(void)', mailLine: 4 });
    expect(diff.repairs).toEqual([{ line: 4, what: NOTE }]);
  });

  it('keeps an empty last context line that was stripped, and no more', () => {
    const diff = read(HEAD, [SOUND], without(4, 5, 9), ['', '', '', '']);
    expect(counts(diff)).toEqual([[7, 7, 8]]);
  });

  it('may lack context, removed and added lines at once where something follows', () => {
    expect(counts(read(HEAD, [SOUND], without(1, 2, 3, 4), SIGNATURE))).toEqual([[4, 6, 6]]);
  });

  it('one sentence tells of all hunks of a file', () => {
    const diff = read(
      HEAD,
      [SOUND],
      without(4, 5),
      ['@@ -40,3 +42,9 @@', ' x', '-y', '+z', '@@ -60,3 +62,9 @@', ' x', '-y', '+z'],
      SIGNATURE,
    );
    expect(diff.repairs).toEqual([{ line: 4, what: `${NOTE}, like 2 more hunks whose counts are wrong` }]);
  });

  it('a strict reader still refuses', () => {
    const text = [...HEAD, SOUND, ...without(4, 5), ...SIGNATURE].join('\n');
    expect(parseDiff(text, { damaged: false }).files).toEqual([]);
  });
});

describe('a hunk with more lines than its header promises', () => {
  const more = [...BODY.slice(0, 6), '+\tmark(t);', ...BODY.slice(6)];
  it.each([
    ['the end of the mail', ['', '']],
    ['a signature', SIGNATURE],
    ['prose', ['', 'Does this work for you?', '- one', '']],
    ['a list', ['', '- one', '- two', '']],
    ['a cut that a person marked', ['[ ... ]', '']],
  ])('is read as it stands before %s', (_name, after) => {
    const diff = read(HEAD, [SOUND], more, after);
    expect(diff.problems).toEqual([]);
    expect(counts(diff)).toEqual([[7, 10, 11]]);
    expect(diff.repairs[0]?.what).toContain('says 7 lines before and 9 after, it has 7 and 10');
  });

  it('when all that was promised stands above the surplus', () => {
    expect(counts(read(HEAD, [SOUND], BODY, [' x', '+\tmark(t);', ' y'], SIGNATURE))).toEqual([[9, 12, 13]]);
    expect(counts(read(HEAD, [SOUND], BODY, ['', '+\tmark(t);', ' y'], SIGNATURE))).toEqual([[9, 12, 13]]);
    expect(counts(read(HEAD, [SOUND], BODY, [' x', ' y'], SIGNATURE))).toEqual([[9, 11, 12]]);
  });

  it('a list, votes and a name below a sound hunk are none of it', () => {
    const diff = read(HEAD, [SOUND], BODY, ['', '- one', '+1 from me', '-Ada', '']);
    expect(counts(diff)).toEqual([[7, 9, 10]]);
    expect(diff.repairs).toEqual([]);
  });
});

describe('a hunk that was cut', () => {
  it.each([
    ['behind an added line', BODY.slice(0, 6)],
    ['behind the last added line', BODY.slice(0, 7)],
    ['in the context above', BODY.slice(0, 3)],
    ['with both sides short by different numbers', [...BODY.slice(0, 5), ' \tx(t);']],
  ])('%s is dropped at the end of the mail', (_name, lines) => {
    const diff = read(HEAD, [SOUND], lines, ['', '']);
    expect(counts(diff)).toEqual([]);
    expect(diff.problems[0]?.what).toContain('promises 7 old and 9 new lines');
  });

  it('by a person, who says so, or above the foot of a list', () => {
    expect(counts(read(HEAD, [SOUND], BODY.slice(0, 8), ['', '[ ... ]', '']))).toEqual([]);
    expect(
      counts(read(HEAD, [SOUND], BODY.slice(0, 6), ['', '_______________________________________________', 'a mailing list', ''])),
    ).toEqual([]);
  });

  it('only in its closing context is as good as whole', () => {
    expect(counts(read(HEAD, [SOUND], BODY.slice(0, 8), ['']))).toEqual([[5, 7, 8]]);
  });

  it('is not made up of a damaged line in its middle', () => {
    expect(counts(read(HEAD, [SOUND], [...BODY.slice(0, 2), 'x', ...BODY.slice(3, 6), ...BODY.slice(7)], SIGNATURE))).toEqual([]);
  });
});

it('a part of a reply reads the same on its own', () => {
  for (const after of [[''], ['', 'What do you think?', ''], SIGNATURE, ['--', '']]) {
    const lines = ['How about this?', '', ...HEAD, SOUND, ...without(4, 5), ...after];
    const [range] = diffRanges(lines.join('\n'));
    const alone = lines.map((line, i) => (range && i >= range.start && i < range.end ? line : '[ ... ]')).join('\n');
    expect(counts(parseDiff(alone))).toEqual([[7, 7, 8]]);
  }
});

it('prose between two edited diffs keeps them apart', () => {
  const lines = [...HEAD, SOUND, ...without(4, 5), '', 'or', ...HEAD, SOUND, ...without(4), ''];
  expect(diffRanges(lines.join('\n'))).toHaveLength(2);
});

const seed = join(process.env['FAULTLINE_SHARED'] ?? resolve('..', 'shared'), 'threads', 'seeds', 'seed-004-kvm-arm64-tlbi-table.mbox');
const present = existsSync(seed);
if (!present) {
  if (process.env['CI'] !== undefined) throw new Error(`${seed} is absent, and its tests must not be skipped in CI`);
  console.warn(`SKIPPED: ${seed} is absent; set FAULTLINE_SHARED to test on real mails`);
}

describe.skipIf(!present)('real mails edited by hand, headers left as they were', () => {
  /** The bodies of the mails with a diff of their own: a patch, and a reply with a pasted diff. */
  const bodies = present
    ? readFileSync(seed, 'utf8')
        .split(/^From mboxrd.*\n/m)
        .filter((mail) => /^@@ -/m.test(mail))
        .map((mail) => mail.slice(mail.indexOf('\n\n') + 2))
    : [];
  const isAdded = (line: string): boolean => /^\+(?!\+\+ )/.test(line);
  const shown = (diff: ParsedDiff): readonly string[] =>
    diff.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines.map((line) => line.kind + line.text)));

  it.each(['two added lines deleted', 'one line added', 'a line added to the last hunk', 'one added line less in the last hunk'])(
    '%s',
    (how) => {
      expect(bodies).toHaveLength(2);
      for (const body of bodies) {
        const lines = body.split('\n');
        const first = how.includes('last') ? lines.findLastIndex(isAdded) : lines.findIndex(isAdded);
        if (how === 'two added lines deleted') lines.splice(first, 2);
        else if (how.includes('less')) lines.splice(first, 1);
        else lines.splice(first, 0, '+\tmark_it();');
        const diff = parseDiff(lines.join('\n'));
        const before = parseDiff(body);
        const change = how.startsWith('two') ? -2 : how.includes('less') ? -1 : 1;
        expect(diff.problems).toEqual([]);
        expect(shown(diff).length).toBe(shown(before).length + change);
        expect(shown(diff).filter((line) => !line.startsWith('added'))).toEqual(shown(before).filter((line) => !line.startsWith('added')));
        expect(diff.repairs.some((repair) => repair.what.endsWith('read as it stands'))).toBe(true);
      }
    },
  );
});
