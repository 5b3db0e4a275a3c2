import { diffRanges, parseDiff } from '../../analyzers/diff/parse.js';
import type { ParsedDiff } from '../../analyzers/diff/types.js';
import { hunkCount } from './fingerprint.js';
import { quotedAuthor, textAtDepth, unquoteLines } from './quote.js';
import { parseSubject } from './subject.js';
import type { Mail } from './types.js';

/** A diff at quote depth 0: what the writer of the mail proposes. */
export interface OwnDiff {
  readonly diff: ParsedDiff;
  /** From 1. */
  readonly ordinal: number;
}

/** A diff at quote depth 1 or more, put together from one reply. */
export interface QuotedDiff {
  readonly reply: Mail;
  readonly depth: number;
  readonly diff: ParsedDiff;
  /** The quoted text without its marks; `mailLine` of the hunks counts in it. */
  readonly text: string;
  /** The name in the attribution line, or ''. */
  readonly author: string;
}

const MASK = '[ ... ]';
const DEEPEST_QUOTE = 8;

/** The diffs that a reply proposes, one for each stretch without prose in between. Line numbers count in the mail's body. */
export function ownDiffs(mail: Mail): readonly OwnDiff[] {
  if (!holdsHunk(mail.body)) return [];
  // A mask in place of each quoted line ends any hunk there and keeps the line numbers.
  const lines = mail.body.split('\n').map((line) => (line.startsWith('>') ? MASK : line));
  const found: OwnDiff[] = [];
  for (const range of diffRanges(lines.join('\n'))) {
    const text = lines.map((line, i) => (i >= range.start && i < range.end ? line : MASK)).join('\n');
    const diff = parseDiff(text);
    if (diff.files.length > 0) found.push({ diff, ordinal: found.length + 1 });
  }
  return found;
}

/** Why the diff that a reply seems to propose cannot be read, or null where there is none. */
export function unreadableDiff(mail: Mail): string | null {
  if (!/^[+@d]/m.test(mail.body)) return null;
  const lines = mail.body.split('\n').filter((line) => !line.startsWith('>'));
  const text = lines.join('\n');
  if (holdsHunk(text)) {
    const problem = parseDiff(text).problems[0];
    return problem ? `a diff in the reply cannot be read: ${problem.what}` : null;
  }
  const marked = lines.filter((line) => /^\+(?!\d+\b)/.test(line)).length;
  if (marked < 4) return null;
  return `${marked} lines of the reply begin with a plus, but without a file name and an @@ line nothing says where they belong`;
}

/** Whether a reply quotes hunks, whole or not. */
export function quotesHunk(reply: Mail): boolean {
  return reply.body.includes('@@ -') && /^>.*@@ -\d/m.test(reply.body);
}

/** Diffs that a reply quotes, one for each quote depth that is asked for and has a whole hunk. */
export function quotedDiffs(reply: Mail, wanted: (depth: number) => boolean): readonly QuotedDiff[] {
  const lines = unquoteLines(reply.body);
  const depths = new Set<number>();
  for (const line of lines) if (line.depth > 0 && line.depth <= DEEPEST_QUOTE && line.text.startsWith('@@ -')) depths.add(line.depth);
  const found: QuotedDiff[] = [];
  for (const depth of [...depths].filter(wanted).sort((a, b) => a - b)) {
    const text = textAtDepth(lines, depth);
    const diff = parseDiff(text);
    if (hunkCount(diff) > 0) found.push({ reply, depth, diff, text, author: quotedAuthor(lines, depth) });
  }
  return found;
}

/** The mail that was quoted, as far as a quote can show it. */
export function quotedMail(quoted: QuotedDiff, messageId: string, above: readonly string[]): Mail {
  const { reply } = quoted;
  const subject = parseSubject(reply.subject);
  const bracketAt = reply.subject.indexOf('[');
  return {
    messageId,
    subject: subject.patch && bracketAt >= 0 ? reply.subject.slice(bracketAt) : subject.title,
    from: quoted.author,
    date: null,
    dateHeader: '',
    to: '',
    cc: '',
    inReplyTo: above[0] ?? null,
    references: [...above].reverse(),
    body: quoted.text,
    problems: [`the mail is not in the source; it was put together from the quote in <${reply.messageId}>`],
  };
}

function holdsHunk(text: string): boolean {
  return /^(?:@@ -\d|diff --git |diff --cc )/m.test(text);
}
