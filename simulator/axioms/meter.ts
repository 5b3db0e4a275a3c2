/** What a search may spend is gone. */
export class Spent extends Error {
  constructor(readonly of: 'time' | 'states') {
    super(of);
  }
}

/** How many small steps are taken between two looks at the clock. */
const STRIDE = 512;

/** Counts what a search spends. Its methods throw Spent when the budget is gone. */
export class Meter {
  executions = 0;
  private steps = 0;

  constructor(
    private readonly limit: number,
    private readonly until: number,
    private readonly now: () => number,
  ) {}

  /** A candidate execution is looked at. */
  execution(): void {
    this.executions++;
    if (this.executions > this.limit) throw new Spent('states');
    this.time();
  }

  /** Something small is done. */
  step(): void {
    this.steps++;
    if (this.steps % STRIDE === 0) this.time();
  }

  private time(): void {
    if (this.now() > this.until) throw new Spent('time');
  }
}
