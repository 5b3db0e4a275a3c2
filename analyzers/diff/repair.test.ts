import { describe, expect, it } from 'vitest';
import { parseDiff } from './parse.js';
import type { ParsedDiff } from './types.js';

const HEAD = ['diff --git a/mm/a.c b/mm/a.c', '--- a/mm/a.c', '+++ b/mm/a.c'];

function texts(diff: ParsedDiff): readonly string[] {
  return diff.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines.map((line) => `${line.kind.charAt(0)}|${line.text}`)));
}

describe('damage that can be repaired', () => {
  it('context without its first blank, added lines without their tabs', () => {
    const diff = parseDiff(
      [...HEAD, '@@ -1,5 +1,6 @@ int f(void)', 'int i;', '', 'lock(&l);', '+ check(i);', 'work(i);', '}', ''].join('\n'),
    );
    expect(texts(diff)).toEqual(['c|int i;', 'c|', 'c|lock(&l);', 'a| check(i);', 'c|work(i);', 'c|}']);
    expect(diff.problems).toEqual([]);
    expect(diff.repairs).toEqual([
      { line: 5, what: 'mm/a.c: 4 context lines had lost their first blank' },
      { line: 5, what: 'mm/a.c: 1 added or removed line had lost their tabs, which cannot be put back' },
    ]);
  });

  it('a blank lost only before a tab', () => {
    const diff = parseDiff([...HEAD, '@@ -1,3 +1,4 @@', '\tlock();', '+\tcheck();', ' #endif', '\tunlock();', ''].join('\n'));
    expect(texts(diff)).toEqual(['c|\tlock();', 'a|\tcheck();', 'c|#endif', 'c|\tunlock();']);
    expect(diff.repairs[0]?.what).toBe('mm/a.c: 2 context lines had lost their first blank');
  });

  it('empty context lines that fell out are put back at the edges', () => {
    const diff = parseDiff(
      [
        ...HEAD,
        '@@ -9,6 +9,7 @@',
        'a();',
        'b();',
        '+ x();',
        'c();',
        'd();',
        '@@ -30,3 +31,4 @@',
        'a();',
        '+ y();',
        'b();',
        'c();',
        '',
      ].join('\n'),
    );
    expect(diff.problems).toEqual([]);
    expect(texts(diff).slice(0, 7)).toEqual(['c|', 'c|a();', 'c|b();', 'a| x();', 'c|c();', 'c|d();', 'c|']);
    expect(diff.repairs.map((repair) => repair.what)).toContain('mm/a.c: 2 empty context lines had fallen out, and were put back');
  });

  it('long lines wrapped by a client', () => {
    const long = '+\tif (the_first_condition_is_quite_long(argument) && the_second_one)';
    const diff = parseDiff([...HEAD, '@@ -1,2 +1,3 @@', ' a', long, 'return 0;', ' b', ''].join('\n'));
    expect(texts(diff)).toEqual(['c|a', `a|${long.slice(1)} return 0;`, 'c|b']);
    expect(diff.repairs[0]?.what).toBe('mm/a.c: 1 line wrapped by a mail client joined again');
  });

  it('a wrapped @@ line, and a trailing empty context line', () => {
    const diff = parseDiff(
      [
        ...HEAD,
        '@@ -1,2 +1,3 @@ static void a_function(struct long_name *a,',
        'int b)',
        ' a',
        '+x',
        '',
        '@@ -9 +10 @@',
        '-q',
        '+r',
        '',
      ].join('\n'),
    );
    expect(diff.files[0]?.hunks.map((hunk) => hunk.section)).toEqual(['static void a_function(struct long_name *a, int b)', '']);
    expect(diff.repairs[0]?.what).toContain('1 @@ line wrapped');
  });

  it('the extra blank of format=flowed', () => {
    const diff = parseDiff([...HEAD, '@@ -1,3 +1,4 @@', '  {', '  \ta();', '+\tb();', '  }', ''].join('\n'));
    expect(texts(diff)).toEqual(['c|{', 'c|\ta();', 'a|\tb();', 'c|}']);
    expect(diff.repairs).toEqual([{ line: 4, what: '3 context lines had the extra blank of format=flowed' }]);
  });

  it('the last empty line of a mail, stripped', () => {
    const diff = parseDiff([...HEAD, '@@ -5,4 +5,5 @@', ' a', '+c', ' b', ' }'].join('\n'));
    expect(diff.problems).toEqual([]);
    expect(diff.repairs[0]?.what).toContain('had fallen out');
  });

  it('is not tried when the reader asks for strictness', () => {
    const text = [...HEAD, '@@ -1,3 +1,4 @@', 'a', '+x', 'b', 'c', ''].join('\n');
    expect(parseDiff(text).files).toHaveLength(1);
    expect(parseDiff(text, { damaged: false }).files).toHaveLength(0);
    expect(parseDiff(text, { damaged: false }).problems[0]?.what).toContain('begins with neither blank, plus nor minus');
  });
});

describe('damage that cannot', () => {
  it('does not take prose for context', () => {
    const diff = parseDiff(
      [
        ...HEAD,
        '@@ -1,9 +1,10 @@',
        ' a',
        '+x',
        ' b',
        'I left out the rest of it here,',
        'and here,',
        'and so on.',
        'Best',
        'A',
        'B',
        'C',
        '',
      ].join('\n'),
    );
    expect(diff.files).toEqual([]);
    expect(diff.problems[0]?.what).toContain('does not fit');
  });

  it('does not go on over a cut that a person marked', () => {
    const diff = parseDiff([...HEAD, '@@ -1,4 +1,5 @@', ' a', '+x', '[ ... ]', ' b', ' c', ' d', ''].join('\n'));
    expect(diff.files).toEqual([]);
    expect(diff.problems[0]?.what).toContain('it is cut after 1 and 2');
  });
});
