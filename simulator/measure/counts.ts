/** What a measuring run counts. The report documents each name. */
export const COUNTED = [
  'local-fences',
  'remote-fences',
  'icache-fences',
  'sbi-calls',
  'ipis-sent',
  'ipis-taken',
  'tlbi-leaf',
  'tlbi-table',
  'tlbi-range',
  'tlbi-asid',
  'tlbi-vmid',
  'tlbi-all',
  'dsb',
  'isb',
  'barriers',
  'faults',
  'spurious-faults',
  'pages-freed',
  'pages-held-for-grace-period',
] as const;

export type Counted = (typeof COUNTED)[number];

export class Counts {
  private readonly counts: Map<Counted, number>;

  constructor(counted: Iterable<readonly [Counted, number]> = []) {
    this.counts = new Map(counted);
  }

  add(what: Counted, by = 1): void {
    this.counts.set(what, this.get(what) + by);
  }

  get(what: Counted): number {
    return this.counts.get(what) ?? 0;
  }

  /** Every metric that was counted at all, in the documented order. */
  all(): ReadonlyMap<Counted, number> {
    return new Map(COUNTED.filter((name) => this.counts.has(name)).map((name) => [name, this.get(name)]));
  }
}
