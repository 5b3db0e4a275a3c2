import { collected, givenTrailers, ownTrailers } from './trailers.js';
import type { Mail, Trailer } from './types.js';

/** References that are followed: who forges ten thousand of them must not make ten thousand mails slow. */
const FOLLOWED = 64;

/** The mails that a mail answers, nearest first. */
export function above(mail: Mail): readonly string[] {
  const nearest = mail.references.slice(-FOLLOWED).reverse();
  const ids = mail.inReplyTo === null ? nearest : [mail.inReplyTo, ...nearest];
  return [...new Set(ids)].filter((id) => id !== mail.messageId);
}

/** What replies say of patches and cover letters. */
export class Answers {
  readonly #trailers = new Map<string, Trailer[]>();

  constructor(replies: readonly { readonly mail: Mail }[], answered: readonly { readonly mail: Mail }[]) {
    const known = new Set(answered.map(({ mail }) => mail.messageId));
    for (const { mail } of replies) {
      const given = givenTrailers(mail);
      const nearest = given.length === 0 ? undefined : above(mail).find((id) => known.has(id));
      if (nearest !== undefined) this.#trailers.set(nearest, [...(this.#trailers.get(nearest) ?? []), ...given]);
    }
  }

  /** The trailers of a patch: its own, those given to it, and those given to its cover letter. */
  trailersOf(patch: Mail, cover: Mail | null): readonly Trailer[] {
    const given = [...(this.#trailers.get(patch.messageId) ?? []), ...(this.#trailers.get(cover?.messageId ?? '') ?? [])];
    return collected(ownTrailers(patch.body), given);
  }
}
