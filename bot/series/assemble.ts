import { parseDiff } from '../../analyzers/diff/parse.js';
import { above, Answers } from './answers.js';
import { diffPrint, KnownHunks } from './fingerprint.js';
import { type Cover, type Entry, type Group, Grouper } from './group.js';
import { inMailOrder, inThreadOrder } from './order.js';
import { type OwnDiff, ownDiffs, unreadableDiff } from './pasted.js';
import { seriesProblems } from './problems.js';
import { findQuoted } from './quoted.js';
import { fillRerolls } from './reroll.js';
import { findResent } from './resent.js';
import { rewrittenFunctions } from './rewritten.js';
import { statedIn } from './stated.js';
import { addressOf, parseSubject, type Subject } from './subject.js';
import type { Assembly, Mail, PastedDiff, Rejection, Series } from './types.js';

interface Read {
  readonly mail: Mail;
  readonly subject: Subject;
}

/** What each mail is by itself. */
interface Sorted {
  readonly covers: readonly Cover[];
  readonly entries: readonly Entry[];
  /** Mails that say patch and hold none, and why. */
  readonly hollow: readonly { readonly read: Read; readonly why: string }[];
  readonly replies: readonly Read[];
}

/**
 * Makes series, versions and proposals of the mails of one source. Pure: the same mails in any order give the same series. A reply is
 * never a patch of a series; a patch that only a reply quotes is one, marked as quoted.
 *
 * `checked`: every hunk is read twice, by two readers that have to agree, as what is reviewed must be. To list series, one reading will do.
 */
export function assemble(mails: readonly Mail[], { checked = true }: { readonly checked?: boolean } = {}): Assembly {
  const rejected: Rejection[] = [];
  const reads = inMailOrder(mails, rejected).map((mail): Read => ({ mail, subject: parseSubject(mail.subject) }));
  const { covers, entries, hollow, replies } = sortOut(reads, rejected, checked);

  const known = new KnownHunks();
  const index = new PatchIndex(entries);
  const own = replies.map((read) => ({ read, diffs: proposedIn(read, index) }));
  const named = withoutNotices(entries, rejected);
  for (const { patch } of named) known.add(patch.diff);
  const proposals = own.map(({ read, diffs }) => ({ read, diffs: diffs.filter((entry) => !known.hasAll(entry.diff)) }));
  const knownAlready = new Set(proposals.filter(({ diffs }) => diffs.length === 0).map(({ read }) => read));
  for (const { diffs } of proposals) for (const { diff } of diffs) known.add(diff);
  const quoted = findQuoted(
    replies.map((read) => read.mail),
    reads,
    named,
    known,
  );

  const grouper = new Grouper();
  for (const cover of covers) grouper.addCover(cover);
  for (const entry of inThreadOrder([...named, ...quoted.entries])) grouper.add(entry);
  for (const { read, why } of hollow) {
    grouper.addHollow(read.mail, read.subject, why);
    rejected.push(rejection(read.mail, why));
  }
  const series = toAllSeries(grouper.groups(), new Answers(replies, [...covers, ...entries.map(({ patch }) => patch)]), rejected);
  const pasted = [...proposals.flatMap(({ read, diffs }) => toPasted(read, diffs, index)), ...quoted.pasted];
  for (const { read, diffs } of own) {
    const why = diffs.length === 0 ? unread(read.mail) : knownAlready.has(read) ? 'its diff is that of another mail' : null;
    if (why !== null) rejected.push(rejection(read.mail, why));
  }
  for (const { mail, why } of quoted.unusable) if (series.length === 0 && pasted.length === 0) rejected.push(rejection(mail, why));
  if (series.length === 0 && pasted.length === 0 && rejected.length === 0 && mails.length > 0) {
    const count = mails.length;
    rejected.push({ messageId: null, subject: '', why: `none of the ${count} ${count === 1 ? 'mail' : 'mails'} holds a diff` });
  }
  return { series: inOrder(series), pasted, rejected };
}

