import { VIOLATIONS } from '../simulator/machine/violation.js';
import type { Scenario } from '../simulator/scenarios/spec.js';
import type { CaughtData, CaughtScenario } from './caught-data.js';

/** The page that says which scenario shows which violation, of what was measured. */
export function violationsPage(scenarios: readonly Scenario[], { scenarios: measured }: CaughtData): string {
  const of = new Map(measured.map((each) => [each.scenario, each]));
  const used = VIOLATIONS.filter((kind) => measured.some(({ violations }) => (violations[kind] ?? 0) > 0));
  const unused = VIOLATIONS.filter((kind) => !used.includes(kind));
  const rows = scenarios.flatMap(({ spec: { scenario } }) => {
    const found = of.get(scenario);
    return found === undefined ? [] : [[scenario, ...used.map((kind) => String(found.violations[kind] ?? ''))]];
  });
  const without = scenarios.map(({ spec }) => spec.scenario).filter((name) => !of.has(name));
  return `${[
    '# Scenarios and violations',
    '',
    'How many mutants of the code that it runs each scenario objects to, by what it shows of them. Made by `npm run scenario-list` of',
    '[caught.json](caught.json), which `node dist/bench/caught.js` writes: mutants of kernel code by `faultline mutate` (its operators are in',
    '[mutants.md](mutants.md)), and those of the tests on the skeletons.',
    '',
    ...table([['scenario', ...used], ...rows]),
    '',
    ...(unused.length === 0 ? [] : [`Nothing measured so far ends in ${unused.map((kind) => `\`${kind}\``).join(', ')}.`, '']),
    ...(without.length === 0 ? [] : [`Not measured, or no mutant caught: ${without.join(', ')}.`, '']),
    '## Mutants of each scenario',
    '',
    'Some that it catches by itself; **bold**: no other scenario objects to it.',
    '',
    ...scenarios.flatMap(({ spec }) => mutantsOf(of.get(spec.scenario))),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function mutantsOf(measured: CaughtScenario | undefined): string[] {
  if (measured === undefined) return [];
  const lines = measured.mutants.map(
    ({ what, violations, alone }) => `- ${alone ? `**${cell(what)}**` : cell(what)}: ${violations.join(', ')}`,
  );
  return [`### ${measured.scenario}, on ${measured.code}`, '', ...lines, ''];
}

const cell = (text: string): string => text.replaceAll('*', '\\*').replaceAll('|', '\\|');

function table([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|---|${'--:|'.repeat(head.length - 1)}`, ...rows.map(line)];
}
