/** An ISB of the program, and what it comes straight behind on every way to it; null where something may lie in between. */
export interface Synchronisation {
  readonly procedure: string;
  readonly file: string;
  readonly line: number;
  readonly origin: string;
  readonly behind: string | null;
}

export const placeOf = ({ procedure, file, line, origin }: Synchronisation): string => `${origin} ${file}:${String(line)} ${procedure}`;
