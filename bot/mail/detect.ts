import { isFromLine } from './mbox.js';

/** What the first bytes of an input say that it is. */
export type InputKind = 'empty' | 'mbox' | 'mail' | 'diff' | 'html' | 'gzip' | 'binary' | 'text';

const MAIL_FIELDS =
  /^(?:from|to|cc|subject|date|message-id|received|return-path|delivered-to|mime-version|in-reply-to|references|list-id):/im;
const DIFF = /^(?:diff --(?:git|cc|combined) |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|--- \S+.*\n\+\+\+ \S)/m;

/** Looks at the beginning of an input (some 64 KiB are enough; all of it for a short one). */
export function detect(head: Uint8Array): InputKind {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  const text = bytes
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replace(/\r\n/g, '\n')
    .replace(/^\n+/, '');
  if (text.trim() === '') return bytes.includes(0) ? 'binary' : 'empty';
  const firstLine = text.slice(0, 512).split('\n', 1)[0] ?? '';
  if (isFromLine(firstLine)) return 'mbox';
  if (hasMailHead(text)) return 'mail';
  if (text.slice(0, 8192).includes('\0')) return 'binary';
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i.test(text.slice(0, 4096))) return 'html';
  return DIFF.test(text) ? 'diff' : 'text';
}

/** Header fields from the very first line on, one of them a mail's. */
function hasMailHead(text: string): boolean {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const lines = head.split('\n');
  if (!/^[!-9;-~]+[ \t]*:/.test(lines[0] ?? '')) return false;
  const fields = lines.every((line) => line === '' || /^(?:[!-9;-~]+[ \t]*:|[ \t]|>?From )/.test(line));
  return fields && MAIL_FIELDS.test(head);
}

/** Whether a text has anything a diff must have. Cheap, for skipping; says yes too often rather than too seldom. */
export function mayHoldDiff(raw: Buffer): boolean {
  return raw.includes('@@ -') || raw.includes('diff --git') || raw.includes('GIT binary patch');
}
