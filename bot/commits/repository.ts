import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Git } from '../tree/git.js';
import type { Commit } from './mail.js';

export type OpenedRepository = { readonly ok: true; readonly repository: Repository } | { readonly ok: false; readonly why: string };

/** Opens the top of a work tree or a bare repository. */
export async function openRepository(path: string): Promise<OpenedRepository> {
  if (!existsSync(path) || !statSync(path).isDirectory())
    return { ok: false, why: `${path}: there is no such folder; give a git repository (--repo)` };
  const git = new Git(path);
  const found = await git.ask(['rev-parse', '--absolute-git-dir']);
  if (!found.ok)
    return {
      ok: false,
      why: `git can't read the repository ${path}: ${found.why}${existsSync(join(path, '.git')) ? '' : '; give the top folder of a clone'}`,
    };
  return { ok: true, repository: new Repository(git, path) };
}

const FIELDS = ['%an', '%ae', '%at', '%s', '%b'];
const MAX_DIFF_BYTES = 16 << 20;

/**
 * Nothing of the repository's configuration may run, or change what a diff looks like: no external diff, no text conversion, no signature
 * check, no colours, prefixes, context, algorithm or order of its own.
 */
const PLAIN_DIFF = [
  '--no-show-signature',
  '--no-notes',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-color-moved',
  '--no-relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--full-index',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--find-renames=50%',
  '--submodule=short',
  '-O/dev/null',
  '--patch',
];

/** A repository to read commits of. */
export class Repository {
  constructor(
    private readonly git: Git,
    private readonly path: string,
  ) {}

  commit(revision: string): Promise<string | null> {
    return this.git.commit(revision);
  }

  async missing(revision: string): Promise<string> {
    const branches = await this.git.ask(['for-each-ref', '--count=8', '--sort=-committerdate', '--format=%(refname:short)', 'refs/heads']);
    const known = branches.ok && branches.text !== '' ? `; its newest branches are ${branches.text.split('\n').join(', ')}` : '';
    return `the repository ${this.path} holds no commit "${revision}"${known}`;
  }

  async parentOf(commit: string): Promise<string | null> {
    return this.git.commit(`${commit}^1`);
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    const base = await this.git.ask(['merge-base', '--end-of-options', older, newer]);
    return base.ok && base.text === older;
  }

  /** Where a branch left what it tracks, or what others call the main line. */
  async upstreamOf(branch: string, tip: string): Promise<{ readonly name: string; readonly commit: string } | null> {
    for (const name of [`${branch}@{upstream}`, 'refs/remotes/origin/HEAD', 'refs/heads/master', 'refs/heads/main']) {
      const commit = await this.git.commit(name);
      if (commit === null || commit === tip) continue;
      const base = await this.git.ask(['merge-base', '--end-of-options', commit, tip]);
      if (base.ok && base.text !== tip) return { name, commit: base.text };
    }
    return null;
  }

  /** Commits that `to` has and `from` has not, oldest first, and how many merges are among them. */
  async between(
    from: string,
    to: string,
    most: number,
  ): Promise<
    { readonly ok: true; readonly ids: readonly string[]; readonly merges: number } | { readonly ok: false; readonly why: string }
  > {
    const range = [`--max-count=${String(10 * most)}`, '--end-of-options', `${from}..${to}`];
    const merges = await this.git.ask(['rev-list', '--count', '--min-parents=2', ...range]);
    const listed = await this.git.ask([
      'rev-list',
      '--no-merges',
      '--topo-order',
      '--reverse',
      `--max-count=${String(most + 1)}`,
      ...range.slice(1),
    ]);
    if (!listed.ok) return listed;
    const ids = listed.text.split('\n').filter((id) => id !== '');
    if (ids.length > most) {
      return {
        ok: false,
        why: `${from.slice(0, 12)}..${to.slice(0, 12)} of ${this.path} holds more than ${String(most)} commits; give a smaller range`,
      };
    }
    return { ok: true, ids, merges: merges.ok ? Number(merges.text) : 0 };
  }

  async commitOf(id: string): Promise<{ readonly ok: true; readonly commit: Commit } | { readonly ok: false; readonly why: string }> {
    const said = await this.git.ask([
      'show',
      '--no-patch',
      '--no-show-signature',
      '--no-notes',
      '-O/dev/null',
      '--encoding=UTF-8',
      `--format=${FIELDS.join('%x00')}`,
      id,
    ]);
    if (!said.ok) return { ok: false, why: `commit ${id} of ${this.path} can't be read: ${said.why}` };
    const [name = '', address = '', at = '', title = '', message = ''] = said.text.split('\0');
    const diff = await this.git.show([...PLAIN_DIFF, '--format=', id]);
    if (!diff.ok) return { ok: false, why: `commit ${id} of ${this.path} can't be read: ${diff.why}` };
    if (diff.bytes.length > MAX_DIFF_BYTES)
      return { ok: false, why: `commit ${id} of ${this.path} changes more than ${String(MAX_DIFF_BYTES >> 20)} MiB of text` };
    return { ok: true, commit: { id, author: { name, address }, date: 1000 * Number(at), title, message, diff: diff.bytes } };
  }
}
