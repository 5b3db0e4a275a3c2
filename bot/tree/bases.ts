import { createHash } from 'node:crypto';
import type { Blobs } from '../../analyzers/merge/types.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { type BaseClues, NO_CLUES } from '../series/base.js';
import { atRevision, type KernelTree, openTree, type TreeChoice } from './open.js';

/** The code that the patches of a series are applied to. */
export interface Base {
  readonly source: SourceTree;
  /** For people: `Linux 6.12.117, /src/linux at 0123456789ab (the base-commit of the mails)`. */
  readonly name: string;
  /** What did not go as the mails or the user wanted, each a sentence. */
  readonly notes: readonly string[];
  /** What was looked at to find it, in that order, and what came of it. */
  readonly tried: readonly Tried[];
  readonly blobs: Blobs;
}

export interface Tried {
  readonly what: string;
  readonly outcome: string;
}

export interface BaseChoice extends TreeChoice {
  /** Revision for series that name no base, or one that the repository does not hold. */
  readonly base?: string;
}

export type OpenedBases = { readonly ok: true; readonly bases: Bases } | { readonly ok: false; readonly why: string };

/**
 * Finds the base of each series in one kernel tree: the revision that the user asked to read, if any; else the commit that the mails name;
 * else the one that `base` names; else the tree as it stands if it has the files that the patches were made on; else the commit of its repository
 * that has most of them; else the newest one from before the mails on the branch that changed their files last; else the tree as it stands.
 */
export class Bases {
  private readonly found = new Map<string, Base>();

  private constructor(
    private readonly choice: BaseChoice,
    /** Where series go that name no base. */
    private readonly standard: KernelTree,
  ) {}

  static async open(choice: BaseChoice): Promise<OpenedBases> {
    const { path, revision, base } = choice;
    const wanted = revision ?? base;
    const opened = await openTree(wanted === undefined ? { path } : { path, revision: wanted });
    return opened.ok ? { ok: true, bases: new Bases(choice, opened.tree) } : opened;
  }

  async of(given: BaseClues | null): Promise<Base> {
    const clues = given ?? NO_CLUES;
    const key = JSON.stringify(clues);
    const known = this.found.get(key);
    if (known) return known;
    const made = await this.find(clues);
    this.found.set(key, made);
    return made;
  }

  close(): void {
    this.standard.close();
  }

  private async find(clues: BaseClues): Promise<Base> {
    const { revision, base } = this.choice;
    const tried: Tried[] = [];
    if (revision !== undefined)
      return this.base(this.standard, this.standard.name, [{ what: `revision ${revision}`, outcome: 'taken, as asked for' }], []);
    const stated = clues.commit === null ? null : await this.stated(clues.commit, tried);
    if (stated?.ok === true) return this.base(stated.tree, `${stated.tree.name}, the base-commit of the mails`, tried, []);
    const notes = stated === null ? [] : [stated.why];
    if (base !== undefined) tried.push({ what: `revision ${base}`, outcome: 'taken, as asked for' });
    else {
      const searched = await this.searched(clues, tried);
      if (searched !== null) return this.base(searched.tree, searched.name, tried, notes);
    }
    return this.base(
      this.standard,
      this.standard.name,
      tried,
      notes.map((note) => `${note}. The patches went on ${this.standard.name} instead`),
    );
  }

  /** The base-commit of the mails. */
  private async stated(
    commit: string,
    tried: Tried[],
  ): Promise<{ readonly ok: true; readonly tree: KernelTree } | { readonly ok: false; readonly why: string }> {
    const { path } = this.choice;
    const { history } = this.standard;
    const what = `base-commit ${commit.slice(0, 12)} of the mails`;
    if (history === null) {
      tried.push({ what, outcome: `${path} is a folder without history` });
      return { ok: false, why: `the mails name base-commit ${commit.slice(0, 12)}; ${path} is a folder without history` };
    }
    const opened = (await history.commit(commit)) === null ? null : await atRevision(history, path, commit);
    if (opened?.ok === true) {
      tried.push({ what, outcome: 'taken' });
      return opened;
    }
    const why = opened === null ? await history.missing(path, commit) : opened.why;
    tried.push({ what, outcome: why });
    return { ok: false, why: `the mails name a base-commit that can't be used: ${why}` };
  }

  /** Where nobody names a base: the tree as it stands if it has the blobs of the index lines, else the commit of its repository that has most of them, or that fits by date. */
  private async searched(clues: BaseClues, tried: Tried[]): Promise<{ readonly tree: KernelTree; readonly name: string } | null> {
    const { path } = this.choice;
    const { standard } = this;
    const total = clues.blobs.length;
    const here = clues.blobs.filter(({ path: file, blob }) => blobName(standard.source, file)?.startsWith(blob) === true).length;
    const share = (matched: number): string =>
      `${String(matched)} of the ${String(total)} files that the index lines name are as the patches found them`;
    if (total > 0) {
      tried.push({ what: standard.name, outcome: here === total ? `taken: ${share(here)}` : share(here) });
      if (here === total) return { tree: standard, name: `${standard.name}, which has the files that the patches were made on` };
    }
    if (standard.history === null || clues.paths.length === 0) return null;
    const found = await standard.history.search(clues);
    if (found === null || found.matched < here || (found.matched === 0 && clues.date === null)) {
      tried.push({
        what: 'branches and releases',
        outcome: found === null ? 'none has a commit from before the mails' : 'none fits better',
      });
      return null;
    }
    const opened = await atRevision(standard.history, path, found.commit);
    const where = `${found.ref} at ${found.commit.slice(0, 12)}`;
    if (!opened.ok) {
      tried.push({ what: where, outcome: opened.why });
      return null;
    }
    if (found.matched === 0) {
      const outcome = `the newest commit from before the mails, on the branch that changed their files last`;
      // The same code, but for what is not committed yet.
      const same = (await standard.history.commit('HEAD')) === found.commit;
      tried.push({ what: where, outcome: same ? `${outcome}: the tree as it stands` : `taken: ${outcome}` });
      return same ? null : { tree: opened.tree, name: `${opened.tree.name}, by the date of the mails (${found.ref})` };
    }
    if (found.matched === here) {
      // As near as the tree itself: then time tells.
      if (found.headFits) {
        tried.push({ what: where, outcome: `not better: ${share(found.matched)}` });
        return null;
      }
      tried.push({ what: where, outcome: `taken, as it is from before the mails, and the tree is not: ${share(found.matched)}` });
      return { tree: opened.tree, name: `${opened.tree.name}, by the date of the mails (${found.ref})` };
    }
    tried.push({ what: where, outcome: `taken: ${share(found.matched)}` });
    const how =
      found.matched === total
        ? 'which has the files that the patches were made on'
        : `which has ${share(found.matched).replace(' are as the patches found them', '')}`;
    return { tree: opened.tree, name: `${opened.tree.name}, ${how} (${found.ref})` };
  }

  private base({ source, history }: KernelTree, name: string, tried: readonly Tried[], notes: readonly string[]): Base {
    const blobs: Blobs = (hash) => {
      const blob = history?.blob(hash) ?? null;
      return blob !== null && 'text' in blob ? blob.text : null;
    };
    return { source, name, tried, notes, blobs };
  }
}

/** What git calls the content of a file, in a repository of SHA-1 names; null where there is no such file, or one that is not read. */
function blobName(tree: SourceTree, path: string): string | null {
  const text = tree.read(path)?.text;
  if (text === undefined) return null;
  const bytes = Buffer.from(text);
  return createHash('sha1')
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}
