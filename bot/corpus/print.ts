import { clip, enumerate, harmless, padEnd, padStart, plural, wrap } from '../report/text.js';
import { summarise } from './judge.js';
import type { CaseResult, Fate, Index, Match, Told } from './types.js';

const WORDS: Readonly<Record<Fate, string>> = {
  found: 'found',
  'not-stated': 'introduced, not the stated race',
  'not-modelled': 'not modelled',
  missed: 'missed',
  'false-alarm': 'FALSE ALARM',
  silent: '',
  unjudged: '',
  unread: 'nothing to review',
};

const WIDTHS = { id: 6, label: 26, verdict: 13, violation: 24, time: 8 };

export const headLine = (): string =>
  `${[padEnd('case', WIDTHS.id), padEnd('label', WIDTHS.label), padEnd('verdict', WIDTHS.verdict), padEnd('violation', WIDTHS.violation), padStart('time', WIDTHS.time)].join('  ')}\n`;

/** One line a case. */
export function caseLine(result: CaseResult, ms: number): string {
  const cell = (text: string, width: number): string => padEnd(clip(harmless(text), width), width);
  const line = [
    cell(result.case.id, WIDTHS.id),
    cell(result.case.label, WIDTHS.label),
    cell(result.verdict ?? '-', WIDTHS.verdict),
    cell(violationOf(result), WIDTHS.violation),
    padStart(`${(ms / 1000).toFixed(2)} s`, WIDTHS.time),
    WORDS[result.fate],
  ];
  return `${line.join('  ').trimEnd()}\n`;
}

/** Violations of the findings that made the fate, or else of those that made the verdict. */
function violationOf({ told, fate, verdict }: CaseResult): string {
  const weighty = fate === 'found' ? told.filter(({ match }) => match === 'stated') : told.filter(({ status }) => status === verdict);
  return [...new Set(weighty.map(({ violation }) => violation ?? ''))].join(', ');
}

const percent = (n: number, of: number): string => (of === 0 ? '' : ` (${((100 * n) / of).toFixed(0)} %)`);

/** What follows the table: the numbers, and for each case that is not as it should be what came instead. */
export function summaryText(index: Index, results: readonly CaseResult[]): string {
  const { fates, stated, falseAlarms } = summarise(results);
  const answered = stated.found + stated.notModelled;
  const lines = [
    '',
    `Race stated: ${plural(stated.cases, 'case')}; found ${String(stated.found)}${percent(stated.found, stated.cases)}, ` +
      `not modelled ${String(stated.notModelled)}${percent(stated.notModelled, stated.cases)}, both ${String(answered)}${percent(answered, stated.cases)}; ` +
      `introduced, not the stated race ${String(fates['not-stated'])}, missed ${String(fates.missed)}, nothing to review ${String(fates.unread)}.`,
    falseAlarms.length === 0
      ? 'False alarms: none.'
      : `False alarms: ${plural(falseAlarms.length, 'case')}, ${enumerate(falseAlarms.map((id) => harmless(id)))}.`,
    ...index.faults.map((fault) => `Index: ${harmless(fault)}.`),
    ...results.flatMap(detail),
  ];
  return `${lines.flatMap((line) => (line === '' ? [''] : wrap(line, 110, '', '    '))).join('\n')}\n`;
}

const DETAILS = 3;

function detail({ case: of, fate, told, notModelled, problems }: CaseResult): string[] {
  const head = `${harmless(of.id)}: `;
  switch (fate) {
    case 'false-alarm':
    case 'not-stated':
      return told
        .filter(
          ({ status, match }) =>
            status === 'introduced' &&
            match !== 'stated-elsewhere' &&
            (fate === 'not-stated' || match !== 'stated' || of.statement.atIssue.length === 0),
        )
        .slice(0, DETAILS)
        .map(
          (each) => `${head}${toldText(each)}${fate === 'not-stated' ? `; ${WHY[each.match]}, stated: ${statedText(of.statement)}` : ''}`,
        );
    case 'not-modelled':
      return notModelled.slice(0, 1).map(({ what, why }) => `${head}${harmless(what, 120)}: ${harmless(why, 300)}`);
    case 'missed':
      return [`${head}nothing introduced; stated: ${statedText(of.statement)}`];
    case 'unread':
      return [
        `${head}${
          problems.length > 0
            ? problems
                .slice(0, DETAILS)
                .map((each) => harmless(each, 200))
                .join('; ')
            : 'no patch in it'
        }`,
      ];
    case 'found':
    case 'silent':
    case 'unjudged':
      return [];
  }
}

const WHY: Readonly<Record<Match, string>> = {
  stated: 'as stated, by its words',
  'stated-elsewhere': 'as another case states of this patch',
  'other-violation': 'another violation',
  'other-place': 'code that is not named',
  'other-patch': 'another patch',
};

const toldText = ({ violation, scenario, summary }: Told): string =>
  `introduced ${violation ?? ''} in ${scenario}: ${harmless(summary, 200)}`.replace(/\.$/, '');

const statedText = ({ violations, names }: CaseResult['case']['statement']): string =>
  `${violations.length === 0 ? 'no violation that the program knows' : enumerate(violations)}${names.length === 0 ? '' : `; ${harmless(names.slice(0, 6).join(', '))}`}`;
