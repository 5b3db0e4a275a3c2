import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mail } from '../series/types.js';
import { renderMail } from './mail.js';
import { METRIC_NAMES } from './metrics.js';
import { renderReplay } from './replay.js';
import { parseReportText, type Report, SCHEMA, serialiseReport } from './schema.js';
import { renderTerminal } from './terminal.js';
import { columns } from './text.js';
import { VIOLATION_NAMES } from './violations.js';

/** What a hostile mail may bring along. */
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\u001b[31mred\u001b[0m',
    'a\r\nBcc: eve@example.org',
    '\u202egpj.exe',
    'a'.repeat(1200),
    '語'.repeat(90),
    '-- ',
    '.',
    '\u0000\u0007\u009b2J',
    '',
  ),
  fc.constantFrom('WRITE_ONCE(*entry, 0)', 'walks A through table T', 'mm/example.c', 'riscv/vmalloc-new-mapping', 'put_page(T): freed'),
);
const name = text.map((value) => value || 'x').filter((value) => value !== '__proto__');
const natural = fc.nat({ max: 1e9 });
const axes = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 4, noNullPrototype: true });
const violation = fc.constantFrom(...VIOLATION_NAMES);
const cpu = fc.integer({ min: -1, max: 5 });

const step = fc.record(
  {
    cpu,
    text,
    kind: fc.constantFrom('step', 'may', 'bad'),
    file: fc.oneof(text, fc.constant('mm/example.c')),
    line: fc.integer({ min: 1, max: 30 }),
    function: text,
    origin: fc.constantFrom('patch', 'tree', 'skeleton', 'scenario'),
    mayActOn: fc.array(fc.record({ cpu, what: text, values: fc.array(text, { maxLength: 3 }), because: text }), { maxLength: 3 }),
  },
  { requiredKeys: ['cpu', 'text', 'kind'] },
);

const PATCH = 'one@example.org';
const patchId = fc.constantFrom(PATCH, 'two@example.org', 'x\r\nBcc: eve@example.org');

const finding = fc.record(
  {
    id: fc.stringMatching(/^[0-9a-f]{4,16}$/),
    status: fc.constantFrom('introduced', 'fixed', 'pre-existing', 'superfluous'),
    violation,
    endsIn: violation,
    scenario: name,
    arch: name,
    axes,
    where: fc.array(axes, { maxLength: 3 }),
    setting: axes,
    patch: patchId,
    removedBy: patchId,
    summary: text,
    because: text,
    functions: fc.array(fc.record({ name: text, from: fc.constantFrom('patch', 'tree', 'skeleton'), file: text, line: natural }), {
      maxLength: 4,
    }),
    trace: fc.array(step, { maxLength: 60 }),
    cpuNames: fc.dictionary(fc.constantFrom('-1', '0', '1', '2'), text, { noNullPrototype: true }),
    states: natural,
    exhaustive: fc.boolean(),
    window: natural,
  },
  {
    requiredKeys: [
      'id',
      'status',
      'violation',
      'scenario',
      'arch',
      'axes',
      'where',
      'setting',
      'patch',
      'summary',
      'functions',
      'trace',
      'cpuNames',
      'states',
      'exhaustive',
    ],
  },
);

const texts = fc.array(text, { maxLength: 3 });
const reviewFields = {
  series: fc.record({
    title: text,
    version: fc.integer({ min: 1, max: 9 }),
    patches: fc.array(fc.record({ index: natural, subject: text, messageId: patchId }), { maxLength: 3 }),
  }),
  verdict: fc.constantFrom('introduced', 'fixed', 'pre-existing', 'clean', 'not-modelled', 'not-relevant', 'error'),
  base: text,
  findings: fc.array(finding, { maxLength: 6 }),
  counts: fc.array(
    fc.record({ scenario: name, arch: name, axes, metric: fc.constantFrom(...METRIC_NAMES), before: natural, after: natural }),
    { maxLength: 12 },
  ),
  ran: fc.array(
    fc.record(
      { scenario: name, axes, states: natural, ms: natural, settings: natural, window: natural, exhaustive: fc.boolean(), outcome: text },
      { requiredKeys: ['scenario', 'axes', 'states', 'ms', 'settings', 'exhaustive'] },
    ),
    { maxLength: 5 },
  ),
  notModelled: fc.array(fc.record({ what: text, why: text }), { maxLength: 4 }),
  notes: texts,
  safeBecause: fc.array(fc.record({ scenario: name, axes, why: text }), { maxLength: 2 }),
  unaffected: texts,
};
const review = fc.oneof(
  fc.record({ kind: fc.constant('series'), ...reviewFields }),
  fc.record({ kind: fc.constant('pasted'), patch: patchId, ordinal: fc.integer({ min: 1, max: 3 }), ...reviewFields }),
);

