import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { loadMails } from '../ingest/mails.js';
import { type Finding, parseReportText, type Report, type Review, serialiseReport } from '../report/schema.js';
import { assemble } from '../series/assemble.js';
import { sharedFolder } from '../series/testing/shared.js';
import { reviewAssembly } from './review.js';
import { loadResources } from './resources.js';
import { essence, placesOf } from './testing/review-text.js';

const threads = sharedFolder('threads');
const UAF = 'walker-use-after-free';
const LOCKED = 'kvm-arm64/stage2-unmap-table';
const UNLOCKED = 'kvm-arm64/stage2-unmap-table-unlocked';
const VMALLOC = 'riscv/new-vmalloc-mapping';

async function reviewed(path: string): Promise<Report> {
  await initC();
  const { mails } = await loadMails(join(threads ?? '', path));
  return reviewAssembly(loadResources(), path, assemble(mails));
}

function series(report: Report, version: number): Review {
  const found = report.reviews.filter((review) => review.kind === 'series' && review.series.version === version);
  expect(found).toHaveLength(1);
  const [review] = found;
  if (review === undefined) throw new Error(`no review of version ${version}`);
  return review;
}

const count = (review: Review, metric: string, axes: Record<string, boolean | number>, scenario?: string): string[] =>
  review.counts
    .filter(
      (row) =>
        row.metric === metric &&
        (scenario === undefined || row.scenario === scenario) &&
        Object.entries(axes).every(([name, value]) => (row.axes[name] ?? value) === value),
    )
    .map((row) => `${row.before} -> ${row.after}`);

/** What every finding has to carry for a reader to believe it. */
function standsUp(finding: Finding): void {
  expect(finding.exhaustive).toBe(true);
  expect(finding.states).toBeGreaterThan(0);
  expect(finding.summary).toMatch(/\w/);
  expect(finding.trace.length).toBeGreaterThan(3);
  for (const step of finding.trace) {
    expect(step.text).toMatch(/\S/);
    if (step.cpu >= 0) expect(finding.cpuNames[String(step.cpu)]).toMatch(/\w/);
    // What hardware does of its own has no source line; everything a CPU executes has one.
    if (step.kind === 'step' && step.function !== undefined) expect(step).toMatchObject({ file: /./, line: expect.any(Number) as number });
  }
  expect(finding.trace.filter((step) => step.file !== undefined && step.line !== undefined).length).toBeGreaterThan(
    finding.trace.length / 2,
  );
  expect(finding.trace.at(-1)?.kind).toBe('bad');
}

const fromMail = (finding: Finding): string[] => finding.functions.filter((fn) => fn.from === 'patch').map((fn) => fn.name);

