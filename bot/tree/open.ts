import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import { type KernelVersion, kernelVersion } from '../../analyzers/source/kernel.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { History } from './history.js';

/** A kernel's sources, as a user named them. */
export interface KernelTree {
  readonly source: SourceTree;
  readonly version: KernelVersion;
  /** For people: `Linux 6.12.117, /src/linux at 0123456789ab (v6.12)`. */
  readonly name: string;
  /** The repository that the tree is in; null for a plain folder. */
  readonly history: History | null;
  /** Ends what was started to read it. The tree can still be read; that starts it again. */
  close(): void;
}

export interface TreeChoice {
  readonly path: string;
  /** The revision to read. Without one a folder is read as it stands, changes that are not committed included, and a bare repository at its HEAD. */
  readonly revision?: string;
}

/** The tree, or a sentence that says what was tried, in which tree, and what to do. */
export type Opened = { readonly ok: true; readonly tree: KernelTree } | { readonly ok: false; readonly why: string };

const fault = (why: string): Opened => ({ ok: false, why });

/** Opens a kernel tree: a folder, a git repository, or a bare one. Reads no more than what tells that it is one. */
export async function openTree({ path, revision }: TreeChoice): Promise<Opened> {
  const kind = kindOf(path);
  if (kind === 'missing') return fault(`there is no folder ${path}: give the top folder of a kernel's sources, or a git repository of it`);
  if (kind === 'file') return fault(`${path} is a file: give a folder; a packed kernel (.tar.xz) has to be unpacked first`);
  const folder = realpathSync(path);
  const isBare = !existsSync(join(folder, '.git')) && ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)));
  const inGit = isBare || existsSync(join(folder, '.git'));
  if (!inGit) {
    if (revision === undefined) return kernel(path, folderTree(folder, 'tree'), null, path);
    return fault(`${path} is no git repository, so revision ${revision} can't be looked up in it: leave the revision out, or give a clone`);
  }
  const opened = await History.open(folder);
  if (!opened.ok) {
    // A folder needs no git to be read as it stands.
    if (!isBare && revision === undefined) return kernel(path, folderTree(folder, 'tree'), null, path);
    return fault(`git can't read the repository ${path}: ${opened.why}`);
  }
  const { history } = opened;
  if (!isBare && revision === undefined) return kernel(path, folderTree(folder, 'tree'), history, `${path} as it stands`);
  return atRevision(history, path, revision ?? 'HEAD');
}

/** The tree of a revision of a repository that is open already. */
export async function atRevision(history: History, path: string, revision: string): Promise<Opened> {
  const commit = await history.commit(revision);
  if (commit === null) return fault(await history.missing(path, revision));
  const shown = commit.startsWith(revision) ? '' : ` (${revision})`;
  return kernel(path, history.tree(commit), history, `${path} at ${commit.slice(0, 12)}${shown}`);
}

function kernel(path: string, source: SourceTree, history: History | null, name: string): Opened {
  const version = kernelVersion(source);
  const close = (): void => history?.close();
  if (!('lacks' in version)) return { ok: true, tree: { source, version, name: `Linux ${version.text}, ${name}`, history, close } };
  close();
  return fault(`${name} is not a kernel tree, it lacks ${version.lacks}: give the top folder of a kernel's sources${above(path)}`);
}

/** Where a folder within a kernel was given. */
function above(path: string): string {
  for (const up of ['..', '../..', '../../..']) {
    const folder = join(path, up);
    if (existsSync(join(folder, 'Kbuild')) && !('lacks' in kernelVersion(folderTree(folder, 'tree'))))
      return ` (${realpathSync(folder)} is one)`;
  }
  return '';
}

function kindOf(path: string): 'folder' | 'file' | 'missing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'missing';
  }
}
