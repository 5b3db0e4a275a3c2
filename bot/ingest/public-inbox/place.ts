import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a public-inbox of version 2 is: a folder with its epochs, or an address where a git server has them. */
export type InboxPlace = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'remote'; readonly url: string };

export type NamedInbox = { readonly ok: true; readonly place: InboxPlace } | { readonly ok: false; readonly why: string };

const SCHEMES = new Set(['http:', 'https:', 'git:', 'ssh:', 'file:']);

/** The inbox that a word names: a folder that holds one, or an address for git. Null where it names no inbox; looks at folders, and opens nothing. */
export function nameInbox(word: string): NamedInbox | null {
  // `ext::sh -c …` and its like would have git run a program.
  if (/^[a-z][a-z0-9+.-]*::/i.test(word)) return refused(word, 'git helpers (NAME::ADDRESS) are not used; give the address itself');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return nameUrl(word);
  return epochFolders(resolve(word)).length === 0 ? null : named({ kind: 'folder', path: realpathSync(word) });
}

const named = (place: InboxPlace): NamedInbox => ({ ok: true, place });
const refused = (word: string, why: string): NamedInbox => ({ ok: false, why: `${word}: ${why}` });

function nameUrl(word: string): NamedInbox | null {
  if (!URL.canParse(word)) return refused(word, 'this address cannot be read');
  const url = new URL(word);
  if (!SCHEMES.has(url.protocol)) return null;
  if (url.hostname.startsWith('-') || url.username.startsWith('-') || /[\p{C}\s]/u.test(word))
    return refused(word, 'this is no address for git');
  if (url.protocol !== 'file:') return named({ kind: 'remote', url: word.replace(/\/+$/, '') });
  if (url.hostname !== '') return refused(word, 'a file on another machine');
  const path = fileURLToPath(url);
  return epochFolders(path).length === 0 ? refused(word, 'there is no public-inbox') : named({ kind: 'folder', path: realpathSync(path) });
}

/** An epoch of an inbox in a folder. */
export interface EpochFolder {
  readonly number: number;
  readonly path: string;
}

/** The epochs of an inbox, in order: `git/N.git` of an inbox, `N.git` of a mirror; a bare repository is an inbox of one epoch. */
export function epochFolders(path: string): readonly EpochFolder[] {
  for (const folder of [join(path, 'git'), path]) {
    const found = list(folder)
      .flatMap((name) => {
        const number = /^(\d{1,6})\.git$/.exec(name)?.[1];
        return number !== undefined && isRepository(join(folder, name)) ? [{ number: Number(number), path: join(folder, name) }] : [];
      })
      .sort((a, b) => a.number - b.number);
    if (found.length > 0) return found;
  }
  return isRepository(path) ? [{ number: 0, path }] : [];
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isRepository(path: string): boolean {
  return existsSync(join(path, 'HEAD')) && existsSync(join(path, 'refs')) && isFolder(join(path, 'objects'));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
