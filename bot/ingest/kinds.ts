import { type ImapPlace, imapPlace } from '../imap/place.js';

/** Where mails come from, as a user names it. */
export type Source =
  /** A mailbox, a mail, a patch, a Maildir, a folder of those, or `-` for standard input. */
  | { readonly kind: 'path'; readonly path: string }
  /** The thread of one mail. `list`: the inbox of the archive to ask; null: the one that is configured. */
  | { readonly kind: 'message'; readonly id: string; readonly list: URL | null }
  /** Mails that the search of a public-inbox host finds. */
  | { readonly kind: 'search'; readonly list: URL; readonly query: string }
  /** A mailbox, mail or patch on the web. */
  | { readonly kind: 'download'; readonly url: URL }
  /** A whole inbox on the web. */
  | { readonly kind: 'inbox'; readonly url: URL }
  | { readonly kind: 'pull-request'; readonly at: PullRequest }
  /** A mailbox of an IMAP account. */
  | { readonly kind: 'mailbox'; readonly at: ImapPlace }
  /** Commits of a local repository. */
  | { readonly kind: 'commits'; readonly repo: string; readonly choice: CommitChoice };

export type CommitChoice =
  /** `A..B`, or a single revision: that commit alone. */
  | { readonly kind: 'range'; readonly range: string }
  /** What a branch has and its upstream (or `since`) has not. `since`: the commit that was read last time. */
  | { readonly kind: 'branch'; readonly branch: string; readonly since: string | null };

export interface PullRequest {
  /** Of the web pages: `https://github.com`. */
  readonly origin: string;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

export type NamedSource = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly why: string };

/** What a user's word stands for. `exists` tells whether there is a file or folder of that name: it wins over a message-id. */
export function nameSource(word: string, exists: (path: string) => boolean): NamedSource {
  if (word === '-' || exists(word)) return named({ kind: 'path', path: word });
  if (/^https?:\/\//i.test(word)) return webSource(word);
  if (/^imaps?:\/\//i.test(word)) {
    const mailbox = imapPlace(word);
    return mailbox.ok ? named({ kind: 'mailbox', at: mailbox.place }) : mailbox;
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(word)?.[1];
  if (scheme !== undefined) return { ok: false, why: `${word}: addresses that begin with ${scheme}:// are not read; https:// is` };
  const id = bareId(word);
  // A path that leads nowhere is told as such by whoever reads it.
  return named(id === null ? { kind: 'path', path: word } : { kind: 'message', id, list: null });
}

const named = (source: Source): NamedSource => ({ ok: true, source });

/** `id@host`, `<id@host>`, `mid:id@host`: one line, no blanks. Slashes are allowed in ids, but then the brackets are asked for. */
function bareId(word: string): string | null {
  const bracketed = /^<([^<>\s]+@[^<>\s]+)>$/.exec(word)?.[1];
  return bracketed ?? /^(?:mid:|id:)?([^<>\s/:]+@[^<>\s/]+)$/.exec(word)?.[1] ?? null;
}

/** Pages, downloads and short links of archives; pull requests. */
function webSource(word: string): NamedSource {
  if (!URL.canParse(word)) return { ok: false, why: `${word}: this address can't be read` };
  const url = new URL(word);
  if (url.username !== '' || url.password !== '')
    return { ok: false, why: `${url.host}: give an address without a name or password in it` };
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  const pull = /^\/([\w.-]+)\/([\w.-]+)\/pull\/(\d{1,9})(?:\/|$)/.exec(url.pathname);
  if (pull) {
    const [, owner = '', repo = '', number = ''] = pull;
    return named({ kind: 'pull-request', at: { origin: url.origin, owner, repo, number: Number(number) } });
  }
  const at = segments.findIndex((segment) => decoded(segment).includes('@'));
  if (at >= 0) {
    const id = bareId(`<${decoded(segments[at] ?? '')}>`);
    if (id === null) return { ok: false, why: `${word}: the message-id in this address can't be read` };
    return named({ kind: 'message', id, list: listOf(url, segments.slice(0, at)) });
  }
  const query = url.searchParams.get('q');
  if (query !== null && query !== '') return named({ kind: 'search', list: folderUrl(url, segments), query });
  if (/(?:\.(?:mbox|mbx|eml|patch|diff)(?:\.gz)?|\/(?:raw|mbox))\/?$/i.test(url.pathname)) return named({ kind: 'download', url });
  return named({ kind: 'inbox', url: folderUrl(url, segments) });
}

/** The inbox that a message's page is in. `/r/ID` (lore) and `/ID` (links of patches) name no inbox. */
function listOf(url: URL, above: readonly string[]): URL | null {
  return above.length === 0 || (above.length === 1 && above[0] === 'r') ? null : folderUrl(url, above);
}

const folderUrl = (url: URL, segments: readonly string[]): URL => new URL(`/${segments.map((name) => `${name}/`).join('')}`, url.origin);

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
