import { createHash } from 'node:crypto';
import type { Axes, Finding, Review } from './schema.js';

/** What makes a finding the same finding in the next run. Not how many states it took, nor how long. */
export interface FindingIdentity {
  /** From `reviewIdentity`. */
  readonly review: string;
  readonly status: Finding['status'];
  readonly violation: Finding['violation'];
  readonly scenario: string;
  readonly axes: Axes;
}

/** Ten hex digits. */
export function findingId(identity: FindingIdentity): string {
  const axes = Object.entries(identity.axes).sort(([a], [b]) => (a < b ? -1 : 1));
  return digest([identity.review, identity.status, identity.violation, identity.scenario, axes], 10);
}

/** The reviewed mails, as text: the reply with its pasted diff, or the first patch of the series. */
export function reviewIdentity(
  review:
    | { readonly kind: 'series'; readonly series: Review['series'] }
    | { readonly kind: 'pasted'; readonly patch: string; readonly ordinal?: number },
): string {
  if (review.kind === 'pasted') return `pasted ${review.patch} ${review.ordinal ?? 1}`;
  const first = review.series.patches[0];
  return first === undefined ? `series ${review.series.title} v${review.series.version}` : `series ${first.messageId}`;
}

/** The first `digits` hex digits of a hash over a JSON value. */
export function digest(value: unknown, digits: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, digits);
}
