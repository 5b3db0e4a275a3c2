import { describe, expect, it } from 'vitest';
import { parseReport, type Review, SCHEMA, type Status, type Verdict } from './schema.js';
import { decideVerdict, exitStatus, verdictText } from './verdict.js';

const nothing = { findings: [], ran: [], whole: true, notModelled: [], relevant: true, error: null };

function found(...statuses: Status[]): { status: Status }[] {
  return statuses.map((status) => ({ status }));
}

describe('decideVerdict', () => {
  it.each<[Verdict, Partial<Parameters<typeof decideVerdict>[0]>]>([
    ['introduced', { findings: found('fixed', 'pre-existing', 'introduced'), ran: [1] }],
    ['fixed', { findings: found('pre-existing', 'superfluous', 'fixed'), ran: [1] }],
    ['pre-existing', { findings: found('pre-existing'), ran: [1], error: 'one patch did not apply' }],
    ['not-modelled', { findings: found('pre-existing'), notModelled: [1] }],
    ['pre-existing', { findings: found('pre-existing'), ran: [1], whole: false, notModelled: [1] }],
    ['clean', { findings: found('superfluous'), ran: [1] }],
    ['not-modelled', { ran: [1], whole: false, notModelled: [1] }],
    ['clean', { ran: [1], notModelled: [1], error: 'a budget' }],
    ['not-modelled', { notModelled: [1], error: 'no body for f()' }],
    ['not-modelled', {}],
    ['not-relevant', { relevant: false, notModelled: [1] }],
    ['error', { error: 'the mail is cut off' }],
    ['error', { relevant: false, error: 'the mail is cut off' }],
  ])('%s', (verdict, result) => {
    expect(decideVerdict({ ...nothing, ...result })).toBe(verdict);
  });
});

function review(verdict: Verdict, statuses: Status[] = [], patches = 1): Review {
  const read = parseReport({
    schema: SCHEMA,
    source: '',
    reviews: [
      {
        kind: 'series',
        series: {
          title: 't',
          version: 1,
          patches: Array.from({ length: patches }, (_, i) => ({ index: i + 1, subject: 's', messageId: `${i}@example.org` })),
        },
        verdict,
        findings: statuses.map((status) => ({
          id: 'abcd',
          status,
          violation: 'deadlock',
          scenario: 's',
          arch: 'arm64',
          axes: {},
          patch: '0@example.org',
          functions: [],
          trace: [],
          states: 1,
          exhaustive: true,
        })),
        counts: [],
        ran: [{ scenario: 's', axes: {}, states: 1, ms: 1, exhaustive: false }],
        notModelled: [],
      },
    ],
  });
  const one = read.ok ? read.report.reviews[0] : undefined;
  if (one === undefined) throw new Error('the review does not parse');
  return one;
}

describe('exitStatus', () => {
  it.each<[0 | 1 | 2, Review[]]>([
    [1, [review('introduced', ['introduced'])]],
    [1, [review('fixed', ['fixed', 'pre-existing'])]],
    [1, [review('error'), review('pre-existing', ['pre-existing'])]],
    [0, [review('fixed', ['fixed'])]],
    [0, [review('clean', ['superfluous']), review('error')]],
    [0, [review('not-relevant')]],
    [2, [review('not-modelled'), review('error')]],
    [2, []],
  ])('%i', (status, reviews) => {
    expect(exitStatus({ reviews })).toBe(status);
  });
});

describe('verdictText', () => {
  it('counts findings by what the patch did', () => {
    expect(verdictText(review('introduced', ['introduced', 'fixed', 'pre-existing'], 3))).toBe(
      '1 finding introduced by the series, 1 fixed by the series, 1 there before and after.',
    );
  });

  it('does not call a cut run clean without saying so', () => {
    expect(verdictText(review('clean'))).toBe(
      '1 scenario reaches the changed code; no violation before the patch or after. Not every run was exhaustive.',
    );
  });
});
