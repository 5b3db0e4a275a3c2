import { createHash } from 'node:crypto';
import { above } from './answers.js';
import { hunkCount, type KnownHunks, sharedLines } from './fingerprint.js';
import type { Entry } from './group.js';
import { type QuotedDiff, quotedDiffs, quotedMail, quotesHunk } from './pasted.js';
import { parseSubject, type Subject } from './subject.js';
import type { Mail, PastedDiff } from './types.js';

export interface QuotedFinds {
  /** Patches whose own mail is not in the source. */
  readonly entries: readonly Entry[];
  /** Proposals of replies that are not in the source. */
  readonly pasted: readonly PastedDiff[];
  /** Replies that quote a patch which is not here, but no whole hunk of it. */
  readonly unusable: readonly { readonly mail: Mail; readonly why: string }[];
}

interface Candidate {
  readonly quoted: QuotedDiff;
  readonly messageId: string;
  readonly above: readonly string[];
  readonly subject: Subject;
}

/** From this share of known lines on, a quote is one of the patch in that place, whatever a client did to the other lines. */
const SAME_DIFF = 0.8;

/**
 * Finds diffs that replies quote and that the source does not hold by mail. Depth 1 quotes the mail that the reply answers, depth 2 the one
 * above, and so on along References. Of several quotes of one patch the most complete is taken.
 */
export function findQuoted(
  replies: readonly Mail[],
  source: readonly { readonly mail: Mail; readonly subject: Subject }[],
  patches: readonly Entry[],
  known: KnownHunks,
): QuotedFinds {
  const present = new Map(source.map(({ mail }) => [mail.messageId, mail]));
  const places = new Map(patches.map((entry) => [placeOf(entry.subject), entry]));
  const best = new Map<string, Candidate>();
  const unusable: { mail: Mail; why: string }[] = [];
  for (const reply of replies) {
    if (!quotesHunk(reply)) continue;
    const chain = ancestors(reply, present);
    // What a quote of a mail that is here says, the mail says better.
    const absent = (depth: number): boolean => chain.length === 0 || !present.has(quotedAt(chain, depth));
    const found = quotedDiffs(reply, absent);
    if (found.length === 0 && absent(1)) {
      unusable.push({ mail: reply, why: 'the reply quotes a patch that is not in the source, but no whole hunk of it' });
    }
    for (const quoted of found) {
      const candidate = candidateOf(quoted, chain);
      if (known.hasAll(quoted.diff)) continue;
      const before = best.get(candidate.messageId);
      if (!before || completeness(candidate) > completeness(before)) best.set(candidate.messageId, candidate);
    }
  }
  const entries = new Map<string, { entry: Entry; score: number }>();
  const pasted: PastedDiff[] = [];
  for (const candidate of best.values()) {
    const place = placeOf(candidate.subject);
    const original = places.get(place);
    const mail = quotedMail(candidate.quoted, candidate.messageId, candidate.above);
    if (original) {
      if (sharedLines(candidate.quoted.diff, original.patch.diff) < SAME_DIFF) {
        const about = { messageId: original.patch.mail.messageId, version: original.subject.version ?? 1 };
        pasted.push({ mail, diff: candidate.quoted.diff, ordinal: 1, about });
      }
      continue;
    }
    const score = completeness(candidate);
    const rival = entries.get(place);
    if (rival && rival.score >= score) continue;
    const entry: Entry = {
      subject: { ...candidate.subject, reply: false },
      patch: {
        mail,
        index: Math.max(candidate.subject.index ?? 1, 1),
        title: candidate.subject.title,
        diff: candidate.quoted.diff,
        via: { kind: 'quoted', quotedBy: candidate.quoted.reply.messageId },
        trailers: [],
      },
    };
    entries.set(place, { entry, score });
  }
  return { entries: [...entries.values()].map(({ entry }) => entry), pasted, unusable };
}

function candidateOf(quoted: QuotedDiff, chain: readonly string[]): Candidate {
  const subject = parseSubject(quoted.reply.subject);
  if (chain.length === 0) {
    const hash = createHash('sha256').update(quoted.text).digest('hex').slice(0, 32);
    return { quoted, messageId: `${hash}@quoted.invalid`, above: [], subject };
  }
  const messageId = quotedAt(chain, quoted.depth);
  return { quoted, messageId, above: chain.slice(chain.indexOf(messageId) + 1), subject };
}

/** The mail at a quote depth. References are often shorter than the quote is deep: then the oldest is the patch. */
function quotedAt(chain: readonly string[], depth: number): string {
  return chain[Math.min(depth, chain.length) - 1] ?? '';
}

/** More than anybody quotes. */
const LONGEST_CHAIN = 64;

/** The ids of the mails above, nearest first; where a mail's own fields end, those of its parent in the source go on. */
function ancestors(mail: Mail, present: ReadonlyMap<string, Mail>): readonly string[] {
  const chain = new Set<string>();
  let at: Mail | undefined = mail;
  while (at && chain.size < LONGEST_CHAIN) {
    const before = chain.size;
    let oldest = '';
    for (const id of above(at)) {
      if (id !== mail.messageId) chain.add(id);
      oldest = id;
    }
    at = chain.size > before ? present.get(oldest) : undefined;
  }
  return [...chain];
}

/** Hunks count most, then lines, and problems count against. */
function completeness(candidate: Candidate): number {
  const { diff } = candidate.quoted;
  const lines = diff.files.reduce((sum, file) => sum + file.hunks.reduce((n, hunk) => n + hunk.lines.length, 0), 0);
  return hunkCount(diff) * 1e6 + lines - diff.problems.length * 1e3;
}

function placeOf(subject: Subject): string {
  return `${subject.version ?? 1} ${subject.index ?? 1}/${subject.total ?? 1} ${subject.title.toLowerCase()}`;
}
