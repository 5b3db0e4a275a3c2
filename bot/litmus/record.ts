import { z } from 'zod';
import type { LitmusReport } from './schema.js';

/** What the documentation records of one run: counts that a change must not alter without a word, and times, which may differ. */
export interface Recorded {
  readonly run: string;
  readonly tests: number;
  readonly supported: number;
  readonly agree: number;
  readonly forbidsAllowed: number;
  readonly allowsForbidden: number;
  readonly overBudget: number;
  readonly noExpectation: number;
  /** `allows-forbidden MP+po`, sorted. */
  readonly disagreements: readonly string[];
  /** `STZGM (2)`, most wanted first. */
  readonly unsupported: readonly string[];
}

/** Milliseconds a test, and seconds for the whole run. */
export interface Times {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  readonly seconds: number;
}

type Suite = LitmusReport['suites'][number];

export function recordOf(suite: Suite): Recorded {
  const { counts, tests } = suite;
  const left = (...of: readonly (keyof Suite['counts'])[]): number => of.reduce((sum, name) => sum + counts[name], 0);
  return {
    run: suite.run,
    tests: tests.length,
    supported: tests.length - left('unsupported', 'malformed', 'failed'),
    agree: left('agree'),
    forbidsAllowed: left('forbids-allowed'),
    allowsForbidden: left('allows-forbidden'),
    overBudget: left('over-budget'),
    noExpectation: left('no-expectation'),
    disagreements: tests
      .filter(({ comparison }) => ['forbids-allowed', 'allows-forbidden', 'over-budget', 'malformed', 'failed'].includes(comparison))
      .map(({ comparison, name }) => `${comparison} ${name}`)
      .sort(),
    unsupported: suite.unsupported.map(({ feature, tests: count }) => `${feature} (${count})`),
  };
}

const BEGIN = '<!-- litmus: begin -->';
const END = '<!-- litmus: end -->';
const COLUMNS = ['suite', 'tests', 'supported', 'agree', 'forbids-allowed', 'allows-forbidden', 'over-budget', 'no expectation'];
const TIMES = ['median ms', 'p95 ms', 'max ms', 'seconds'];

const percent = (part: number, of: number): string => `${part} (${of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`})`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The part of docs/litmus.md that is generated. */
export function recordText(runs: readonly { readonly recorded: Recorded; readonly times: Times }[]): string {
  const table = runs.map(({ recorded: r, times }) => {
    const judged = r.supported - r.noExpectation;
    const counts = [r.run, String(r.tests), percent(r.supported, r.tests), percent(r.agree, judged)];
    const rest = [r.forbidsAllowed, r.allowsForbidden, r.overBudget, r.noExpectation].map(String);
    return row([...counts, ...rest, ...[times.median, times.p95, times.max, times.seconds].map((n) => n.toFixed(1))]);
  });
  const list = (title: string, of: (recorded: Recorded) => readonly string[]): string[] => {
    const found = runs.filter(({ recorded }) => of(recorded).length > 0);
    if (found.length === 0) return [];
    return [
      '',
      title,
      '',
      ...found.map(
        ({ recorded }) =>
          `- ${recorded.run}: ${of(recorded)
            .map((each) => `\`${each}\``)
            .join(', ')}`,
      ),
    ];
  };
  return [
    BEGIN,
    row([...COLUMNS, ...TIMES]),
    row([...COLUMNS, ...TIMES].map((_, i) => (i === 0 ? '---' : '---:'))),
    ...table,
    ...list('Tests whose verdict is not the expected one:', (recorded) => recorded.disagreements),
    ...list('What tests ask for and the simulator lacks, with the number of tests:', (recorded) => recorded.unsupported),
    END,
  ].join('\n');
}

/** Puts the generated part into a document; null where the document has no place for it. */
export function withRecord(document: string, record: string): string | null {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  return begin < 0 || end < begin ? null : `${document.slice(0, begin)}${record}${document.slice(end + END.length)}`;
}

const number = z
  .string()
  .regex(/^\d+/)
  .transform((text) => Number(/^\d+/.exec(text)?.[0]));

/** Reads what a document records. Times are left out. */
export function readRecord(document: string): Recorded[] {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  const lines = document.slice(begin, end).split('\n');
  const sectionOf = (title: string): string[] => {
    const from = lines.findIndex((line) => line.startsWith(title));
    const items = from < 0 ? [] : lines.slice(from + 2);
    const after = items.findIndex((line) => !line.startsWith('- '));
    return after < 0 ? items : items.slice(0, after);
  };
  const [wrong, missing] = ['Tests whose', 'What tests'].map(sectionOf);
  const listed = (run: string, items: readonly string[] = []): string[] => {
    const line = items.find((each) => each.startsWith(`- ${run}: `));
    return line === undefined ? [] : [...line.slice(run.length + 4).matchAll(/`([^`]*)`/g)].map((found) => found[1] ?? '');
  };
  const rows = lines
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .filter((line) => !line.startsWith('| ---'));
  return rows.map((line) => {
    const [run = '', ...cells] = line.slice(2, -2).split(' | ');
    const counts = z
      .array(number)
      .length(COLUMNS.length - 1)
      .parse(cells.slice(0, COLUMNS.length - 1));
    const [tests = 0, supported = 0, agree = 0, forbidsAllowed = 0, allowsForbidden = 0, overBudget = 0, noExpectation = 0] = counts;
    const lists = { disagreements: listed(run, wrong), unsupported: listed(run, missing) };
    return { run, tests, supported, agree, forbidsAllowed, allowsForbidden, overBudget, noExpectation, ...lists };
  });
}
