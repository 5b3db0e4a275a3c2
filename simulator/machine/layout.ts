import { VIEW_SLOTS } from '../interp/thread.js';

/** Writes and completed invalidations that an order may hold before a run gives up ("not exhaustive"). */
export const MAX_ORDER = 40;
/** riscv: kinds of cached copies of an entry that fences tell apart (see riscv/spaces.ts). */
export const COPIES = 4;
export const MAX_LOCKS = 8;
/** Freed pages that one field of a state tells apart. */
export const PAGES_A_WORD = 30;
/** Grace periods under way at once. */
export const MAX_CALLBACKS = 3;
/** Invalidations of TLBs and caches that a CPU may have issued without a DSB. */
export const MAX_PENDING_TLBI = 6;

/**
 * Where each part of a machine state stands in its vector of small integers. The first block belongs to all CPUs, then comes one block a
 * thread. Positions in the order ("views") run from 0, the beginning, to the order's length.
 */
export class Layout {
  readonly LEN = 0;
  readonly BASE = 1;
  /** View that reading a location's base gives: where the folded write stood. */
  readonly BASE_VIEW: number;
  readonly FREED: number;
  readonly LOST: number;
  readonly LOCK_HOLDER: number;
  readonly LOCK_VIEW: number;
  readonly CB_DESC: number;
  readonly CB_OWED: number;
  readonly CB_VIEW: number;
  /** Entries of the order, two fields each: code and value. Last, so that what lies beyond the order's length need not be looked at. */
  readonly ORDER: number;
  readonly globalSize: number;

  // Offsets inside a thread's block.
  readonly NODE = 0;
  readonly RN = 1;
  readonly FN = 2;
  readonly CTRL = 3;
  readonly ISB = 4;
  readonly DSB = 5;
  readonly CAP = 6;
  readonly VR = 7;
  readonly VW = 8;
  readonly VM = 9;
  /** Floor of fresh walks: what orders walks raised it. */
  readonly FRESH = 10;
  readonly FETCH = 11;
  readonly PEND_LOC = 12;
  readonly PEND_VAL = 13;
  readonly PEND_READ = 14;
  readonly IPI_DESC = 15;
  readonly IPI_MASK = 16;
  readonly IPI_TAKEN = 17;
  readonly IPI_VIEW = 18;
  readonly IPI_ACK = 19;
  readonly WAITING = 20;
  /** What the value and address of the delayed store depend on: a load that it is forwarded to depends on it too. */
  readonly PEND_DEPS = 21;
  /** riscv: entries that some fence on this hart has covered, as a set. */
  readonly FENCED = 22;
  /** arm64: newest own store-release, which a later load-acquire comes after. */
  readonly REL = 23;
  /** All that instructions of this CPU were fetched from so far. */
  readonly FETCHED = 24;
  /** The newest of these fetches alone: what the instruction does that was fetched by it comes after it. */
  readonly OWN_FETCH = 25;
  /** arm64: what full DMBs have put before the next DC. */
  readonly DMB = 26;
  /**
   * Not 0 while this CPU's address space is not that of the scenario's tables: see elsewhere.ts. On riscv the ASID stands above (riscv/asid.ts).
   */
  readonly ELSEWHERE = 27;
  /** arm64: which address space may have left copies under each ASID or VMID: see numbers.ts. */
  readonly HELD_UNDER = 28;
  readonly TLBI = 29;
  readonly TLBI_VIEW = 29 + MAX_PENDING_TLBI;
  readonly SLOT = 29 + 2 * MAX_PENDING_TLBI;
  readonly COH: number;
  /** riscv: floor of cached copies of each entry. arm64: newest walk that this CPU's accesses used, per entry. */
  readonly TLB: number;
  /** Floor of later writes. This and what follows is kept by litmus layouts only: a store that takes its place at once needs none of it. */
  readonly WN: number;
  /** Exclusive monitor: location + 1, and the position that the exclusive load read. */
  readonly MONITOR_LOC: number;
  readonly MONITOR_POS: number;
  /** Own promises that were kept, as a set of positions. */
  readonly KEPT: number;
  /** Locations whose newest own store is an atomic's, as a set. */
  readonly FORWARD_RMW: number;
  /** Locations from which an instruction was taken that nobody has written yet, as a set. */
  readonly GUESSED: number;
  /** Newest own store to each location, and the view that reading it by forwarding gives. */
  readonly FORWARD: number;
  readonly FORWARD_VIEW: number;
  /** Newest explicit own read of each location, and the write it read: a hardware update that it missed comes after it. */
  readonly READ: number;
  readonly READ_POSITION: number;
  /** Newest own walk of each entry: an explicit store to the entry comes after it. */
  readonly WALKED: number;
  /** Newest walk that an own access to each virtual address went through. */
  readonly USED: number;
  /** riscv: index of the space in satp, spaces whose copies caches may hold, copies that a fence took from spaces left (see riscv/spaces.ts). */
  readonly SPACE: number;
  readonly HELD: number;
  readonly DROPPED: number;
  /** riscv: stores that came before the last sfence.w.inval. */
  readonly WINV: number;
  /** riscv: floor of each kind of copy of each entry in each space. */
  readonly FLOORS: number;
  readonly threadSize: number;
  readonly size: number;

