import { existsSync } from 'node:fs';
import { loadMails, loadParts, type LoadedMails } from '../ingest/mails.js';
import { nameSource, type Source } from '../ingest/kinds.js';
import { limitsOf, openSource, sourceName } from '../ingest/open.js';
import { chosenCommits, type CommitOptions } from './commits.js';
import { migrationsFolder, storeFile, type StoreOption } from './ingest.js';
import { type ArchiveOption, sourceWorld } from './world.js';

export interface SourceOptions extends ArchiveOption, StoreOption, CommitOptions {}

/** The mails to review. */
export interface ReviewSource extends Pick<LoadedMails, 'mails' | 'rejected'> {
  readonly source: Source;
  readonly name: string;
  /** The mail that was asked for, where it was one. */
  readonly about: string | null;
}

/** Reads what `review` is to look at, or says what is wrong with it. A mail is looked for in the store first, then in the archive. */
export async function loadReviewSource(word: string | undefined, options: SourceOptions): Promise<ReviewSource | string> {
  const source = chosen(word, options);
  if (typeof source === 'string') return source;
  const name = sourceName(source);
  if (source.kind === 'path') return { ...(await loadMails(source.path)), source, name, about: null };
  const about = source.kind === 'message' ? source.id : null;
  if (source.kind === 'message' && source.list === null) {
    const kept = await fromStore(source.id, options);
    if (typeof kept === 'string') return kept;
    if (kept !== null) return { ...kept, source, name, about };
  }
  const world = sourceWorld(options);
  if (typeof world === 'string') return world;
  return { ...(await loadParts(await openSource(source, world), limitsOf(source))), source, name, about };
}

function chosen(word: string | undefined, options: CommitOptions): Source | string {
  const commits = chosenCommits(options);
  if (commits !== null)
    return word === undefined || typeof commits === 'string' ? commits : `give either a source ("${word}") or --repo, not both`;
  if (word === undefined) return 'what shall be reviewed? Give a mailbox, a message-id, an address, -, or --repo with --range';
  const named = nameSource(word, existsSync);
  return named.ok ? named.source : named.why;
}

/** The thread of a mail as the store has it; null where it does not, or where there is no store. */
async function fromStore(messageId: string, options: StoreOption): Promise<Pick<LoadedMails, 'mails' | 'rejected'> | string | null> {
  const file = storeFile(options);
  if (!existsSync(file)) return options.store === undefined ? null : `${file}: there is no store; faultline ingest SOURCE makes one`;
  const { openStore, storeTrouble } = await import('../store/open.js');
  const { StoreReader } = await import('../store/read.js');
  const store = await openStore({ file, migrations: migrationsFolder(), use: 'read' });
  if (!store.ok) return store.why;
  try {
    const mails = await new StoreReader(store.db).thread(messageId);
    return mails.some((mail) => mail.messageId === messageId) ? { mails, rejected: [] } : null;
  } catch (error) {
    return storeTrouble(file, error);
  } finally {
    store.close();
  }
}
