import type { Instr, Procedure } from '../../simulator/program/types.js';
import { matchLines } from '../merge/line-diff.js';

/** Instructions side by side that two versions of a procedure do not share, by their index in either. */
export interface ChangedCode {
  readonly was: readonly number[];
  readonly is: readonly number[];
}

/**
 * Where two versions of a procedure differ, in the order of their code. Names of temporaries, targets of jumps and places in the source do not
 * count: none where these are all that differs.
 */
export function changedCode(before: Pick<Procedure, 'code'>, after: Pick<Procedure, 'code'>): readonly ChangedCode[] {
  const match = matchLines(before.code.map(textOf), after.code.map(textOf));
  const changed: ChangedCode[] = [];
  let [was, is]: [number[], number[]] = [[], []];
  let next = 0;
  const upTo = (end: number): void => {
    for (; next < end; next++) is.push(next);
    if (was.length + is.length > 0) changed.push({ was, is });
    [was, is] = [[], []];
  };
  match.forEach((other, at) => {
    if (other < 0) return void was.push(at);
    upTo(other);
    next = other + 1;
  });
  upTo(after.code.length);
  return changed;
}

/** What an instruction does, whatever its temporaries are called, and wherever it stands or jumps to. */
export const textOf = (instr: Instr): string =>
  JSON.stringify(instr, (key, part: unknown) => {
    if (key === 'at' || key === 'target') return undefined;
    if (typeof part === 'bigint') return `${part.toString()}n`;
    return typeof part === 'string' && part.startsWith('%') ? '%' : part;
  });
