import { describe, expect, it } from 'vitest';
import { parseReport, parseReportText, SCHEMA, serialiseReport } from './schema.js';

/** The least that is fixed: what other programs may rely on, and no more. */
const least = {
  schema: SCHEMA,
  source: 'a.mbox',
  reviews: [
    {
      kind: 'series',
      series: { title: 'a series', version: 1, patches: [{ index: 1, subject: '[PATCH] a', messageId: 'a@example.org' }] },
      verdict: 'introduced',
      findings: [
        {
          id: '0123abcd',
          status: 'introduced',
          violation: 'deadlock',
          scenario: 'arm64/one',
          arch: 'arm64',
          axes: { cpus: 2, CONFIG_PREEMPT_RT: false, uarch: 'eager' },
          patch: 'a@example.org',
          functions: [{ name: 'f', from: 'skeleton', file: 'mm/a.c', line: 3 }],
          trace: [
            { cpu: 0, text: 'spin_lock(L)' },
            { cpu: -1, text: 'no CPU can run', file: 'mm/a.c', line: 4 },
          ],
          states: 12,
          exhaustive: true,
        },
      ],
      counts: [{ scenario: 'arm64/one', arch: 'arm64', axes: {}, metric: 'isb', before: 0, after: 1 }],
      ran: [{ scenario: 'arm64/one', axes: {}, states: 12, ms: 0.5 }],
      notModelled: [{ what: 'g()', why: 'unknown' }],
    },
  ],
};

function changed(part: string, other: string): unknown {
  const text = JSON.stringify(least);
  if (!text.includes(part)) throw new Error(`nothing to change: ${part}`);
  return JSON.parse(text.replace(part, other));
}

function errorOf(json: unknown): string {
  const read = parseReport(json);
  return read.ok ? '' : read.error;
}

describe('parseReport', () => {
  it('takes the least that is fixed', () => {
    const read = parseReport(least);
    expect(read.ok && read.report.reviews[0]?.findings[0]?.trace[0]).toEqual({ cpu: 0, kind: 'step', text: 'spin_lock(L)' });
  });

  it('leaves fields that it does not know aside', () => {
    expect(parseReport({ ...least, later: 1 })).toEqual(parseReport(least));
  });

  it.each([
    ['null', null, 'no "schema" field'],
    ['another version', { ...least, schema: 'faultline-report/2' }, 'this version reads "faultline-report/1"'],
    ['an unknown verdict', changed('"verdict":"introduced"', '"verdict":"fine"'), 'reviews[0].verdict'],
    ['an unknown metric', changed('"isb"', '"beauty"'), 'reviews[0].counts[0].metric'],
    ['half a state', changed('"states":12', '"states":0.5'), 'reviews[0].findings[0].states'],
    ['a pasted review without its mail', changed('"series"', '"pasted"'), 'reviews[0].patch'],
    ['a nameless violation', changed('"deadlock"', 'null'), 'reviews[0].findings[0].violation: must be named'],
  ])('says what is wrong with %s', (_, json, words) => {
    expect(errorOf(json)).toContain(words);
  });

  it('keeps a complaint short and free of control characters', () => {
    const error = errorOf({ ...least, reviews: Array.from({ length: 100 }, () => ({ kind: '\u001b[2J' })) });
    expect(error.split('\n').length).toBeLessThan(8);
    expect(error).not.toContain('\u001b');
  });

  it("is not poisoned by names of an object's own", () => {
    const read = parseReport(changed('"cpus":2', '"__proto__":{"polluted":1},"cpus":2'));
    expect(read.ok && Object.keys(read.report.reviews[0]?.findings[0]?.axes ?? {})).toEqual(['cpus', 'CONFIG_PREEMPT_RT', 'uarch']);
  });

  it('says that text is not JSON', () => {
    const read = parseReportText('From bot\u001b');
    expect(read.ok ? '' : read.error).toMatch(/^not JSON: "[ -~]*"\./);
  });
});

describe('serialiseReport', () => {
  it('refuses what it would not read', () => {
    const read = parseReport(least);
    if (!read.ok) throw new Error(read.error);
    const broken = {
      ...read.report,
      reviews: read.report.reviews.map((review) => ({
        ...review,
        ran: [{ scenario: 's', axes: {}, states: -1, ms: 0, settings: 1, exhaustive: true }],
      })),
    };
    expect(() => serialiseReport(broken)).toThrow('reviews[0].ran[0].states');
  });
});
