import { describe, expect, it } from 'vitest';
import type { Finding, Review } from '../report/schema.js';
import { judge, summarise } from './judge.js';
import type { Case, Statement } from './types.js';

const STATED: Statement = {
  atIssue: ['bad@example.org'],
  good: ['good@example.org'],
  violations: ['lost-update'],
  names: ['take_mask'],
  files: ['mm/mask.c'],
  race: '',
};

const caseOf = (label: string, expects: Case['expects'], statement: Partial<Statement> = {}): Case => ({
  id: 'a',
  file: 'a.mbox',
  arch: 'riscv',
  topic: '',
  label,
  expects,
  statement: { ...STATED, ...statement },
});

const FINDING: Finding = {
  id: 'abcd',
  status: 'introduced',
  violation: 'lost-update',
  scenario: 'riscv/mask',
  arch: 'riscv',
  axes: {},
  where: [],
  setting: {},
  patch: 'bad@example.org',
  summary: 'A bit is lost.',
  functions: [{ name: 'use_mask', from: 'patch', file: 'mm/mask.c', line: 3 }],
  trace: [{ cpu: 0, kind: 'step', text: 'mask &= ~1', function: 'take_mask' }],
  cpuNames: {},
  states: 10,
  exhaustive: true,
};

const reviewOf = (verdict: Review['verdict'], patch: string, findings: readonly Finding[] = []): Review => ({
  kind: 'series',
  series: { title: patch, version: 1, patches: [{ index: 1, subject: patch, messageId: patch }] },
  verdict,
  base: '',
  baseTried: [],
  findings,
  counts: [],
  ran: [],
  notModelled: verdict === 'not-modelled' ? [{ what: 'a patch', why: 'no scenario' }] : [],
  notes: [],
  safeBecause: [],
  selection: { reached: [], others: 0 },
  unaffected: [],
  versions: [],
  earlier: [],
});

const bad = (finding: Partial<Finding> = {}): Review => reviewOf('introduced', 'bad@example.org', [{ ...FINDING, ...finding }]);
const RACE = caseOf('BUGGY', 'race');

describe('a stated race', () => {
  it('is found where violation, place and patch agree', () => {
    expect(judge(RACE, [bad()], [])).toMatchObject({ fate: 'found', verdict: 'introduced', told: [{ match: 'stated' }] });
  });

  it('is found by what the violation ends in', () => {
    expect(judge(RACE, [bad({ violation: 'unhandled-fault', endsIn: 'lost-update' })], []).fate).toBe('found');
  });

  it.each([
    ['other-violation', bad({ violation: 'deadlock' })],
    ['other-place', bad({ trace: [{ cpu: 0, kind: 'step', text: 'elsewhere()', function: 'elsewhere' }] })],
    ['other-patch', bad({ patch: 'other@example.org' })],
  ])('is not what another finding is: %s', (match, review) => {
    expect(judge(RACE, [review], [])).toMatchObject({ fate: 'not-stated', told: [{ match }] });
  });

  it('is that of any patch where the mails have none that the index names: a diff without its mail', () => {
    expect(judge(RACE, [reviewOf('introduced', 'made-up@example.org', [{ ...FINDING, patch: 'made-up@example.org' }])], []).fate).toBe(
      'found',
    );
  });

  it('has the file for its place where no code is named', () => {
    expect(judge(caseOf('BUGGY', 'race', { names: [] }), [bad()], []).fate).toBe('found');
    expect(judge(caseOf('BUGGY', 'race', { names: [], files: ['mm/other.c'] }), [bad()], []).fate).toBe('not-stated');
  });

  it('is shown by its fix only where the label has one', () => {
    const fix = reviewOf('fixed', 'good@example.org', [{ ...FINDING, status: 'fixed', patch: 'good@example.org' }]);
    expect(judge(caseOf('BUGGY+FIX', 'race'), [fix], []).fate).toBe('found');
    expect(judge(RACE, [fix], []).fate).toBe('missed');
  });

  it('goes by the patches at issue, not by other versions', () => {
    const good = reviewOf('clean', 'good@example.org');
    expect(judge(RACE, [reviewOf('not-modelled', 'bad@example.org'), good], [])).toMatchObject({
      fate: 'not-modelled',
      verdict: 'not-modelled',
      notModelled: [{ why: 'no scenario' }],
    });
    expect(judge(RACE, [reviewOf('clean', 'bad@example.org'), reviewOf('not-modelled', 'good@example.org')], []).fate).toBe('missed');
    expect(judge(RACE, [reviewOf('not-relevant', 'bad@example.org')], []).fate).toBe('missed');
  });

  it('is not read where there is nothing to review', () => {
    expect(judge(RACE, [], ['a.mbox: there is no such file'])).toMatchObject({ fate: 'unread', verdict: null });
  });
});

describe('a case that none is stated of', () => {
  it('may hold a patch that another case finds wanting', () => {
    const of = {
      ...caseOf('FIX', 'silence', { atIssue: [] }),
      elsewhere: [{ subject: 'take a bit out', violations: ['lost-update' as const] }],
    };
    const again = (subject: string) => ({
      ...bad(),
      series: { title: '', version: 1, patches: [{ index: 1, subject, messageId: 'bad@example.org' }] },
    });
    expect(judge(of, [again('[PATCH 5.4 6/6] Take  a bit out')], [])).toMatchObject({
      fate: 'silent',
      told: [{ match: 'stated-elsewhere' }],
    });
    expect(judge(of, [again('[PATCH] put a bit in')], []).fate).toBe('false-alarm');
    const deadlock = { ...again('take a bit out'), findings: [{ ...FINDING, violation: 'deadlock' as const }] };
    expect(judge(of, [deadlock], []).fate).toBe('false-alarm');
  });

  it('has a false alarm where anything is introduced', () => {
    expect(judge(caseOf('FIX', 'silence'), [bad({ violation: 'deadlock' })], []).fate).toBe('false-alarm');
    expect(judge(caseOf('FIX', 'silence', { atIssue: [] }), [bad()], []).fate).toBe('false-alarm');
    expect(judge(caseOf('FIX', 'silence'), [reviewOf('pre-existing', 'x', [{ ...FINDING, status: 'pre-existing' }])], []).fate).toBe(
      'silent',
    );
  });

  it('may show what is stated of the version that was found wanting', () => {
    expect(judge(caseOf('CLEAN after review', 'silence'), [bad()], []).fate).toBe('silent');
  });
});

describe('the summary', () => {
  it('counts stated races and names false alarms', () => {
    const results = [
      judge(RACE, [bad()], []),
      judge(RACE, [reviewOf('not-modelled', 'bad@example.org')], []),
      judge(RACE, [], []),
      judge({ ...caseOf('FIX', 'silence'), id: 'b' }, [bad({ violation: 'deadlock' })], []),
      judge(caseOf('REPORT', 'nothing'), [], []),
    ];
    expect(summarise(results)).toMatchObject({
      stated: { cases: 3, found: 1, notModelled: 1 },
      falseAlarms: ['b'],
      fates: { found: 1, 'not-modelled': 1, unread: 1, 'false-alarm': 1, unjudged: 1, missed: 0 },
    });
  });
});
