import { mayHoldDiff } from './detect.js';
import { messageIds, parseMailDate, readHead } from './header.js';

/** What the head of a mail says of its place in a thread, and whether its body is worth reading. Nothing is decoded. */
export interface Envelope {
  /** null where the mail has none, or one without brackets: then only reading all of it tells its id. */
  readonly messageId: string | null;
  /** Unfolded, with encoded words as they are. */
  readonly subject: string;
  readonly from: string;
  /** Milliseconds since 1970, or null where the Date field is absent or unreadable. */
  readonly date: number | null;
  readonly inReplyTo: string | null;
  /** Oldest first. */
  readonly references: readonly string[];
  /** Says yes too often rather than too seldom; what base64 hides counts as yes. */
  readonly mayHoldDiff: boolean;
}

/** Reads the head alone: some microseconds a mail. */
export function readEnvelope(raw: Buffer): Envelope {
  const { fields } = readHead(raw);
  const hidden = /^base64$/i.test(fields.get('content-transfer-encoding') ?? '') || /^multipart\//i.test(fields.get('content-type') ?? '');
  return {
    messageId: messageIds(fields.get('message-id') ?? '')[0] ?? null,
    subject: fields.get('subject') ?? '',
    from: fields.get('from') ?? '',
    date: parseMailDate(fields.get('date') ?? ''),
    inReplyTo: messageIds(fields.get('in-reply-to') ?? '')[0] ?? null,
    references: messageIds(fields.get('references') ?? ''),
    mayHoldDiff: hidden || mayHoldDiff(raw),
  };
}
