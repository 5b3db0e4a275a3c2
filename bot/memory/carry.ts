import type { Earlier, Finding, Review } from '../report/schema.js';
import type { Link, VersionFacts } from './version.js';

/** A review that was made of a version. */
export interface Remembered {
  readonly facts: VersionFacts;
  readonly review: Review;
}

/** An earlier version of the series at hand, with what people said of its findings. */
export interface EarlierVersion extends Remembered {
  readonly link: Link;
  readonly answers: readonly Answer[];
}

/** A mail of the author that answers what was said of a version. */
export interface Answer {
  readonly messageId: string;
  /** Its first words that quote nobody. */
  readonly text: string;
  /** Ids of the findings that it is about; empty: all that the answered mail had. */
  readonly findings: readonly string[];
}

/** Why somebody who runs this faultline does not want to hear of a finding again, by the finding's id. */
export type Dismissals = ReadonlyMap<string, string>;

/** What became of the findings of earlier versions, oldest first; each finding once, as the first version had it. */
export function carry(earlier: readonly EarlierVersion[], now: Review, dismissals: Dismissals): readonly Earlier[] {
  const later: readonly Review[] = [...earlier.map((each) => each.review), now];
  const told = new Map<string, Earlier>();
  earlier.forEach(({ facts, review }, i) => {
    for (const finding of review.findings) {
      const key = keyOf(finding);
      if (!isOpen(finding) || told.has(key)) continue;
      const { id, violation, scenario, axes, summary } = finding;
      const from = { id, version: facts.version, violation, scenario, axes, summary };
      told.set(key, { ...from, ...fateOf(finding, earlier, later.slice(i + 1), dismissals) });
    }
  });
  return [...told.values()];
}

type Fate = Pick<Earlier, 'fate' | 'now' | 'fixedIn' | 'by' | 'why'>;

function fateOf(finding: Finding, earlier: readonly EarlierVersion[], later: readonly Review[], dismissals: Dismissals): Fate {
  const today = later.at(-1);
  const present = today && sameIn(today, finding);
  if (!present) {
    // The first version from which on it is not there any more, and was looked for.
    let fixedIn: number | undefined;
    for (const review of [...later].reverse()) {
      if (sameIn(review, finding)) break;
      if (looksFor(review, finding)) fixedIn = review.series.version;
    }
    return today && looksFor(today, finding) && fixedIn !== undefined ? { fate: 'fixed', fixedIn } : { fate: 'not-run' };
  }
  const names = namesOf(finding, earlier, present);
  const dismissed = [...names].find((id) => dismissals.has(id));
  if (dismissed !== undefined) return { fate: 'dismissed', now: present.id, why: dismissals.get(dismissed) ?? '' };
  const answer = earlier
    .flatMap((each) =>
      each.answers.filter(({ findings }) =>
        findings.length === 0 ? sameIn(each.review, finding) !== undefined : findings.some((id) => names.has(id)),
      ),
    )
    .at(-1);
  if (answer !== undefined) return { fate: 'answered', now: present.id, by: answer.messageId, why: answer.text };
  return { fate: 'still-there', now: present.id };
}

/** The ids that one finding has had: they hang on the version. */
function namesOf(finding: Finding, earlier: readonly EarlierVersion[], present: Finding): ReadonlySet<string> {
  const names = new Set([finding.id, present.id]);
  for (const { review } of earlier) {
    const same = sameIn(review, finding);
    if (same) names.add(same.id);
  }
  return names;
}

const isOpen = ({ status }: Pick<Finding, 'status'>): boolean => status !== 'fixed';
const axesKey = ({ axes, where }: Finding): string => JSON.stringify([Object.entries(axes).sort(([a], [b]) => (a < b ? -1 : 1)), where]);
const keyOf = (finding: Finding): string =>
  `${finding.scenario}\0${String(finding.violation)}\0${String(finding.window ?? 0)}\0${axesKey(finding)}`;

/** The same finding in another version's review: under the same axes if there is one, else the same violation in the same scenario. */
function sameIn(review: Review, finding: Finding): Finding | undefined {
  const alike = review.findings.filter(
    (other) => isOpen(other) && other.scenario === finding.scenario && other.violation === finding.violation,
  );
  return alike.find((other) => keyOf(other) === keyOf(finding)) ?? alike[0];
}

/** Whether a review would have found it: its scenario ran to the end under every setting. */
function looksFor(review: Review, finding: Finding): boolean {
  const runs = review.ran.filter((run) => run.scenario === finding.scenario);
  return runs.length > 0 && runs.every((run) => run.exhaustive);
}
