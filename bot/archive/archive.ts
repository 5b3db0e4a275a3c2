import type { Http, HttpResult } from '../http/types.js';

/** The archive that message-ids are looked up in where nobody names another: all lists of the kernel. */
export const DEFAULT_ARCHIVE = new URL('https://lore.kernel.org/all/');

/** Threads grow: an answer is asked for again after this long. */
const FRESH_SECONDS = 300;
/** Packed. */
const MAX_BYTES = 64 << 20;
/** Mails of a search, unpacked, and of a thread. */
export const MAX_UNPACKED_BYTES = 256 << 20;

/** A mailbox from an archive: bytes of an mbox, packed with gzip. */
export type Mailbox = { readonly ok: true; readonly name: string; readonly bytes: Buffer } | { readonly ok: false; readonly why: string };

/** The thread that a message is in, from an inbox of a public-inbox host. */
export async function fetchThread(http: Http, list: URL, id: string): Promise<Mailbox> {
  const url = messageUrl(list, id);
  if (url === null) return { ok: false, why: `<${id}> can't be part of an address, so no archive is asked for it` };
  const result = await http.ask({ url, maxBytes: MAX_BYTES, freshSeconds: FRESH_SECONDS });
  if (!result.ok && (result.status === 404 || result.status === 300))
    return { ok: false, why: `${list.href} has no message <${id}>: check the id, or name another archive (--archive URL)` };
  return mailbox(url, result);
}

/** The mails that a search in an inbox finds. */
export async function search(http: Http, list: URL, query: string): Promise<Mailbox> {
  const url = new URL('?', list);
  url.searchParams.set('q', query);
  url.searchParams.set('x', 'm');
  const result = await http.ask({ url, method: 'POST', maxBytes: MAX_BYTES, freshSeconds: FRESH_SECONDS });
  if (!result.ok && result.status === 404) return { ok: false, why: `${list.href}: nothing is found by "${query}"` };
  return mailbox(url, result);
}

/** A mailbox, mail or patch at an address. */
export async function download(http: Http, url: URL): Promise<Mailbox> {
  return mailbox(url, await http.ask({ url, maxBytes: MAX_BYTES, freshSeconds: FRESH_SECONDS }));
}

function mailbox(url: URL, result: HttpResult): Mailbox {
  if (!result.ok) return { ok: false, why: `${url.href} can't be read: ${result.why}` };
  const { body, type } = result;
  if (/^text\/html\b/i.test(type)) {
    // Hosts that want a browser to prove itself answer with a page and status 200.
    return {
      ok: false,
      why: `${url.host} answers with a web page in place of mails; download the thread as a mailbox, and give that file`,
    };
  }
  return { ok: true, name: url.href, bytes: body };
}

/** `LIST/ID/t.mbox.gz`, with the id as one part of the path; null for one that would lead elsewhere. */
function messageUrl(list: URL, id: string): URL | null {
  const name = encodeURIComponent(id).replaceAll('%40', '@');
  const url = new URL(`${list.href.replace(/\/?$/, '/')}${name}/t.mbox.gz`);
  return name.includes('@') && url.pathname.endsWith(`/${name}/t.mbox.gz`) ? url : null;
}
