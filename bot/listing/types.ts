import type { Prerequisite } from '../series/stated.js';
import type { Trailer } from '../series/types.js';

/** A series as `faultline series` shows it. */
export interface ListedSeries {
  /** Of its cover letter, else of its first patch. */
  readonly messageId: string;
  readonly title: string;
  readonly version: number;
  readonly prefixes: readonly string[];
  /** The From field of its first mail. */
  readonly from: string;
  /** Milliseconds since 1970 of its first mail; null where no mail of it says. */
  readonly sent: number | null;
  /** Message-ID of the cover letter. */
  readonly cover: string | null;
  /** N of `n/N`. */
  readonly total: number;
  /** Message-ID of the series that it repeats word by word. */
  readonly repeats: string | null;
  readonly patches: readonly ListedPatch[];
  /** What is missing or odd, each a sentence. */
  readonly problems: readonly string[];
  /** Only where one thread was asked for: what its mails say beside their diffs. */
  readonly said?: Said;
}

interface Said {
  readonly baseCommit: string | null;
  readonly changeId: string | null;
  readonly prerequisites: readonly Prerequisite[];
}

export interface ListedPatch {
  readonly number: number;
  readonly messageId: string;
  readonly title: string;
  /** The reply whose quote it was put together from, where its own mail never came. */
  readonly quotedBy: string | null;
  /** The version that it is of, where it was not sent again with this one. */
  readonly earlier: number | null;
  /** Only where one thread was asked for. */
  readonly trailers?: readonly Trailer[];
}

/** A diff that a reply proposes. */
export interface ListedProposal {
  readonly messageId: string;
  readonly subject: string;
  readonly from: string;
  /** Which diff of the mail, from 1. */
  readonly ordinal: number;
  /** Message-ID of the patch that it is about. */
  readonly about: string | null;
}

/** A mail that gives nothing to review, and why. */
export interface ListedProblem {
  readonly messageId: string | null;
  readonly subject: string;
  readonly why: string;
}

export interface Listing {
  readonly series: readonly ListedSeries[];
  readonly proposals: readonly ListedProposal[];
  readonly problems: readonly ListedProblem[];
}
