/** Nobody's number: a job that is still to be had. */
const FREE = 0;

/**
 * Who does which job, agreed on in memory that threads share: whoever is free claims the next. Nobody hands jobs out, so a thread that is
 * deep in one keeps no other waiting.
 *
 * Jobs come in groups of one size. A thread stays with its group as long as it can, then begins with one that nobody is at: what one job of
 * a group had to work out, the next wants again.
 */
export class Claims {
  private readonly owners: Int32Array;
  /** No job before this one is free. */
  private free = 0;
  /** Nobody's group is before this job: where the search for one goes on. */
  private fresh = 0;

  private constructor(
    readonly memory: SharedArrayBuffer,
    private readonly group: number,
  ) {
    this.owners = new Int32Array(memory);
  }

  static forJobs(groups: number, group: number): Claims {
    return new Claims(new SharedArrayBuffer(groups * group * Int32Array.BYTES_PER_ELEMENT), group);
  }

  /** The claims that another thread made. */
  static in(memory: SharedArrayBuffer, group: number): Claims {
    return new Claims(memory, group);
  }

  /** How many jobs nobody has claimed yet. */
  get left(): number {
    return this.of(FREE).length;
  }

  /** Takes this job for a thread; false where somebody has it. */
  take(thread: number, job: number): boolean {
    return Atomics.compareExchange(this.owners, job, FREE, thread) === FREE;
  }

  /** Takes a job for a thread (numbers from 1), which did `last` before; null where none is left. */
  claim(thread: number, last: number | null): number | null {
    const take = (job: number): boolean => this.take(thread, job);
    if (last !== null) {
      const own = last - (last % this.group);
      for (let job = own; job < own + this.group; job++) if (take(job)) return job;
    }
    for (; this.fresh < this.owners.length; this.fresh += this.group) {
      if (this.isFresh(this.fresh) && take(this.fresh)) return this.fresh;
    }
    for (; this.free < this.owners.length; this.free++) if (take(this.free)) return this.free;
    return null;
  }

  /** The jobs that a thread has claimed. */
  of(thread: number): number[] {
    return [...this.owners.keys()].filter((job) => Atomics.load(this.owners, job) === thread);
  }

  /** Whether nobody has a job of the group that begins here. */
  private isFresh(start: number): boolean {
    for (let job = start; job < start + this.group; job++) if (Atomics.load(this.owners, job) !== FREE) return false;
    return true;
  }
}
