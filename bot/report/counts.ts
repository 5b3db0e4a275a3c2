import { axesText } from './describe.js';
import { METRICS } from './metrics.js';
import type { Count } from './schema.js';
import { clip, columns, enumerate, groupBy, harmless, padEnd, padStart, plural, thousands, wrap } from './text.js';

/**
 * One table a scenario: what holds everywhere first, then what holds only with some axes, under a line that names them. Lines of at most
 * `width` columns; at most `limit` tables, then how many are left out. Empty without counts.
 */
export function renderCounts(counts: readonly Count[], width: number, limit: number): string[] {
  const scenarios = [...groupBy(counts, (row) => row.scenario)].map(([scenario, rows]) => ({ scenario, rows }));
  const differing = scenarios.filter(({ rows }) => rows.some(differs));
  const equal = scenarios.filter(({ rows }) => !rows.some(differs)).map(({ scenario }) => harmless(scenario, 60));
  const lines = differing
    .slice(0, limit)
    .flatMap(({ scenario, rows }, i) => [...(i === 0 ? [] : ['']), ...renderTable(scenario, rows, width)]);
  if (differing.length > limit) lines.push('', `Counts differ in ${plural(differing.length - limit, 'more table')}; the report has them.`);
  if (equal.length > 0) {
    const said = equal.length <= 2 ? enumerate(equal) : `${equal.length} scenarios`;
    lines.push(...(lines.length > 0 ? [''] : []), ...wrap(`Counts are equal before and after in ${said}.`, Math.min(width, 72)));
  }
  return lines;
}

const TITLES: ReadonlyMap<string, string> = new Map(METRICS.map((metric) => [metric.name, metric.title]));
const ORDER: ReadonlyMap<string, number> = new Map(METRICS.map((metric, i) => [metric.name, i]));
const NUMBER_WIDTH = 9;

const differs = (row: Count): boolean => row.before !== row.after;

function renderTable(scenario: string, rows: readonly Count[], width: number): string[] {
  const differ = ordered(rows.filter(differs));
  const numbersWidth =
    Math.max(NUMBER_WIDTH, ...differ.flatMap((row) => [columns(thousands(row.before)), columns(thousands(row.after))])) + 1;
  const titleWidth = Math.min(width - 2 * numbersWidth, 56);
  const line = (title: string, before: string, after: string): string =>
    `${padEnd(clip(title, titleWidth), titleWidth)}${padStart(before, numbersWidth)}${padStart(after, numbersWidth)}`;
  const lines = [line(`Counts, ${harmless(scenario, 200)}`, 'before', 'after')];
  const what = rows.find((row) => row.what !== undefined)?.what;
  if (what !== undefined)
    lines.push(...wrap(harmless(what, 200), width, '  (', '   ').map((text, i, all) => (i === all.length - 1 ? `${text})` : text)));
  for (const [axes, group] of [...groupBy(differ, (row) => axesText(row.axes))].sort(([a], [b]) => a.length - b.length)) {
    if (axes !== '') lines.push(...wrap(`with ${axes}:`, width, '  ', '    '));
    const indent = axes === '' ? '  ' : '    ';
    for (const row of group) lines.push(line(indent + title(row), thousands(row.before), thousands(row.after)));
  }
  const equal = [
    ...new Set(
      ordered(rows.filter((row) => !differs(row) && row.after > 0 && Object.keys(row.axes).length === 0)).map(
        (row) => `${title(row)} ${thousands(row.after)}`,
      ),
    ),
  ];
  if (equal.length > 0) lines.push(clip(`  equal: ${equal.join('; ')}`, width));
  return lines;
}

const title = (row: Count): string => TITLES.get(row.metric) ?? row.metric;

function ordered(rows: readonly Count[]): Count[] {
  return [...rows].sort((a, b) => (ORDER.get(a.metric) ?? 0) - (ORDER.get(b.metric) ?? 0));
}
