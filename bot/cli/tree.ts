import type { Bases } from '../tree/bases.js';
import type { KernelTree } from '../tree/open.js';

export interface RevisionOptions {
  readonly rev?: string;
  readonly base?: string;
}

/** The kernel tree that `--tree` and `--rev` name, or what is wrong with them. (What reads git is loaded when there is a tree.) */
export async function openKernel(path: string, { rev }: RevisionOptions): Promise<KernelTree | string> {
  const { openTree } = await import('../tree/open.js');
  const opened = await openTree(rev === undefined ? { path } : { path, revision: rev });
  return opened.ok ? opened.tree : opened.why;
}

/** The bases that `--tree`, `--rev` and `--base` give, or what is wrong with them. */
export async function openBases(path: string, { rev, base }: RevisionOptions): Promise<Bases | string> {
  const { Bases } = await import('../tree/bases.js');
  const opened = await Bases.open({ path, ...(rev === undefined ? {} : { revision: rev }), ...(base === undefined ? {} : { base }) });
  return opened.ok ? opened.bases : opened.why;
}
