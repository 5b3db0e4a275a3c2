import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReportText, type Review } from '../report/schema.js';
import { TINY_KERNEL, writeFiles } from '../tree/testing/repository.js';
import { faultline, ROOT } from './testing/run.js';

const DEMO = readFileSync(join(ROOT, 'fixtures/threads/demo.mbox'), 'utf8');

/** The patch of the demonstration, sent again and again. */
describe('versions of a series', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-memory-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const version = (n: number): string => {
    const file = join(folder, `v${String(n)}.mbox`);
    const [first = ''] = DEMO.split(/^(?=From mboxrd)/m);
    const text = first.replace('[PATCH]', `[PATCH v${String(n)}]`).replace('20240514071231.4711-1', `2024051407123${String(n)}.4711-1`);
    writeFileSync(file, n === 1 ? first : text);
    return file;
  };
  const store = (): string[] => ['--store', join(folder, 'store.db')];
  const review = (file: string, ...options: readonly string[]): Review => {
    const ran = faultline(['review', file, '--json', ...options]);
    const read = parseReportText(ran.stdout);
    const one = read.ok ? read.report.reviews.at(-1) : undefined;
    if (!one) throw new Error(ran.said);
    return one;
  };

  it('are told what became of a finding: still there, answered, dismissed', () => {
    const first = review(version(1), ...store());
    expect(first.earlier).toEqual([]);
    const [found] = first.findings;
    const second = review(version(2), ...store());
    expect(second.versions).toEqual([{ version: 1, messageId: first.series.patches[0]?.messageId, link: 'subject' }]);
    expect(second.earlier).toMatchObject([{ id: found?.id, fate: 'still-there', now: second.findings[0]?.id }]);

    const reply = faultline(['review', version(1), '--mail', ...store()]).stdout;
    const id = /^Message-ID: <(.+)>$/m.exec(reply)?.[1] ?? '';
    const answer = `From: Mira Lindqvist <mira@harts.example>\nSubject: Re: x\nDate: Wed, 15 May 2024 09:00:00 +0200\nMessage-ID: <answer@harts.example>\nIn-Reply-To: <${id}>\n\n> Replay: faultline replay REPORT ${found?.id ?? ''}\n\nNobody does that.\n`;
    writeFileSync(join(folder, 'v2.mbox'), `${readFileSync(version(2), 'utf8')}\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\n${answer}`);
    expect(review(join(folder, 'v2.mbox'), ...store()).earlier).toMatchObject([
      { fate: 'answered', by: 'answer@harts.example', why: 'Nobody does that.' },
    ]);

    expect(faultline(['dismiss', found?.id ?? '', '--why', 'by design', ...store()]).status).toBe(0);
    const third = faultline(['review', version(3), '--mail', ...store()]);
    expect(third.stdout.replace(/\s+/g, ' ')).toContain(`of v1 (${found?.id ?? ''}): still there`);
    expect(third.stdout.replace(/\s+/g, ' ')).toContain('dismissed: by design.');
  }, 60_000);

  it('are compared in one source without a store, and leave no trace', () => {
    const both = join(folder, 'both.mbox');
    writeFileSync(both, `${readFileSync(version(1), 'utf8')}\n${readFileSync(version(2), 'utf8')}`);
    const ran = faultline(['review', both], '', { XDG_DATA_HOME: folder });
    expect(ran.said).toContain('Earlier versions: v1 (by subject).');
    expect(faultline(['dismiss', 'abcd', '--why', 'x', ...store()]).status).toBe(2);
  }, 60_000);

  it('are applied on top of what they name, if the store has it', () => {
    const edit = (n: number, from: string, to: string, trailer: string): string =>
      [
        `From: Ada <ada@kernel.invalid>`,
        `Subject: [PATCH] step ${String(n)}`,
        `Message-ID: <step${String(n)}@kernel.invalid>`,
        'Date: Wed, 15 May 2024 09:00:00 +0200',
        '',
        'Why.',
        '---',
        `diff --git a/mm/tiny.c b/mm/tiny.c`,
        '--- a/mm/tiny.c',
        '+++ b/mm/tiny.c',
        '@@ -1 +1 @@',
        `-${from}`,
        `+${to}`,
        '-- ',
        '2.43.0',
        '',
        trailer,
        '',
      ].join('\n');
    const tree = join(folder, 'linux');
    writeFiles(tree, TINY_KERNEL);
    writeFileSync(join(folder, '1.eml'), edit(1, 'int tiny;', 'int one;', ''));
    writeFileSync(join(folder, '2.eml'), edit(2, 'int one;', 'int flush_tlb_all;', 'prerequisite-message-id: <step1@kernel.invalid>'));
    const notes = (): string => review(join(folder, '2.eml'), '--tree', tree, '--no-cache', ...store()).notes.join('\n');
    expect(notes()).toContain('<step1@kernel.invalid>, which the series says comes before it, is not at hand');
    expect(notes()).toContain('does not apply');
    expect(faultline(['ingest', join(folder, '1.eml'), ...store()]).status).toBe(0);
    expect(notes()).toContain('prerequisite "[PATCH] step 1" was applied first');
    expect(notes()).not.toContain('does not apply');
  }, 60_000);

  it('dismiss says what is wrong', () => {
    review(version(1), ...store());
    expect(faultline(['dismiss', 'not hex', '--why', 'x', ...store()]).said).toContain('is no id of a finding');
    expect(faultline(['dismiss', 'ffffffff', '--why', 'x', ...store()]).said).toContain('remembers no finding ffffffff');
  }, 60_000);
});
