import { describe, expect, it } from 'vitest';
import { diffRanges, parseDiff } from './parse.js';
import type { Hunk, HunkLine } from './types.js';

const SIGN: Readonly<Record<HunkLine['kind'], string>> = { context: ' ', added: '+', removed: '-' };

function shape(hunk: Hunk | undefined): readonly string[] {
  return (hunk?.lines ?? []).map((line) => SIGN[line.kind] + line.text + (line.noNewline ? '$' : ''));
}

const MAIL = [
  'Flush first.',
  '',
  '---',
  ' mm/drop.c | 3 ++-',
  '',
  'diff --git a/mm/drop.c b/mm/drop.c',
  'index 1111111..2222222 100644',
  '--- a/mm/drop.c',
  '+++ b/mm/drop.c',
  '@@ -10,4 +10,5 @@ static void drop(struct table *t)',
  ' {',
  '-\tfree(t);',
  ' \tflush(t);',
  '+\tcount(t);',
  '+\tfree(t);',
  ' }',
  '-- ',
  '2.39.2',
  '',
];

describe('a sound patch mail', () => {
  it('gives file, hunk, section, blobs and the line of the @@', () => {
    const diff = parseDiff(MAIL.join('\n'));
    expect(diff.problems).toEqual([]);
    expect(diff.repairs).toEqual([]);
    expect(diff.files).toHaveLength(1);
    expect(diff.files[0]).toMatchObject({
      oldPath: 'mm/drop.c',
      newPath: 'mm/drop.c',
      change: 'modified',
      oldBlob: '1111111',
      newBlob: '2222222',
    });
    const hunk = diff.files[0]?.hunks[0];
    expect(hunk).toMatchObject({
      oldStart: 10,
      oldCount: 4,
      newStart: 10,
      newCount: 5,
      section: 'static void drop(struct table *t)',
      mailLine: 10,
    });
    expect(shape(hunk)).toEqual([' {', '-\tfree(t);', ' \tflush(t);', '+\tcount(t);', '+\tfree(t);', ' }'].map((line) => line));
  });

  it('reads the same with CRLF in transport', () => {
    const diff = parseDiff(MAIL.join('\r\n'));
    expect(diff.files).toEqual(parseDiff(MAIL.join('\n')).files);
  });

  it('keeps CR that only content lines have', () => {
    const diff = parseDiff(['--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a\r', '+b\r', ''].join('\n'));
    expect(shape(diff.files[0]?.hunks[0])).toEqual(['-a\r', '+b\r']);
  });

  it('takes the two blanks that web copies put behind @@ for one', () => {
    const diff = parseDiff(MAIL.join('\n').replace('@@ static', '@@  static'));
    expect(diff.files[0]?.hunks[0]?.section).toBe('static void drop(struct table *t)');
  });
});

