import { axesText } from './describe.js';
import { METRICS } from './metrics.js';
import type { Axes, Count } from './schema.js';
import { clip, columns, enumerate, groupBy, harmless, padEnd, padStart, plural, thousands, wrap } from './text.js';

/** The counts of one scenario that say the same for one or more settings. */
interface CountTable {
  readonly scenario: string;
  /** What all the settings have in common. */
  readonly axes: Axes;
  readonly settings: number;
  /** Rows that differ between before and after, in the order of the list of metrics. */
  readonly differ: readonly CountRow[];
  readonly equal: readonly { readonly title: string; readonly value: number }[];
}

interface CountRow {
  readonly title: string;
  readonly before: number;
  readonly after: number;
}

/** Settings of a scenario whose numbers are the same become one table. Tables with a difference come first. */
function countTables(counts: readonly Count[]): CountTable[] {
  const settings = groupBy(counts, (row) => JSON.stringify([row.scenario, row.arch, Object.entries(row.axes).sort()]));
  const alike = groupBy([...settings.values()], (rows) => JSON.stringify([rows[0]?.scenario, rows[0]?.arch, ordered(rows).map(numbers)]));
  const tables = [...alike.values()].flatMap((group) => {
    const first = group[0] ?? [];
    const scenario = first[0]?.scenario;
    if (scenario === undefined) return [];
    const rows = ordered(first).map((row) => ({ title: TITLES.get(row.metric) ?? row.metric, before: row.before, after: row.after }));
    return [
      {
        scenario,
        axes: common(group.map((same) => same[0]?.axes ?? {})),
        settings: group.length,
        differ: rows.filter((row) => row.before !== row.after),
        equal: rows.filter((row) => row.before === row.after).map((row) => ({ title: row.title, value: row.after })),
      },
    ];
  });
  return [...tables.filter((table) => table.differ.length > 0), ...tables.filter((table) => table.differ.length === 0)];
}

/** Lines of at most `width` columns; at most `limit` tables, then how many are left out. Empty without counts. */
export function renderCounts(counts: readonly Count[], width: number, limit: number): string[] {
  const tables = countTables(counts);
  const differing = tables.filter((table) => table.differ.length > 0);
  const shown = differing.slice(0, limit).map((table) => renderTable(table, width));
  const lines = shown.flatMap((table, i) => (i === 0 ? table : ['', ...table]));
  const same = tables.length - differing.length;
  if (differing.length > limit) lines.push('', `Counts differ in ${plural(differing.length - limit, 'more table')}; the report has them.`);
  if (same > 0) {
    const names = [...new Set(tables.filter((table) => table.differ.length === 0).map((table) => harmless(table.scenario, 60)))];
    const said = names.length <= 2 ? enumerate(names) : `${names.length} scenarios`;
    lines.push(...(lines.length > 0 ? [''] : []), ...wrap(`Counts are equal before and after in ${said}.`, Math.min(width, 72)));
  }
  return lines;
}

const TITLES: ReadonlyMap<string, string> = new Map(METRICS.map((metric) => [metric.name, metric.title]));
const ORDER: ReadonlyMap<string, number> = new Map(METRICS.map((metric, i) => [metric.name, i]));
const NUMBER_WIDTH = 9;

function renderTable(table: CountTable, width: number): string[] {
  const numbersWidth =
    Math.max(NUMBER_WIDTH, ...table.differ.flatMap((row) => [columns(thousands(row.before)), columns(thousands(row.after))])) + 1;
  const titleWidth = Math.min(width - 2 * numbersWidth, 56);
  const line = (title: string, before: string, after: string): string =>
    `${padEnd(clip(title, titleWidth), titleWidth)}${padStart(before, numbersWidth)}${padStart(after, numbersWidth)}`;
  const axes = axesText(table.axes);
  const lines = [line(`Counts, ${harmless(table.scenario, 200)}`, 'before', 'after')];
  if (axes !== '') lines.push(clip(`  with ${axes}${table.settings > 1 ? ` (${table.settings} settings)` : ''}`, width));
  else if (table.settings > 1) lines.push(`  the same in ${table.settings} settings`);
  for (const row of table.differ) lines.push(line(`  ${row.title}`, thousands(row.before), thousands(row.after)));
  const equal = table.equal.filter((row) => row.value > 0).map((row) => `${row.title} ${thousands(row.value)}`);
  if (equal.length > 0) lines.push(clip(`  equal: ${equal.join('; ')}`, width));
  return lines;
}

function ordered(rows: readonly Count[]): Count[] {
  return [...rows].sort((a, b) => (ORDER.get(a.metric) ?? 0) - (ORDER.get(b.metric) ?? 0));
}

function numbers(row: Count): readonly [string, number, number] {
  return [row.metric, row.before, row.after];
}

function common(all: readonly Axes[]): Axes {
  const [first, ...others] = all;
  return Object.fromEntries(Object.entries(first ?? {}).filter(([name, value]) => others.every((axes) => axes[name] === value)));
}
