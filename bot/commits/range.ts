import type { CommitChoice } from '../ingest/kinds.js';
import { type Repository, openRepository } from './repository.js';
import { type Commits, patchMails } from './mail.js';

/** Commits as mails, oldest first, with the commit that was the newest; or why there are none. */
export type ReadCommits =
  | { readonly ok: true; readonly name: string; readonly mails: readonly Buffer[]; readonly tip: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** More is a history, not a series. */
const MAX_COMMITS = 500;

/** Reads commits of a local repository, whose configuration, hooks and attributes are somebody else's. */
export async function readCommits(repo: string, choice: CommitChoice): Promise<ReadCommits> {
  const opened = await openRepository(repo);
  if (!opened.ok) return opened;
  const { repository } = opened;
  const ends = await endsOf(repository, choice, repo);
  if (!ends.ok) return ends;
  const { from, to, name, notes } = ends;
  const listed = await repository.between(from, to, MAX_COMMITS);
  if (!listed.ok) return listed;
  const { ids, merges } = listed;
  if (ids.length === 0) {
    if (merges > 0) return { ok: false, why: `${name} of ${repo} holds merges only, and no commit of its own` };
    return { ok: true, name, mails: [], tip: to, notes: [...notes, `${name} of ${repo} holds no commit`] };
  }
  const commits = [];
  for (const id of ids) {
    const commit = await repository.commitOf(id);
    if (!commit.ok) return commit;
    commits.push(commit.commit);
  }
  const base = await repository.parentOf(ids[0] ?? '');
  const series: Commits = {
    name: from.slice(0, 12),
    commits,
    base,
    cover: null,
    changeId: null,
  };
  const left =
    merges > 0 ? [`${String(merges)} ${merges === 1 ? 'merge' : 'merges'} of ${name} left out: the commits they bring in are there`] : [];
  return { ok: true, name: `${repo} ${name}`, mails: patchMails(series), tip: to, notes: [...notes, ...left] };
}

type Ends =
  | { readonly ok: true; readonly from: string; readonly to: string; readonly name: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

async function endsOf(repository: Repository, choice: CommitChoice, repo: string): Promise<Ends> {
  if (choice.kind === 'range') {
    const dots = /^(.*?)\.\.(\.?)(.*)$/.exec(choice.range);
    const [left, right] = dots
      ? [dots[1] === '' ? 'HEAD' : (dots[1] ?? ''), dots[3] === '' ? 'HEAD' : (dots[3] ?? '')]
      : [null, choice.range];
    const to = await repository.commit(right);
    if (to === null) return { ok: false, why: await repository.missing(right) };
    if (left === null) {
      const parent = await repository.parentOf(to);
      if (parent === null)
        return { ok: false, why: `${choice.range} of ${repo} has no parent here, so there is no change to look at; give a range A..B` };
      return { ok: true, from: parent, to, name: choice.range, notes: [] };
    }
    const from = await repository.commit(left);
    if (from === null) return { ok: false, why: await repository.missing(left) };
    return { ok: true, from, to, name: choice.range, notes: [] };
  }
  const { branch, since } = choice;
  const to = await repository.commit(branch);
  if (to === null) return { ok: false, why: await repository.missing(branch) };
  if (since !== null && (await repository.isAncestor(since, to))) return { ok: true, from: since, to, name: branch, notes: [] };
  const upstream = await repository.upstreamOf(branch, to);
  if (upstream === null) {
    const advice = 'set its upstream (git branch --set-upstream-to), or give a range with --range A..B';
    return { ok: false, why: `nothing tells where branch ${branch} of ${repo} begins: ${advice}` };
  }
  const rewritten =
    since === null
      ? []
      : [
          `branch ${branch} was rewritten since it was read last (it no longer holds ${since.slice(0, 12)}); read again from ${upstream.name}`,
        ];
  return { ok: true, from: upstream.commit, to, name: branch, notes: rewritten };
}
