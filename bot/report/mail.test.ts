import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import type { Mail } from '../series/types.js';
import { type MailContext, mailId, renderMail, replyTarget } from './mail.js';
import { type Finding, parseReportText, type Review } from './schema.js';

function load(name: string): Review {
  const read = parseReportText(readFileSync(new URL(`../../fixtures/reports/${name}.json`, import.meta.url), 'utf8'));
  const review = read.ok ? read.report.reviews[0] : undefined;
  if (review === undefined) throw new Error('the fixture does not parse');
  return review;
}

const kvm = load('kvm-arm64');
const riscv = load('riscv');
const [first, second] = kvm.series.patches.map((patch) => patch.messageId);

const original: Mail = {
  messageId: first ?? '',
  subject: '[PATCH v2 1/2] KVM: arm64: Größe',
  from: 'Ada Example <ada@kernel.example>',
  date: 0,
  dateHeader: 'Mon, 05 Jan 2026 13:07:09 +0100',
  to: '',
  cc: '',
  inReplyTo: 'cover@kernel.example',
  references: [],
  body: readFileSync(new URL('../../fixtures/reports/kvm-arm64.mail.txt', import.meta.url), 'utf8'),
  problems: [],
};

const context: MailContext = {
  from: { name: 'faultline', address: 'bot@faultline.example' },
  to: [{ name: 'Ada', address: 'ada@kernel.example' }],
  cc: [{ name: '', address: 'list@lists.example' }],
  date: Date.UTC(2026, 0, 12),
  original,
};

function withFindings(review: Review, change: (finding: Finding) => Finding): Review {
  return { ...review, findings: review.findings.map(change) };
}

describe('replyTarget', () => {
  it('is the patch with the first introduced finding, else the first pre-existing', () => {
    const late = withFindings(kvm, (finding) => ({
      ...finding,
      status: finding.status === 'fixed' ? 'introduced' : 'pre-existing',
      patch: (finding.status === 'fixed' ? second : first) ?? '',
    }));
    expect(replyTarget(late, 'cover@x')).toBe(second);
    expect(replyTarget(kvm, 'cover@x')).toBe(first);
  });

  it('is the cover letter, else the first patch, when nothing is left', () => {
    const clean = { ...kvm, findings: [] };
    expect(replyTarget(clean, 'cover@x')).toBe('cover@x');
    expect(replyTarget(clean, null)).toBe(first);
  });

  it('is the reply that carries a pasted diff', () => {
    expect(replyTarget(riscv, 'cover@x')).toBe('20260110.fresh-reply@kernel.example');
  });
});

describe('mailId', () => {
  it('is the same for another run with the same result, in any order of people', () => {
    const again = { ...withFindings(kvm, (finding) => ({ ...finding, states: 1 })), ran: [] };
    const people = { ...context, to: context.cc, cc: context.to };
    expect(mailId(again, people)).toBe(mailId(kvm, context));
  });

  it('differs for other people, findings or mails', () => {
    const ids = [
      mailId(kvm, context),
      mailId(kvm, { ...context, cc: [] }),
      mailId({ ...kvm, findings: kvm.findings.slice(1) }, context),
      mailId(kvm, { ...context, original: { ...original, messageId: 'other@x' } }),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});

describe('renderMail', () => {
  it('is read back by a mail parser', async () => {
    const mail = await simpleParser(renderMail(kvm, context));
    expect(mail.subject).toBe(`Re: ${original.subject}`);
    expect(mail.inReplyTo).toBe(`<${first}>`);
    expect(mail.references).toEqual(['<cover@kernel.example>', `<${first}>`]);
    expect(mail.messageId).toBe(`<${mailId(kvm, context)}>`);
    expect(mail.headers.get('auto-submitted')).toBe('auto-replied');
    expect(mail.headers.get('content-type')).toEqual({ value: 'text/plain', params: { charset: 'utf-8' } });
    expect(mail.from?.text).toContain('bot@faultline.example');
    expect(mail.text).toContain('Only with: FEAT_TTL=1 TLBIRANGE=1 FWB=1.');
  });

  it('takes no header from a mail', () => {
    const evil = {
      ...original,
      subject: 'x\r\nBcc: eve@example.org\r\n\r\nbody',
      messageId: 'a>\r\nBcc: eve@example.org',
      references: ['b\nBcc: eve@x'],
    };
    const head = renderMail(kvm, { ...context, original: evil }).split('\n\n')[0] ?? '';
    expect(head).not.toMatch(/^Bcc/m);
    expect(head).not.toMatch(/^In-Reply-To/m);
  });

  it('names another patch of the series by its number', () => {
    const moved = withFindings(kvm, (finding) => ({ ...finding, patch: second ?? '', removedBy: second ?? '' }));
    const text = renderMail(moved, context);
    expect(text).toMatch(/there before\spatch 2\/2 and after it\./);
    expect(text).toMatch(/Gone after\spatch 2\/2\./);
    expect(text).not.toContain('> @@');
  });

  it('cuts a long interleaving in the middle', () => {
    const long = withFindings(kvm, (finding) => ({
      ...finding,
      trace: Array.from({ length: 100 }, (_, i) => ({ cpu: i % 2, text: `step ${i}.`, kind: 'step' as const })),
    }));
    const text = renderMail(long, context);
    expect(text).toContain('[ 60 steps left out; the replay has them ]');
    expect(text).toContain('step 9.');
    expect(text).not.toContain('step 10.');
    expect(text).not.toContain('step 69.');
    expect(text).toContain('step 70.');
  });

  it('lists many CPUs line by line', () => {
    const wide = withFindings(kvm, (finding) => ({
      ...finding,
      cpuNames: {},
      trace: Array.from({ length: 5 }, (_, cpu) => ({ cpu, text: 'takes a lock that is held by the next', kind: 'step' as const })),
    }));
    expect(renderMail(wide, context)).toContain('\n  CPU4: takes a lock that is held by the next\n');
  });

  it('lists what it does not show in full', () => {
    const [finding] = kvm.findings;
    if (finding === undefined) throw new Error('no finding');
    const many = { ...kvm, findings: Array.from({ length: 6 }, (_, i) => ({ ...finding, id: `abcd${i}` })) };
    const text = renderMail(many, context);
    expect(text).toContain('\n2 more findings:\n');
    expect(text.match(/Replay: /g)).toHaveLength(4);
  });

  it('says the verdict where there is nothing to comment on', () => {
    expect(renderMail({ ...kvm, findings: [], verdict: 'clean' }, context)).toContain(
      '\n3 scenarios reach the changed code; no violation before the series or\nafter.\n',
    );
  });

  it.each([
    ['Ada Example <ada@kernel.example>', '', 'Ada Example wrote:'],
    ['<ada@kernel.example>', 'nonsense', 'ada@kernel.example wrote:'],
    ['', '', 'somebody wrote:'],
    ['"B, A" <a@b>', '1 Feb 2026 00:05 +0530', 'On Feb 01, 2026 at 12:05:00AM +0530, B, A wrote:'],
  ])('attributes to %j of %j', (from, dateHeader, line) => {
    expect(renderMail(kvm, { ...context, original: { ...original, from, dateHeader } })).toContain(`\n\n${line}\n`);
  });
});
