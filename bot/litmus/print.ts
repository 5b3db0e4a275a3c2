import { harmless, padEnd } from '../report/text.js';
import type { Tally } from './tally.js';
import { COMPARISONS, type TestResult, verdictOf } from './types.js';

const NAME_WIDTH = 48;

/** One line a test: comparison, name, verdict against what was expected, states, time. */
export function testLine(result: TestResult): string {
  const { outcome, expected } = result;
  const head = `  ${padEnd(result.comparison, 17)} ${padEnd(harmless(result.name), NAME_WIDTH)} `;
  const wanted = expected === null ? '' : ` (expected ${expected})`;
  const time = `${result.ms.toFixed(1)} ms`;
  switch (outcome.k) {
    case 'verdict': {
      const verdict = verdictOf(outcome.holds, expected);
      const shown = result.comparison === 'agree' ? verdict : `${verdict}${wanted}`;
      return `${head}${padEnd(shown, 10)} ${outcome.outcomes} outcomes, ${outcome.states} states, ${time}\n`;
    }
    case 'unsupported': {
      const at = outcome.at === null ? '' : `line ${outcome.at.line}, column ${outcome.at.column}: `;
      return `${head}${at}${harmless(outcome.feature)}${wanted}\n`;
    }
    case 'over-budget':
      return `${head}gave up: out of ${outcome.of}${wanted}, ${time}\n`;
    case 'malformed': {
      const { line, column, expected: what, found } = outcome.malformed;
      return `${head}${harmless(result.file)}, line ${line}, column ${column}: expected ${harmless(what)}, found "${harmless(found)}"\n`;
    }
    case 'unreadable':
      return `${head}${harmless(result.file)}: ${outcome.why}\n`;
    case 'failed':
      return `${head}a fault in faultline: ${harmless(outcome.why)}\n`;
  }
}

/** The table at the end, one line a run, and the features that are missing. */
export function tallyTable(tallies: readonly Tally[]): string {
  const shown = COMPARISONS.filter((name) => tallies.some(({ counts }) => counts[name] > 0) || ALWAYS.has(name));
  const rows = [
    ['suite', 'tests', ...shown, 'median ms', 'p95', 'max'],
    ...tallies.map(({ run, tests, counts, ms }) => [
      run,
      String(tests),
      ...shown.map((name) => String(counts[name])),
      ...[ms.median, ms.p95, ms.max].map((n) => n.toFixed(1)),
    ]),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const missing = tallies.flatMap(({ run, unsupported }) =>
    unsupported.length === 0
      ? []
      : [`${run}, unsupported: ${unsupported.map(({ feature, tests }) => `${harmless(feature)} (${tests})`).join(', ')}`],
  );
  return `${[...lines, ...missing].join('\n')}\n`;
}

const ALWAYS: ReadonlySet<string> = new Set(['agree', 'forbids-allowed', 'allows-forbidden', 'unsupported', 'over-budget']);
