import { describe, expect, it } from 'vitest';
import { findingId, reviewIdentity } from './id.js';

const identity = {
  review: 'series a@example.org',
  status: 'introduced',
  violation: 'deadlock',
  scenario: 's',
  axes: { a: 1, b: true },
} as const;

describe('findingId', () => {
  it('does not depend on the order of axes', () => {
    expect(findingId({ ...identity, axes: { b: true, a: 1 } })).toBe(findingId(identity));
  });

  it('depends on everything else', () => {
    const others = [
      { ...identity, review: 'series b@example.org' },
      { ...identity, status: 'pre-existing' as const },
      { ...identity, violation: 'livelock' as const },
      { ...identity, scenario: 't' },
      { ...identity, axes: { a: 1, b: 'true' } },
    ];
    expect(new Set([identity, ...others].map(findingId)).size).toBe(6);
  });
});

it('reviewIdentity tells the pasted diffs of one mail apart', () => {
  expect(reviewIdentity({ kind: 'pasted', patch: 'a@x', ordinal: 2 })).not.toBe(reviewIdentity({ kind: 'pasted', patch: 'a@x' }));
});
