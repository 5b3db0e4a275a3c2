import type { PairMap } from './pair-map.js';

/** Spin reads an embedded block of C into a buffer of 64 KiB (6.5.2, "inline text too long"). */
const BLOCK = 48_000;

/** One table: what stands before its numbers, the numbers, what stands behind. */
export interface CTable {
  readonly head: string;
  readonly items: ArrayLike<number>;
  readonly length: number;
  readonly tail: string;
}

export const numbers = (name: string, items: ArrayLike<number>, length = items.length): CTable => ({
  head: `static const int ${name}[] =`,
  items,
  length,
  tail: '',
});

/** A map from pairs, with its mask. */
export function map(name: string, pairs: PairMap | undefined): CTable {
  const slots = pairs?.slots ?? new Int32Array(4);
  return { head: `static const int ${name}[] =`, items: slots, length: slots.length, tail: mask(name, slots.length / 4) };
}

/** A map from tuples of `width` numbers to their index: a slot has the index and one (0: free), then the tuple. */
export function tuples(name: string, width: number, keys: readonly (readonly number[])[]): CTable {
  let size = 4;
  while (size < 2 * keys.length) size *= 2;
  const rows = new Int32Array(size * (width + 1));
  keys.forEach((key, index) => {
    let hash = 0x811c9dc5;
    for (const number of key) hash = Math.imul(hash ^ number, 0x01000193);
    let slot = (hash ^ (hash >>> 15)) & (size - 1);
    while (rows[slot * (width + 1)] !== 0) slot = (slot + 1) & (size - 1);
    rows.set([index + 1, ...key], slot * (width + 1));
  });
  return { head: `static const int ${name}[] =`, items: rows, length: rows.length, tail: mask(name, size) };
}

const mask = (name: string, size: number): string => `static const unsigned ${name}_mask = ${size - 1};`;

/**
 * Tables and code as blocks of embedded C. Long tables go on from block to block: their braces are written <% and %>, which C takes for
 * braces (ISO C, "alternative tokens") and Spin, which looks for the end of a block by counting them, does not.
 */
export function declarations(tables: readonly CTable[], code: string): string {
  const blocks: string[] = [];
  let block: string[] = [];
  let length = 0;
  const add = (line: string): void => {
    if (length + line.length > BLOCK) {
      blocks.push(block.join('\n'));
      block = [];
      length = 0;
    }
    block.push(line);
    length += line.length + 1;
  };
  for (const { head, items, length: count, tail } of tables) {
    add(`${head} <%`);
    for (let from = 0; from < Math.max(1, count); from += 40)
      add(`${Array.from({ length: Math.max(1, Math.min(40, count - from)) }, (_, i) => String(items[from + i] ?? 0)).join(',')},`);
    add(`%>;${tail === '' ? '' : `\n${tail}`}`);
  }
  blocks.push(block.join('\n'), code);
  return blocks.map((each) => `c_decl {\n${each}\n};`).join('\n');
}
