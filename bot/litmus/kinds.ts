import type { Expected } from '../../simulator/litmus/test.js';

/** A table of expected kinds: a line a test, its name, blanks, a word. `faults` names the lines that are not. */
export interface Kinds {
  /** Null for a word that expects nothing in particular: herd7's tables have a few such rows. */
  readonly expected: ReadonlyMap<string, Expected | null>;
  readonly faults: readonly { readonly line: number; readonly column: number; readonly expected: string; readonly found: string }[];
}

/** Words of herd7 (Allow, Forbid, Require), LKMM (Never, Sometimes, Always: how often the condition is seen) and the ESOP'22 tables. */
const WORDS: Readonly<Record<string, Expected | null>> = {
  allow: 'allowed',
  allowed: 'allowed',
  sometimes: 'allowed',
  forbid: 'forbidden',
  forbidden: 'forbidden',
  never: 'forbidden',
  require: 'required',
  required: 'required',
  always: 'required',
  new: null,
  order: null,
};

export function readKinds(text: string): Kinds {
  const expected = new Map<string, Expected | null>();
  const faults: Kinds['faults'][number][] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const found = /^(\S+)(\s+)(\S+)\s*$/.exec(line);
    const [, name = '', gap = '', word = ''] = found ?? [];
    const kind = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
    if (found && kind !== undefined) expected.set(name, kind);
    else
      faults.push({
        line: i + 1,
        column: found ? name.length + gap.length + 1 : 1,
        expected: found ? 'Allowed, Forbidden, Required, Never, Sometimes or Always' : 'the name of a test, blanks, and its kind',
        found: (found ? word : line).slice(0, 40),
      });
  }
  return { expected, faults };
}
