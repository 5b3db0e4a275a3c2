import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, Review } from '../report/schema.js';
import { earlierTexts } from '../report/earlier.js';
import { mail } from '../series/testing/mail.js';
import { answersOf } from './answers.js';
import type { Answer } from './carry.js';
import { type Memory, NO_MEMORY, withEarlier } from './remember.js';
import { linkOf, type VersionFacts } from './version.js';

const facts = (version: number, fields: Partial<VersionFacts> = {}): VersionFacts => ({
  messageId: `v${String(version)}@kernel.invalid`,
  title: 'mm: Flush less',
  version,
  author: 'ada@kernel.invalid',
  changeId: null,
  sent: version * 1000,
  prints: [`print ${String(version)}`],
  ...fields,
});

const finding = (version: number, fields: Partial<Finding> = {}): Finding => ({
  id: `a${String(version)}`.padEnd(10, '0'),
  status: 'introduced',
  violation: 'stale-translation',
  scenario: 'riscv/x',
  arch: 'riscv',
  axes: { SVVPTC: true },
  where: [],
  setting: {},
  patch: `v${String(version)}@kernel.invalid`,
  summary: '',
  functions: [],
  trace: [],
  cpuNames: {},
  states: 1,
  exhaustive: true,
  ...fields,
});

const review = (version: number, findings: readonly Finding[], ran: readonly string[] = ['riscv/x'], exhaustive = true): Review => ({
  kind: 'series',
  series: { title: 'mm: Flush less', version, patches: [] },
  verdict: 'clean',
  base: '',
  baseTried: [],
  findings,
  counts: [],
  ran: ran.map((scenario) => ({ scenario, axes: {}, states: 1, ms: 1, settings: 1, exhaustive })),
  notModelled: [],
  notes: [],
  safeBecause: [],
  selection: { reached: [], others: 0 },
  unaffected: [],
  versions: [],
  earlier: [],
});

const known = (version: number, findings: readonly Finding[], answers: readonly Answer[] = []): Memory['versions'][number] => ({
  facts: facts(version),
  review: review(version, findings),
  answers,
});

/** What is said of the last version, given its review and what is remembered. */
function told(now: Review, versions: Memory['versions'], dismissals: Memory['dismissals'] = new Map()): Review {
  const [with_] = withEarlier([{ facts: facts(now.series.version), review: now }], { versions, dismissals });
  if (!with_) throw new Error('no review');
  return with_;
}

describe('linkOf', () => {
  it.each([
    ['change-id', { changeId: '20240101-x' }, { changeId: '20240101-x', title: 'other', author: 'b@c' }],
    [null, { changeId: '20240101-x' }, { changeId: '20240101-y' }],
    ['subject', {}, { title: 'MM: flush  less.' }],
    [null, {}, { author: 'bea@kernel.invalid' }],
    ['patch-id', {}, { title: 'other', prints: ['print 1', 'x'] }],
    [null, { prints: ['print 1', 'y', 'z', 'u'] }, { title: 'other', prints: ['print 1', 'x', 'v', 'w'] }],
    [null, {}, { title: 'other', author: '' }],
  ] as const)('says %s', (link, a, b) => {
    expect(linkOf(facts(1, a), facts(2, b))).toBe(link);
    expect(linkOf(facts(2, b), facts(1, a))).toBe(link);
  });

  it('takes nothing for a version of itself', () => {
    expect(linkOf(facts(1), facts(1))).toBeNull();
  });
});

