import { harmless, padEnd, plural, wrap } from '../report/text.js';
import { isUnexpected, type ScenarioResult } from './run.js';

const NAME_WIDTH = 40;
const WIDTH = 110;

/** What came of one scenario: silent, or what it shows. */
export function resultText(result: ScenarioResult): string {
  const { scenario, settings, states, shown, troubles, lacking } = result;
  const head = padEnd(scenario, NAME_WIDTH);
  if (lacking !== null) return `${head}  not in this kernel: ${lacking}\n`;
  const what = shown.length === 0 ? (troubles.length === 0 ? 'silent' : 'no answer') : shown.map(({ violation }) => violation).join(', ');
  const lines = [
    ...shown.map(({ violation, window, settings: in_, summary, known }) => {
      const delay = window === 0 ? '' : ', with a delayed store';
      const expected = known === null ? 'not expected' : `known: ${known}`;
      return `${violation} in ${String(in_)} of ${plural(settings, 'setting')}${delay}: ${harmless(summary)} (${expected})`;
    }),
    ...troubles.map((trouble) => harmless(trouble)),
  ];
  const details = lines.flatMap((line) => wrap(line, WIDTH, '    ', '      '));
  return `${[`${head}  ${what}; ${plural(states, 'state')}, ${plural(settings, 'setting')}`, ...details].join('\n')}\n`;
}

/** The line at the end. */
export function totalText(results: readonly ScenarioResult[]): string {
  const silent = results.filter(({ shown, troubles, lacking }) => shown.length === 0 && troubles.length === 0 && lacking === null).length;
  const unexpected = results.filter(isUnexpected).length;
  return `\n${plural(results.length, 'scenario')}: ${String(silent)} silent, ${unexpected === 0 ? 'nothing unexpected' : `${String(unexpected)} not as expected`}.\n`;
}
