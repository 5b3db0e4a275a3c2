import type { HttpCache, KeptAnswer } from './cache.js';
import type { Http, HttpFault, HttpRequest, HttpResult } from './types.js';

/** The world that a client acts in; tests give their own. */
export interface HttpWorld {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface HttpOptions {
  /** Sent as User-Agent. Hosts of archives turn away the names of HTTP libraries, and want to know whom to write to. */
  readonly agent: string;
  readonly cache: HttpCache | null;
  readonly world?: HttpWorld;
}

const WORLD: HttpWorld = {
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const MAX_TRIES = 4;
const MAX_REDIRECTS = 5;
const FIRST_PAUSE_MS = 1000;
/** A host that asks for a longer pause is believed, and left alone. */
const MAX_PAUSE_MS = 60_000;
/** For the head of an answer, and then for each piece of its body. */
const PATIENCE_MS = 60_000;

/** A client that caches, backs off and bounds what it takes. Errors of network and host are values. */
export function httpClient({ agent, cache, world = WORLD }: HttpOptions): Http {
  return {
    async ask(request) {
      const key = `${request.method ?? 'GET'} ${request.url.href}`;
      const kept = request.freshSeconds === undefined ? null : (cache?.get(key) ?? null);
      const age = kept === null ? Infinity : world.now() - kept.at;
      // A clock that was set back must not keep an old answer fresh for ever.
      if (kept !== null && age >= 0 && age < 1000 * (request.freshSeconds ?? 0)) return answerOf(kept);
      const result = await withRetries(request, agent, kept, world);
      if (request.freshSeconds === undefined || cache === null) return 'fresh' in result ? result.fresh : result.result;
      if ('fresh' in result) {
        const { fresh, etag, lastModified } = result;
        cache.put(key, { url: fresh.url.href, type: fresh.type, etag, lastModified, at: world.now(), body: fresh.body });
        return fresh;
      }
      if (result.result.ok && kept !== null) cache.put(key, { ...kept, at: world.now() });
      return result.result;
    },
  };
}

const answerOf = (kept: KeptAnswer): HttpResult => ({ ok: true, body: kept.body, url: new URL(kept.url), type: kept.type, kept: true });

const fault = (why: string, status: number | null = null): HttpFault => ({ ok: false, why, status });

type Fresh = {
  readonly fresh: Extract<HttpResult, { ok: true }>;
  readonly etag: string | null;
  readonly lastModified: string | null;
};

/** `again`: the same request may succeed later, after `pause` milliseconds where the host says so. */
type Attempt = Fresh | { readonly result: HttpResult } | { readonly again: HttpFault; readonly pause: number | null };

async function withRetries(
  request: HttpRequest,
  agent: string,
  kept: KeptAnswer | null,
  world: HttpWorld,
): Promise<Exclude<Attempt, { again: HttpFault }>> {
  for (let tries = 1; ; tries++) {
    const attempt = await once(request, agent, kept, world);
    if (!('again' in attempt)) return attempt;
    const pause = attempt.pause ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
    if (pause > MAX_PAUSE_MS) {
      const why = `${attempt.again.why} and asks to be left alone for ${String(Math.ceil(pause / 1000))} s; try again after that`;
      return { result: fault(why, attempt.again.status) };
    }
    if (tries >= MAX_TRIES) return { result: fault(`${attempt.again.why} (asked ${String(tries)} times)`, attempt.again.status) };
    await world.sleep(pause);
  }
}

async function once(
  { url, method = 'GET', headers, maxBytes }: HttpRequest,
  agent: string,
  kept: KeptAnswer | null,
  world: HttpWorld,
): Promise<Attempt> {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const refusal = refused(at, url);
    if (refusal !== null) return { result: fault(refusal) };
    const stop = new AbortController();
    const timer = new Patience(stop);
    try {
      const response = await world.fetch(at, {
        method,
        redirect: 'manual',
        signal: stop.signal,
        headers: {
          // What a caller adds (a token) is for the host that was asked, not for where that one points to.
          ...(at.origin === url.origin ? headers : {}),
          'User-Agent': agent,
          ...(kept?.etag == null ? {} : { 'If-None-Match': kept.etag }),
          ...(kept?.lastModified == null ? {} : { 'If-Modified-Since': kept.lastModified }),
        },
      });
      const { status } = response;
      if (status === 304 && kept !== null) return { result: answerOf(kept) };
      if ([301, 302, 303, 307, 308].includes(status)) {
        await response.body?.cancel();
        const next = target(response.headers.get('location'), at);
        if (next === null) return { result: fault(`${at.href} points to an address that can't be read`, status) };
        if (redirects >= MAX_REDIRECTS) return { result: fault(`${url.href} leads from one address to the next without end`, status) };
        at = next;
        continue;
      }
      if (status === 429 || status >= 500) {
        await response.body?.cancel();
        return { again: fault(`${at.host} answers with status ${String(status)}`, status), pause: pauseOf(response.headers, world.now()) };
      }
      if (status !== 200) {
        await response.body?.cancel();
        return { result: fault(`${at.host} answers with status ${String(status)}`, status) };
      }
      const body = await bodyOf(response, maxBytes, timer);
      if (body === null) return { result: fault(`${at.href} is larger than the limit of ${String(maxBytes >> 20)} MiB`, status) };
      return {
        fresh: { ok: true, body, url: at, type: response.headers.get('content-type') ?? '', kept: false },
        etag: response.headers.get('etag'),
        lastModified: response.headers.get('last-modified'),
      };
    } catch (error) {
      if (stop.signal.aborted) return { again: fault(`${at.host} says nothing for ${String(PATIENCE_MS / 1000)} s`), pause: null };
      const why = networkTrouble(error);
      return why.final ? { result: fault(`${at.host}: ${why.text}`) } : { again: fault(`${at.host}: ${why.text}`), pause: null };
    } finally {
      timer.stop();
    }
  }
}

/** Aborts when nothing has come for too long. */
class Patience {
  private timer: NodeJS.Timeout;

