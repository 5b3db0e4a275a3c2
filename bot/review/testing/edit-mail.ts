/** One mail of an mbox, with its `From ` line. Throws where the mbox has no such mail. */
export function mailOf(mbox: string, messageId: string): string {
  const found = mails(mbox).find((mail) => hasId(mail, messageId));
  if (found === undefined) throw new Error(`no mail <${messageId}> in the mbox`);
  return found;
}

/** Edits one mail of an mbox: `inMail` or `damaged`. */
export type Change = (mbox: string, messageId: string, edit: (mail: string) => string) => string;

/** The mbox with one mail edited and the line counts of its hunks put right again. */
export const inMail = (mbox: string, messageId: string, edit: (mail: string) => string): string =>
  damaged(mbox, messageId, (mail) => recount(edit(mail)));

/** The same with the line counts left as they were: what mail programs and editors do to a patch. */
export function damaged(mbox: string, messageId: string, edit: (mail: string) => string): string {
  mailOf(mbox, messageId);
  return mails(mbox)
    .map((mail) => (hasId(mail, messageId) ? edit(mail) : mail))
    .join('');
}

/** Replaces text that has to be there: an edit that finds nothing to change would test nothing. */
export function replace(text: string, from: string | RegExp, to: string): string {
  const edited = typeof from === 'string' ? text.split(from).join(to) : text.replace(from, to);
  if (edited === text) throw new Error(`nothing in the mail matches ${String(from)}`);
  return edited;
}

/** Several replacements, one after the other. */
export const replaceAll = (text: string, pairs: readonly (readonly [string | RegExp, string])[]): string =>
  pairs.reduce((edited, [from, to]) => replace(edited, from, to), text);

/** Drops every line of the mail that matches. */
export function dropLines(text: string, matching: RegExp): string {
  const lines = text.split('\n');
  const kept = lines.filter((line) => !matching.test(line));
  if (kept.length === lines.length) throw new Error(`no line of the mail matches ${String(matching)}`);
  return kept.join('\n');
}

/** Edits the lines of the mail's diffs only: what follows a hunk header up to the end of that hunk. */
export function inHunks(mail: string, edit: (line: string) => string): string {
  let inside = false;
  return mail
    .split('\n')
    .map((line) => {
      if (line.startsWith('@@ ')) inside = true;
      else if (inside && !isHunkLine(line)) inside = false;
      return inside && !line.startsWith('@@ ') ? edit(line) : line;
    })
    .join('\n');
}

/** A mail of one's own, as an mbox entry. */
export function mailWith(messageId: string, subject: string, diff: string): string {
  const head = ['From mboxrd@z Thu Jan  1 00:00:00 1970', 'From: A Tester <tester@example.org>', 'Date: Tue, 2 Apr 2024 10:00:00 +0000'];
  return recount(
    [...head, `Subject: ${subject}`, `Message-ID: <${messageId}>`, '', 'A change.', '---', '', diff, '-- ', '2.44.0', '', ''].join('\n'),
  );
}

/** Sets the counts of each hunk header to what follows it. */
function recount(mail: string): string {
  const lines = mail.split('\n');
  return lines
    .map((line, i) => {
      const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/.exec(line);
      if (!header) return line;
      let before = 0;
      let after = 0;
      for (const next of lines.slice(i + 1)) {
        if (!isHunkLine(next)) break;
        if (!next.startsWith('+')) before++;
        if (!next.startsWith('-')) after++;
      }
      return `@@ -${header[1] ?? ''},${before} +${header[2] ?? ''},${after} @@${header[3] ?? ''}`;
    })
    .join('\n');
}

/** `-- ` ends a mail's last hunk. */
const isHunkLine = (line: string): boolean => /^[ +-]/.test(line) && !/^--(?: |$)/.test(line) && !/^--- \S/.test(line);

const mails = (mbox: string): string[] => mbox.split(/^(?=From mboxrd@z )/m);

const hasId = (mail: string, messageId: string): boolean => {
  const header = mail.slice(0, mail.indexOf('\n\n') + 1);
  return new RegExp(`^Message-Id:\\s*<${messageId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}>`, 'im').test(header);
};
