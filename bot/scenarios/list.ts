import { enumerate, padEnd, plural, wrap } from '../report/text.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { families } from './choose.js';

const NAME_WIDTH = 40;

/** A line of plain English each. */
export function listText(scenarios: readonly Scenario[], width: number): string {
  const lines = scenarios.flatMap(({ spec }) => {
    const [first = '', ...rest] = wrap(spec.about, Math.max(40, width - NAME_WIDTH - 2));
    return [`${padEnd(spec.scenario, NAME_WIDTH)}  ${first}`, ...rest.map((line) => `${' '.repeat(NAME_WIDTH)}  ${line}`)];
  });
  return `${[...lines, '', `${plural(scenarios.length, 'scenario')}.`].join('\n')}\n`;
}

const code = (names: readonly string[]): string => enumerate(names.map((name) => `\`${name}\``));

/** The page of documentation that lists all scenarios. */
export function listPage(scenarios: readonly Scenario[]): string {
  const sections = families(scenarios).flatMap((family) => {
    const members = scenarios.filter(({ spec }) => spec.scenario.startsWith(`${family}/`));
    return [`## ${family}`, '', ...members.flatMap(section)];
  });
  const head = [
    '# The scenarios',
    '',
    'Made from their headers by `npm run scenario-list`; [scenarios.md](scenarios.md) says what the headers mean.',
    `There are ${plural(scenarios.length, 'scenario')}: ${enumerate(families(scenarios).map((family) => `${String(count(scenarios, family))} ${family}`))}.`,
    '`faultline scenarios run NAME` runs one as it stands.',
    '',
  ];
  return `${[...head, ...sections].join('\n').trimEnd()}\n`;
}

const count = (scenarios: readonly Scenario[], family: string): number =>
  scenarios.filter(({ spec }) => spec.scenario.startsWith(`${family}/`)).length;

function section({ spec }: Scenario): string[] {
  const axes = Object.entries(spec.axes).map(([name, values]) => `\`${name}\` (${values.map(String).join(', ')})`);
  return [
    `### ${spec.scenario}`,
    '',
    spec.about,
    '',
    `- tests ${code(spec.entries.map((entry) => `${entry}()`))}, on ${spec.on === 'tree' ? 'kernel trees' : 'the skeletons'}`,
    `- files: ${code(spec.files)}`,
    `- ${plural(spec.explore.cpus.length, 'CPU')}: ${spec.explore.cpus.map(({ name, runs }) => (runs === undefined ? name : `${name} runs \`${runs}()\``)).join(', ')}`,
    ...(axes.length === 0 ? [] : [`- axes: ${axes.join(', ')}`]),
    ...(spec.variantOf === undefined ? [] : [`- a variant of ${spec.variantOf}`]),
    ...spec.known.map(({ kernel, violation, why }) => `- known of ${kernelName(kernel)}: \`${violation}\`. ${why}`),
    ...spec.lacking.map(({ kernel, why }) => `- not in ${kernelName(kernel)}: ${why}`),
    '',
  ];
}

const kernelName = (kernel: string): string => (kernel === 'skeletons' ? 'the skeletons' : `Linux ${kernel}`);