describe.skipIf(threads === null)('a stage-2 table zapped with its flush deferred', () => {
  let report: Report;
  beforeAll(async () => {
    report = await reviewed('seeds/seed-004-kvm-arm64-tlbi-table.mbox');
  });

  it('gives one review for the patch and one for the diff pasted in the reply', () => {
    expect(report.reviews.map((review) => [review.kind, review.verdict])).toEqual([
      ['series', 'fixed'],
      ['pasted', 'fixed'],
    ]);
    const [, pasted] = report.reviews;
    expect(pasted?.kind === 'pasted' ? pasted.patch : '').toBe('seed-004-2@seed.invalid');
  });

  it('as posted: fixed where level hints are not honoured, still there where they are, nothing introduced', () => {
    const review = series(report, 1);
    const here = essence(review).filter((finding) => finding.includes(`${LOCKED} `));
    expect(here).toEqual([
      `fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 FEAT_TTL=0`,
      `pre-existing ${UAF} in ${LOCKED} with FEAT_TTL=1`,
    ]);
    expect(review.findings.filter((finding) => finding.status === 'introduced')).toEqual([]);
    expect(review.series.patches).toEqual([
      { index: 1, subject: expect.stringContaining('[PATCH 1/3]') as string, messageId: '20240325185158.8565-2-will@kernel.org' },
    ]);
    for (const finding of review.findings) {
      standsUp(finding);
      expect(finding.patch).toBe('20240325185158.8565-2-will@kernel.org');
      expect(fromMail(finding)).toEqual(['stage2_unmap_put_pte']);
      expect(finding.functions.some((fn) => fn.from === 'skeleton')).toBe(true);
      expect(finding.functions.every((fn) => fn.file !== '' && fn.line > 0)).toBe(true);
    }
  });

  it('the pasted diff: silent under mmu_lock where the flush is deferred, and why', () => {
    const review = report.reviews[1];
    if (review === undefined) throw new Error('no review of the pasted diff');
    const deferred = review.ran.filter(
      (run) => run.scenario === LOCKED && run.axes.FEAT_S2FWB === true && run.axes.FEAT_TLBIRANGE === true,
    );
    expect(deferred.length).toBeGreaterThan(0);
    for (const run of deferred) expect(run).toMatchObject({ exhaustive: true, outcome: 'silent' });
    const why = review.safeBecause.filter((reason) => reason.scenario === LOCKED).map((reason) => reason.why);
    expect(why.join('\n')).toMatch(/mmu_lock/);
    expect(why.join('\n')).toMatch(/RCU reader/);
    expect(why.join('\n')).toContain(UAF);
    for (const finding of review.findings) standsUp(finding);
  });

  it('the pasted diff: a caller without the lock frees under the walker', () => {
    const unlocked = report.reviews[1]?.findings.filter((finding) => finding.scenario === UNLOCKED && finding.status !== 'fixed') ?? [];
    expect(unlocked).toHaveLength(1);
    const [finding] = unlocked;
    expect(finding?.violation).toBe(UAF);
    expect(finding === undefined ? [] : placesOf(finding)).toContain('FEAT_S2FWB=1 FEAT_TLBIRANGE=1');
    // The free is the callback's, after a grace period that nothing makes wait for the flush.
    expect(finding?.trace.some((step) => /grace period/.test(step.text))).toBe(true);
    expect(finding?.trace.map((step) => step.text).join('\n')).not.toMatch(/TLBI.*range|ripas2e1is/i);
  });

  it('counts one TLBI pair with its barriers more for each zapped table, and the leaves still in one range', () => {
    const deferred = { FEAT_S2FWB: true, FEAT_TLBIRANGE: true };
    const review = series(report, 1);
    // Four tables. With level hints the extra one is a leaf form, which is what is wrong with it.
    expect(count(review, 'tlbi-table', { ...deferred, FEAT_TTL: false })).toContain('0 -> 4');
    expect(count(review, 'tlbi-leaf', { ...deferred, FEAT_TTL: true })).toContain('0 -> 4');
    expect(count(review, 'tlbi-vmid', deferred)).toEqual(['1 -> 5']);
    expect(count(review, 'dsb', deferred)).toEqual(['3 -> 15']);
    expect(count(review, 'tlbi-range', deferred)).toEqual(['1 -> 1']);
  });
});

