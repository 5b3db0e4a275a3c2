import { parseDiff } from '../../analyzers/diff/parse.js';
import type { Review } from '../../bot/report/schema.js';
import type { Resources } from '../../bot/review/resources.js';
import { review } from '../../bot/review/review.js';
import type { KernelTree } from '../../bot/tree/open.js';
import { oneHunk } from './one-hunk.js';

/** The review of one changed file of a tree. */
export function reviewEdit(resources: Resources, tree: KernelTree, subject: string, path: string, after: string): Review {
  const before = tree.source.read(path)?.text ?? '';
  const { files, problems, repairs } = parseDiff(oneHunk(path, before, after));
  const messageId = `${String(subject.length)}.${String(after.length)}@example.org`;
  const patch = { index: 1, subject, messageId, files, problems, repairs };
  const input = {
    kind: 'series',
    title: subject,
    version: 1,
    patches: [patch],
    ordinal: 1,
    problems: [],
    onTop: null,
    missing: null,
    first: [],
    base: null,
  } as const;
  return review(resources, input, { source: tree.source, name: tree.name, notes: [], tried: [], blobs: () => null });
}
