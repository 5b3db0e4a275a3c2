import { parseDiff } from '../../analyzers/diff/parse.js';
import { diffPrint, KnownHunks } from './fingerprint.js';
import { type Cover, type Entry, type Group, Grouper } from './group.js';
import { type OwnDiff, ownDiffs, unreadableDiff } from './pasted.js';
import { findQuoted } from './quoted.js';
import { parseSubject, type Subject } from './subject.js';
import type { Assembly, Mail, PastedDiff, Patch, Rejection, Series } from './types.js';

interface Read {
  readonly mail: Mail;
  readonly subject: Subject;
}

/**
 * Makes series, versions and proposals of the mails of one source. Pure: the same mails in any order give the same series. A reply is
 * never a patch of a series; a patch that only a reply quotes is one, marked as quoted.
 */
export function assemble(mails: readonly Mail[]): Assembly {
  const rejected: Rejection[] = [];
  const reads = uniqueMails(mails, rejected).map((mail): Read => ({ mail, subject: parseSubject(mail.subject) }));
  const known = new KnownHunks();
  const grouper = new Grouper();
  const covers: Cover[] = [];
  const entries: Entry[] = [];
  const hollow: { read: Read; why: string }[] = [];
  const replies: Read[] = [];

  for (const read of reads) {
    const { mail, subject } = read;
    if (subject.reply) {
      replies.push(read);
      continue;
    }
    const diff = parseDiff(mail.body);
    if (subject.patch && subject.index === 0 && (subject.total !== 1 || diff.files.length === 0)) covers.push(read);
    else if (diff.files.length > 0 && (subject.patch || isSentAsPatch(mail))) {
      entries.push({ subject, patch: { mail, index: Math.max(subject.index ?? 1, 1), title: subject.title, diff, via: { kind: 'mail' } } });
    } else if (diff.files.length > 0) replies.push(read);
    else if (subject.patch) {
      const problem = diff.problems[0];
      hollow.push({
        read,
        why: problem ? `no part of the diff can be used: ${problem.what}` : 'the subject says patch, but the mail has no diff',
      });
    } else rejected.push(rejection(mail, mail.problems.find((text) => text.includes('HTML')) ?? 'the mail has no diff'));
  }

  const own = replies.map((read) => ({ read, diffs: ownDiffs(read.mail) }));
  const named = withoutNotices(entries, rejected);
  for (const { patch } of named) known.add(patch.diff);
  const proposals = own.map(({ read, diffs }) => ({ read, diffs: diffs.filter((entry) => !known.hasAll(entry.diff)) }));
  for (const { diffs } of proposals) for (const { diff } of diffs) known.add(diff);
  const quoted = findQuoted(
    replies.map((read) => read.mail),
    reads,
    named,
    known,
  );

  for (const cover of covers) grouper.addCover(cover);
  for (const entry of inThreadOrder([...named, ...quoted.entries])) grouper.add(entry);
  for (const { read, why } of hollow) {
    grouper.addHollow(read.mail, read.subject, why);
    rejected.push(rejection(read.mail, why));
  }
  const series = withoutResent(grouper.groups(), rejected).map(toSeries);
  const index = new PatchIndex(entries);
  const pasted = [...proposals.flatMap(({ read, diffs }) => toPasted(read, diffs, index)), ...quoted.pasted];
  for (const { read, diffs } of own) {
    const why = diffs.length === 0 ? unreadableDiff(read.mail) : null;
    if (why !== null) rejected.push(rejection(read.mail, why));
  }
  for (const { mail, why } of quoted.unusable) if (series.length === 0 && pasted.length === 0) rejected.push(rejection(mail, why));
  if (series.length === 0 && pasted.length === 0 && rejected.length === 0 && mails.length > 0) {
    const count = mails.length;
    rejected.push({ messageId: null, subject: '', why: `none of the ${count} ${count === 1 ? 'mail' : 'mails'} holds a diff` });
  }
  return { series: inOrder(series), pasted, rejected };
}

function rejection(mail: Mail, why: string): Rejection {
  return { messageId: mail.messageId, subject: mail.subject, why };
}

function uniqueMails(mails: readonly Mail[], rejected: Rejection[]): readonly Mail[] {
  const seen = new Map<string, Mail>();
  for (const mail of mails) {
    const first = seen.get(mail.messageId);
    if (!first) seen.set(mail.messageId, mail);
    else if (first.body === mail.body) rejected.push(rejection(mail, 'the same mail came twice'));
    else rejected.push(rejection(mail, 'another mail of the source has the same Message-ID and came first'));
  }
  return [...seen.values()];
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
  const prints = new Map(entries.filter((entry) => entry.subject.patch).map((entry) => [diffPrint(entry.patch.diff), entry]));
  return entries.filter((entry) => {
    const original = entry.subject.patch ? undefined : prints.get(diffPrint(entry.patch.diff));
    if (original) rejected.push(rejection(entry.patch.mail, `the same diff as <${original.patch.mail.messageId}>`));
    return !original;
  });
}

