import type { ParsedDiff } from '../../analyzers/diff/types.js';
import type { Stated } from './stated.js';

/** A decoded mail. Text only; what was lost in decoding is named in `problems`. */
export interface Mail {
  /** Without angle brackets. Synthesised from a hash of the raw bytes where the mail has none (and said in `problems`). */
  readonly messageId: string;
  /** Unfolded, decoded; '' if absent. */
  readonly subject: string;
  /** Header as written, decoded; '' if absent. */
  readonly from: string;
  /** Milliseconds since 1970 from the Date header itself, or null where it is absent or unreadable. */
  readonly date: number | null;
  /** The Date header as written, for attribution lines. */
  readonly dateHeader: string;
  readonly to: string;
  readonly cc: string;
  readonly inReplyTo: string | null;
  /** Oldest first. */
  readonly references: readonly string[];
  /** Decoded text/plain (or text/x-patch) body with \n line ends. */
  readonly body: string;
  readonly problems: readonly string[];
}

/** `Reviewed-by: Ada <ada@kernel.invalid>`. */
export interface Trailer {
  readonly name: string;
  readonly value: string;
  /** Message-ID of the reply that gives it; null for those of the patch itself. */
  readonly by: string | null;
}

/** One patch of a series. */
export interface Patch {
  readonly mail: Mail;
  /** From the subject: 1 for `[PATCH 1/3]`, and for a lone `[PATCH]`. */
  readonly index: number;
  /** The subject without its bracketed prefix. */
  readonly title: string;
  readonly diff: ParsedDiff;
  /**
   * `quoted` when the mail itself is not in the source and the patch was put together from a reply that quotes it: `mail.messageId` is
   * then the id of the quoted mail (the reply's In-Reply-To), and `quotedBy` the reply's. `earlier` for a patch that was not sent again with
   * a version of which only some patches were: it is the one of that version.
   */
  readonly via:
    | { readonly kind: 'mail' }
    | { readonly kind: 'quoted'; readonly quotedBy: string }
    | { readonly kind: 'earlier'; readonly version: number };
  /** Those of its message, then those given in replies to it or to the cover letter. */
  readonly trailers: readonly Trailer[];
}

export interface Series {
  /** The cover letter's title, else the first patch's. */
  readonly title: string;
  /** 1 unless the prefix says v2, v3, … */
  readonly version: number;
  /** What the prefix says beside that: RFC, RFT, RESEND, a tree name. */
  readonly prefixes: readonly string[];
  readonly cover: Mail | null;
  /** In order of index. */
  readonly patches: readonly Patch[];
  /** N of `n/N`; equals patches.length for a complete series. */
  readonly total: number;
  /** How it hangs together with other series, by its own words. */
  readonly stated: Stated;
  /** Message-ID of the first mail of the series that this one repeats word by word, under the same prefix; it need not be reviewed again. */
  readonly repeats: string | null;
  /** What is missing or odd, each a sentence. */
  readonly problems: readonly string[];
}

/** A diff that a reply proposes, not quotes. */
export interface PastedDiff {
  readonly mail: Mail;
  readonly diff: ParsedDiff;
  /** Which pasted diff of the mail, from 1. */
  readonly ordinal: number;
  /** The patch of this source that the reply discusses, if it is here. */
  readonly about: { readonly messageId: string; readonly version: number } | null;
}

/** A mail (or a part of the input) that gives nothing to review, and why, in words. */
export interface Rejection {
  readonly messageId: string | null;
  readonly subject: string;
  readonly why: string;
}

export interface Assembly {
  readonly series: readonly Series[];
  readonly pasted: readonly PastedDiff[];
  readonly rejected: readonly Rejection[];
}

/** The mails that were sent with a series, cover letter first: not those of patches that it takes from an earlier version. */
export function sentMails({ cover, patches }: Series): readonly Mail[] {
  return [...(cover ? [cover] : []), ...patches.filter((patch) => patch.via.kind !== 'earlier').map((patch) => patch.mail)];
}
