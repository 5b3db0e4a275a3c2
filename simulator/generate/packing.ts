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
