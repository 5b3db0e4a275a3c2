/** A function as it stands in a file: offsets of its braces, and what lies between. */
export interface FunctionText {
  readonly text: string;
  /** Offset of the opening brace of its body, and of the closing one. */
  readonly open: number;
  readonly close: number;
  readonly body: string;
}

/** The function that begins at `line` (from 1); null where no body follows nearby. */
export function functionAt(text: string, line: number): FunctionText | null {
  let start = 0;
  for (let i = 1; i < line; i++) start = text.indexOf('\n', start) + 1;
  const open = text.indexOf('\n{', start) + 1;
  const close = text.indexOf('\n}', open) + 1;
  if (open <= 0 || close <= 0 || open - start > 600) return null;
  return { text, open, close, body: text.slice(open + 1, close) };
}

/** The file with another body in place of the function's. */
export const withBody = ({ text, open, close }: FunctionText, body: string): string => text.slice(0, open + 1) + body + text.slice(close);

/** Statements of the outermost block that stand on one line, each with its place in the body. */
export function statements(body: string): { readonly text: string; readonly at: number }[] {
  const found: { text: string; at: number }[] = [];
  for (const match of body.matchAll(/^\t([a-z_]\w*\([^;{}]*\);)$/gm)) {
    const before = body.slice(0, match.index).trimEnd();
    // What an if, an else or a loop without braces governs is not a statement of its own.
    const last = before.slice(before.lastIndexOf('\n') + 1).trim();
    if (last === '' || /[;{}]$|\*\/$/.test(last)) found.push({ text: match[1] ?? '', at: match.index });
  }
  return found;
}
