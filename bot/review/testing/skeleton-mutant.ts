import { overlay } from '../../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../../analyzers/source/types.js';

/** A scenario on edited skeletons, and what it has to show. */
export interface SkeletonMutant {
  readonly scenario: string;
  readonly what: string;
  /** Each: in a file, a text that stands there once, and what takes its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Violations that some setting shows. */
  readonly shows: readonly string[];
}

/** The tree with the edits made; throws where a file does not hold one's text just once. */
export function edited(tree: SourceTree, edits: SkeletonMutant['edits']): SourceTree {
  return edits.reduce<SourceTree>((below, [path, from, to]) => {
    const file = below.read(path);
    if (file?.text.split(from).length !== 2) throw new Error(`${path} does not hold this once: ${from}`);
    const text = file.text.replace(from, () => to);
    return overlay(below, new Map([[path, { path, text, lines: text.split('\n').map((_, i) => ({ origin: 'skeleton', line: i + 1 })) }]]));
  }, tree);
}
