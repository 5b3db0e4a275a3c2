import { describe, expect, it } from 'vitest';
import { assemble } from '../series/assemble.js';
import { mail, patchBody } from '../series/testing/mail.js';
import { renderListing } from './render.js';
import { listThread } from './thread.js';

const patch = (
  subject: string,
  messageId: string,
  inReplyTo: string | null,
  body = patchBody(`mm/${messageId}.c`, 'x();'),
): ReturnType<typeof mail> => mail({ subject, messageId, inReplyTo, body, date: Date.UTC(2024, 2, 1) });

const THREAD = assemble([
  patch('[PATCH 1/2] mm: one', 'a-1', null),
  patch('[PATCH 2/2] mm: two', 'a-2', 'a-1'),
  patch(
    '[PATCH v2 2/2] mm: two',
    'b-2',
    'a-2',
    `change-id: 20240301-x-0123456789ab\nprerequisite-message-id: <p@kernel.invalid>\n${patchBody('b.c', 'b();')}`,
  ),
  patch('Re: [PATCH v2 2/2] mm: two', 'r-1', 'b-2', 'Acked-by: Ben <ben@kernel.invalid>\n'),
  patch('Re: [PATCH v2 2/2] mm: two', 'r-2', 'b-2', patchBody('c.c', 'c();')),
  patch('[PATCH 3/9] gone\u001b[31m', 'c-3', null, 'nothing'),
]);

describe('the series of a thread', () => {
  it('as text, with all that is known', () => {
    expect(renderListing(listThread(THREAD), true)).toBe(`2024-03-01  v1 2/2  mm: one  (Ada Writer)  <a-1>
    1/2  mm: one  <a-1>
    2/2  mm: two  <a-2>
2024-03-01  v2 2/2  mm: one  (Ada Writer)  <b-2>
    1/2, of v1  mm: one  <a-1>
    2/2  mm: two  <b-2>
        Acked-by: Ben <ben@kernel.invalid>
    change-id: 20240301-x-0123456789ab
    needs <p@kernel.invalid>
    patch 1 of 2 was not sent again and is taken from v1
a diff in a reply of Ada Writer: Re: [PATCH v2 2/2] mm: two  <r-2>
    about <b-2>
Nothing to review in:
    "[PATCH 3/9] gone\\x1b[31m": <c-3>: the subject says patch, but the mail has no diff
`);
  });

  it('in short: what is missing, and no more', () => {
    const { series } = listThread(THREAD);
    expect(renderListing({ series, proposals: [], problems: [] }, false)).toBe(`2024-03-01  v1 2/2  mm: one  (Ada Writer)  <a-1>
2024-03-01  v2 2/2  mm: one  (Ada Writer)  <b-2>
    patch 1 of 2 was not sent again and is taken from v1
`);
  });
});
