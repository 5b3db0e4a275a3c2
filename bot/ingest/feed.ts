/**
 * What a source of mails gives, in its order. A `part` is what a source is read by (an epoch, a mailbox); '' where there is only one.
 * - `position`: how far the part was read, in the source's own terms. It is stored in the same transaction as all that came before it.
 * - `again`: the part is read from its beginning, because its history is not the one that was read before. What of the earlier reading
 *   does not come again until `end` is gone.
 * - `deletion`: the source took back the mail of these bytes.
 * - `refused`: something in the source is no mail, or too large to be read.
 */
export type MailEvent =
  | { readonly kind: 'mail'; readonly part: string; readonly raw: Buffer }
  | { readonly kind: 'deletion'; readonly part: string; readonly raw: Buffer }
  | { readonly kind: 'refused'; readonly part: string; readonly subject: string; readonly why: string }
  | { readonly kind: 'position'; readonly part: string; readonly position: string }
  | { readonly kind: 'again'; readonly part: string; readonly why: string }
  | { readonly kind: 'end'; readonly part: string };

/** How far each part was read when it was last stored. */
export type Positions = ReadonlyMap<string, string>;

/** An opened source. Errors that are not about one mail are thrown as `FeedError`; what was given before them is good. */
export interface Feed {
  /** Under which the store knows it: the same for the same source at any time, from any folder. */
  readonly name: string;
  readonly events: (positions: Positions) => AsyncIterable<MailEvent>;
}

/** The source cannot be read (any further). The message is a sentence for the user. */
export class FeedError extends Error {}
