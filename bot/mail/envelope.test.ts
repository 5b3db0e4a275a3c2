import { describe, expect, it } from 'vitest';
import { readEnvelope } from './envelope.js';

const envelope = (...lines: readonly string[]): ReturnType<typeof readEnvelope> => readEnvelope(Buffer.from(lines.join('\n')));

describe('readEnvelope', () => {
  it('reads ids and folded fields without the body', () => {
    expect(
      envelope(
        'Message-ID: <a@kernel.invalid>',
        'Subject: [PATCH 1/2]',
        ' two',
        'From: Ada <ada@kernel.invalid>',
        'Date: Mon, 3 Jun 2024 10:00:00 +0200',
        'References: <r@kernel.invalid>',
        ' <p@kernel.invalid>',
        'In-Reply-To: <p@kernel.invalid>',
        '',
        'Message-ID: <body@kernel.invalid>',
      ),
    ).toEqual({
      messageId: 'a@kernel.invalid',
      subject: '[PATCH 1/2] two',
      from: 'Ada <ada@kernel.invalid>',
      date: Date.UTC(2024, 5, 3, 8),
      inReplyTo: 'p@kernel.invalid',
      references: ['r@kernel.invalid', 'p@kernel.invalid'],
      mayHoldDiff: false,
    });
  });

  it.each([
    [['Subject: x', '', '@@ -1 +1 @@'], true],
    [['Subject: x', 'Content-Transfer-Encoding: BASE64', '', 'eHh4'], true],
    [['Subject: x', 'Content-Type: multipart/mixed; boundary=x', '', '--x'], true],
    [['Subject: x', '', 'I like it'], false],
  ])('%j', (lines, may) => {
    expect(envelope(...lines)).toMatchObject({ messageId: null, date: null, mayHoldDiff: may });
  });
});
