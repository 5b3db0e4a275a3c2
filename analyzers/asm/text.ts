import type { AsmLine } from './types.js';

/** A line cannot grow beyond this, in characters; what is longer is cut by the macro budget. */
export const maxLineLength = 8192;

/** A call of a macro may be spread over this many lines. */
const maxJoinedLines = 64;

/** Characters of `text` that stand in a string are true. An open string ends with its text. */
function quoted(text: string): boolean[] {
  const flags: boolean[] = [];
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inside && c === '\\' && i + 1 < text.length) {
      flags.push(true, true);
      i++;
      continue;
    }
    flags.push(inside || c === '"');
    if (c === '"') inside = !inside;
  }
  return flags;
}

/** Takes `//`, block and (with `hash`) `#` comments out of one line; `open` says that it begins inside a block comment. */
function withoutComments(text: string, open: boolean, hash: boolean): { readonly text: string; readonly open: boolean } {
  let out = '';
  let inside = open;
  let string = false;
  for (let i = 0; i < text.length; i++) {
    const pair = text.slice(i, i + 2);
    if (inside) {
      if (pair === '*/') {
        inside = false;
        out += ' ';
        i++;
      }
    } else if (string) {
      out += text[i] ?? '';
      if (text[i] === '\\') out += text[++i] ?? '';
      else if (text[i] === '"') string = false;
    } else if (pair === '/*') {
      inside = true;
      i++;
    } else if (pair === '//' || (hash && text[i] === '#')) {
      break;
    } else {
      string = text[i] === '"';
      out += text[i] ?? '';
    }
  }
  return { text: out, open: inside };
}

function parenBalance(text: string): number {
  const flags = quoted(text);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (flags[i]) continue;
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
  }
  return depth;
}

/** Pieces of `text` between separators `separator` (one character) that stand outside strings, parentheses and brackets. */
function splitOutside(text: string, separator: string): string[] {
  const flags = quoted(text);
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (flags[i]) continue;
    const c = text[i];
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth = Math.max(0, depth - 1);
    else if (c === separator && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** Operands at commas, trimmed; an empty text has none. */
export function splitOperands(text: string): string[] {
  return text.trim() === '' ? [] : splitOutside(text, ',').map((part) => part.trim());
}

/**
 * Arguments of a call of an assembler macro: apart at commas, and at blanks that do not belong to an expression. Strings keep their quotes.
 */
export function splitMacroArguments(text: string): string[] {
  const parts: string[] = [];
  for (const piece of splitOutside(text.trim(), ',')) {
    const trimmed = piece.trim();
    const flags = quoted(trimmed);
    let current = '';
    let depth = 0;
    for (let i = 0; i < trimmed.length; i++) {
      const c = trimmed[i] ?? '';
      if (!flags[i] && c === '(') depth++;
      if (!flags[i] && c === ')') depth--;
      if (flags[i] || depth > 0 || !/\s/.test(c)) {
        current += c;
        continue;
      }
      let next = i;
      while (/\s/.test(trimmed[next + 1] ?? '')) next++;
      const after = trimmed[next + 1] ?? '';
      const joins =
        /[-+*/|&^<>=~!]/.test(current.at(-1) ?? '') || (/[-+*/|&^<>=]/.test(after) && !/[\w"(\\%]/.test(trimmed[next + 2] ?? ' '));
      if (!joins) {
        parts.push(current);
        current = '';
      }
      i = next;
    }
    parts.push(current);
  }
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

/** The text between the parentheses that `rest` begins with, or null if it begins otherwise. */
export function parenthesised(rest: string): string | null {
  const text = rest.trim();
  if (!text.startsWith('(')) return null;
  const flags = quoted(text);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (flags[i]) continue;
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(1, i);
  }
  return text.slice(1);
}

/** The text that string literals `text` (one, or several side by side, or `__stringify(x)`) stand for; other text is itself. */
export function stringValue(text: string): string {
  const trimmed = text.trim();
  const stringified = /^__stringify(?:_1)?\s*(?=\()/.exec(trimmed);
  if (stringified) return parenthesised(trimmed.slice(stringified[0].length)) ?? '';
  if (!trimmed.startsWith('"')) return trimmed;
  let out = '';
  let inside = false;
  for (let i = 0; i < trimmed.length; i++) {
    const c = trimmed[i] ?? '';
    if (c === '"') inside = !inside;
    else if (inside && c === '\\') {
      const escaped = trimmed[++i] ?? '';
      out += escaped === 'n' ? '\n' : escaped === 't' ? ' ' : escaped;
    } else if (inside) out += c;
  }
  return out;
}

/**
 * Lines as the assembler sees them: comments out, continued lines and calls spread over lines joined (at the place where they begin), one
 * line for each `;`. Blank ones are left out.
 */
export function logicalLines(lines: readonly AsmLine[], hash = true): AsmLine[] {
  const out: AsmLine[] = [];
  let open = false;
  let pending: AsmLine | null = null;
  let joined = 0;
  const flush = (line: AsmLine): void => {
    for (const part of splitOutside(line.text, ';')) {
      if (part.trim() !== '') out.push({ text: part.trim(), at: line.at });
    }
  };
  for (const line of lines) {
    const bare = withoutComments(line.text.replace(/\r$/, ''), open, hash);
    open = bare.open;
    const continued = /\\\s*$/.test(bare.text);
    const text = continued ? bare.text.replace(/\\\s*$/, ' ') : bare.text;
    const whole: AsmLine = pending ? { text: `${pending.text} ${text.trim()}`, at: pending.at } : { text, at: line.at };
    const more: boolean = (continued || parenBalance(whole.text) > 0) && joined < maxJoinedLines && whole.text.length < maxLineLength;
    pending = more ? whole : null;
    joined = more ? joined + 1 : 0;
    if (!more) flush(whole);
  }
  if (pending) flush(pending);
  return out;
}

/** Labels at the head of a line, and what follows them. */
export function splitLabels(text: string): { readonly labels: string[]; readonly rest: string } {
  const labels: string[] = [];
  let rest = text.trim();
  for (;;) {
    const match = /^([A-Za-z_.$][\w.$]*|\d+)\s*:(?!:)\s*/.exec(rest);
    if (!match) return { labels, rest };
    labels.push(match[1] ?? '');
    rest = rest.slice(match[0].length);
  }
}
