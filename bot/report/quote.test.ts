import { describe, expect, it } from 'vitest';
import { diffLines, lineAtIssue, quoteEnd, quoteWithComments } from './quote.js';
import { type Finding, parseReport, SCHEMA } from './schema.js';

const BODY = `Some words.
---
 mm/a.c | 3 ++-
diff --git a/mm/a.c b/mm/a.c
--- a/mm/a.c
+++ b/mm/a.c
@@ -10,3 +10,5 @@ static void f(void)
 	lock();
-	drop(page);
+	clear(entry);
+	flush(mm,
+	      start, end);
 	unlock();
@@ -90,2 +92,3 @@ static void g(void)
 	one();
+	two();
 	three();
diff --git a/mm/b.S b/mm/b.S
--- a/mm/b.S
+++ b/mm/b.S
@@ -1 +1,2 @@
 	nop
+	isb
-- 
2.40`.split('\n');

const LINES = diffLines(BODY);

function finding(trace: object[], functions: object[] = []): Finding {
  const read = parseReport({
    schema: SCHEMA,
    source: '',
    reviews: [
      {
        kind: 'series',
        series: { title: '', version: 1, patches: [] },
        verdict: 'introduced',
        findings: [
          {
            id: 'abcd',
            status: 'introduced',
            violation: 'deadlock',
            scenario: 's',
            arch: 'a',
            axes: {},
            patch: 'p',
            functions,
            trace,
            states: 1,
            exhaustive: true,
          },
        ],
        counts: [],
        ran: [],
        notModelled: [],
      },
    ],
  });
  const one = read.ok ? read.report.reviews[0]?.findings[0] : undefined;
  if (one === undefined) throw new Error('the finding does not parse');
  return one;
}

function step(cpu: number, file: string, line: number, origin = 'patch'): object {
  return { cpu, text: 't', file, line, origin };
}

function textAt(one: Finding): string | undefined {
  const issue = lineAtIssue(one, LINES);
  return issue === null ? undefined : BODY[issue.line.at];
}

describe('diffLines', () => {
  it('numbers lines as the new file has them', () => {
    expect(LINES.filter((line) => line.kind === 'added').map((line) => [line.file, line.newLine, BODY[line.at]])).toEqual([
      ['mm/a.c', 11, '+	clear(entry);'],
      ['mm/a.c', 12, '+	flush(mm,'],
      ['mm/a.c', 13, '+	      start, end);'],
      ['mm/a.c', 93, '+	two();'],
      ['mm/b.S', 2, '+	isb'],
    ]);
  });

  it('reads hunks that lost their leading blanks, and stops at the signature', () => {
    const damaged = ['+++ b/mm/a.c', '@@ -1,9 +1,9 @@', '	one();', '', 'out:', '+	two();', '-- ', '2.40'];
    expect(diffLines(damaged).map((line) => [line.newLine, line.kind])).toEqual([
      [1, 'context'],
      [2, 'context'],
      [3, 'context'],
      [4, 'added'],
    ]);
  });
});

describe('lineAtIssue', () => {
  const bad = { cpu: 1, text: 'b', kind: 'bad' };

  it('takes the last added line that another CPU than the victim ran', () => {
    expect(textAt(finding([step(0, 'mm/a.c', 11), step(0, 'mm/a.c', 12), step(1, 'mm/a.c', 93), bad]))).toBe('+	flush(mm,');
  });

  it('takes the line of the victim where no other CPU ran one', () => {
    expect(textAt(finding([step(1, 'mm/b.S', 2), bad]))).toBe('+	isb');
  });

  it('takes the nearest added line for a context line', () => {
    expect(textAt(finding([step(0, 'mm/a.c', 94), bad]))).toBe('+	two();');
  });

  it('does not take lines of a tree for lines of the mail', () => {
    expect(lineAtIssue(finding([step(0, 'mm/a.c', 11, 'tree'), bad]), LINES)).toBeNull();
  });

  it('goes by the functions in the mail where no step is in it', () => {
    expect(textAt(finding([bad], [{ name: 'f', from: 'patch', file: 'mm/a.c', line: 5 }]))).toBe('+	clear(entry);');
  });
});

describe('quoteWithComments', () => {
  it('quotes the hunk at issue, untouched, to the end of the statement', () => {
    const issue = lineAtIssue(finding([step(0, 'mm/a.c', 12)]), LINES);
    if (issue === null) throw new Error('no line');
    const quote = quoteWithComments(BODY, [{ at: quoteEnd(issue, LINES, BODY), hunk: issue.line.hunk, comment: ['It is so.'] }], LINES);
    expect(quote).toEqual([
      '[ ... ]',
      '> +++ b/mm/a.c',
      '> @@ -10,3 +10,5 @@ static void f(void)',
      '>  	lock();',
      '> -	drop(page);',
      '> +	clear(entry);',
      '> +	flush(mm,',
      '> +	      start, end);',
      '',
      'It is so.',
      '',
    ]);
  });

  it('marks what it cuts between two comments', () => {
    const at = (line: number): number => LINES.find((one) => one.newLine === line && one.kind === 'added')?.at ?? 0;
    const hunkOf = (body: number): number => LINES.find((one) => one.at === body)?.hunk ?? 0;
    const quote = quoteWithComments(
      BODY,
      [11, 93].map((line) => ({ at: at(line), hunk: hunkOf(at(line)), comment: [`at ${line}`] })),
      LINES,
    );
    expect(quote.filter((line) => !line.startsWith('>'))).toEqual(['[ ... ]', '', 'at 11', '', '[ ... ]', '', 'at 93', '']);
  });

  it('passes no escape sequences and no overlong lines on', () => {
    const body = ['+++ b/mm/a.c', '@@ -1 +1,3 @@', ' 	a\u001b[2J', `+${'x'.repeat(2000)}`, '+ok();   '];
    const quote = quoteWithComments(body, [{ at: 4, hunk: 1, comment: [] }], diffLines(body));
    expect(quote).toEqual(['[ ... ]', '> @@ -1 +1,3 @@', '>  	a?[2J', '[ ... ]', '> +ok();   ', '', '']);
  });
});
