import type { Blobs } from '../../analyzers/merge/types.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { StatedBase } from '../series/base.js';
import { atRevision, type KernelTree, openTree, type TreeChoice } from './open.js';

/** The code that the patches of a series are applied to. */
export interface Base {
  readonly source: SourceTree;
  /** For people: `Linux 6.12.117, /src/linux at 0123456789ab (the base-commit of the mails)`. */
  readonly name: string;
  /** What did not go as the mails or the user wanted, each a sentence. */
  readonly notes: readonly string[];
  readonly blobs: Blobs;
}

export interface BaseChoice extends TreeChoice {
  /** Revision for series that name no base, or one that the repository does not hold. */
  readonly base?: string;
}

export type OpenedBases = { readonly ok: true; readonly bases: Bases } | { readonly ok: false; readonly why: string };

/**
 * Finds the base of each series in one kernel tree: the revision that the user asked to read, if any; else the commit that the mails name;
 * else the one that `base` names; else the tree as it stands.
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

  async of(stated: StatedBase | null): Promise<Base> {
    const key = stated === null ? '' : `${stated.commit} ${String(stated.prerequisites)}`;
    const known = this.found.get(key);
    if (known) return known;
    const made = await this.find(stated);
    this.found.set(key, made);
    return made;
  }

  close(): void {
    this.standard.close();
  }

  private async find(stated: StatedBase | null): Promise<Base> {
    const { path, revision } = this.choice;
    const { history } = this.standard;
    const notes: string[] = [];
    if (stated === null || revision !== undefined) return this.base(this.standard, this.standard.name, notes);
    if (stated.prerequisites > 0)
      notes.push(
        `the series says that ${String(stated.prerequisites)} other ${stated.prerequisites === 1 ? 'patch comes' : 'patches come'} before it (prerequisite-patch-id); they are not at hand`,
      );
    if (history === null) {
      notes.push(
        `the mails name base-commit ${stated.commit.slice(0, 12)}; ${path} is a folder without history, so the patches went on it as it stands`,
      );
      return this.base(this.standard, this.standard.name, notes);
    }
    const opened = (await history.commit(stated.commit)) === null ? null : await atRevision(history, path, stated.commit);
    if (opened?.ok === true) return this.base(opened.tree, `${opened.tree.name}, the base-commit of the mails`, notes);
    const why = opened === null ? await history.missing(path, stated.commit) : opened.why;
    notes.push(`the mails name a base-commit that can't be used: ${why}. The patches went on ${this.standard.name} instead`);
    return this.base(this.standard, this.standard.name, notes);
  }

  private base({ source, history }: KernelTree, name: string, notes: readonly string[]): Base {
    const blobs: Blobs = (hash) => {
      const blob = history?.blob(hash) ?? null;
      return blob !== null && 'text' in blob ? blob.text : null;
    };
    return { source, name, notes, blobs };
  }
}
