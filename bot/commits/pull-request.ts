import { Octokit, RequestError } from 'octokit';
import { z } from 'zod';
import type { PullRequest } from '../ingest/kinds.js';
import { type Commit, patchMails } from './mail.js';

/** What reads pull requests. */
export interface PullRequestAccess {
  /** Sent as User-Agent, which the host asks for. */
  readonly agent: string;
  /** For private repositories, and for more than some 60 requests an hour. Sent to the host of the pull request only. */
  readonly token: string | null;
  readonly fetch: typeof fetch;
}

export type ReadPullRequest =
  | { readonly ok: true; readonly mails: readonly Buffer[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** The host lists no more. */
const MAX_COMMITS = 250;
const MAX_ANSWER_BYTES = 16 << 20;
const TOO_LARGE = 413;

const pullSchema = z.object({
  title: z.string(),
  body: z.string().nullable(),
  created_at: z.iso.datetime({ offset: true }),
  commits: z.int().min(0),
  head: z.object({ sha: z.string() }),
  user: z.object({ login: z.string() }).nullable(),
});

const commitSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40,64}$/),
  parents: z.array(z.object({ sha: z.string() })),
  commit: z.object({
    message: z.string(),
    author: z.object({ name: z.string().optional(), email: z.string().optional(), date: z.string().optional() }).nullable(),
  }),
});

/** The commits of a pull request as mails of a series, under a cover letter with its title and text. */
export async function readPullRequest({ origin, owner, repo, number }: PullRequest, access: PullRequestAccess): Promise<ReadPullRequest> {
  const name = `${origin}/${owner}/${repo}/pull/${String(number)}`;
  const octokit = new Octokit({
    baseUrl: apiOf(origin),
    userAgent: access.agent,
    ...(access.token === null ? {} : { auth: access.token }),
    request: { fetch: bounded(access.fetch, MAX_ANSWER_BYTES) },
    // What to do about limits is the user's decision; a retry within the hour that a limit lasts is none.
    throttle: { enabled: false },
    retry: { doNotRetry: [400, 401, 403, 404, 410, TOO_LARGE, 422, 429, 451] },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const at = { owner, repo };
  try {
    const pull = pullSchema.parse(
      (await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: number })).data,
    );
    if (pull.commits > MAX_COMMITS) {
      const advice = 'fetch the branch, and give it with --repo and --range';
      return { ok: false, why: `${name} has ${String(pull.commits)} commits, and the host lists ${String(MAX_COMMITS)}: ${advice}` };
    }
    const pages = await octokit.paginate('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', {
      ...at,
      pull_number: number,
      per_page: 100,
    });
    const listed = z.array(commitSchema).parse(pages);
    const own = listed.filter((commit) => commit.parents.length < 2);
    const commits: Commit[] = [];
    for (const { sha, commit } of own) {
      const answer = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: sha, mediaType: { format: 'diff' } });
      const [title = '', ...message] = commit.message.split('\n');
      const author = { name: commit.author?.name ?? '', address: commit.author?.email ?? '' };
      commits.push({
        id: sha,
        author,
        date: timeOf(commit.author?.date),
        title,
        message: message.join('\n'),
        diff: Buffer.from(textOf(answer.data)),
      });
    }
    const merges = listed.length - own.length;
    const left =
      merges > 0
        ? [`${String(merges)} ${merges === 1 ? 'merge' : 'merges'} of ${name} left out: what they bring in is not the author's`]
        : [];
    if (commits.length === 0) return { ok: false, why: `${name} holds no commit of its own` };
    const mails = patchMails({
      name: `pull-${owner}-${repo}-${String(number)}`,
      commits,
      base: own[0]?.parents[0]?.sha ?? null,
      cover: {
        title: pull.title,
        text: pull.body ?? '',
        // Accounts need not show an address; the first author is the one to answer.
        author: commits[0]?.author ?? { name: pull.user?.login ?? '', address: '' },
        date: timeOf(pull.created_at),
      },
      changeId: `${pull.created_at.slice(0, 10).replaceAll('-', '')}-pull-${owner}-${repo}-${String(number)}`,
    });
    return { ok: true, mails, notes: left };
  } catch (error) {
    return { ok: false, why: `${name} can't be read: ${trouble(error, access.token !== null)}` };
  }
}

/** GitHub's own host has its interface on a host of its own, others below /api/v3. */
const apiOf = (origin: string): string =>
  /^https?:\/\/(?:www\.)?github\.com$/i.test(origin) ? 'https://api.github.com' : `${origin}/api/v3`;

const textOf = (data: unknown): string => (typeof data === 'string' ? data : '');

const timeOf = (date: string | undefined): number => {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? 0 : time;
};

function trouble(error: unknown, hasToken: boolean): string {
  if (error instanceof z.ZodError) return 'the answer of the host has not the form that GitHub documents';
  if (!(error instanceof RequestError)) return error instanceof Error ? error.message : String(error);
  const withToken = hasToken ? 'the token may not do that' : 'set GITHUB_TOKEN to a token that may read it';
  const { status, response } = error;
  if (status === 404) return `there is no such pull request, or it is not public: ${withToken}`;
  if (status === TOO_LARGE) return `an answer is larger than the limit of ${String(MAX_ANSWER_BYTES >> 20)} MiB`;
  if (status === 401) return 'the host does not take the token in GITHUB_TOKEN';
  if ((status === 403 || status === 429) && response?.headers['x-ratelimit-remaining'] === '0') {
    return `the host's limit of requests is used up until ${new Date(1000 * Number(response.headers['x-ratelimit-reset'])).toISOString()}${hasToken ? '' : '; a token in GITHUB_TOKEN raises it'}`;
  }
  return status >= 500 && /fetch failed|ECONN|ENOTFOUND/.test(error.message)
    ? 'there is no way to the host'
    : `status ${String(status)}: ${error.message.slice(0, 200)}`;
}

/**
 * A fetch that has read its answer, or says 413 for one beyond so many bytes. (octokit takes a body that breaks off for an empty one: here a broken
 * connection is an error.)
 */
function bounded(inner: typeof fetch, most: number): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    const parts: Uint8Array[] = [];
    let size = 0;
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
      const piece = next.value as Uint8Array;
      size += piece.length;
      if (size > most) {
        await reader?.cancel();
        return new Response('{}', { status: TOO_LARGE, headers: { 'content-type': 'application/json' } });
      }
      parts.push(piece);
    }
    const { status, statusText, headers } = response;
    const copy = new Response(parts.length === 0 ? null : Buffer.concat(parts), { status, statusText, headers });
    Object.defineProperty(copy, 'url', { value: response.url });
    return copy;
  };
}
