import { reviewIdentity } from '../report/id.js';
import type { ReviewInput } from './input.js';

/** What the ids of its findings begin with. */
export const identityOf = (input: ReviewInput): string =>
  reviewIdentity(
    input.kind === 'pasted'
      ? { kind: 'pasted', patch: input.patches[0]?.messageId ?? '', ordinal: input.ordinal }
      : { kind: 'series', series: { title: input.title, version: input.version, patches: [...input.patches] } },
  );