describe('withEarlier', () => {
  it('says that a finding is still there, under its id of today', () => {
    const now = told(review(2, [finding(2)]), [known(1, [finding(1)])]);
    expect(now.versions).toEqual([{ version: 1, messageId: 'v1@kernel.invalid', link: 'subject' }]);
    expect(now.earlier).toMatchObject([{ id: 'a100000000', version: 1, fate: 'still-there', now: 'a200000000' }]);
  });

  it('says in which version it was fixed', () => {
    expect(told(review(3, []), [known(1, [finding(1)]), known(2, [finding(2)])]).earlier).toMatchObject([
      { version: 1, fate: 'fixed', fixedIn: 3 },
    ]);
    expect(told(review(3, []), [known(1, [finding(1)]), known(2, [])]).earlier).toMatchObject([{ version: 1, fate: 'fixed', fixedIn: 2 }]);
    expect(earlierTexts(told(review(3, []), [known(1, [finding(1)])]))).toEqual([
      'stale-translation in riscv/x with SVVPTC=1, of v1 (a100000000): fixed in v3.',
    ]);
  });

  it('calls nothing fixed that was not looked for to the end', () => {
    expect(told(review(2, [], []), [known(1, [finding(1)])]).earlier).toMatchObject([{ fate: 'not-run' }]);
    expect(told(review(2, [], ['riscv/x'], false), [known(1, [finding(1)])]).earlier).toMatchObject([{ fate: 'not-run' }]);
  });

  it('knows one that came back, or moved to other axes', () => {
    expect(told(review(3, [finding(3)]), [known(1, [finding(1)]), known(2, [])]).earlier).toMatchObject([
      { version: 1, fate: 'still-there' },
    ]);
    expect(told(review(2, [finding(2, { axes: {} })]), [known(1, [finding(1)])]).earlier).toMatchObject([
      { fate: 'still-there', now: 'a200000000' },
    ]);
    expect(told(review(2, [finding(2, { violation: 'deadlock' })]), [known(1, [finding(1)])]).earlier).toMatchObject([{ fate: 'fixed' }]);
  });

  it('quotes the answer of the author while the finding is there, and says fixed where it is not', () => {
    const answer: Answer = { messageId: 'answer@kernel.invalid', text: 'That cannot happen.', findings: ['a100000000'] };
    const versions = [known(1, [finding(1)], [answer])];
    expect(told(review(2, [finding(2)]), versions).earlier).toMatchObject([
      { fate: 'answered', by: 'answer@kernel.invalid', why: 'That cannot happen.' },
    ]);
    expect(told(review(2, []), versions).earlier).toMatchObject([{ fate: 'fixed' }]);
    const other = [known(1, [finding(1)], [{ ...answer, findings: ['ffffffffff'] }])];
    expect(told(review(2, [finding(2)]), other).earlier).toMatchObject([{ fate: 'still-there' }]);
  });

  it('keeps a dismissal through versions, by any id that the finding had', () => {
    const versions = [known(1, [finding(1)]), known(2, [finding(2)])];
    expect(told(review(3, [finding(3)]), versions, new Map([['a200000000', 'by design']])).earlier).toMatchObject([
      { fate: 'dismissed', why: 'by design', now: 'a300000000' },
    ]);
  });

  it('compares versions that are reviewed together, and leaves other series and pasted diffs alone', () => {
    const fresh = [
      { facts: facts(2), review: review(2, []) },
      { facts: facts(1), review: review(1, [finding(1)]) },
      { facts: facts(1, { messageId: 'x', title: 'another', prints: ['p'] }), review: review(1, [finding(1)]) },
      { facts: null, review: review(1, [finding(1)]) },
    ];
    expect(withEarlier(fresh, NO_MEMORY).map((each) => each.earlier.map(({ fate }) => fate))).toEqual([['fixed'], [], [], []]);
  });

  it('takes commits that were made anew with the same date for a later version of those that are remembered', () => {
    const before = { ...known(1, [finding(1)]), facts: facts(1, { messageId: 'before@x', sent: 5 }) };
    const fresh = [{ facts: facts(1, { messageId: 'after@x', sent: 5 }), review: review(1, [finding(1)]) }];
    expect(withEarlier(fresh, { versions: [before], dismissals: new Map() })[0]?.versions).toHaveLength(1);
    expect(withEarlier([...fresh, { facts: before.facts, review: before.review }], NO_MEMORY).map((each) => each.versions)).toEqual([
      [],
      [],
    ]);
  });

  it('does not hang on the order in which versions are remembered', () => {
    const versions = [known(1, [finding(1)]), known(2, [finding(2), finding(2, { id: 'b200000000', scenario: 'riscv/y' })]), known(3, [])];
    const expected = told(review(4, [finding(4)]), versions);
    fc.assert(
      fc.property(fc.shuffledSubarray(versions, { minLength: 3 }), (shuffled) => {
        expect(told(review(4, [finding(4)]), shuffled)).toEqual(expected);
      }),
    );
  });
});

describe('answersOf', () => {
  const REPLIES = new Set(['faultline.1@localhost']);
  const body = [
    'On Mon, faultline wrote:',
    '> Replay: faultline replay REPORT a100000000',
    '',
    'This cannot happen:',
    'the lock is held.',
    '',
    'More.',
    '-- ',
    'Ada',
  ].join('\n');

  it("takes the author's first own paragraph, and the findings that the mail names", () => {
    const answer = mail({ subject: 'Re: x', body, references: ['v1@kernel.invalid', 'faultline.1@localhost'] });
    expect(answersOf([answer], 'ada@kernel.invalid', REPLIES, ['a100000000', 'b100000000'])).toEqual([
      { messageId: answer.messageId, text: 'This cannot happen: the lock is held.', findings: ['a100000000'] },
    ]);
  });

  it('takes no answers of others, nor to others', () => {
    const other = mail({ subject: 'Re: x', from: 'Bea <bea@kernel.invalid>', body, inReplyTo: 'faultline.1@localhost' });
    const elsewhere = mail({ subject: 'Re: x', body, inReplyTo: 'v1@kernel.invalid' });
    expect(answersOf([other, elsewhere], 'ada@kernel.invalid', REPLIES, [])).toEqual([]);
  });
});
