import type { Bases } from '../tree/bases.js';
import type { KernelTree } from '../tree/open.js';
import { complain } from './words.js';

export interface RevisionOptions {
  readonly rev?: string;
  readonly base?: string;
}

/** The bases that `--tree`, `--rev` and `--base` give, or what is wrong with them. (What reads git is loaded when there is a tree.) */
export async function openBases(path: string, { rev, base }: RevisionOptions): Promise<Bases | string> {
  const { Bases } = await import('../tree/bases.js');
  const opened = await Bases.open({ path, ...(rev === undefined ? {} : { revision: rev }), ...(base === undefined ? {} : { base }) });
  return opened.ok ? opened.bases : opened.why;
}

/** Does something with the tree that `--tree` and `--rev` name, and closes it. Returns the exit status: 2 where there is no such tree. */
export async function withTree(path: string, rev: string | undefined, use: (tree: KernelTree) => Promise<number>): Promise<number> {
  const { openTree } = await import('../tree/open.js');
  const opened = await openTree({ path, ...(rev === undefined ? {} : { revision: rev }) });
  if (!opened.ok) return complain(opened.why);
  try {
    return await use(opened.tree);
  } finally {
    opened.tree.close();
  }
}

/** The path again, where it holds a kernel: then commits of it are reviewed on the code that they are made for. Says why, where it does not. */
export async function kernelAt(path: string): Promise<string | undefined> {
  const { openTree } = await import('../tree/open.js');
  const opened = await openTree({ path });
  if (!opened.ok) {
    process.stderr.write(`faultline: no code of the repository is used but what the commits change: ${opened.why}\n`);
    return undefined;
  }
  opened.tree.close();
  return path;
}
