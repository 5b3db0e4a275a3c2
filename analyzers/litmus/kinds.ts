import type { Expected, Malformed } from '../../simulator/litmus/test.js';

/** A suite's table of expectations: what each test, by name, should show. Lines that make no sense stand in `malformed`. */
export interface Kinds {
  readonly expected: ReadonlyMap<string, Expected>;
  readonly malformed: readonly Malformed[];
}

const words: ReadonlyMap<string, Expected> = new Map([
  ['allow', 'allowed'],
  ['allowed', 'allowed'],
  // LKMM tables say how often the condition holds.
  ['sometimes', 'allowed'],
  ['forbid', 'forbidden'],
  ['forbidden', 'forbidden'],
  ['never', 'forbidden'],
  ['require', 'required'],
  ['required', 'required'],
  ['always', 'required'],
]);

/** Reads a table: a name and a word a line, blanks between them; `#` begins a comment. A `.litmus` at the end of a name is left out. */
export function parseKinds(text: string): Kinds {
  const expected = new Map<string, Expected>();
  const malformed: Malformed[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const found = /^(\s*)([^\s#]\S*)(?:(\s+)(\S+))?(.*)$/.exec(line);
    if (!found) return;
    const [, indent = '', name = '', blank = '', word = '', rest = ''] = found;
    const wrong = (column: number, what: string, got: string): void => {
      malformed.push({ line: i + 1, column, expected: what, found: got });
    };
    const column = indent.length + name.length + blank.length + 1;
    const kind = words.get(word.toLowerCase());
    const plain = name.replace(/\.litmus$/, '');
    if (!kind)
      wrong(
        column,
        'Allowed, Forbidden or Required, or a word that means one of them',
        word === '' ? 'the end of the line' : `\`${word}\``,
      );
    else if (!/^\s*(?:#.*)?$/.test(rest)) wrong(column + word.length, 'the end of the line', `\`${rest.trim()}\``);
    else if (expected.has(plain) && expected.get(plain) !== kind)
      wrong(indent.length + 1, `one expectation for ${plain}`, 'a second, different one');
    else expected.set(plain, kind);
  });
  return { expected, malformed };
}
