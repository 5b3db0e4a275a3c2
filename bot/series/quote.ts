import { isSnip } from '../../analyzers/diff/lines.js';

/** A line of a mail with its quote marks taken off. */
export interface QuotedLine {
  readonly depth: number;
  readonly text: string;
}

/**
 * Takes off quote marks: `> > text`, `>> text`. One blank after the last mark belongs to the mark, unless this mail's client writes none
 * (`>+added`), which its own `@@` lines show.
 */
export function unquoteLines(body: string): readonly QuotedLine[] {
  const lines = body.split('\n');
  const bare = lines.some((line) => />@@ -\d/.test(line)) && !lines.some((line) => /> @@ -\d/.test(line));
  return lines.map((line) => unquoteLine(line, bare));
}

function unquoteLine(line: string, bare: boolean): QuotedLine {
  let depth = 0;
  let at = 0;
  for (;;) {
    if (line[at] === '>') {
      depth++;
      at++;
    } else if (depth > 0 && line[at] === ' ' && line[at + 1] === '>') at++;
    else break;
  }
  if (depth > 0 && !bare && line[at] === ' ') at++;
  return { depth, text: line.slice(at) };
}

/** The text that a mail quotes at one depth, with what stands between dropped, and the lines where a person said that he cut. */
export function textAtDepth(lines: readonly QuotedLine[], depth: number): string {
  const out: string[] = [];
  for (const line of lines) {
    if (line.depth === depth) out.push(line.text);
    else if (isSnip(line.text)) out.push('[ ... ]');
  }
  return out.join('\n');
}

/** Who is quoted at a depth: the name in the last `On …, X wrote:` above the first line of that depth, or ''. */
export function quotedAuthor(lines: readonly QuotedLine[], depth: number): string {
  const first = lines.findIndex((line) => line.depth >= depth);
  const above = lines.slice(Math.max(0, first - 6), Math.max(first, 0));
  // The line may be wrapped in two: the name stands before the address or before "wrote".
  const text = above
    .filter((line) => line.depth === depth - 1)
    .map((line) => line.text)
    .join(' ');
  const wrote =
    /(?:^|,\s*|[AP]M\s+|[+-]\d{4}\s*,?\s*|\d\d:\d\d(?::\d\d)?\s*,?\s*)([^,:<>]{2,60}?)\s*(<[^<>]+>)?\s*(?:wrote|a écrit|schrieb|writes)\s*:\s*$/u.exec(
      text.trimEnd(),
    );
  return wrote?.[1] === undefined ? '' : `${wrote[1].trim()}${wrote[2] === undefined ? '' : ` ${wrote[2]}`}`;
}