/** Typed by being read: what the generator makes is what `parseReport` takes. */
const report: fc.Arbitrary<Report> = fc
  .record({
    schema: fc.constant(SCHEMA),
    tool: fc.record({ name: text, version: text }),
    source: text,
    reviews: fc.array(review, { maxLength: 2 }),
    problems: texts,
  })
  .map((value) => {
    const read = parseReportText(JSON.stringify(value));
    if (!read.ok) throw new Error(read.error);
    return read.report;
  });

const diff = [
  'Words.',
  '---',
  'diff --git a/mm/example.c b/mm/example.c',
  '--- a/mm/example.c',
  '+++ b/mm/example.c',
  '@@ -8,4 +8,6 @@ void f(void)',
  ' \tone();',
  '-\ttwo();   ',
  '+\ttwo(1,',
  '+\t    2);',
  '+\tthree();',
  ' }',
  ' ',
].join('\n');

const original: fc.Arbitrary<Mail> = fc.record({
  messageId: patchId,
  subject: text,
  from: text,
  date: fc.constant(null),
  dateHeader: fc.oneof(text, fc.constant('Mon, 05 Jan 2026 13:07:09 +0100')),
  to: text,
  cc: text,
  inReplyTo: fc.option(text),
  references: fc.array(text, { maxLength: 50 }),
  body: fc.oneof(
    fc.constant(diff),
    text,
    text.map((extra) => diff.replace('\tthree();', extra)),
  ),
  problems: fc.constant([]),
});

const address = fc.record({
  name: text,
  address: fc.oneof(text, fc.constantFrom('a@example.org', 'b@example.org\r\nBcc: eve@example.org')),
});

/** \p{Cc} but for the line end, formats (bidi and the like), lone surrogates. */
const HARMFUL = /[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u;
/** What is quoted of a patch is what it says, form feeds and joiners among it; but nothing that controls a terminal or turns text round. */
const HARMFUL_IN_A_QUOTE = /[^\P{Cc}\t\f]|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
const RUNS = { numRuns: 200 };

describe('any report', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(report, (value) => {
        expect(parseReportText(serialiseReport(value))).toEqual({ ok: true, report: value });
      }),
      RUNS,
    );
  });

  it('fits a terminal and does not control it', () => {
    fc.assert(
      fc.property(report, fc.integer({ min: 0, max: 200 }), (value, width) => {
        const shown = renderTerminal(value, { colour: false, width });
        expect(shown).not.toMatch(HARMFUL);
        for (const line of shown.split('\n')) expect(columns(line)).toBeLessThanOrEqual(Math.min(100, Math.max(60, width)));
      }),
      RUNS,
    );
  });

  it('replays within the width', () => {
    fc.assert(
      fc.property(report, fc.integer({ min: 60, max: 100 }), (value, width) => {
        for (const finding of value.reviews.flatMap((one) => one.findings)) {
          const replay = renderReplay(value, finding.id, { width });
          const shown = replay.ok ? replay.text : replay.error;
          expect(shown).not.toMatch(HARMFUL);
          for (const line of shown.split('\n')) expect(columns(line)).toBeLessThanOrEqual(width);
        }
      }),
      RUNS,
    );
  });

  it('makes a mail that keeps to the rules of the lists', () => {
    const people = fc.array(address, { maxLength: 3 });
    fc.assert(
      fc.property(report, original, people, people, address, fc.option(text), (value, mail, to, cc, from, reportName) => {
        for (const one of value.reviews) {
          const sent = renderMail(one, {
            from,
            to,
            cc,
            date: 1.7e12,
            original: mail,
            ...(reportName === null ? {} : { report: reportName }),
          });
          const split = sent.indexOf('\n\n');
          checkHeaders(sent.slice(0, split));
          checkBody(sent.slice(split + 2));
        }
      }),
      RUNS,
    );
  });
});

function checkHeaders(headers: string): void {
  const known =
    /^(From|To|Cc|Subject|Date|Message-ID|In-Reply-To|References|Auto-Submitted|MIME-Version|Content-Type|Content-Transfer-Encoding): ?/;
  const names: string[] = [];
  for (const line of headers.split('\n')) {
    expect(line).toMatch(/^[ -~]*$/);
    expect(line.length).toBeLessThanOrEqual(998);
    if (line.startsWith(' ')) {
      expect(line.trim()).not.toBe('');
      continue;
    }
    expect(line).toMatch(known);
    names.push(line.split(':')[0] ?? '');
  }
  expect(new Set(names).size).toBe(names.length);
}

function checkBody(body: string): void {
  expect(body.endsWith('\n')).toBe(true);
  expect(body.split('\n').filter((line) => line === '-- ')).toHaveLength(1);
  let table = false;
  for (const line of body.split('\n')) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
    expect(line).not.toMatch(line.startsWith('> ') ? HARMFUL_IN_A_QUOTE : HARMFUL);
    if (line.startsWith('> ')) continue;
    table = line.startsWith('Counts, ') || (table && line.startsWith('  '));
    const wide = table || line.startsWith('  ') || line.startsWith('Replay: ') || line.endsWith(' wrote:');
    expect(columns(line)).toBeLessThanOrEqual(wide ? 78 : 72);
  }
}
