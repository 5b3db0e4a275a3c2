import { type FileText, sourceText } from '../../analyzers/source/text.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { BaseClues } from '../series/base.js';
import { type Candidate, searchBase } from './base-search.js';
import { Git } from './git.js';
import { gitTree } from './git-tree.js';
import { GitObjects } from './objects.js';

/** A git repository, read only. */
export class History {
  private readonly objects: GitObjects;
  private readonly trees = new Map<string, SourceTree>();

  private constructor(
    private readonly git: Git,
    gitDir: string,
  ) {
    this.objects = new GitObjects(gitDir);
  }

  /** `folder` is the top of a work tree, or a bare repository; repositories above it do not count. */
  static async open(
    folder: string,
  ): Promise<{ readonly ok: true; readonly history: History } | { readonly ok: false; readonly why: string }> {
    const git = new Git(folder);
    const found = await git.ask(['rev-parse', '--absolute-git-dir']);
    return found.ok ? { ok: true, history: new History(git, found.text) } : found;
  }

  /** The commit that a revision names, or null. */
  commit(revision: string): Promise<string | null> {
    return this.git.commit(revision);
  }

  /** The commit that a series was made on, as far as its blobs, files and date tell. */
  search(clues: BaseClues): Promise<Candidate | null> {
    return searchBase(this.git, clues);
  }

  tree(commit: string): SourceTree {
    let tree = this.trees.get(commit);
    if (tree === undefined) this.trees.set(commit, (tree = gitTree(this.objects, commit)));
    return tree;
  }

  /** A file's content by its hash, or the beginning of it as diffs have it; null when the repository does not hold exactly one. */
  blob(hash: string): FileText | null {
    if (!/^[0-9a-f]{7,64}$/.test(hash)) return null;
    const object = this.objects.read(hash);
    return object.kind === 'blob' ? sourceText(object.bytes) : null;
  }

  /** Why `commit` gave null, and what to do about it. */
  async missing(path: string, revision: string): Promise<string> {
    const shallow = await this.git.ask(['rev-parse', '--is-shallow-repository']);
    const tried = `the repository ${path} holds no commit ${revision}`;
    if (shallow.ok && shallow.text === 'true') {
      const depth = `it is a shallow clone, which has only the newest part of the history`;
      return `${tried}: ${depth}. Run "git fetch --unshallow", or "git fetch origin ${revision}", in it`;
    }
    return `${tried}: fetch it from where the patches were made, or give another revision`;
  }

  close(): void {
    this.objects.close();
  }
}
