import type { Mail } from '../types.js';

let made = 0;

/** A mail for tests: only what matters need be given. */
export function mail(fields: Partial<Mail> & { readonly subject: string }): Mail {
  made++;
  return {
    messageId: `mail-${made}@kernel.invalid`,
    from: 'Ada Writer <ada@kernel.invalid>',
    date: Date.UTC(2024, 0, 1) + made * 1000,
    dateHeader: 'Mon, 1 Jan 2024 00:00:00 +0000',
    to: '',
    cc: '',
    inReplyTo: null,
    references: [],
    body: '',
    problems: [],
    ...fields,
  };
}

/** A one-line change of a file, as format-patch writes it. */
export function patchBody(file: string, added: string): string {
  return [
    'Why.',
    '---',
    ` ${file} | 1 +`,
    '',
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    '@@ -1,2 +1,3 @@ void f(void)',
    ' {',
    `+\t${added}`,
    ' }',
    '-- ',
    '2.43.0',
    '',
  ].join('\n');
}