describe('heads', () => {
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    [
      'rename',
      ['diff --git a/a.c b/b.c', 'similarity index 100%', 'rename from a.c', 'rename to b.c'],
      { oldPath: 'a.c', newPath: 'b.c', change: 'renamed' },
    ],
    [
      'copy',
      ['diff --git a/a.c b/b.c', 'similarity index 90%', 'copy from a.c', 'copy to b.c'],
      { oldPath: 'a.c', newPath: 'b.c', change: 'copied' },
    ],
    [
      'mode',
      ['diff --git a/run.sh b/run.sh', 'old mode 100644', 'new mode 100755'],
      { oldPath: 'run.sh', newPath: 'run.sh', change: 'mode' },
    ],
    [
      'empty new file',
      ['diff --git a/a b/a', 'new file mode 100644', 'index 0000000..e69de29'],
      { oldPath: null, newPath: 'a', change: 'added' },
    ],
    [
      'empty deleted file',
      ['diff --git a/a b/a', 'deleted file mode 100644', 'index e69de29..0000000'],
      { oldPath: 'a', newPath: null, change: 'deleted' },
    ],
    [
      'binary',
      ['diff --git a/a.png b/a.png', 'index 1111..2222 100644', 'Binary files a/a.png and b/a.png differ'],
      { newPath: 'a.png', change: 'binary' },
    ],
    [
      'binary patch',
      ['diff --git a/a.bin b/a.bin', 'index 1111..2222', 'GIT binary patch', 'literal 3', 'Kcmb-qwer', '', 'literal 0', 'HcmV?d00001', ''],
      { change: 'binary' },
    ],
    ['blank in the name', ['diff --git a/a b.c b/a b.c', 'new file mode 100644'], { newPath: 'a b.c' }],
    ['octal quotes', ['diff --git "a/\\303\\274 \\"q\\".c" "b/\\303\\274 \\"q\\".c"', 'new file mode 100644'], { newPath: 'ü "q".c' }],
    [
      'no git head',
      ['--- a/mm/x.c\t2024-01-01 10:00:00', '+++ b/mm/x.c\t2024-01-01', '@@ -1 +1 @@', '-a', '+b'],
      { oldPath: 'mm/x.c', newPath: 'mm/x.c' },
    ],
    ['two trees', ['--- linux.orig/mm/x.c', '+++ linux/mm/x.c', '@@ -1 +1 @@', '-a', '+b'], { oldPath: 'mm/x.c', newPath: 'mm/x.c' }],
    ['quilt', ['--- a/mm/x.c~name-of-patch', '+++ a/mm/x.c', '@@ -1 +1 @@', '-a', '+b'], { oldPath: 'mm/x.c', newPath: 'mm/x.c' }],
    ['new by /dev/null', ['--- /dev/null', '+++ b/mm/x.c', '@@ -0,0 +1 @@', '+b'], { oldPath: null, newPath: 'mm/x.c', change: 'added' }],
    [
      'wrapped git line',
      [
        'diff --git a/a/very/long/name.c',
        'b/a/very/long/name.c',
        '--- a/a/very/long/name.c',
        '+++ b/a/very/long/name.c',
        '@@ -1 +1 @@',
        '-a',
        '+b',
      ],
      { newPath: 'a/very/long/name.c' },
    ],
  ];
  it.each(cases)('%s', (_name, lines, expected) => {
    const diff = parseDiff([...lines, ''].join('\n'));
    expect(diff.problems).toEqual([]);
    expect(diff.files).toHaveLength(1);
    expect(diff.files[0]).toMatchObject(expected);
  });

  it.each([
    ['../../etc/passwd', 'leaves the tree'],
    ['/etc/passwd', 'is absolute'],
    ['mm/../../x', 'leaves the tree'],
    ['.git/hooks/post-merge', 'points into .git'],
    ['"mm/a\\000b.c"', 'NUL'],
  ])('refuses the path %s and keeps the other file', (path, why) => {
    const name = (side: string): string => (path.startsWith('"') ? `"${side}/${path.slice(1)}` : `${side}/${path}`);
    const bad = [`diff --git ${name('a')} ${name('b')}`, `--- ${name('a')}`, `+++ ${name('b')}`, '@@ -1 +1 @@', '-a', '+b'];
    const diff = parseDiff([...bad, ...MAIL.slice(5)].join('\n'));
    expect(diff.files.map((file) => file.newPath)).toEqual(['mm/drop.c']);
    expect(diff.problems).toHaveLength(1);
    expect(diff.problems[0]?.what).toContain(why);
  });
});