function sortOut(reads: readonly Read[], rejected: Rejection[], checked: boolean): Sorted {
  const covers: Cover[] = [];
  const entries: Entry[] = [];
  const hollow: { read: Read; why: string }[] = [];
  const replies: Read[] = [];
  const bare: { read: Read; problem: string | null }[] = [];
  for (const read of reads) {
    const { mail, subject } = read;
    if (subject.reply) {
      replies.push(read);
      continue;
    }
    const diff = parseDiff(mail.body, { checked });
    if (subject.patch && subject.index === 0 && (subject.total !== 1 || diff.files.length === 0)) covers.push(read);
    else if (diff.files.length === 0) bare.push({ read, problem: diff.problems[0]?.what ?? null });
    else if (subject.patch || isSentAsPatch(mail)) {
      const index = Math.max(subject.index ?? 1, 1);
      entries.push({ subject, patch: { mail, index, title: subject.title, diff, via: { kind: 'mail' }, trailers: [] } });
    } else replies.push(read);
  }
  const introduces = numberedBelow(entries);
  for (const { read, problem } of bare) {
    const { mail, subject } = read;
    if (problem === null && subject.index === null && introduces(mail, subject)) covers.push(read);
    else if (subject.patch) {
      const why = problem === null ? 'the subject says patch, but the mail has no diff' : `no part of the diff can be used: ${problem}`;
      hollow.push({ read, why });
    } else rejected.push(rejection(mail, withoutDiff(mail)));
  }
  return { covers, entries, hollow, replies };
}

/** A cover letter without a number: numbered patches of the same author answer it, and it says patch or begins the thread. */
function numberedBelow(entries: readonly Entry[]): (mail: Mail, subject: Subject) => boolean {
  const answered = new Set<string>();
  for (const { patch, subject } of entries) {
    const { mail } = patch;
    if (subject.total !== null && subject.total > 1)
      answered.add(`${mail.inReplyTo ?? mail.references.at(-1) ?? ''} ${addressOf(mail.from)}`);
  }
  return (mail, subject) =>
    answered.has(`${mail.messageId} ${addressOf(mail.from)}`) &&
    (subject.patch || (mail.inReplyTo === null && mail.references.length === 0));
}

function withoutDiff(mail: Mail): string {
  if (
    /^The following changes since commit [0-9a-f]+/m.test(mail.body) &&
    /^\s*git pull |available in the Git repository/im.test(mail.body)
  ) {
    return 'a pull request: its commits are in the repository that it names, not in the mail';
  }
  return mail.problems.find((text) => text.includes('HTML')) ?? 'the mail has no diff';
}

/** Why a reply that seems to hold a diff gives none. */
function unread(mail: Mail): string | null {
  return unreadableDiff(mail) ?? mail.problems.find((text) => text.includes('attached')) ?? null;
}

function rejection(mail: Mail, why: string): Rejection {
  return { messageId: mail.messageId, subject: mail.subject, why };
}

/** Without [PATCH]: a mail made by format-patch or a bare diff is a patch, a diff inside a conversation is a proposal. */
function isSentAsPatch(mail: Mail): boolean {
  if (mail.inReplyTo === null && mail.references.length === 0) return true;
  const lines = mail.body.split('\n');
  const separator = lines.findIndex((line) => line.trimEnd() === '---');
  return separator >= 0 && lines.slice(separator + 1, separator + 100).some((line) => / \|\s+(?:\d|Bin)/.test(line.slice(0, 200)));
}

/** Robots send a patch again when it is applied: the same diff under a subject without [PATCH]. */
function withoutNotices(entries: readonly Entry[], rejected: Rejection[]): readonly Entry[] {
  if (entries.every((entry) => entry.subject.patch)) return entries;
  const prints = new Map(entries.filter((entry) => entry.subject.patch).map((entry) => [diffPrint(entry.patch.diff), entry]));
  return entries.filter((entry) => {
    const original = entry.subject.patch ? undefined : prints.get(diffPrint(entry.patch.diff));
    if (original) rejected.push(rejection(entry.patch.mail, `the same diff as <${original.patch.mail.messageId}>`));
    return !original;
  });
}

function toAllSeries(groups: readonly Group[], answers: Answers, rejected: Rejection[]): readonly Series[] {
  const resent = findResent(groups);
  for (const [group, first] of resent) {
    for (const [index, entry] of group.slots) {
      const original = first.slots.get(index)?.patch.mail.messageId ?? '';
      rejected.push(rejection(entry.patch.mail, `the same patch as <${original}>, sent again`));
    }
  }
  fillRerolls(groups);
  const full = groups.filter((group) => group.slots.size > 0);
  for (const group of groups) {
    if (group.slots.size === 0 && group.cover)
      rejected.push(rejection(group.cover.mail, 'a cover letter whose patches are not in the source'));
  }
  return full.map((group) => toSeries(group, resent.get(group) ?? null, answers));
}

