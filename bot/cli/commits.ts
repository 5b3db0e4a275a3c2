import type { Source } from '../ingest/kinds.js';

/** What `--repo`, `--range` and `--branch` say. */
export interface CommitOptions {
  readonly repo?: string;
  readonly range?: string;
  readonly branch?: string;
}

/** The commits that the options name; null where they name none, a sentence where they do not fit each other. */
export function chosenCommits({ repo, range, branch }: CommitOptions): Extract<Source, { kind: 'commits' }> | string | null {
  if (repo === undefined) {
    return range === undefined && branch === undefined ? null : '--range and --branch are of a repository: name it with --repo';
  }
  if (range !== undefined && branch === undefined) return { kind: 'commits', repo, choice: { kind: 'range', range } };
  if (branch !== undefined && range === undefined) return { kind: 'commits', repo, choice: { kind: 'branch', branch, since: null } };
  return '--repo takes either --range A..B or --branch NAME';
}
