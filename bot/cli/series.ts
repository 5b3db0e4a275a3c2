import { listThread } from '../listing/thread.js';
import { renderListing } from '../listing/render.js';
import type { Listing } from '../listing/types.js';
import { assemble } from '../series/assemble.js';
import type { StoreReader } from '../store/read.js';
import { migrationsFolder, storeFile, type StoreOption } from './ingest.js';
import { complain } from './words.js';

export interface SeriesOptions extends StoreOption {
  readonly json?: true;
  readonly limit?: string;
  readonly problems?: true;
}

const NEWEST = 50;

/** `faultline series`: what the store has of series, of one list or thread if one is named. Returns the exit status: 0, or 2 if there is none. */
export async function seriesCommand(name: string | undefined, options: SeriesOptions): Promise<number> {
  const limit = options.limit === undefined ? NEWEST : Number(options.limit);
  if (!(Number.isInteger(limit) && limit > 0)) return complain(`--limit takes a number, 1 or more; "${options.limit ?? ''}" is not one`);
  const { openStore, storeTrouble } = await import('../store/open.js');
  const { StoreReader } = await import('../store/read.js');
  const file = storeFile(options);
  const store = await openStore({ file, migrations: migrationsFolder(), use: 'read' });
  if (!store.ok) return complain(store.why);
  try {
    const reader = new StoreReader(store.db);
    const found = await look(reader, name, limit, options.problems === true);
    if (found === null) return complain(`${file} has no mail with the id "${name ?? ''}", and no series from a source of that name`);
    const stale = reader.stale();
    if (stale > 0) process.stderr.write(`faultline: ${stale} threads are not put together yet; the next faultline ingest will do it\n`);
    const { listing, full } = found;
    process.stdout.write(options.json ? `${JSON.stringify({ schema: 1, ...listing }, null, 2)}\n` : renderListing(listing, full));
    if (!options.json && listing.series.length === 0 && listing.proposals.length === 0)
      process.stderr.write('faultline: there is no series\n');
    return 0;
  } catch (error) {
    return complain(storeTrouble(file, error));
  } finally {
    store.close();
  }
}

/** The thread of a mail, or the newest series of a list; null where the name is of neither. */
async function look(
  reader: StoreReader,
  name: string | undefined,
  limit: number,
  problems: boolean,
): Promise<{ listing: Listing; full: boolean } | null> {
  const id = name?.replace(/^<(.*)>$/, '$1');
  if (id?.includes('@') === true) {
    const mails = await reader.thread(id);
    if (mails.length > 0) return { listing: listThread(assemble(mails)), full: true };
  }
  const rows = reader.series({ limit, ...(name !== undefined && { source: name }) });
  if (name !== undefined && rows.length === 0) return null;
  const series = rows.map(({ sender, ...row }) => ({ ...row, from: sender }));
  return { listing: { series, proposals: [], problems: problems ? reader.problems() : [] }, full: false };
}
