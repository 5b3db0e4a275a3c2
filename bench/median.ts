/** The middle one, or the mean of the two in the middle. One slow or one lucky run does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? NaN, sorted[sorted.length >> 1] ?? NaN];
  return (low + high) / 2;
}

/** What the search has to do at least, in states a second (docs/search.md). */
export const LIMIT = 1_000_000;

/** A speed, and whether it keeps the limit. */
export const againstLimit = (speed: number): string =>
  `${Math.round(speed).toLocaleString('en')} (limit ${LIMIT.toLocaleString('en')}: ${speed >= LIMIT ? 'kept' : 'not kept'})`;
