/** Where a number stands in a packed state: `(words[word] >>> shift) & mask`. */
export interface Field {
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

/** How the numbers of a state's parts (shared fields first, then each thread) are packed into 32-bit words. */
export interface Packing {
  readonly words: number;
  readonly fields: readonly Field[];
}

/** Thrown when a part has more values than its field has room for; the search starts again with wider fields. */
export class FieldTooNarrow extends Error {
  constructor(readonly field: number) {
    super(`field ${String(field)} of a packed state is too narrow`);
  }
}

const WORD = 32;
/** What one field may take at most: numbers stay positive in 32 bits. */
export const MAX_BITS = 30;

/** Widths from these on, grown by the same for each but the last, as long as they take no more words. */
export function roomy(widths: readonly number[]): number[] {
  const { words } = pack(widths);
  const wider = (by: number): number[] => widths.map((bits, i) => Math.min(MAX_BITS, i < widths.length - 1 ? bits + by : bits));
  let by = 0;
  while (by < MAX_BITS && pack(wider(by + 1)).words === words) by++;
  return wider(by);
}

/** Packs fields of at least these widths into as few words as they fill in order; what room is left goes to the fields of each word. */
export function pack(widths: readonly number[]): Packing {
  const words: number[][] = [[]];
  let used = 0;
  widths.forEach((bits, field) => {
    if (used + bits > WORD) {
      words.push([]);
      used = 0;
    }
    words.at(-1)?.push(field);
    used += bits;
  });
  const fields: Field[] = [];
  words.forEach((members, word) => {
    let spare = WORD - members.reduce((sum, field) => sum + (widths[field] ?? 0), 0);
    let shift = 0;
    members.forEach((field, i) => {
      const share = Math.min(Math.floor(spare / (members.length - i)), MAX_BITS - (widths[field] ?? 0));
      spare -= share;
      const bits = (widths[field] ?? 0) + share;
      fields[field] = { word, shift, bits };
      shift += bits;
    });
  });
  return { words: words.length, fields };
}

/** Rows of packed states as another packing has them. Each has its words, then `extra` more that stay. `rows` of them, in an array for `capacity`. */
export function repacked(from: Packing, to: Packing, old: Int32Array, rows: number, capacity: number, extra: number): Int32Array {
  const made = new Int32Array(capacity * (to.words + extra));
  from.fields.forEach(({ word, shift, bits }, i) => {
    const next = to.fields[i];
    if (!next) return;
    const mask = 2 ** bits - 1;
    for (let row = 0, at = word, into = next.word; row < rows; row++, at += from.words + extra, into += to.words + extra)
      made[into] = (made[into] ?? 0) | ((((old[at] ?? 0) >>> shift) & mask) << next.shift);
  });
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < extra; i++) made[row * (to.words + extra) + to.words + i] = old[row * (from.words + extra) + from.words + i] ?? 0;
  return made;
}
