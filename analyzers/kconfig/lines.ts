/** One logical line of a Kconfig file: continuation lines joined. */
export interface LogicalLine {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Goes over a Kconfig file line by line. */
export class LineReader {
  private position = 0;
  private next = 1;

  constructor(private readonly text: string) {}

  /** The next logical line that is neither blank nor a comment; null at the end. */
  read(): LogicalLine | null {
    while (this.position < this.text.length) {
      const line = this.next;
      let text = this.physical();
      const first = firstCharacter(text);
      if (first < 0 || text[first] === '#') continue;
      while (text.endsWith('\\') && this.position < this.text.length) text = `${text.slice(0, -1)} ${this.physical()}`;
      return { text, line };
    }
    return null;
  }

  /** Skips the text of a `help`: it ends before the first line that is less indented than its first one. */
  skipHelp(): void {
    let indent = -1;
    while (this.position < this.text.length) {
      const [at, line] = [this.position, this.next];
      const text = this.physical();
      const first = firstCharacter(text);
      if (first < 0) continue;
      const here = columns(text, first);
      if (indent < 0) indent = here;
      else if (here === 0 || here < indent) {
        this.position = at;
        this.next = line;
        return;
      }
    }
  }

  private physical(): string {
    let end = this.text.indexOf('\n', this.position);
    if (end < 0) end = this.text.length;
    const text = this.text.slice(this.position, this.text[end - 1] === '\r' ? end - 1 : end);
    this.position = end + 1;
    this.next++;
    return text;
  }
}

/** The first character that is not white space; -1 in a blank line. */
function firstCharacter(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && code !== 9) return i;
  }
  return -1;
}

/** How far in the character at `end` stands, with tabs of eight. */
function columns(text: string, end: number): number {
  let column = 0;
  for (let i = 0; i < end; i++) column = text[i] === '\t' ? (column & ~7) + 8 : column + 1;
  return column;
}