  constructor(private readonly controller: AbortController) {
    this.timer = this.start();
  }

  more(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.controller.abort();
    }, PATIENCE_MS);
  }
}

/** Only the web, and never from an address that was protected to one that is not. */
function refused(at: URL, first: URL): string | null {
  if (at.protocol !== 'http:' && at.protocol !== 'https:') return `${at.protocol}// is no address of the web`;
  if (first.protocol === 'https:' && at.protocol === 'http:')
    return `${first.host} points to ${at.href}, which is not protected; not followed`;
  if (at.username !== '' || at.password !== '') return `${at.host}: an address with a name or password in it is not asked`;
  return null;
}

function target(location: string | null, at: URL): URL | null {
  return location !== null && URL.canParse(location, at.href) ? new URL(location, at.href) : null;
}

/** Retry-After, in seconds or as a date (RFC 9110, section "Retry-After"). */
function pauseOf(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return 1000 * Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The body, unpacked where the transfer was packed; null when it is longer than `most`. */
async function bodyOf(response: Response, most: number, patience: Patience): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) return Buffer.concat(parts);
    patience.more();
    const piece = next.value as Uint8Array;
    size += piece.length;
    if (size > most) {
      await reader?.cancel();
      return null;
    }
    parts.push(piece);
  }
}

const FINAL: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name, or no network',
  ECONNREFUSED: 'nobody answers there',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by an authority that is known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by an authority that is known here',
};

function networkTrouble(error: unknown): { readonly text: string; readonly final: boolean } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const known = FINAL[code];
  if (known !== undefined) return { text: known, final: true };
  return { text: `the connection broke (${code !== '' ? code : cause instanceof Error ? cause.message : String(cause)})`, final: false };
}
