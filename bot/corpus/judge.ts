import type { Finding, Review, Verdict } from '../report/schema.js';
import type { Case, CaseResult, Fate, Match, Statement, Summary, Told } from './types.js';

/** What came out of a case, weightiest first. */
const WEIGHT: readonly Verdict[] = ['introduced', 'fixed', 'pre-existing', 'clean', 'not-modelled', 'error', 'not-relevant'];

/** Holds the reviews of a case against what its index says. */
export function judge(of: Case, reviews: readonly Review[], problems: readonly string[]): CaseResult {
  const { statement } = of;
  const judged = reviewsAtIssue(statement, reviews);
  const anyPatch = !reviews.some((review) => isNamed(statement, review));
  const told = reviews.flatMap(({ findings }) =>
    findings.filter(({ violation }) => violation !== null).map((finding) => toldOf(finding, statement, anyPatch)),
  );
  const subjects = new Map(
    reviews.flatMap(({ series }) => series.patches.map(({ messageId, subject }) => [messageId, plainSubject(subject)])),
  );
  const known = told.map(
    (each): Told =>
      of.expects === 'silence' && isFlagged(of, subjects.get(each.patch), each) ? { ...each, match: 'stated-elsewhere' } : each,
  );
  return {
    case: of,
    verdict: WEIGHT.find((verdict) => judged.some((review) => review.verdict === verdict)) ?? null,
    fate: fateOf(of, reviews, judged, known),
    told: known,
    notModelled: distinct(judged.flatMap(({ notModelled }) => notModelled)),
    reviews: reviews.map(({ kind, verdict, series: { title, version } }) => ({ title, version, kind, verdict })),
    problems,
  };
}

/** Whether another case of the index states this violation of the same patch. */
const isFlagged = ({ elsewhere = [] }: Case, subject: string | undefined, { violation }: Told): boolean =>
  elsewhere.some((flagged) => flagged.subject === subject && flagged.violations.some((each) => each === violation));

/** A subject without `[PATCH …]` and the like, in lower case. */
export const plainSubject = (subject: string): string =>
  subject
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();

/** Those of the patches at issue, where the mails have them: a thread may hold good versions as well. */
function reviewsAtIssue({ atIssue }: Statement, reviews: readonly Review[]): readonly Review[] {
  const found = reviews.filter(({ series }) => series.patches.some(({ messageId }) => atIssue.includes(messageId)));
  return found.length > 0 ? found : reviews;
}

/** Whether the index names some patch of the series, as the one at issue or as a good one. A patch that is at hand without its mail has no such name. */
const isNamed = ({ atIssue, good }: Statement, { series }: Review): boolean =>
  series.patches.some(({ messageId }) => atIssue.includes(messageId) || good.includes(messageId));

function toldOf(finding: Finding, statement: Statement, anyPatch: boolean): Told {
  const { id, status, violation, scenario, axes, patch, summary } = finding;
  return { id, status, violation, scenario, axes, patch, summary, match: matchOf(finding, statement, anyPatch) };
}

/** Whether a finding is the stated race: the violation, what the interleaving goes through, and the patch where one is at issue. */
function matchOf(finding: Finding, { violations, names, files, atIssue, good }: Statement, anyPatch: boolean): Match {
  const { violation, endsIn } = finding;
  if (!violations.some((stated) => stated === violation || stated === endsIn)) return 'other-violation';
  const wanted = finding.status === 'fixed' ? good : atIssue;
  if (!anyPatch && wanted.length > 0 && !wanted.includes(finding.patch)) return 'other-patch';
  const passed = namesOf(finding);
  const changed = finding.functions.filter(({ from }) => from === 'patch').map(({ file }) => file);
  // Where the words name no code, the file that the patch changes has to do.
  const here = names.length > 0 ? names.some((name) => passed.has(name)) : changed.some((file) => files.includes(file));
  return here ? 'stated' : 'other-place';
}

/** Functions that the trace goes through or that the patch changes on its way, and all that its steps name. */
function namesOf({ trace, functions }: Finding): Set<string> {
  const words = trace.flatMap(({ text, function: at }) => [...(at === undefined ? [] : [at]), ...(text.match(/[A-Za-z_]\w*/g) ?? [])]);
  // People also name code by its file.
  const files = functions.map(({ file }) => file.replace(/^.*\//, '').replace(/\.\w+$/, ''));
  return new Set([...words, ...files, ...functions.filter(({ from }) => from === 'patch').map(({ name }) => name)]);
}

function fateOf(of: Case, reviews: readonly Review[], judged: readonly Review[], told: readonly Told[]): Fate {
  if (reviews.length === 0) return of.expects === 'nothing' ? 'unjudged' : 'unread';
  const introduced = told.filter(({ status }) => status === 'introduced');
  switch (of.expects) {
    case 'nothing':
      return 'unjudged';
    case 'silence':
      // A thread that ended well may hold the version that was found wanting: what is stated of that one is no false alarm.
      return introduced.some(({ match }) => match !== 'stated-elsewhere' && (match !== 'stated' || of.statement.atIssue.length === 0))
        ? 'false-alarm'
        : 'silent';
    case 'race': {
      // The good version of such a thread shows the race as well, by what it takes away.
      const shows = ({ status }: Told): boolean => status === 'introduced' || (status === 'fixed' && of.label.includes('FIX'));
      if (told.some((each) => each.match === 'stated' && shows(each))) return 'found';
      if (judged.some(({ verdict }) => verdict === 'introduced')) return 'not-stated';
      const ran = judged.some(({ verdict }) => verdict === 'clean' || verdict === 'fixed' || verdict === 'pre-existing');
      return !ran && judged.some(({ verdict }) => verdict === 'not-modelled') ? 'not-modelled' : 'missed';
    }
  }
}

/** The numbers below the table. */
export function summarise(results: readonly CaseResult[]): Summary {
  const count = (fate: Fate): number => results.filter((result) => result.fate === fate).length;
  return {
    fates: {
      found: count('found'),
      'not-stated': count('not-stated'),
      'not-modelled': count('not-modelled'),
      missed: count('missed'),
      'false-alarm': count('false-alarm'),
      silent: count('silent'),
      unjudged: count('unjudged'),
      unread: count('unread'),
    },
    stated: {
      cases: results.filter((result) => result.case.expects === 'race').length,
      found: count('found'),
      notModelled: count('not-modelled'),
    },
    falseAlarms: results.filter(({ fate }) => fate === 'false-alarm').map((result) => result.case.id),
  };
}

const distinct = <Row extends { readonly what: string; readonly why: string }>(rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [`${row.what}\0${row.why}`, row])).values(),
];
