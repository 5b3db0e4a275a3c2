import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Mail } from '../series/types.js';
import { findingId, reviewIdentity } from './id.js';
import { type MailContext, renderMail, replyTarget } from './mail.js';
import { renderReplay } from './replay.js';
import { parseReportText, type Report, serialiseReport } from './schema.js';
import { renderTerminal } from './terminal.js';

const FIXTURES = new URL('../../fixtures/reports/', import.meta.url);

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

function golden(name: string): string {
  return new URL(name, FIXTURES).pathname;
}

function reportOf(name: string): Report {
  const read = parseReportText(fixture(`${name}.json`));
  if (!read.ok) throw new Error(read.error);
  return read.report;
}

function mailOf(name: string, fields: Partial<Mail>): Mail {
  return {
    messageId: '',
    subject: '',
    from: '',
    date: null,
    dateHeader: '',
    to: '',
    cc: '',
    inReplyTo: null,
    references: [],
    body: fixture(`${name}.mail.txt`),
    problems: [],
    ...fields,
  };
}

const CASES: readonly {
  readonly name: string;
  readonly original: Mail;
  readonly context: Omit<MailContext, 'original' | 'from' | 'date'>;
}[] = [
  {
    name: 'kvm-arm64',
    original: mailOf('kvm-arm64', {
      messageId: '20260105.zap-1@kernel.example',
      subject: '[PATCH v2 1/2] KVM: arm64: Invalidate table entries at once',
      from: 'Ada Example <ada@kernel.example>',
      dateHeader: 'Mon, 05 Jan 2026 13:07:09 +0100',
      references: ['20260105.zap-0@kernel.example'],
    }),
    context: {
      to: [{ name: 'Ada Example', address: 'ada@kernel.example' }],
      cc: [
        { name: 'Łukasz Przykład', address: 'lukasz@kernel.example' },
        { name: '', address: 'list@lists.example' },
      ],
      report: 'zap.json',
    },
  },
  {
    name: 'riscv',
    original: mailOf('riscv', {
      messageId: '20260110.fresh-reply@kernel.example',
      subject: 'Re: [PATCH] riscv: No broadcast fence for new vmalloc mappings',
      from: '"Doe, Jo" <jo@kernel.example>',
      dateHeader: 'Sat, 10 Jan 2026 00:30:00 -0800',
      inReplyTo: '20260109.fresh@kernel.example',
    }),
    context: { to: [{ name: 'Doe, Jo', address: 'jo@kernel.example' }], cc: [] },
  },
];

describe.each(CASES)('$name', ({ name, original, context }) => {
  const report = reportOf(name);
  const review = report.reviews[0];
  if (review === undefined) throw new Error('the fixture has no review');

  it('has the ids that the pipeline would give', () => {
    for (const finding of review.findings) {
      expect(finding.id).toBe(findingId({ ...finding, review: reviewIdentity(review) }));
    }
  });

  it('survives writing and reading', () => {
    expect(parseReportText(serialiseReport(report))).toEqual({ ok: true, report });
  });

  it('renders for a terminal', async () => {
    await expect(renderTerminal(report, { colour: false, width: 100 })).toMatchFileSnapshot(golden(`${name}.terminal.golden`));
  });

  it('renders as a mail to the patch at issue', async () => {
    expect(replyTarget(review, null)).toBe(original.messageId);
    const from = { name: 'faultline', address: 'bot@faultline.example' };
    const text = renderMail(review, { ...context, from, original, date: Date.UTC(2026, 0, 12, 8, 0, 0) });
    await expect(text).toMatchFileSnapshot(golden(`${name}.reply.golden`));
  });

  it('replays step by step', async () => {
    const replay = renderReplay(report, review.findings[0]?.id ?? '', { width: 100 });
    await expect(replay.ok ? replay.text : replay.error).toMatchFileSnapshot(golden(`${name}.replay.golden`));
  });
});