describe('what parse-diff alone gets wrong', () => {
  const second = ['diff --git a/mm/b.c b/mm/b.c', '--- a/mm/b.c', '+++ b/mm/b.c', '@@ -1,2 +1,2 @@', ' x', '-y', '+z', ''];

  it('a short hunk does not swallow the next file', () => {
    const text = [...MAIL.slice(5, 13), ...second].join('\n');
    const diff = parseDiff(text);
    expect(diff.files.map((file) => [file.newPath, file.hunks[0]?.lines.length])).toEqual([
      ['mm/drop.c', 3],
      ['mm/b.c', 3],
    ]);
    const strict = parseDiff(text, { damaged: false });
    expect(strict.files.map((file) => file.newPath)).toEqual(['mm/b.c']);
    expect(strict.problems[0]).toEqual({ line: 5, what: 'the hunk at line 5 promises 4 old and 5 new lines, it is cut after 3 and 2' });
  });

  it('a hunk that the mail cuts is dropped alone', () => {
    const cut = ['@@ -40,12 +41,14 @@ static void f(void)', ' a', ' b', ' c', '+d', ' e'];
    const diff = parseDiff([...MAIL.slice(0, 16), ...cut, ''].join('\n'));
    expect(diff.files[0]?.hunks).toHaveLength(1);
    expect(diff.problems.map((problem) => problem.what)).toEqual([
      'the hunk at line 17 promises 12 old and 14 new lines, the mail ends after 5 and 6',
    ]);
  });

  it('a short hunk before a signature does not count the signature', () => {
    const text = [...MAIL.slice(0, 15), ...MAIL.slice(16)].join('\n');
    expect(parseDiff(text).files[0]?.hunks[0]?.lines).toHaveLength(5);
    const strict = parseDiff(text, { damaged: false });
    expect(strict.files).toEqual([]);
    expect(strict.problems[0]?.what).toContain('after 3 and 4');
  });

  it('surplus lines are read or a problem, not lost', () => {
    const text = [...MAIL.slice(0, 16), '+\tmore(t);', ...MAIL.slice(16)].join('\n');
    expect(shape(parseDiff(text).files[0]?.hunks[0]).at(-1)).toBe('+\tmore(t);');
    const strict = parseDiff(text, { damaged: false });
    expect(strict.files).toEqual([]);
    expect(strict.problems[0]?.what).toContain('more follow');
  });

  it('a diff quoted in the commit message is no file', () => {
    const message = ['This reverts', '--- a/mm/ghost.c', '+++ b/mm/ghost.c', '@@ -1 +1 @@', '-a', '+b', ''];
    const diff = parseDiff([...message, ...MAIL].join('\n'));
    expect(diff.files.map((file) => file.newPath)).toEqual(['mm/drop.c']);
    expect(diff.problems[0]?.what).toContain('stands in the commit message');
  });

  it('a combined diff is refused by name', () => {
    const diff = parseDiff(
      ['diff --cc mm/a.c', 'index 1,2..3', '--- a/mm/a.c', '+++ b/mm/a.c', '@@@ -1,2 -1,2 +1,2 @@@', '  x', ''].join('\n'),
    );
    expect(diff.files).toEqual([]);
    expect(diff.problems).toHaveLength(1);
    expect(diff.problems[0]?.what).toContain('combined diff of a merge');
  });

  it('content that looks like a head is content while the counts last', () => {
    const diff = parseDiff(['--- a/q.sql', '+++ b/q.sql', '@@ -1,2 +1,2 @@', '--- old comment', '+++ new', ' x', ''].join('\n'));
    expect(shape(diff.files[0]?.hunks[0])).toEqual(['--- old comment', '+++ new', ' x']);
  });

  it('marks a missing newline on the line before', () => {
    const diff = parseDiff(['--- a/q', '+++ b/q', '@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+b', ''].join('\n'));
    expect(shape(diff.files[0]?.hunks[0])).toEqual(['-a$', '+b']);
  });

  it('a hunk without a file name is a problem', () => {
    expect(parseDiff('@@ -1 +1 @@\n-a\n+b\n').problems[0]?.what).toBe('the hunk at line 1 has no file name above it');
  });

  it('text without a diff gives nothing', () => {
    expect(parseDiff('hello\n- a point\n+1 from me\n')).toEqual({ files: [], problems: [], repairs: [] });
  });
});

describe('diffRanges', () => {
  it('joins files with nothing between, and splits at prose', () => {
    const one = ['--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b'];
    const text = [...one, '', ...one, 'and also', ...one, ''].join('\n');
    expect(diffRanges(text)).toEqual([
      { start: 0, end: 11 },
      { start: 12, end: 17 },
    ]);
  });
});
