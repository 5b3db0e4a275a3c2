import { unsupported } from '../failure.js';
import type { StageAttributes } from './setup.js';

/** Fields of block and page descriptors by stage: lowest bit and width (Arm ARM DDI 0487, D8.3 "Translation table descriptor formats"). */
const FIELDS: Readonly<Record<1 | 2, Readonly<Record<string, readonly [bigint, bigint]>>>> = {
  1: {
    AttrIndx: [2n, 3n],
    NS: [5n, 1n],
    AP: [6n, 2n],
    SH: [8n, 2n],
    AF: [10n, 1n],
    nG: [11n, 1n],
    DBM: [51n, 1n],
    Contiguous: [52n, 1n],
    PXN: [53n, 1n],
    UXN: [54n, 1n],
  },
  2: { MemAttr: [2n, 4n], S2AP: [6n, 2n], SH: [8n, 2n], AF: [10n, 1n], DBM: [51n, 1n], Contiguous: [52n, 1n], XN: [53n, 2n] },
};

/** What a field that is named nowhere holds. Entries belong to their address space (nG), as the tests' tables of expectations take them. */
const DEFAULTS: Readonly<Record<1 | 2, Readonly<Record<string, bigint>>>> = {
  1: { AP: 0b01n, AF: 1n, nG: 1n },
  2: { S2AP: 0b11n, AF: 1n },
};
const CODE: Readonly<Record<1 | 2, Readonly<Record<string, bigint>>>> = { 1: { AP: 0b11n, AF: 1n, nG: 1n }, 2: { S2AP: 0b01n, AF: 1n } };

/** Attribute bits of a block or page descriptor. */
export function attributeBits(stage: 1 | 2, attributes: StageAttributes): bigint {
  const values: Record<string, bigint> = { ...(attributes.k === 'code' ? CODE : DEFAULTS)[stage] };
  for (const { name, value, at } of attributes.k === 'code' ? [] : attributes.fields) {
    const field = FIELDS[stage][name];
    if (!field) throw unsupported(at, `field ${name.slice(0, 20)} of a stage ${stage} descriptor`);
    if (name === 'Contiguous' && value !== 0n) throw unsupported(at, 'the contiguous bit');
    if (value >= 1n << field[1]) throw unsupported(at, `a value too large for ${name}`);
    values[name] = value;
  }
  return Object.entries(values).reduce((bits, [name, value]) => bits | (value << (FIELDS[stage][name]?.[0] ?? 0n)), 0n);
}

export const DEFAULT_STAGE1 = attributeBits(1, { k: 'fields', fields: [] });

/** Bits that say what a valid descriptor is: a page (level 3), a block above, or a table. */
export const leafKind = (level: number): bigint => (level === 3 ? 0b11n : 0b01n);
export const TABLE = 0b11n;
