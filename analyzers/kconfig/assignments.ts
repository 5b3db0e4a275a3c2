import type { SourceRef } from '../../simulator/program/types.js';

/** A value that somebody set: a line of a defconfig or `.config`, or an option. */
export interface Assignment {
  readonly name: string;
  /** `n` for "is not set"; a string without its quotes. */
  readonly value: string;
  readonly at: SourceRef;
}

/** A defconfig, a fragment or a `.config`. Lines that say nothing, and those that nobody writes, are passed over. */
export function parseAssignments(text: string, path: string): Assignment[] {
  const found: Assignment[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const match = /^(?:# CONFIG_([A-Za-z0-9_]+) is not set|CONFIG_([A-Za-z0-9_]+)=(.*?))\s*$/.exec(line);
    if (match === null) continue;
    const [, unset, set, value = ''] = match;
    found.push({
      name: unset ?? set ?? '',
      value: unset !== undefined ? 'n' : unquoted(value),
      at: { file: path, line: index + 1, origin: 'tree' },
    });
  }
  return found;
}

function unquoted(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value);
  return quoted === null ? value : (quoted[1] ?? '').replace(/\\(.)/g, '$1');
}
