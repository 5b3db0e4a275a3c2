/** One line of somebody else's text, made harmless: control, format and separator characters show as escapes or blanks; clipped at `limit`. */
export function harmless(text: string, limit = 1000): string {
  // Clipped before as well: what follows is linear in what is kept.
  const shown = text
    .slice(0, limit + 1)
    .replace(/[\r\n\t\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, escape)
    .replace(/(\p{M}{4})\p{M}+/gu, '$1');
  return shown.length > limit ? `${shown.slice(0, limit - 3).replace(/[\ud800-\udbff]$/, '')}...` : shown;
}

/** With U+FFFD for halves of characters, which UTF-8 cannot carry. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

/** Columns that a terminal or a fixed-width mail reader gives the text. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += characterColumns(character);
  return sum;
}

/** Cut to `width` columns, with `...` where something was cut. */
export function clip(text: string, width: number): string {
  if (columns(text) <= width) return text;
  return `${splitAt(text, Math.max(0, width - 3))[0]}...`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columns(text))) + text;
}

/**
 * Breaks a text at blanks into lines of at most `width` columns, a word only where it is longer than a line. `first` starts the first line,
 * `rest` the others (a hanging indent); both count towards the width.
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const flush = (): void => {
    lines.push(line.trimEnd());
    line = rest;
    empty = true;
  };
  for (const word of text.split(' ').filter((part) => part !== '')) {
    let left = word;
    if (!empty && columns(line) + 1 + columns(left) > width) flush();
    while (columns(line) + (empty ? 0 : 1) + columns(left) > width) {
      const [head, tail] = splitWord(left, Math.max(2, width - columns(line)));
      line += head;
      left = tail;
      flush();
    }
    if (left === '') continue;
    line += empty ? left : ` ${left}`;
    empty = false;
  }
  if (!empty || lines.length === 0) flush();
  return lines;
}

/** 1234567 as 1,234,567. */
export function thousands(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  if (!/^\d+$/.test(whole)) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 step`, `2 steps`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** Items by key, in order of first appearance. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function characterColumns(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/\p{M}/u.test(character)) return 0;
  // East Asian wide and emoji blocks, coarsely: too wide is harmless, too narrow breaks a column.
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3)
    ? 2
    : wideBeyond(code);
}

function wideBeyond(code: number): number {
  const wide =
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f000;
  return wide ? 2 : 1;
}

/** At the last `/`, `,`, `_` or `-` that fits, if one stands in the second half; else hard. */
function splitWord(word: string, width: number): readonly [string, string] {
  const [head, tail] = splitAt(word, width);
  const at = Math.max(head.lastIndexOf('/'), head.lastIndexOf(','), head.lastIndexOf('_'), head.lastIndexOf('-')) + 1;
  return at * 2 > head.length ? [head.slice(0, at), head.slice(at) + tail] : [head, tail];
}

/** Never between the halves of a character. */
function splitAt(text: string, width: number): readonly [string, string] {
  let used = 0;
  let at = 0;
  for (const character of text) {
    used += characterColumns(character);
    if (used > width) break;
    at += character.length;
  }
  return [text.slice(0, at), text.slice(at)];
}
