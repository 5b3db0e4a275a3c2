import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultline, ROOT } from './testing/run.js';

const DEMO = readFileSync(`${ROOT}fixtures/threads/demo.mbox`, 'utf8');

/** The demo several times over, each a series of its own: enough work that every thread gets some. */
const THREADS = Array.from({ length: 4 }, (_, i) =>
  DEMO.replace(/^((?:Message-ID|In-Reply-To|References): <)/gim, `$1again-${String(i)}-`).replace(/^Subject: .*/gm, `$& (${String(i)})`),
).join('\n');

/** How long the runs took is measured; everything else is the same whatever the threads. */
const timeless = (json: string): string => json.replace(/"ms": [\d.]+/g, '"ms": 0');

describe('faultline review --jobs', () => {
  it('gives the same report, byte for byte, on one thread and on several', () => {
    const [one, ...others] = ['1', '2', '3'].map((jobs) => faultline(['review', '-', '--json', '--jobs', jobs], THREADS));
    expect(one?.status).toBe(1);
    const report = JSON.parse(one?.stdout ?? '') as { readonly reviews: readonly unknown[] };
    expect(report.reviews).toHaveLength(4);
    for (const other of others) {
      expect(timeless(other.stdout)).toBe(timeless(one?.stdout ?? ''));
      expect([other.stderr, other.status]).toEqual(['', 1]);
    }
  });

  it.each(['0', '-1', '1.5', 'many', ''])('%s threads: says what it takes', (jobs) => {
    const ran = faultline(['review', '-', '--jobs', jobs], DEMO);
    expect(ran.stderr).toMatch(/^faultline: --jobs takes a number of threads, 1 or more; /);
    expect(ran.status).toBe(2);
  });
});
