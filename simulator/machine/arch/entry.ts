/** What an entry's value tells a walker. `to` is a physical address. */
export type Decoded =
  | { readonly k: 'invalid' }
  | { readonly k: 'leaf'; readonly to: bigint }
  | { readonly k: 'table'; readonly to: bigint };

export const INVALID: Decoded = { k: 'invalid' };

/** How an architecture writes page-table entries. */
export interface EntryFormat {
  /** `last`: the entry stands on the last level, where there are no tables below. */
  decode(value: bigint, last: boolean): Decoded;
  /**
   * An entry that leads to the table or page at `to`, with the bits that a walker needs and full permissions. A block is what an entry above
   * the last level maps. `kernel`: of the upper half of the addresses.
   */
  encode(kind: 'table' | 'page' | 'block', to: bigint, kernel: boolean): bigint;
  /** What stands in an entry that maps nothing. */
  empty(last: boolean): bigint;
}
