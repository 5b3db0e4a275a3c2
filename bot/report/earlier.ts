import { axesText } from './describe.js';
import type { Earlier, Review } from './schema.js';
import { harmless } from './text.js';

/** One sentence for each finding of an earlier version, what is left of them first. */
export function earlierTexts(review: Review): string[] {
  const order: readonly Earlier['fate'][] = ['still-there', 'answered', 'not-run', 'fixed', 'dismissed'];
  return order.flatMap((fate) => review.earlier.filter((each) => each.fate === fate)).map((each) => `${nameOf(each)}: ${fateText(each)}.`);
}

function nameOf({ version, violation, scenario, axes, id }: Earlier): string {
  const only = axesText(axes);
  return `${violation ?? 'superfluous'} in ${harmless(scenario, 120)}${only === '' ? '' : ` with ${only}`}, of v${String(version)} (${id})`;
}

function fateText({ fate, now, id, fixedIn, by, why }: Earlier): string {
  const today = now === undefined || now === id ? '' : `, now ${now}`;
  switch (fate) {
    case 'still-there':
      return `still there${today}`;
    case 'fixed':
      return `fixed in v${String(fixedIn ?? 0)}`;
    case 'answered':
      return `still there${today}; the author answered in <${harmless(by ?? '', 200)}>: "${harmless(why ?? '', 240)}"`;
    case 'dismissed':
      return `still there${today}; dismissed${why === undefined || why === '' ? '' : `: ${harmless(why, 240)}`}`;
    case 'not-run':
      return 'not known, as its scenario did not run to the end on this version';
  }
}
