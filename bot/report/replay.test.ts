import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderReplay } from './replay.js';
import { parseReportText, type Report } from './schema.js';

function load(name: string): Report {
  const read = parseReportText(readFileSync(new URL(`../../fixtures/reports/${name}.json`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(read.error);
  return read.report;
}

const report = load('kvm-arm64');
const [first, second] = report.reviews.flatMap((review) => review.findings.map((finding) => finding.id));

function shown(id: string, step?: number): string {
  const replay = renderReplay(report, id, { width: 100, ...(step === undefined ? {} : { step }) });
  return replay.ok ? replay.text : replay.error;
}

describe('renderReplay', () => {
  it('takes the start of an id', () => {
    expect(shown((first ?? '').slice(0, 4))).toBe(shown(first ?? ''));
  });

  it('shows one step alone, with what changed since the step before', () => {
    const text = shown(first ?? '', 2);
    expect(text).toContain('2/7 ');
    expect(text).toContain('* CPU0, entry of T: 0; was T (its own store)');
    expect(text).not.toContain('1/7 ');
    expect(text).not.toContain('may read a page that was freed');
  });

  it('ends with the violation and why', () => {
    expect(shown(first ?? '', 7)).toContain('walker-use-after-free: a page-table walker may read a page that was freed.\nWhy: ');
  });

  it.each(['zzz', '', '\u001b[2J'])('lists the ids for the unknown id %j', (id) => {
    const text = shown(id);
    expect(text).toMatch(/^no finding "/);
    expect(text).toContain(first);
    expect(text).toContain(second);
    expect(text).not.toContain('\u001b');
  });

  it('lists the candidates for an ambiguous id', () => {
    const [review] = report.reviews;
    if (review === undefined) throw new Error('no review');
    const twins = { ...report, reviews: [{ ...review, findings: review.findings.map((finding, i) => ({ ...finding, id: `abcd${i}` })) }] };
    const replay = renderReplay(twins, 'abcd');
    expect(replay.ok ? '' : replay.error).toMatch(/^2 findings start with "abcd":\n {2}abcd0 .*\n {2}abcd1 /);
  });

  it.each([0, 8, 1.5])('has no step %d', (step) => {
    expect(shown(first ?? '', step)).toBe(`finding ${first} has steps 1 to 7; there is no step ${step}.`);
  });

  it('says that a finding has no steps', () => {
    const riscv = load('riscv');
    const id = riscv.reviews[0]?.findings[1]?.id ?? '';
    expect(renderReplay(riscv, id)).toEqual({ ok: false, error: `finding ${id} has no steps to replay.` });
  });
});
