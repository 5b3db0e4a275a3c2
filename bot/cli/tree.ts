import type { Bases } from '../tree/bases.js';

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
