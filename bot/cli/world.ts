import { join } from 'node:path';
import { DEFAULT_ARCHIVE } from '../archive/archive.js';
import { folderCache } from '../http/cache.js';
import { httpClient } from '../http/client.js';
import type { SourceWorld } from '../ingest/open.js';
import { nodeIo } from '../ingest/source.js';
import { packageVersion } from '../package.js';
import { defaultStoreFolder } from '../tree/store.js';

/** What `--archive` says. */
export interface ArchiveOption {
  readonly archive?: string;
}

/** The world that sources are read from, as options and environment describe it; or what is wrong with them. */
export function sourceWorld({ archive }: ArchiveOption, env: NodeJS.ProcessEnv = process.env): SourceWorld | string {
  const named = archive ?? env['FAULTLINE_ARCHIVE'];
  const url = named === undefined ? DEFAULT_ARCHIVE : URL.canParse(named) ? new URL(named) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.password !== '')
    return `"${named ?? ''}" is no address of an archive: give that of an inbox, as in ${DEFAULT_ARCHIVE.href}`;
  const agent = `faultline/${packageVersion()}`;
  return {
    io: nodeIo,
    http: httpClient({ agent, cache: folderCache(join(defaultStoreFolder(env), 'http')) }),
    archive: new URL(url.href.replace(/\/?$/, '/')),
    agent,
    token: env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? null,
    password: env['FAULTLINE_IMAP_PASSWORD'] ?? null,
    fetch: (input, init) => fetch(input, init),
  };
}
