import { above } from './answers.js';
import { addressOf, type Subject } from './subject.js';
import type { Mail, Patch } from './types.js';

/** A patch on its way into a series. */
export interface Entry {
  readonly patch: Patch;
  readonly subject: Subject;
}

export interface Cover {
  readonly mail: Mail;
  readonly subject: Subject;
}

/** Patches that were sent as one series. */
export interface Group {
  cover: Cover | null;
  readonly slots: Map<number, Entry>;
  /** Numbered mails of the series without a usable diff, and why. */
  readonly hollow: Map<number, string>;
  readonly version: number | null;
  total: number | null;
  readonly author: string;
  readonly prefixes: string;
  /** When its last mail was sent. */
  last: number | null;
}

/** Patches without any thread belong together if no more than this lies between one and the next, in milliseconds. */
export const UNTHREADED_GAP = 60 * 60 * 1000;

/**
 * Puts patches together. In this order: below the cover letter that they answer; beside the patch that they answer; with ids from one run of
 * git send-email; below the same absent mail; and, without any thread, by author, version, total, prefix and time. A place that is taken
 * starts another series, so that a series sent twice under one prefix makes two.
 */
export class Grouper {
  readonly #groups: Group[] = [];
  readonly #byCover = new Map<string, Group>();
  readonly #byMember = new Map<string, Group>();
  readonly #byParent = new Map<string, Group[]>();
  readonly #byAnswered = new Map<string, Group[]>();
  readonly #byStem = new Map<string, Group[]>();
  readonly #byAuthor = new Map<string, Group[]>();
  readonly #byNumbers = new Map<string, Group[]>();

  addCover(cover: Cover): void {
    const group = this.#start(cover.mail, cover.subject);
    group.cover = cover;
    this.#byCover.set(cover.mail.messageId, group);
    this.#index(group, cover.mail, cover.subject);
  }

  add(entry: Entry): void {
    const { mail } = entry.patch;
    const group = this.#find(mail, entry.subject) ?? this.#start(mail, entry.subject);
    group.slots.set(entry.patch.index, entry);
    group.last = mail.date ?? group.last;
    this.#index(group, mail, entry.subject);
  }

  /** A numbered mail that should hold a patch and does not. */
  addHollow(mail: Mail, subject: Subject, why: string): void {
    const group = this.#find(mail, subject) ?? recent(this.#byNumbers.get(runKey(mail, subject))).at(-1);
    if (group && subject.index !== null && !group.slots.has(subject.index)) group.hollow.set(subject.index, why);
  }

  /** What came of it. A cover letter left alone takes the patches that answer it, if only the version in its prefix is wrong. */
  groups(): readonly Group[] {
    for (const group of this.#groups.filter((entry) => entry.slots.size === 0)) {
      const answers = group.cover ? (this.#byAnswered.get(group.cover.mail.messageId) ?? []) : [];
      const orphan = answers.find((other) => other.cover === null && other.author === group.author && other.total === group.total);
      if (orphan) {
        orphan.cover = group.cover;
        group.cover = null;
      }
    }
    return this.#groups;
  }

  #start(mail: Mail, subject: Subject): Group {
    const group: Group = {
      cover: null,
      slots: new Map(),
      hollow: new Map(),
      version: subject.version,
      total: subject.total,
      author: addressOf(mail.from),
      prefixes: prefixKey(subject),
      last: mail.date,
    };
    this.#groups.push(group);
    return group;
  }

  #index(group: Group, mail: Mail, subject: Subject): void {
    this.#byMember.set(mail.messageId, group);
    const parent = parentOf(mail);
    if (parent !== null) {
      push(this.#byParent, `${parent} ${numbersKey(subject)}`, group);
      push(this.#byAnswered, parent, group);
    }
    const stem = stemOf(mail.messageId);
    if (stem !== null) push(this.#byStem, stem, group);
    push(this.#byNumbers, runKey(mail, subject), group);
    if (parent === null) push(this.#byAuthor, authorKey(mail, subject), group);
  }

  #find(mail: Mail, subject: Subject): Group | null {
    if (subject.total === null || subject.index === null) return null;
    const index = subject.index;
    const fits = (group: Group | undefined): group is Group => group !== undefined && !group.slots.has(index);
    const answered = above(mail);
    for (const id of answered) {
      const group = this.#byCover.get(id);
      if (fits(group) && belongsToCover(group, mail, subject)) return group;
    }
    const same = (group: Group): boolean => group.total === subject.total && (group.version ?? 1) === (subject.version ?? 1);
    const parent = answered[0];
    const beside = parent === undefined ? undefined : this.#byMember.get(parent);
    if (fits(beside) && same(beside)) return beside;
    const stem = stemOf(mail.messageId);
    const run = stem === null ? undefined : recent(this.#byStem.get(stem)).find((group) => same(group) && fits(group));
    if (run) return run;
    if (parent !== undefined) {
      const answers = recent(this.#byParent.get(`${parent} ${numbersKey(subject)}`));
      return answers.find((group) => group.author === addressOf(mail.from) && fits(group)) ?? null;
    }
    return recent(this.#byAuthor.get(authorKey(mail, subject))).find((group) => fits(group) && isNear(group, mail)) ?? null;
  }
}

function isNear(group: Group, mail: Mail): boolean {
  return group.last === null || mail.date === null || Math.abs(mail.date - group.last) <= UNTHREADED_GAP;
}

function belongsToCover(group: Group, mail: Mail, subject: Subject): boolean {
  const author = group.author === addressOf(mail.from);
  if (!author && group.total !== subject.total) return false;
  // People forget the version in one of the two; a version that both name must agree.
  if (subject.version === null || group.version === null) return author || (subject.version ?? 1) === (group.version ?? 1);
  return group.version === subject.version;
}

function parentOf(mail: Mail): string | null {
  return mail.inReplyTo ?? mail.references.at(-1) ?? null;
}

function prefixKey(subject: Subject): string {
  return [...subject.prefixes].sort().join(' ').toLowerCase();
}

function numbersKey(subject: Subject): string {
  return `${subject.total ?? ''} ${subject.version ?? 1}`;
}

function runKey(mail: Mail, subject: Subject): string {
  return `${addressOf(mail.from)} ${numbersKey(subject)}`;
}

function authorKey(mail: Mail, subject: Subject): string {
  return `${runKey(mail, subject)} ${prefixKey(subject)}`;
}

/** `20240101120000.1234-2-name@host`: git send-email numbers the mails of one run behind a common stem. */
function stemOf(messageId: string): string | null {
  const match = /^(\d{10,14}[.-]\d+)-\d+-(.+)$/.exec(messageId);
  return match ? `${match[1] ?? ''} ${match[2] ?? ''}` : null;
}

/** The last groups of a list, oldest first: who sends the same series a thousand times must not make the search slow. */
function recent(groups: readonly Group[] | undefined): readonly Group[] {
  return groups?.slice(-32) ?? [];
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}