/** Parents before children, so that a patch finds the series of the mail that it answers. */
function inThreadOrder(entries: readonly Entry[]): readonly Entry[] {
  const byId = new Map(entries.map((entry) => [entry.patch.mail.messageId, entry]));
  const depths = new Map<Entry, number>();
  const depthOf = (entry: Entry): number => {
    const path: Entry[] = [];
    let at: Entry | undefined = entry;
    while (at && !depths.has(at) && !path.includes(at)) {
      path.push(at);
      at = byId.get(at.patch.mail.inReplyTo ?? '');
    }
    let depth = at ? (depths.get(at) ?? 0) : -1;
    for (const step of path.reverse()) depths.set(step, ++depth);
    return depths.get(entry) ?? 0;
  };
  return entries
    .map((entry, order) => ({ entry, order, depth: depthOf(entry) }))
    .sort((a, b) => a.depth - b.depth || (a.entry.patch.mail.date ?? 0) - (b.entry.patch.mail.date ?? 0) || a.order - b.order)
    .map(({ entry }) => entry);
}

/** A series sent again under the same prefix, whole or in part, is reviewed once. */
function withoutResent(groups: readonly Group[], rejected: Rejection[]): readonly Group[] {
  const kept: Group[] = [];
  const alike = new Map<string, Group>();
  for (const group of [...groups].sort((a, b) => b.slots.size - a.slots.size)) {
    if (group.slots.size === 0) {
      if (group.cover) rejected.push(rejection(group.cover.mail, 'a cover letter whose patches are not in the source'));
      continue;
    }
    const common = [group.author, group.total, group.version, group.prefixes].join('\n');
    const keys = [...group.slots].map(([index, entry]) => `${common}\n${index} ${entry.subject.title} ${diffPrint(entry.patch.diff)}`);
    const first = alike.get(keys[0] ?? '');
    if (!first || !keys.every((key) => alike.get(key) === first)) {
      for (const key of keys) if (!alike.has(key)) alike.set(key, group);
      kept.push(group);
      continue;
    }
    first.cover ??= group.cover;
    for (const [index, entry] of group.slots) {
      const original = first.slots.get(index)?.patch.mail.messageId ?? '';
      rejected.push(rejection(entry.patch.mail, `the same patch as <${original}>, sent again`));
    }
  }
  return kept;
}

function toSeries(group: Group): Series {
  const entries = [...group.slots.values()].sort((a, b) => a.patch.index - b.patch.index);
  const patches = entries.map((entry) => entry.patch);
  const totals = entries.map((entry) => entry.subject.total ?? 1);
  const total = Math.max(1, ...totals);
  const version = Math.max(group.cover?.subject.version ?? 0, ...entries.map((entry) => entry.subject.version ?? 0), 1);
  const prefixes = [...(group.cover?.subject.prefixes ?? []), ...entries.flatMap((entry) => entry.subject.prefixes)];
  return {
    title: group.cover?.subject.title ?? patches[0]?.title ?? '',
    version,
    prefixes: [...new Set(prefixes)],
    cover: group.cover?.mail ?? null,
    patches,
    total,
    problems: seriesProblems(group, patches, total),
  };
}

function seriesProblems(group: Group, patches: readonly Patch[], total: number): readonly string[] {
  const problems: string[] = [];
  const have = new Set(patches.map((patch) => patch.index));
  const missing: number[] = [];
  for (let i = 1; i <= total; i++) if (!have.has(i) && !group.hollow.has(i)) missing.push(i);
  if (missing.length > 0) {
    problems.push(
      `${missing.length === 1 ? 'patch' : 'patches'} ${ranges(missing)} of ${total} ${missing.length === 1 ? 'is' : 'are'} not in the source`,
    );
  }
  for (const [index, why] of group.hollow) if (!have.has(index)) problems.push(`patch ${index} of ${total}: ${why}`);
  const said = group.cover?.subject.total ?? null;
  if (said !== null && said !== total) problems.push(`the cover letter counts ${said} patches, the patches count ${total}`);
  for (const patch of patches) {
    if (patch.index > total) problems.push(`a patch ${patch.index} of ${total} was added to the series`);
    if (patch.via.kind === 'quoted') {
      problems.push(
        `patch ${patch.index} of ${total} is put together from the quote in <${patch.via.quotedBy}>; parts that the reply left out are missing`,
      );
    }
    const bad = patch.diff.problems.length;
    if (bad > 0) problems.push(`patch ${patch.index} of ${total}: ${bad} ${bad === 1 ? 'part' : 'parts'} of the diff cannot be used`);
  }
  return problems;
}

const MOST_RANGES = 9;

/** `2`, `2 and 3`, `1-65 and 70`; a long list ends in `and others`. */
function ranges(numbers: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const words = runs.flatMap(({ from, to }) => (to - from === 1 ? [`${from}`, `${to}`] : [from === to ? `${from}` : `${from}-${to}`]));
  if (words.length > MOST_RANGES) words.splice(MOST_RANGES - 1, words.length, 'others');
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
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
    const above = [mail.inReplyTo, ...[...mail.references].reverse()].filter((id) => id !== null);
    const nearest = above.map((id) => this.#byId.get(id)).find((entry) => entry !== undefined);
    return nearest ?? this.#byTitle.get(titleKey(subject)) ?? null;
  }
}

function titleKey(subject: Subject): string {
  return `${subject.version ?? 1} ${subject.title}`;
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
