import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline, ROOT } from './testing/run.js';

const DEMO = readFileSync(`${ROOT}fixtures/threads/demo.mbox`, 'utf8');
const MAIL = `From a@example.org Mon Jan  1 00:00:00 2024
From: A <a@example.org>
Message-ID: <irrelevant@example.org>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: [PATCH] net: example: count dropped frames

diff --git a/drivers/net/example.c b/drivers/net/example.c
--- a/drivers/net/example.c
+++ b/drivers/net/example.c
@@ -10,3 +10,4 @@ static void drop(struct frame *f)
 {
 	if (!f)
 		return;
+	dropped++;
`;

/** The demo as two threads that share nothing but their text. */
const again = DEMO.replace(/^((?:Message-ID|In-Reply-To|References): <)/gim, '$1again-');

const INDEX = `| id | file | arch | class | label |
|---|---|---|---|---|
| 1 | demo.mbox | - | STATED | BUGGY |
| 2 | irrelevant.mbox | - | no flush | NEGATIVE |
| 3 | again.mbox | - | other race | FIX |
| 4 | gone.mbox | - | - | CLEAN |
| 5 | link.mbox | - | - | CLEAN |
| 6 | only four | - | CLEAN |
`;

interface Printed {
  readonly cases: readonly {
    id: string;
    fate: string;
    verdict: string | null;
    problems: string[];
    told: { violation: string; status: string }[];
  }[];
  readonly summary: unknown;
}

describe('faultline corpus', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-corpus-'));
    const report = JSON.parse(faultline(['review', '-', '--json'], DEMO).stdout) as {
      reviews: { findings: { status: string; violation: string; trace: { function?: string }[] }[] }[];
    };
    const finding = report.reviews.flatMap(({ findings }) => findings).find(({ status }) => status === 'introduced');
    const section = `\n## 1 demo\n- violation: ${finding?.violation ?? ''}\n- functions: ${finding?.trace.find((step) => step.function)?.function ?? ''}\n`;
    writeFileSync(join(folder, 'INDEX.md'), INDEX + section);
    writeFileSync(join(folder, 'demo.mbox'), DEMO);
    writeFileSync(join(folder, 'again.mbox'), again);
    writeFileSync(join(folder, 'irrelevant.mbox'), MAIL);
    symlinkSync(`${ROOT}fixtures/threads/demo.mbox`, join(folder, 'link.mbox'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('reviews every thread of the index and holds it against the label; twice gives the same bytes', () => {
    const ran = faultline(['corpus', folder, '--json']);
    const { cases, summary } = JSON.parse(ran.stdout) as Printed;
    expect(cases.map(({ id, fate, verdict }) => [id, fate, verdict])).toEqual([
      ['1', 'found', 'introduced'],
      ['2', 'silent', 'not-relevant'],
      ['3', 'false-alarm', 'introduced'],
      ['4', 'unread', null],
      ['5', 'unread', null],
    ]);
    expect(cases[3]?.problems).toEqual(['gone.mbox: there is no such file or folder']);
    expect(cases[4]?.problems).toEqual(['link.mbox: it is not below the folder of the index']);
    expect(summary).toMatchObject({ stated: { cases: 1, found: 1 }, falseAlarms: ['3'] });
    expect(ran.status).toBe(1);
    expect(faultline(['corpus', folder, '--json']).stdout).toBe(ran.stdout);
    // What went before leaves no trace in a case.
    const alone = JSON.parse(faultline(['corpus', folder, '--json', '--case', '3']).stdout) as Printed;
    expect(alone.cases).toEqual(cases.filter(({ id }) => id === '3'));
  });

  it('prints a table, the recall, and what is wrong with the index', () => {
    const ran = faultline(['corpus', folder]);
    expect(ran.said).toContain('Race stated: 1 case; found 1 (100 %)');
    expect(ran.said).toContain('False alarms: 1 case, 3.');
    expect(ran.said).toContain('Index: line 8: 4 cells under 5 headings; the row is left out.');
    expect(ran.stdout).toMatch(/^2 +NEGATIVE +not-relevant +\d+\.\d\d s$/m);
  });

  it('says what it takes', () => {
    expect(faultline(['corpus', `${folder}/nowhere`]).stderr).toMatch(/^faultline: cannot read .*INDEX\.md: there is no such file/);
    const none = faultline(['corpus', folder, '--case', '99']);
    expect(none.stderr).toMatch(/has no case 99$/m);
    expect(none.status).toBe(2);
  });
});
