import type { Unit } from './units.js';

/** An alignment larger than this is not tried. */
const MAX_CELLS = 12_000_000;

export interface Alignment {
  readonly score: number;
  /** For each unit of the hunk's image, the index into `target` that it stands on, or -1. */
  readonly match: Int32Array;
}

export interface AlignInput {
  readonly pre: readonly Unit[];
  /** What a match of the unit is worth; what skipping it costs. */
  readonly worth: readonly number[];
  readonly skip: readonly number[];
  readonly target: readonly Unit[];
  /** Units of `target` that must not be matched. */
  readonly banned?: ReadonlySet<number>;
  /** 0 to 1: how well two units of different text stand for each other. */
  readonly likeness?: (pre: Unit, target: Unit) => number;
}

const OPEN = 0.5;
/** A gap after a whole statement is the likelier one. */
const OPEN_AFTER_STATEMENT = 0.3;
const EXTEND = 0.02;

/**
 * Fits all of `pre` into some stretch of `target` (Smith-Waterman on units, free at the target's ends, affine gaps in the target). Null
 * when the table would be too large. Ties go to the earliest place.
 */
export function align(input: AlignInput): Alignment | null {
  const { pre, worth, skip, target, banned, likeness } = input;
  const n = pre.length;
  const m = target.length;
  if (n * m > MAX_CELLS) return null;
  const ids = new Map<string, number>();
  const idOf = (text: string): number => {
    let id = ids.get(text);
    if (id === undefined) ids.set(text, (id = ids.size));
    return id;
  };
  const targetIds = Int32Array.from(target, (u, j) => (banned?.has(j) === true ? -1 : idOf(u.text)));
  const targetShapes = likeness === undefined ? null : Int32Array.from(target, (u, j) => (banned?.has(j) === true ? -1 : idOf(u.shape)));

  // opening[j]: what a gap costs that begins after the first j units of the target.
  const opening = Float64Array.from({ length: m + 1 }, (_, j) =>
    /^(?:[;{}:]$|# )/.test(target[j - 1]?.text ?? '') ? OPEN_AFTER_STATEMENT : OPEN,
  );
  let held = new Float64Array(m + 1);
  let gapped = new Float64Array(m + 1).fill(-Infinity);
  const trace = new Uint8Array((n + 1) * (m + 1));
  for (let i = 1; i <= n; i += 1) {
    const unit = pre[i - 1];
    if (unit === undefined) break;
    const id = idOf(unit.text);
    const shape = idOf(unit.shape);
    const gain = worth[i - 1] ?? 0;
    const loss = skip[i - 1] ?? 0;
    const nextHeld = new Float64Array(m + 1);
    const nextGapped = new Float64Array(m + 1).fill(-Infinity);
    for (let j = 0; j <= m; j += 1) {
      const overHeld = held[j] ?? 0;
      const overGapped = gapped[j] ?? -Infinity;
      let best = Math.max(overHeld, overGapped) - loss;
      let step = overGapped > overHeld ? 4 : 3;
      if (j > 0) {
        let factor = 0;
        if (targetIds[j - 1] === id) factor = 1;
        else if (likeness !== undefined && targetShapes?.[j - 1] === shape) {
          const other = target[j - 1];
          factor = other === undefined ? 0 : likeness(unit, other);
        }
        if (factor > 0) {
          const fromHeld = held[j - 1] ?? 0;
          const fromGapped = gapped[j - 1] ?? -Infinity;
          const value = Math.max(fromHeld, fromGapped) + gain * factor;
          if (value > best) {
            best = value;
            step = fromGapped > fromHeld ? 2 : 1;
          }
        }
        const opened = (nextHeld[j - 1] ?? 0) - (opening[j - 1] ?? OPEN);
        const extended = (nextGapped[j - 1] ?? -Infinity) - EXTEND;
        nextGapped[j] = Math.max(opened, extended);
        if (extended > opened) step |= 8;
      }
      nextHeld[j] = best;
      trace[i * (m + 1) + j] = step;
    }
    held = nextHeld;
    gapped = nextGapped;
  }
  return traceBack(held, trace, n, m);
}

function traceBack(held: Float64Array, trace: Uint8Array, n: number, m: number): Alignment {
  let column = 0;
  for (let j = 1; j <= m; j += 1) if ((held[j] ?? 0) > (held[column] ?? 0) + 1e-9) column = j;
  const score = held[column] ?? 0;
  const match = new Int32Array(n).fill(-1);
  let inGap = false;
  for (let i = n, j = column; i > 0; ) {
    const cell = trace[i * (m + 1) + j] ?? 3;
    if (inGap) {
      inGap = (cell & 8) !== 0;
      j -= 1;
      continue;
    }
    const step = cell & 7;
    i -= 1;
    if (step <= 2) {
      match[i] = j - 1;
      j -= 1;
    }
    inGap = step === 2 || step === 4;
  }
  return { score, match };
}
