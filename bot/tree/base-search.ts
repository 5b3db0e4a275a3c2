import type { BaseClues } from '../series/base.js';
import type { Git } from './git.js';

/** A commit that a series may have been made on. */
export interface Candidate {
  readonly commit: string;
  /** The branch or tag that it was found on. */
  readonly ref: string;
  /** How many of the blobs of the index lines it has where they belong. */
  readonly matched: number;
  /** Whether HEAD is from before the mails. */
  readonly headFits: boolean;
}

/** Branches that were written to last, and releases before the mails: a repository of many forks has thousands. */
const MAX_BRANCHES = 24;
const MAX_TAGS = 8;
/** Branches whose commits are looked at one by one, and how many of each: only those that change the files in question. */
const WALKED = 3;
const MAX_WALK = 200;

/**
 * The commit that has most of the blobs that the index lines of a series name: as each branch stood when the mails were written, then further
 * back. Among equals the branch on which the files were changed last, which is the one that people work on them in. Null where no branch has a
 * commit from before the mails.
 */
export async function searchBase(git: Git, clues: BaseClues): Promise<Candidate | null> {
  const heads: (Candidate & { readonly touched: number })[] = [];
  const head = await git.commit('HEAD');
  const headFits = head !== null && (await asOf(git, head, clues.date)) === head;
  const seen = new Set<string>();
  for (const { ref, tip } of await refsOf(git, clues.date)) {
    const commit = await asOf(git, tip, clues.date);
    if (commit === null || seen.has(commit)) continue;
    seen.add(commit);
    const matched = await matches(git, commit, clues);
    if (matched > 0 && matched === clues.blobs.length) return { commit, ref, matched, headFits };
    heads.push({ commit, ref, matched, headFits, touched: await lastTouched(git, commit, clues.paths) });
  }
  heads.sort((a, b) => b.matched - a.matched || b.touched - a.touched);
  let best: Candidate | null = heads[0] ?? null;
  if (clues.blobs.length === 0) return best;
  for (const head of heads.slice(0, WALKED)) {
    for (const commit of await commitsOf(git, head.commit, clues.paths)) {
      const matched = await matches(git, commit, clues);
      if (matched > (best?.matched ?? 0)) best = { commit, ref: head.ref, matched, headFits };
      if (matched === clues.blobs.length) return best;
    }
  }
  return best;
}

/** How many of the blobs a commit has where they belong. */
async function matches(git: Git, commit: string, { blobs }: BaseClues): Promise<number> {
  if (blobs.length === 0) return 0;
  const listed = await git.ask(['ls-tree', '-z', '--full-tree', commit, '--', ...blobs.map(({ path }) => path)]);
  if (!listed.ok) return 0;
  const ids = new Map<string, string>();
  for (const entry of listed.text.split('\0')) {
    const found = /^\d+ blob ([0-9a-f]+)\t([^]*)$/.exec(entry);
    if (found) ids.set(found[2] ?? '', found[1] ?? '');
  }
  return blobs.filter(({ path, blob }) => ids.get(path)?.startsWith(blob) === true).length;
}

async function refsOf(git: Git, date: number | null): Promise<readonly { readonly ref: string; readonly tip: string }[]> {
  const listed = async (count: number, sort: string, folders: readonly string[]): Promise<{ ref: string; tip: string; at: number }[]> => {
    const format = '%(objectname) %(*objectname) %(creatordate:unix) %(refname:short)';
    const answer = await git.ask([
      'for-each-ref',
      ...(count > 0 ? [`--count=${String(count)}`] : []),
      `--sort=-${sort}`,
      `--format=${format}`,
      ...folders,
    ]);
    return (answer.ok ? answer.text.split('\n') : []).flatMap((line) => {
      const found = /^([0-9a-f]{40,64}) ([0-9a-f]*) (\d+) (.+)$/.exec(line);
      return found
        ? [{ ref: found[4] ?? '', tip: found[2] === '' ? (found[1] ?? '') : (found[2] ?? ''), at: 1000 * Number(found[3]) }]
        : [];
    });
  };
  const head = await git.commit('HEAD');
  const branches = await listed(MAX_BRANCHES, 'committerdate', ['refs/heads', 'refs/remotes']);
  const tags = (await listed(0, 'creatordate', ['refs/tags'])).filter(({ at }) => date === null || at <= date);
  return [...(head === null ? [] : [{ ref: 'HEAD', tip: head }]), ...branches, ...tags.slice(0, MAX_TAGS)];
}

const before = (date: number | null): readonly string[] => (date === null ? [] : [`--before=${String(Math.floor(date / 1000))}`]);

const asOf = (git: Git, tip: string, date: number | null): Promise<string | null> =>
  one(git, ['rev-list', '--max-count=1', ...before(date), '--end-of-options', tip]);

async function lastTouched(git: Git, commit: string, paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0;
  const answer = await git.ask([
    'rev-list',
    '--max-count=1',
    '--no-commit-header',
    '--format=%ct',
    '--end-of-options',
    commit,
    '--',
    ...paths,
  ]);
  return answer.ok ? Number(answer.text) : 0;
}

async function commitsOf(git: Git, commit: string, paths: readonly string[]): Promise<readonly string[]> {
  const answer = await git.ask(['rev-list', `--max-count=${String(MAX_WALK)}`, '--end-of-options', commit, '--', ...paths]);
  return answer.ok ? answer.text.split('\n').filter((line) => line !== '') : [];
}

async function one(git: Git, command: readonly string[]): Promise<string | null> {
  const answer = await git.ask(command);
  return answer.ok && /^[0-9a-f]{40,64}$/.test(answer.text) ? answer.text : null;
}
