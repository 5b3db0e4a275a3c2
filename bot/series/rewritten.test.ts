import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { rewrittenFunctions } from './rewritten.js';

const PATCH = parseDiff(
  [
    'diff --git a/mm/a.c b/mm/a.c',
    '--- a/mm/a.c',
    '+++ b/mm/a.c',
    '@@ -3,2 +3,7 @@',
    ' int before;',
    '+void make(int x)',
    '+{',
    '+\tlock();',
    '+\tunlock();',
    '+}',
    ' int after;',
    '',
  ].join('\n'),
);

const pasted = (...lines: readonly string[]): string => ['What of this?', '', ...lines, '', 'It is shorter.'].join('\n');

describe('a function that a reply writes anew', () => {
  it('takes the place of the one of the same name', () => {
    const diff = rewrittenFunctions(pasted('+void make(int x)', '+{', '+ once();', '+}'), PATCH);
    const [hunk] = diff?.files[0]?.hunks ?? [];
    expect(diff?.files[0]?.newPath).toBe('mm/a.c');
    expect(hunk).toMatchObject({ oldStart: 4, oldCount: 5, newCount: 4, mailLine: 3 });
    expect(hunk?.lines.map(({ kind, text }) => `${kind} ${text}`).slice(4)).toEqual([
      'removed }',
      'added void make(int x)',
      'added {',
      'added  once();',
      'added }',
    ]);
  });

  it('is none where it is the same but for blanks, has a gap, or nothing of its name', () => {
    expect(rewrittenFunctions(pasted('+void make(int x)', '+{', '+ lock();', '+ unlock();', '+}'), PATCH)).toBeNull();
    expect(rewrittenFunctions(pasted('+void make(int x)', '+{', 'Why?', '+ once();', '+}'), PATCH)).toBeNull();
    expect(rewrittenFunctions(pasted('+void other(int x)', '+{', '+ once();', '+}'), PATCH)).toBeNull();
  });
});
