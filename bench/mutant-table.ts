import { readFileSync } from 'node:fs';
import { parseMutateReport } from '../bot/mutate/schema.js';

/**
 * What became of the mutants of real kernel code, as Markdown: one line a scenario, then each mutant that nobody caught and why.
 * `node dist/bench/mutant-table.js REPORT…`, of reports that `faultline mutate --tree T --scenario S --json` wrote, one for each scenario.
 */
type Report = ReturnType<typeof parseMutateReport>;
type Mutant = Report['mutants'][number];

const reports = process.argv.slice(2).map((path) => parseMutateReport(readFileSync(path, 'utf8')));

const FATES = ['killed', 'equivalent', 'survived', 'not-modelled', 'not-run'] as const;
/** One that objects is enough; silence of a scenario that runs the place outweighs one that does not. */
const RANK: Readonly<Record<Mutant['fate'], number>> = { killed: 0, survived: 1, 'not-modelled': 2, equivalent: 3, 'not-run': 4 };

const keyOf = ({ file, procedure, line, operator, what }: Mutant): string => [file, procedure, line, operator, what].join('\0');

function tally(mutants: readonly Mutant[]): string[] {
  const count = (fate: Mutant['fate']): number => mutants.filter((mutant) => mutant.fate === fate).length;
  const made = mutants.length - count('not-run');
  const share = made === 0 ? '' : `${((100 * (count('killed') + count('equivalent'))) / made).toFixed(0)} %`;
  return [...FATES.map((fate) => String(count(fate))), share];
}

const rows = [['scenario', 'states', ...FATES, 'killed or equivalent']];
const best = new Map<string, Mutant>();
for (const { scenarios, mutants } of reports) {
  const name = scenarios.map(({ scenario }) => scenario).join(', ');
  rows.push([name, scenarios.reduce((sum, { states }) => sum + states, 0).toLocaleString('en'), ...tally(mutants)]);
  for (const mutant of mutants) {
    const known = best.get(keyOf(mutant));
    if (known === undefined || RANK[mutant.fate] < RANK[known.fate]) best.set(keyOf(mutant), mutant);
  }
}
const all = [...best.values()];
rows.push(['**each mutant once**', '', ...tally(all)]);

const left = all.filter(({ fate }) => fate === 'survived' || fate === 'not-modelled').sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const open = [
  ['where', 'mutant', 'fate', 'scenario'],
  ...left.map((mutant) => [
    `${mutant.file}:${String(mutant.line)}, \`${mutant.procedure}\``,
    mutant.what,
    mutant.fate === 'survived' ? 'survived' : `not modelled: ${mutant.why ?? ''}`,
    mutant.scenarios.join(', '),
  ]),
];
const markdown = (lines: readonly (readonly string[])[]): string => {
  const [head = '', ...rest] = lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return [head, `|${'---|'.repeat(lines[0]?.length ?? 0)}`, ...rest].join('\n');
};
process.stdout.write(`${markdown(rows)}\n\n${markdown(open)}\n`);
