import type { Review } from '../report/schema.js';
import { carry, type Answer, type Dismissals, type EarlierVersion, type Remembered } from './carry.js';
import { isEarlier, linkOf, type VersionFacts } from './version.js';

/** Reviews of former days, and what people said of them. */
export interface Memory {
  readonly versions: readonly (Remembered & { readonly answers: readonly Answer[] })[];
  readonly dismissals: Dismissals;
}

export const NO_MEMORY: Memory = { versions: [], dismissals: new Map() };

/** A review, and what its other versions are known by; null for what is no version of a series. */
export interface FreshReview {
  readonly facts: VersionFacts | null;
  readonly review: Review;
}

/** Adds to the reviews of series what became of the findings of their earlier versions: those of the same run, and those of the memory. */
export function withEarlier(reviews: readonly FreshReview[], { versions, dismissals }: Memory): readonly Review[] {
  const answers = new Map(versions.map((each) => [each.facts.messageId, each.answers]));
  const known = new Map<string, Remembered>(versions.map((each) => [each.facts.messageId, each]));
  // A version that was reviewed just now is known better than it was.
  const fresh = new Set<string>();
  for (const { facts, review } of reviews) {
    if (facts === null) continue;
    known.set(facts.messageId, { facts, review });
    fresh.add(facts.messageId);
  }
  // Commits that were made anew keep their dates: what was reviewed before today is the earlier one.
  const isBefore = (a: VersionFacts, b: VersionFacts): boolean => isEarlier(a, b) || (!fresh.has(a.messageId) && !isEarlier(b, a));
  return reviews.map(({ facts, review }) => {
    if (facts === null) return review;
    const earlier = [...known.values()]
      .filter((each) => isBefore(each.facts, facts))
      .flatMap((each): EarlierVersion[] => {
        const link = linkOf(facts, each.facts);
        return link === null ? [] : [{ ...each, link, answers: answers.get(each.facts.messageId) ?? [] }];
      })
      .sort((a, b) => a.facts.version - b.facts.version || (a.facts.sent ?? 0) - (b.facts.sent ?? 0));
    const linked = earlier.map(({ facts: { version, messageId }, link }) => ({ version, messageId, link }));
    return { ...review, versions: linked, earlier: [...carry(earlier, review, dismissals)] };
  });
}
