import type { Review } from '../../report/schema.js';
import { type Change, damaged, inMail } from './edit-mail.js';
import { essence } from './review-text.js';

/** What a review of an edited mail has to say. */
export interface Expectation {
  readonly verdict: Review['verdict'];
  /** All findings, each as `essence` gives them. The same once more in another scenario is no surprise. */
  readonly findings?: readonly string[];
  /** Beginnings of findings that must be there, and of ones that must not. */
  readonly includes?: readonly string[];
  readonly excludes?: readonly string[];
  /** A pattern that some finding has to match. */
  readonly some?: RegExp;
}

/** A change to a real mail, and the answer that the protocol demands for it. */
export interface Edit {
  readonly name: string;
  readonly edit: (mbox: string, change: Change) => string;
  /** Damage done by mail programs, which never put line counts right. */
  readonly staleOnly?: true;
  readonly kind?: Review['kind'];
  readonly expect?: Expectation;
  /** The name of another edit that means the same: findings must be equal. */
  readonly same?: string;
}

/** The edited mboxes to review: with hunk headers put right and, where that makes a difference, with the old ones. */
export function variantsOf(edit: Edit, mbox: string): { readonly name: string; readonly mbox: string }[] {
  const stale = edit.edit(mbox, damaged);
  if (edit.staleOnly) return [{ name: edit.name, mbox: stale }];
  const sound = edit.edit(mbox, inMail);
  return [
    { name: edit.name, mbox: sound },
    ...(stale === sound ? [] : [{ name: `${edit.name} (hunk headers left as they were)`, mbox: stale }]),
  ];
}

/** What a review lacks of what is expected, each a sentence; nothing where it is as it should be. */
export function shortcomings(review: Review, expected: Expectation): string[] {
  const found = essence(review);
  const wrong: string[] = [];
  if (review.verdict !== expected.verdict) wrong.push(`verdict is ${review.verdict}, not ${expected.verdict}`);
  if (expected.findings) {
    for (const finding of expected.findings) if (!found.includes(finding)) wrong.push(`missing: ${finding}`);
    const known = new Set(expected.findings.map(withoutScenario));
    for (const finding of found) if (!known.has(withoutScenario(finding))) wrong.push(`too much: ${finding}`);
  }
  for (const start of expected.includes ?? [])
    if (!found.some((finding) => finding.startsWith(start))) wrong.push(`missing: ${start} (found: ${found.join('; ')})`);
  for (const start of expected.excludes ?? [])
    for (const finding of found) if (finding.startsWith(start)) wrong.push(`must not be there: ${finding}`);
  if (expected.some && !found.some((finding) => expected.some?.test(finding)))
    wrong.push(`nothing matches ${String(expected.some)} (found: ${found.join('; ')})`);
  return wrong;
}

const withoutScenario = (finding: string): string => finding.replace(/ in \S+/, '');

/** The review that an edit is about: the only one of its kind. */
export function reviewOf(reviews: readonly Review[], edit: Edit): Review {
  const [review] = reviews.filter((candidate) => candidate.kind === (edit.kind ?? 'series'));
  if (review === undefined) throw new Error(`no ${edit.kind ?? 'series'} review for "${edit.name}"`);
  return review;
}

/** What an edit is expected to give: its own expectation, or that of the edit that it must equal. */
export function expectationOf(edit: Edit, edits: readonly Edit[]): Expectation {
  const other = edit.same === undefined ? edit : edits.find((candidate) => candidate.name === edit.same);
  if (other?.expect === undefined) throw new Error(`nothing is expected of "${edit.name}"`);
  return other.expect;
}
