import { resolve } from 'node:path';
import { type Feed, FeedError, type MailEvent, type Positions } from './feed.js';
import type { CommitChoice, Source } from './kinds.js';
import { limitsOf, openSource, sourceName, type SourceWorld } from './open.js';
import { asMail, DEFAULT_LIMITS, rawParts } from './raw.js';

/** A source outside of the file system, to be stored. */
export type OutsideSource = Exclude<Source, { readonly kind: 'path' | 'inbox' }>;

/** Opens one. Mailboxes and branches know how far they were read; of the others all is fetched, and what is known is passed over. */
export async function outsideFeed(source: OutsideSource, world: SourceWorld): Promise<Feed | string> {
  switch (source.kind) {
    case 'mailbox': {
      const { imapFeed } = await import('../imap/feed.js');
      if (world.password === null) return `${sourceName(source)}: set FAULTLINE_IMAP_PASSWORD to the password of the account`;
      return imapFeed(source.at, { password: world.password, mailBytes: DEFAULT_LIMITS.mailBytes });
    }
    case 'commits':
      return {
        name: sourceName({ ...source, repo: resolve(source.repo) }),
        events: (positions) => commits(source.repo, source.choice, positions),
      };
    case 'message':
    case 'search':
    case 'download':
    case 'pull-request':
      return { name: sourceName(source), events: () => fetched(source, world) };
  }
}

async function* fetched(source: OutsideSource, world: SourceWorld): AsyncGenerator<MailEvent> {
  const opened = await openSource(source, world);
  const [fault] = opened.faults;
  if (opened.parts.length === 0 && fault !== undefined) throw new FeedError(fault);
  for await (const entry of rawParts(opened, limitsOf(source))) {
    if (entry.kind === 'refused') yield { kind: 'refused', part: '', subject: entry.subject, why: entry.why };
    else yield { kind: 'mail', part: '', raw: entry.kind === 'mail' ? entry.raw : asMail(entry.name, entry.raw) };
  }
}

/** The position of a branch is the commit that was its newest. */
async function* commits(repo: string, choice: CommitChoice, positions: Positions): AsyncGenerator<MailEvent> {
  const { readCommits } = await import('../commits/range.js');
  const read = await readCommits(repo, choice.kind === 'branch' ? { ...choice, since: positions.get('') ?? null } : choice);
  if (!read.ok) throw new FeedError(read.why);
  for (const raw of read.mails) yield { kind: 'mail', part: '', raw };
  if (choice.kind === 'branch') yield { kind: 'position', part: '', position: read.tip };
}
