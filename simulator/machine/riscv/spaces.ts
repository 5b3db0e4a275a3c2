import { COPIES } from '../layout.js';
import type { Machine } from '../machine.js';
import { type Covers, coversCopy, overlaps } from './covers.js';

/**
 * The address spaces of a hart as its address-translation caches see them. A space is a value of satp: tables and the ASID that copies of
 * their entries are tagged with. RISC-V privileged spec, "Virtual Address Translation Process": cached copies serve a walk where their ASID
 * is the one in satp, or where they are of a global mapping; they may be of any entry, of any level.
 *
 * What a hart may use of an entry is every value from a floor on. There is a floor for each space, each entry, and each of four kinds of
 * copy, since fences differ in which of them they cover.
 */
export interface Space {
  readonly asid: bigint;
  /** Root table; null where no page of the test stands there. */
  readonly root: string | null;
}

/** Copies that led to a table, and all others, each of a global mapping or not: COPIES in all. */
const copy = (table: boolean, global: boolean): number => (table ? 2 : 0) + (global ? 1 : 0);

/** Decodes satp values; a hart without ASIDs has one tag for all. */
export function spacesOf(m: Machine): readonly Space[] {
  return (m.mmu?.satps ?? []).map((satp) => ({
    asid: m.axis('asid') ? (satp >> 44n) & 0xffffn : 0n,
    root: m.pages.find((obj) => m.setup.physical.get(obj) === (satp & 0xfff_ffff_ffffn) << 12n) ?? null,
  }));
}

export function floor(m: Machine, s: Int32Array, cpu: number, space: number, entry: number, table: boolean, global: boolean): number {
  return m.get(s, cpu, field(m, space, entry, copy(table, global)));
}

const field = (m: Machine, space: number, entry: number, kind: number): number =>
  m.layout.FLOORS + (space * m.layout.entries + entry) * COPIES + kind;

/** Whether caches may still hold copies made while `space` was the one in satp. */
export const held = (m: Machine, s: Int32Array, cpu: number, space: number, global: boolean): boolean =>
  (m.get(s, cpu, m.layout.HELD) & heldBit(space, global)) !== 0;

const heldBit = (space: number, global: boolean): number => 1 << (2 * space + (global ? 1 : 0));

/** Whether a fence took this copy away while another space was in satp; a hart that keeps table pointers may make it anew. */
export const dropped = (m: Machine, s: Int32Array, cpu: number, space: number, entry: number, global: boolean): boolean =>
  (m.get(s, cpu, m.layout.DROPPED + 2 * space + (global ? 1 : 0)) & (1 << entry)) !== 0;

/** The hart's satp becomes `space`: from now on its tables are walked. */
export function enterSpace(m: Machine, s: Int32Array, cpu: number, space: number): void {
  m.set(s, cpu, m.layout.SPACE, space);
  m.set(s, cpu, m.layout.HELD, m.get(s, cpu, m.layout.HELD) | heldBit(space, false) | heldBit(space, true));
  for (const global of [0, 1]) m.set(s, cpu, m.layout.DROPPED + 2 * space + global, 0);
}

/** A fence on this hart: stores at or below `view` come before its later walks, and copies of older values go. */
export function fenceSpaces(m: Machine, t: Int32Array, cpu: number, what: Covers, view: number): void {
  const at = m.layout;
  m.addressSpaces.forEach(({ asid }, space) => {
    for (const table of [false, true]) {
      for (const global of [false, true]) {
        if (!coversCopy(m, what, asid, table, global)) continue;
        // The tables of another space than the current one are not walked again: what is gone stays away.
        const away = space !== m.get(t, cpu, at.SPACE);
        for (const entry of m.entries) {
          if (!overlaps(what.range, entry)) continue;
          m.raise(t, cpu, field(m, space, entry.index, copy(table, global)), view);
          const mask = at.DROPPED + 2 * space + (global ? 1 : 0);
          if (away && !table) m.set(t, cpu, mask, m.get(t, cpu, mask) | (1 << entry.index));
        }
        if (away && table) m.set(t, cpu, at.HELD, m.get(t, cpu, at.HELD) & ~heldBit(space, global));
      }
    }
  });
  m.raise(t, cpu, at.FRESH, view);
}
