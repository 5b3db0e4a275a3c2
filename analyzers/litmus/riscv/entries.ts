import { malformed } from '../failure.js';
import type { Field, Position } from '../syntax.js';

/** Bits of an entry by their names in tests (RISC-V privileged spec, "Sv39: Page-Based 39-bit Virtual-Memory System"). */
const BITS: Readonly<Record<string, bigint>> = { valid: 0n, r: 1n, w: 2n, x: 3n, u: 4n, g: 5n, a: 6n, d: 7n };

/** What a leaf has that says nothing else: a page of data that its kernel reads and writes. */
const LEAF: Readonly<Record<string, boolean>> = { valid: true, r: true, w: true, x: false, u: false, g: false, a: true, d: true };
const POINTER: Readonly<Record<string, boolean>> = { valid: true };

/** Where an entry points: the page of a variable, or the table of the level below. */
export interface Places {
  /** Physical address for `oa:PA(x)`. */
  page(value: Field['values'][number]): bigint;
  /** Physical address of the table that holds the entry named, for `next:PTE(x)`. */
  table(value: Field['values'][number]): bigint;
}

/** `(oa:PA(x), valid:0, g:1)` as the 64 bits of an entry; `standard` is what it leads to where it does not say. */
export function entryBits(fields: readonly Field[], places: Places, standard: bigint, at: Position): bigint {
  const next = fields.find((field) => field.key === 'next');
  const oa = fields.find((field) => field.key === 'oa');
  if (next && oa) throw malformed(oa.at, 'either `oa` or `next`', 'both');
  const bits: Record<string, boolean> = { ...(next ? POINTER : LEAF) };
  for (const field of fields) {
    if (field === next || field === oa) continue;
    if (!Object.hasOwn(BITS, field.key)) throw malformed(field.at, `one of oa, next, ${Object.keys(BITS).join(', ')}`, `\`${field.key}\``);
    const [value] = field.values;
    if (field.values.length !== 1 || value?.k !== 'number' || (value.value !== 0n && value.value !== 1n)) {
      throw malformed(field.at, `\`${field.key}:0\` or \`${field.key}:1\``, 'another value');
    }
    bits[field.key] = value.value === 1n;
  }
  const to = next ? places.table(only(next)) : oa ? places.page(only(oa)) : standard;
  if (to % 4096n !== 0n) throw malformed(at, 'the address of a page', `0x${to.toString(16)}`);
  return Object.entries(bits).reduce((word, [name, set]) => (set ? word | (1n << (BITS[name] ?? 0n)) : word), (to >> 12n) << 10n);
}

function only(field: Field): Field['values'][number] {
  const [value] = field.values;
  if (field.values.length !== 1 || !value) throw malformed(field.at, `one value for ${field.key}`, String(field.values.length));
  return value;
}
