import type { HunkLine } from '../diff/types.js';
import { originOf } from '../source/origin.js';
import { linesOf } from './lines.js';
import type { Target } from './target.js';

/**
 * A kernel tree is laid out as mails are: where none of a hunk's lines stands, its tokens need not be looked for. That spares most of the
 * alignments in a file of thousands of lines. (Skeletons break lines as they like.)
 */
export class KernelLayout {
  private readonly places = new Map<string, number[]>();

  private constructor(target: Target) {
    linesOf(target.file).texts.forEach((text, line) => {
      const plain = normal(text);
      if (plain === null) return;
      const known = this.places.get(plain);
      if (known) known.push(line);
      else this.places.set(plain, [line]);
    });
  }

  private static readonly known = new WeakMap<Target, KernelLayout | null>();

  /** Null for what is no file of a kernel tree. */
  static of(target: Target): KernelLayout | null {
    let layout = KernelLayout.known.get(target);
    if (layout === undefined) {
      layout = originOf(target.file) === 'tree' ? new KernelLayout(target) : null;
      KernelLayout.known.set(target, layout);
    }
    return layout;
  }

  /** The share of some lines that stand between two lines of the file (`to` excluded); 1 when none of them says anything. */
  share(lines: readonly string[], from = 0, to = Infinity): number {
    const said = lines.map(normal).filter((text) => text !== null);
    if (said.length === 0) return 1;
    return said.filter((text) => this.places.get(text)?.some((line) => line >= from && line < to) === true).length / said.length;
  }
}

/** A line without its layout; null for one that stands everywhere. */
function normal(text: string): string | null {
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length < 6 || /^(?:return \w*;|break;|continue;|else|#endif|\*|\/\*|\} else)/.test(plain) ? null : plain;
}

/** Below this share of a change's new lines it is not worth asking whether the tree has the change already. */
const THERE = 0.5;

/** Whether the tree may have the change of a hunk already. */
export function mayBeThere(lines: readonly HunkLine[], target: Target): boolean {
  const layout = KernelLayout.of(target);
  const added = lines.filter((line) => line.kind === 'added').map((line) => line.text);
  return layout === null || layout.share(added) >= THERE;
}
