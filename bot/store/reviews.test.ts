import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VersionFacts } from '../memory/version.js';
import { parseReport, type Report } from '../report/schema.js';
import { openStore, type OpenedStore } from './open.js';
import { ReviewStore } from './reviews.js';

const facts = (version: number, fields: Partial<VersionFacts> = {}): VersionFacts => ({
  messageId: `v${String(version)}@kernel.invalid`,
  title: `A series, take ${String(version)}`,
  version,
  author: 'ada@kernel.invalid',
  changeId: null,
  sent: 1,
  prints: [`print ${String(version)}`, 'same twice', 'same twice'],
  ...fields,
});

function report(id: string): Report {
  const finding = {
    id,
    status: 'introduced',
    violation: 'deadlock',
    scenario: 'x/y',
    arch: 'x',
    axes: {},
    patch: 'p',
    functions: [],
    trace: [],
    states: 1,
    exhaustive: true,
  };
  const review = {
    kind: 'series',
    series: { title: '', version: 1, patches: [] },
    verdict: 'introduced',
    findings: [finding],
    counts: [],
    ran: [],
    notModelled: [],
  };
  const read = parseReport({ schema: 'faultline-report/1', source: '', reviews: [review] });
  if (!read.ok) throw new Error(read.error);
  return read.report;
}

describe('ReviewStore', () => {
  let folder = '';
  let store: OpenedStore & { ok: true };
  let reviews: ReviewStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-reviews-'));
    const opened = await openStore({ file: join(folder, 'store.db'), migrations: 'migrations', use: 'review' });
    if (!opened.ok) throw new Error(opened.why);
    store = opened;
    reviews = new ReviewStore(store.db);
  });
  afterEach(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds versions by change-id, by author and title, and by what they change', () => {
    reviews.save(facts(1, { changeId: '20240101-x' }), report('aaaa'), [], 1);
    const ids = (of: Partial<VersionFacts>): string[] => reviews.candidates(facts(2, of)).map((each) => each.facts.messageId);
    expect(ids({ changeId: '20240101-x' })).toEqual(['v1@kernel.invalid']);
    expect(ids({ title: 'a series: TAKE 1', prints: [] })).toEqual(['v1@kernel.invalid']);
    expect(ids({ title: 'x', prints: ['print 1'] })).toEqual(['v1@kernel.invalid']);
    expect(ids({ title: 'x', prints: ["print 1' OR 1=1 --"] })).toEqual([]);
    expect(reviews.candidates(facts(2))[0]).toEqual({ facts: facts(1, { changeId: '20240101-x' }), review: report('aaaa').reviews[0] });
  });

  it('keeps the last review of a version, and every reply that was made of it', () => {
    reviews.save(facts(1), report('aaaa'), ['r1@x'], 1);
    reviews.save(facts(1), report('bbbb'), ['r2@x'], 2);
    expect(reviews.candidates(facts(2)).map((each) => each.review.findings[0]?.id)).toEqual(['bbbb']);
    expect(reviews.repliesOf('v1@kernel.invalid')).toEqual(new Set(['r1@x', 'r2@x']));
    expect(reviews.findings('b')).toEqual(['bbbb']);
  });

  it('keeps dismissals', () => {
    reviews.dismiss('aaaa', 'first', 1);
    reviews.dismiss('aaaa', 'by design', 2);
    expect(reviews.dismissals()).toEqual(new Map([['aaaa', 'by design']]));
  });
});
