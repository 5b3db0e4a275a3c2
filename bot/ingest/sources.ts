import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a user may name as a source of mails. */
export type Source =
  /** An mbox, mail, patch, Maildir or folder of them; `-` for the standard input. */
  | { readonly kind: 'files'; readonly path: string }
  /** A public-inbox of version 2: a folder with its epochs, or where a git server has them. */
  | { readonly kind: 'public-inbox'; readonly at: InboxPlace };

export type InboxPlace = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'remote'; readonly url: string };

export type NamedSource = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly why: string };

const SCHEMES = new Set(['http:', 'https:', 'git:', 'ssh:', 'file:']);

/** Says what kind of source a user means. Looks at folders, and opens nothing. */
export function nameSource(text: string): NamedSource {
  if (text === '-') return files(text);
  // `ext::sh -c …` and its like would have git run a program.
  if (/^[a-z][a-z0-9+.-]*::/i.test(text)) return refused(text, 'git helpers (NAME::ADDRESS) are not used; give the address itself');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return nameUrl(text);
  const path = resolve(text);
  return isInbox(path) ? { ok: true, source: { kind: 'public-inbox', at: { kind: 'folder', path: realpathSync(path) } } } : files(text);
}

const files = (path: string): NamedSource => ({ ok: true, source: { kind: 'files', path } });
const refused = (text: string, why: string): NamedSource => ({ ok: false, why: `${text}: ${why}` });

function nameUrl(text: string): NamedSource {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refused(text, 'this is not an address');
  }
  if (!SCHEMES.has(url.protocol)) return refused(text, 'mails are fetched by http, https, git, ssh, or from files');
  if (url.hostname.startsWith('-') || url.username.startsWith('-') || /[\p{C}\s]/u.test(text))
    return refused(text, 'this is not an address');
  if (url.protocol === 'file:') {
    if (url.hostname !== '' && url.hostname !== 'localhost') return refused(text, 'a file on another machine');
    return nameSource(fileURLToPath(new URL(`file://${url.pathname}`)));
  }
  return { ok: true, source: { kind: 'public-inbox', at: { kind: 'remote', url: text.replace(/\/+$/, '') } } };
}

/** Whether a folder is a public-inbox: holds epochs, or is one. */
function isInbox(path: string): boolean {
  return epochFolders(path).length > 0;
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
