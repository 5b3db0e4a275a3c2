import type { Tlbi } from './tlbi.js';

/**
 * What invalidations take away of copies that hold the whole of a translation, of which a stage-2 entry is a part. They go with stage 1, and may be
 * made again from a stage-2 copy, so that one has to have gone (by a DSB) before the stage-1 invalidation is issued (Arm ARM DDI 0487, D8.17 "TLB
 * maintenance instructions").
 */
export class BothStages {
  /** Stage-2 invalidations that cover the entry: where they stand, and what they cover. */
  private readonly done: { readonly at: number; readonly floor: number }[] = [];

  /**
   * Takes the next invalidation of the order: where it stands, the view that it was issued with, and whether it covers the entry. Returns the view
   * up to which writes of the entry are gone from such copies by it, or null where it takes none of them.
   */
  take({ stage, by }: Tlbi, at: number, issued: number, covered: boolean): number | null {
    let gone: number | null = stage === 12 ? issued : null;
    if (stage === 1 && by === 'all') for (const before of this.done) if (before.at <= issued) gone = Math.max(gone ?? 0, before.floor);
    if (stage !== 1 && covered) this.done.push({ at, floor: issued });
    return gone;
  }
}
