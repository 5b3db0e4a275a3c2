/** Differences beyond this many lines between two anchors are left unmatched: the texts have little in common there. */
const MAX_DIFFERENCES = 1500;

/**
 * Matches the lines of two states of a file: for each line of `a` the line of `b` that it became, or -1. Lines that stand once in both texts
 * are matched first (what is known as patience diff), the rest between them by a shortest edit (E. W. Myers, An O(ND) Difference Algorithm
 * and Its Variations, 1986).
 */
export function matchLines(a: readonly string[], b: readonly string[]): Int32Array {
  const match = new Int32Array(a.length).fill(-1);
  const work: Range[] = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
  for (let range = work.pop(); range !== undefined; range = work.pop()) {
    let { a0, a1, b0, b1 } = range;
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) match[a0++] = b0++;
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) match[--a1] = --b1;
    if (a0 === a1 || b0 === b1) continue;
    const anchors = commonOnce(a, b, { a0, a1, b0, b1 });
    if (anchors.length === 0) {
      shortestEdit(a, b, { a0, a1, b0, b1 }, match);
      continue;
    }
    for (const [i, j] of [...anchors, [a1, b1] as const]) {
      work.push({ a0, a1: i, b0, b1: j });
      if (i < a1) match[i] = j;
      a0 = i + 1;
      b0 = j + 1;
    }
  }
  return match;
}

interface Range {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/** Pairs of lines that stand exactly once in both ranges, the longest run of them in which both sides ascend. */
function commonOnce(a: readonly string[], b: readonly string[], { a0, a1, b0, b1 }: Range): (readonly [number, number])[] {
  const inA = once(a, a0, a1);
  const inB = once(b, b0, b1);
  const pairs: (readonly [number, number])[] = [];
  for (const [text, i] of inA) {
    const j = i < 0 ? -1 : (inB.get(text) ?? -1);
    if (j >= 0) pairs.push([i, j]);
  }
  // Patience sorting: the last pair of the best run of each length, and what each pair follows.
  const tops: number[] = [];
  const follows = new Int32Array(pairs.length);
  pairs.forEach(([, j], index) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((pairs[tops[mid] ?? 0]?.[1] ?? 0) < j) low = mid + 1;
      else high = mid;
    }
    follows[index] = tops[low - 1] ?? -1;
    tops[low] = index;
  });
  const run: (readonly [number, number])[] = [];
  for (let index = tops.at(-1) ?? -1; index >= 0; index = follows[index] ?? -1) run.push(pairs[index] ?? [0, 0]);
  return run.reverse();
}

/** Line → where it stands, or -1 where it stands more than once. In order of the text. */
function once(texts: readonly string[], from: number, to: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = from; i < to; i += 1) {
    const text = texts[i] ?? '';
    found.set(text, found.has(text) ? -1 : i);
  }
  return found;
}

function shortestEdit(a: readonly string[], b: readonly string[], { a0, a1, b0, b1 }: Range, match: Int32Array): void {
  const most = Math.min(a1 - a0 + b1 - b0, MAX_DIFFERENCES);
  const furthest = new Int32Array(2 * most + 3);
  const steps: Int32Array[] = [];
  const at = (k: number): number => furthest[k + most + 1] ?? 0;
  for (let d = 0; d <= most; d += 1) {
    steps.push(furthest.slice(most + 1 - d - 1, most + 1 + d + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (a0 + x < a1 && b0 + x - k < b1 && a[a0 + x] === b[b0 + x - k]) x += 1;
      furthest[k + most + 1] = x;
      if (a0 + x >= a1 && b0 + x - k >= b1) {
        backtrack(steps, d, k, x, a0, b0, match);
        return;
      }
    }
  }
}

/** `steps[d]` holds, from diagonal -d-1 on, how far the paths of d - 1 differences came. */
function backtrack(
  steps: readonly Int32Array[],
  depth: number,
  diagonal: number,
  end: number,
  a0: number,
  b0: number,
  match: Int32Array,
): void {
  let k = diagonal;
  let x = end;
  for (let d = depth; d >= 0; d -= 1) {
    const before = (other: number): number => steps[d]?.[other + d + 1] ?? 0;
    const down = k === -d || (k !== d && before(k - 1) < before(k + 1));
    const from = d === 0 ? 0 : down ? before(k + 1) : before(k - 1) + 1;
    for (x -= 1; x >= from; x -= 1) match[a0 + x] = b0 + x - k;
    k = down ? k + 1 : k - 1;
    x = down ? from : from - 1;
  }
}
