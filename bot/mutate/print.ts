import { harmless, padEnd } from '../report/text.js';
import { axesText } from '../review/cubes.js';
import type { Judged } from './summary.js';
import { tally } from './summary.js';
import type { Baseline, Fate } from './types.js';

/** A scenario with nothing changed: what mutants are held against. */
export function baselineLine({ scenario, settings, states, violations, trouble }: Baseline): string {
  const shows = violations.length === 0 ? 'silent' : `shows ${violations.join(', ')} with nothing changed`;
  const but = trouble === null ? '' : `; not complete: ${harmless(trouble)}`;
  return `${scenario}: ${shows} (${settings} setting${settings === 1 ? '' : 's'}, ${states.toLocaleString('en')} states)${but}\n`;
}

/** Every mutant under its file and procedure, and the numbers at the end. Those that nobody caught come once more, last. */
export function mutantTable(mutants: readonly Judged[]): string {
  const lines: string[] = [];
  let place = '';
  for (const each of mutants) {
    const here = `${each.file}  ${each.procedure}`;
    if (here !== place) lines.push('', harmless(here));
    place = here;
    lines.push(`  ${String(each.line).padStart(5)}  ${padEnd(harmless(each.what), 64)}  ${fateText(each.fate, each.scenarios)}`);
  }
  const counts = tally(mutants);
  const made = mutants.length - counts['not-run'];
  const answered = counts.killed + counts.equivalent;
  const share = made === 0 ? '' : ` (${((100 * answered) / made).toFixed(1)} % killed or equivalent)`;
  lines.push(
    '',
    `${made} mutants${share}: ${counts.killed} killed, ${counts.equivalent} equivalent, ${counts.survived} survived, ` +
      `${counts['not-modelled']} not modelled. ${counts['not-run']} more in places that no run comes to.`,
  );
  const left = mutants.filter(({ fate }) => fate.k === 'survived');
  if (left.length > 0)
    lines.push('Survivors:', ...left.map((each) => `  ${each.file}:${each.line}  ${each.procedure}: ${harmless(each.what)}`));
  return `${lines.join('\n').trimStart()}\n`;
}

function fateText(fate: Fate, scenarios: readonly string[]): string {
  switch (fate.k) {
    case 'killed': {
      const axes = axesText(fate.setting);
      return `killed: ${fate.violations.join(', ')}, ${scenarios.join(', ')}${axes === '' ? '' : ` (${axes})`}`;
    }
    case 'equivalent':
      return `equivalent in ${scenarios.join(', ')}: ${harmless(fate.why)}`;
    case 'survived':
      return `SURVIVED ${scenarios.join(', ')}${fate.why === null ? '' : `: ${harmless(fate.why)}`}`;
    case 'not-modelled':
      return `not modelled: ${harmless(fate.why)}`;
    case 'not-run':
      return 'not run';
  }
}