function toSeries(group: Group, first: Group | null, answers: Answers): Series {
  const entries = [...group.slots.values()].sort((a, b) => a.patch.index - b.patch.index);
  const patches = entries.map(({ patch }) => ({ ...patch, trailers: answers.trailersOf(patch.mail, group.cover?.mail ?? null) }));
  const sent = entries.filter((entry) => entry.patch.via.kind !== 'earlier');
  const repeats = first === null ? null : firstMail(first);
  const totals = entries.map((entry) => entry.subject.total ?? 1);
  const total = Math.max(1, ...totals);
  const version = Math.max(group.cover?.subject.version ?? 0, ...entries.map((entry) => entry.subject.version ?? 0), 1);
  const prefixes = [...(group.cover?.subject.prefixes ?? []), ...sent.flatMap((entry) => entry.subject.prefixes)];
  return {
    title: group.cover?.subject.title ?? patches[0]?.title ?? '',
    version,
    prefixes: [...new Set(prefixes)],
    cover: group.cover?.mail ?? null,
    patches,
    total,
    stated: statedIn([...(group.cover ? [group.cover.mail] : []), ...sent.map((entry) => entry.patch.mail)]),
    repeats,
    problems: [
      ...(repeats === null ? [] : [`the same patches as in the series of <${repeats}>, sent again`]),
      ...seriesProblems(group, patches, total),
    ],
  };
}

function firstMail(group: Group): string {
  const first = [...group.slots.values()]
    .filter(({ patch }) => patch.via.kind !== 'earlier')
    .sort((a, b) => a.patch.index - b.patch.index)[0];
  return group.cover?.mail.messageId ?? first?.patch.mail.messageId ?? '';
}

/** The patches of the source by id and by title. */
class PatchIndex {
  readonly #byId = new Map<string, Entry>();
  readonly #byTitle = new Map<string, Entry>();

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) {
      this.#byId.set(entry.patch.mail.messageId, entry);
      const title = titleKey(entry.subject);
      if (!this.#byTitle.has(title)) this.#byTitle.set(title, entry);
    }
  }

  /** The nearest patch above a reply, or the one with its title. */
  answeredBy({ mail, subject }: Read): Entry | null {
    const nearest = above(mail).find((id) => this.#byId.has(id));
    return this.#byId.get(nearest ?? '') ?? this.#byTitle.get(titleKey(subject)) ?? null;
  }
}

function titleKey(subject: Subject): string {
  return `${subject.version ?? 1} ${subject.title}`;
}

/** The diffs of a reply, or the functions that it writes anew. */
function proposedIn(read: Read, index: PatchIndex): readonly OwnDiff[] {
  const diffs = ownDiffs(read.mail);
  const answered = diffs.length === 0 ? index.answeredBy(read) : null;
  const diff = answered && rewrittenFunctions(read.mail.body, answered.patch.diff);
  return diff ? [{ diff, ordinal: 1 }] : diffs;
}

function toPasted(read: Read, diffs: readonly OwnDiff[], index: PatchIndex): readonly PastedDiff[] {
  const answered = index.answeredBy(read);
  const about = answered ? { messageId: answered.patch.mail.messageId, version: answered.subject.version ?? 1 } : null;
  return diffs.map(({ diff, ordinal }) => ({ mail: read.mail, diff, ordinal, about }));
}

/** By the first date in each, then by version: the order in which people saw them. */
function inOrder(series: readonly Series[]): readonly Series[] {
  const first = (entry: Series): number => {
    const dates = [entry.cover, ...entry.patches.map((patch) => patch.mail)]
      .map((mail) => mail?.date ?? null)
      .filter((date) => date !== null);
    return dates.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...dates);
  };
  return [...series]
    .map((entry, order) => ({ entry, order, at: first(entry) }))
    .sort((a, b) => (a.at === b.at ? a.entry.version - b.entry.version || a.order - b.order : a.at - b.at))
    .map(({ entry }) => entry);
}
