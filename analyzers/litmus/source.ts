import { malformed } from './failure.js';
import type { Position } from './syntax.js';

/** How comments are written: `(* *)` nested and `//` in litmus files, C comments and `//` in the C programs inside them. */
export type CommentStyle = 'litmus' | 'c';

/** A text that knows where each of its characters stands in its file. */
export class Source {
  private readonly starts: number[] = [0];

  constructor(
    readonly text: string,
    private readonly origin: Position = { line: 1, column: 1 },
  ) {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.starts.push(i + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = offset - (this.starts[low] ?? 0) + 1;
    return low === 0 ? { line: this.origin.line, column: this.origin.column + column - 1 } : { line: this.origin.line + low, column };
  }

  /** The offset behind the comment that begins at `offset`, or `offset` where none does. */
  afterComment(offset: number, style: CommentStyle): number {
    const { text } = this;
    if (text.startsWith('//', offset)) {
      const end = text.indexOf('\n', offset);
      return end < 0 ? text.length : end;
    }
    if (style === 'c') {
      if (!text.startsWith('/*', offset)) return offset;
      const end = text.indexOf('*/', offset + 2);
      if (end < 0) throw malformed(this.position(offset), '`*/` at the end of this comment', 'the end of the text');
      return end + 2;
    }
    if (!text.startsWith('(*', offset)) return offset;
    let depth = 0;
    for (let i = offset; i < text.length; i++) {
      if (text.startsWith('(*', i)) {
        depth++;
        i++;
      } else if (text.startsWith('*)', i)) {
        depth--;
        i++;
        if (depth === 0) return i + 1;
      }
    }
    throw malformed(this.position(offset), '`*)` at the end of this comment', 'the end of the text');
  }

  /** The same text with blanks for comments, so that offsets keep their meaning. */
  withoutComments(style: CommentStyle): string {
    let out = '';
    for (let i = 0; i < this.text.length; ) {
      const end = this.afterComment(i, style);
      if (end === i) {
        out += this.text[i] ?? '';
        i++;
      } else {
        out += this.text.slice(i, end).replace(/[^\n]/g, ' ');
        i = end;
      }
    }
    return out;
  }
}