/** What v1 of the series and the quoted copy of it have to show. */
function losesAnUpdate(review: Review, patch: string): void {
  expect(review.verdict).toBe('introduced');
  const lost = review.findings.filter((finding) => finding.violation === 'lost-update');
  expect(lost).toHaveLength(1);
  const [finding] = lost;
  if (finding === undefined) return;
  standsUp(finding);
  expect(finding).toMatchObject({ status: 'introduced', endsIn: 'unhandled-fault', scenario: VMALLOC, arch: 'riscv', patch });
  expect(fromMail(finding)).toEqual(expect.arrayContaining(['flush_cache_vmap', 'handle_exception']));
  // The story: loads the word, the other hart stores all ones to it, the stale rest is stored over that.
  const texts = finding.trace.map((step) => step.text);
  const stored = texts.findLastIndex((text) => /new_vmalloc\[0\] = /.test(text) && /\bsd\b/.test(text));
  const ones = texts.slice(0, stored).findLastIndex((text) => /new_vmalloc\[0\] = (?:~0|0xf{16})/.test(text));
  const loaded = texts.slice(0, ones).findLastIndex((text) => /\bld\b.*new_vmalloc\[0\]/.test(text));
  expect(loaded).toBeGreaterThanOrEqual(0);
  expect(ones).toBeGreaterThan(loaded);
  expect(stored).toBeGreaterThan(ones);
  expect(finding.trace[loaded]?.cpu).toBe(finding.trace[stored]?.cpu);
  expect(finding.trace[ones]?.cpu).not.toBe(finding.trace[stored]?.cpu);
  // Both kinds of hardware: one that caches invalid entries and one that only translates early.
  const silent = review.ran.filter(
    (run) => run.scenario === VMALLOC && run.axes.tlb_caching_invalid_entries === 1 && !/lost-update/.test(run.outcome ?? ''),
  );
  expect(silent.map((run) => run.axes)).toEqual([]);
}

/** One new mapping, used by each of four harts. */
function tradesFencesForFaults(review: Review): void {
  expect(count(review, 'remote-fences', {}, VMALLOC)).toEqual(['3 -> 0']);
  expect(count(review, 'sbi-calls', { 'ipi-rfence': false }, VMALLOC)).toEqual(['1 -> 0']);
  expect(count(review, 'ipis-sent', { 'ipi-rfence': true }, VMALLOC)).toEqual(['3 -> 0']);
  expect(count(review, 'faults', {}, VMALLOC)).toEqual(['0 -> 4']);
}

describe.skipIf(threads === null)('new vmalloc mappings without a fence', () => {
  let report: Report;
  beforeAll(async () => {
    report = await reviewed('corpus/001-riscv-new-vmalloc-rfc-v1-v2.mbox');
  });

  it('v1 1/4 introduces a lost update that ends in an unhandled fault', () => {
    losesAnUpdate(series(report, 1), '20231207150348.82096-2-alexghiti@rivosinc.com');
  });

  it('v2 does not lose updates', () => {
    const review = series(report, 2);
    expect(review.findings.map((finding) => finding.violation)).not.toContain('lost-update');
    expect(review.ran.length).toBeGreaterThan(0);
    expect(review.ran.every((run) => run.exhaustive && !/lost-update/.test(run.outcome ?? ''))).toBe(true);
    for (const finding of review.findings) {
      standsUp(finding);
      expect(finding.patch).toBe('20240131155929.169961-4-alexghiti@rivosinc.com');
    }
  });

  it('counts the fences and interrupts that go, and one fault a hart that comes', () => {
    tradesFencesForFaults(series(report, 1));
    tradesFencesForFaults(series(report, 2));
  });

  it('reads back as the report that was written', () => {
    const read = parseReportText(serialiseReport(report));
    expect(read.ok && read.report).toEqual(report);
  });
});

describe.skipIf(threads === null)('the same patch, quoted in a reply and its blanks lost', () => {
  it('loses the same update, and says what was repaired', async () => {
    const report = await reviewed('seeds/seed-000-riscv-new-vmalloc-reply.mbox');
    const review = series(report, 1);
    losesAnUpdate(review, 'seed-000-patch@seed.invalid');
    tradesFencesForFaults(review);
    expect(review.notes.join('\n')).toMatch(/lost (?:its|their) first blank/);
    expect(review.notes.join('\n')).toMatch(/lost (?:its|their) tabs/);
    expect(review.notes.join('\n')).toMatch(/seed-000-1@seed\.invalid/);
    const mail = series(await reviewed('corpus/001-riscv-new-vmalloc-rfc-v1-v2.mbox'), 1);
    expect(essence(review)).toEqual(essence(mail));
  });
});