  constructor(
    readonly threads: number,
    /** Shared locations, page-table entries first. */
    readonly locations: number,
    readonly entries: number,
    pages: number,
    readonly slots = VIEW_SLOTS,
    /** Litmus layout: keeps what a store that is not yet in the order has to wait for. */
    readonly exact = false,
    /** riscv: address spaces that the test names. */
    private readonly spaces = 0,
  ) {
    this.COH = this.SLOT + slots;
    this.BASE_VIEW = this.BASE + locations;
    this.FREED = this.BASE_VIEW + locations;
    this.LOST = this.FREED + Math.max(1, Math.ceil(pages / PAGES_A_WORD));
    this.LOCK_HOLDER = this.LOST + 1;
    this.LOCK_VIEW = this.LOCK_HOLDER + MAX_LOCKS;
    this.CB_DESC = this.LOCK_VIEW + MAX_LOCKS;
    this.CB_OWED = this.CB_DESC + MAX_CALLBACKS;
    this.CB_VIEW = this.CB_OWED + MAX_CALLBACKS;
    this.ORDER = this.CB_VIEW + MAX_CALLBACKS;
    this.globalSize = this.ORDER + 2 * MAX_ORDER;
    this.TLB = this.COH + locations;
    this.WN = this.TLB + entries;
    this.MONITOR_LOC = this.WN + 1;
    this.MONITOR_POS = this.WN + 2;
    this.KEPT = this.WN + 3;
    this.FORWARD_RMW = this.WN + 4;
    this.GUESSED = this.WN + 5;
    this.FORWARD = this.WN + 6;
    this.FORWARD_VIEW = this.FORWARD + locations;
    this.READ = this.FORWARD_VIEW + locations;
    this.READ_POSITION = this.READ + locations;
    this.WALKED = this.READ_POSITION + locations;
    this.USED = this.WALKED + locations;
    this.SPACE = this.USED + locations;
    this.HELD = this.SPACE + 1;
    this.WINV = this.SPACE + 2;
    this.DROPPED = this.SPACE + 3;
    this.FLOORS = this.DROPPED + 2 * spaces;
    this.threadSize = exact ? this.FLOORS + spaces * entries * COPIES : this.WN;
    this.size = this.globalSize + threads * this.threadSize;
  }

  /** Fields of the first block that carry anything: the rest is zero. */
  sharedLength(state: Int32Array): number {
    return this.ORDER + 2 * (state[this.LEN] ?? 0);
  }

  /** Offset of a thread's block. */
  at(thread: number): number {
    return this.globalSize + thread * this.threadSize;
  }

  /** Fields of a thread's block that hold views, for renumbering. */
  viewFields(): number[] {
    const fields = [
      this.RN,
      this.FN,
      this.CTRL,
      this.ISB,
      this.DSB,
      this.CAP,
      this.VR,
      this.VW,
      this.VM,
      this.FRESH,
      this.FETCH,
      this.IPI_VIEW,
      this.IPI_ACK,
      this.PEND_DEPS,
      this.REL,
      this.FETCHED,
      this.OWN_FETCH,
      this.DMB,
    ];
    for (let i = 0; i < MAX_PENDING_TLBI; i++) fields.push(this.TLBI_VIEW + i);
    for (let i = 0; i < this.slots; i++) fields.push(this.SLOT + i);
    for (let i = 0; i < this.locations; i++) fields.push(this.COH + i);
    for (let i = 0; i < this.entries; i++) fields.push(this.TLB + i);
    if (this.exact) {
      fields.push(this.WN, this.MONITOR_POS, this.WINV);
      for (let i = 0; i < this.spaces * this.entries * COPIES; i++) fields.push(this.FLOORS + i);
      for (let i = 0; i < this.locations; i++)
        fields.push(this.FORWARD + i, this.FORWARD_VIEW + i, this.READ + i, this.READ_POSITION + i, this.WALKED + i, this.USED + i);
    }
    return fields;
  }
}
