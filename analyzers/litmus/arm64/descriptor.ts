import { malformed, unsupported } from '../failure.js';
import type { Field, ValueSyntax } from '../syntax.js';
import type { Layout, Place, Variable } from './layout.js';

/** Bits of a last-level stage-1 descriptor (Arm ARM DDI 0487, D8.3 "Translation table descriptor formats"). */
const VALID = 1n;
const PAGE = 1n << 1n;
/** AP[1]: accessible at EL0. */
const USER = 1n << 6n;
/** AP[2]: read-only. herd7's `db`, the dirty bit, is its opposite: with dirty state managed by hardware, writable means dirty. */
const READ_ONLY = 1n << 7n;
const ACCESS_FLAG = 1n << 10n;
const DIRTY_MODIFIER = 1n << 51n;

/** Fields as herd7 names them, and their values where a test does not give them (herd7, `lib/AArch64PteVal.ml`). */
const DEFAULTS: ReadonlyMap<string, bigint> = new Map([
  ['valid', 1n],
  ['af', 1n],
  ['db', 1n],
  ['dbm', 0n],
  ['el0', 1n],
]);

/** Memory that these words describe is what every page is anyhow: herd7's default. */
const ORDINARY = new Set(['Normal', 'Inner-shareable', 'Inner-write-back', 'Outer-write-back']);

/**
 * The descriptor that `(oa:PA(x), valid:0)` stands for. Without `oa` it maps the page of `own`, the variable whose entry it is; null where
 * there is none.
 */
export function descriptor(value: Extract<ValueSyntax, { k: 'fields' }>, layout: Layout, own: Variable | null): bigint {
  const given = new Map<string, bigint>();
  let page: Variable | null = null;
  for (const field of value.fields) {
    if (field.key === 'oa' ? page !== null : given.has(field.key)) throw malformed(field.at, 'each field once', `\`${field.key}\``);
    if (field.key === 'oa') page = outputPage(field, layout);
    else if (DEFAULTS.has(field.key)) given.set(field.key, bit(field));
    else attributes(field);
  }
  const mapped = page ?? own;
  if (!mapped) throw unsupported(value.at, 'descriptors without an output address');
  return bitsOf(given, layout.physicalAddress(mapped));
}

/** The entry of a page that a test says nothing of. */
export const defaultDescriptor = (layout: Layout, variable: Variable): bigint => bitsOf(new Map(), layout.physicalAddress(variable));

function bitsOf(given: ReadonlyMap<string, bigint>, page: bigint): bigint {
  const is = (name: string): boolean => (given.get(name) ?? DEFAULTS.get(name)) === 1n;
  return (
    page |
    PAGE |
    (is('valid') ? VALID : 0n) |
    (is('el0') ? USER : 0n) |
    (is('db') ? 0n : READ_ONLY) |
    (is('af') ? ACCESS_FLAG : 0n) |
    (is('dbm') ? DIRTY_MODIFIER : 0n)
  );
}

function outputPage(field: Field, layout: Layout): Variable {
  const [value] = field.values;
  if (!value || value.k === 'number') throw malformed(field.at, 'a physical page, like `PA(x)`', value ? 'a number' : 'nothing');
  const place: Place = layout.place(value);
  if (place.k === 'entry') throw unsupported(value.at, 'pages of page tables as output addresses');
  if (place.k === 'variable') throw malformed(value.at, 'a physical page, like `PA(x)`', `\`${place.variable.name}\``);
  return place.variable;
}

function bit(field: Field): bigint {
  const [value] = field.values;
  if (value?.k !== 'number' || (value.value !== 0n && value.value !== 1n))
    throw malformed(value?.at ?? field.at, `${field.key}:0 or ${field.key}:1`, 'another value');
  return value.value;
}

function attributes(field: Field): void {
  const words =
    field.key.toLowerCase() === 'attrs'
      ? field.values
      : field.values.length === 0
        ? [{ k: 'name' as const, name: field.key, at: field.at }]
        : null;
  if (!words) throw malformed(field.at, 'oa, valid, af, db, dbm, el0 or attrs', `\`${field.key}\``);
  for (const word of words) {
    if (word.k !== 'name') throw malformed(word.at, 'a memory attribute', 'another value');
    if (!ORDINARY.has(word.name)) throw unsupported(word.at, `memory attribute ${word.name}`);
  }
}
