import type { LineOrigin, SourceFile } from '../source/types.js';

/** A line of new text. A null origin means: the line it lands on keeps its own (a token renamed in place). */
export interface Inserted {
  readonly text: string;
  readonly origin: LineOrigin | null;
}

/** Replaces the characters [start, end) of a file. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: readonly Inserted[];
  /** Begin the new text on a line of its own. */
  readonly breakBefore: boolean;
  /** `soft`: what follows goes to a new line unless nothing follows; `force`: a line break comes after the new text in any case. */
  readonly breakAfter: 'none' | 'soft' | 'force';
  /** The place is inside a macro of several lines: line breaks need a backslash. */
  readonly continued: boolean;
}

/** Sorted copy without overlaps, or null when two edits touch the same text. Insertions at one place keep their order. */
export function orderEdits(edits: readonly Edit[]): readonly Edit[] | null {
  const sorted = edits.map((edit, i) => ({ edit, i })).sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.i - b.i);
  let end = -1;
  for (const { edit } of sorted) {
    if (edit.start < end) return null;
    end = Math.max(end, edit.end);
  }
  return sorted.map(({ edit }) => edit);
}

/** Applies edits in order (see orderEdits). Lines that no edit touches keep text and origin; a line that mixes both takes the edit's origin. */
export function applyEdits(file: SourceFile, edits: readonly Edit[]): SourceFile {
  const out = new Writer(file);
  for (const edit of edits) {
    out.copyTo(edit.start);
    out.skipTo(edit.end);
    out.insert(edit);
  }
  out.copyTo(file.text.length);
  return out.finish();
}

class Writer {
  private readonly texts: string[] = [];
  private readonly origins: LineOrigin[] = [];
  private text = '';
  private ofTree: LineOrigin | null = null;
  private ofEdit: LineOrigin | null = null;
  private cut = false;
  private at = 0;
  private line = 0;
  private owed: Edit | null = null;

  constructor(private readonly file: SourceFile) {}

  copyTo(end: number): void {
    while (this.at < end) {
      const stop = this.file.text.indexOf('\n', this.at);
      const to = stop < 0 || stop >= end ? end : stop;
      this.append(this.file.text.slice(this.at, to));
      this.at = to;
      if (to < end) {
        this.owed = null;
        this.flush(false);
        this.at += 1;
        this.line += 1;
      }
    }
  }

  skipTo(end: number): void {
    const wholeLines = this.text === '' && this.file.text[end - 1] === '\n';
    if (end > this.at && !wholeLines) this.cut = true;
    for (; this.at < end; this.at += 1) if (this.file.text[this.at] === '\n') this.line += 1;
  }

  insert(edit: Edit): void {
    if (edit.insert.length === 0) return;
    this.settle();
    if (edit.breakBefore) {
      if (this.text.trim() !== '') this.flush(edit.continued);
      else this.text = '';
    }
    edit.insert.forEach((line, i) => {
      if (i > 0) this.flush(edit.continued);
      if (line.origin !== null) this.part(line.text);
      this.text += line.text;
      this.ofEdit ??= line.origin;
      if (line.origin === null) this.ofTree ??= this.here();
    });
    if (edit.breakAfter === 'force') this.flush(edit.continued);
    else if (edit.breakAfter === 'soft') this.owed = edit;
  }

  finish(): SourceFile {
    this.flush(false);
    // A file of which nothing is left is one empty line, as any empty text is.
    if (this.texts.length === 0) this.origins.push(this.here());
    return { path: this.file.path, text: this.texts.join('\n'), lines: this.origins };
  }

  private append(text: string): void {
    if (text.trim() === '') {
      if (this.owed === null) this.text += text;
      return;
    }
    this.settle();
    if (this.ofEdit !== null) this.part(text);
    this.text += text;
    this.ofTree ??= this.here();
  }

  /** Two words that come to stand side by side stay two words. */
  private part(next: string): void {
    if (/\w$/.test(this.text) && /^\w/.test(next)) this.text += ' ';
  }

  /** Makes the line break that a soft edit asked for, now that more text comes. */
  private settle(): void {
    if (this.owed === null) return;
    const { continued } = this.owed;
    this.owed = null;
    this.flush(continued);
  }

  private here(): LineOrigin {
    return this.file.lines[this.line] ?? { origin: this.file.lines[0]?.origin ?? 'tree', line: this.line + 1 };
  }

  private flush(continued: boolean): void {
    const leftOver = this.cut && this.ofEdit === null && this.text.trim() === '';
    if (!leftOver) {
      this.texts.push(continued && !/\\\s*$/.test(this.text) ? `${this.text} \\` : this.text);
      this.origins.push(this.ofEdit ?? this.ofTree ?? this.here());
    }
    this.text = '';
    this.ofTree = null;
    this.ofEdit = null;
    this.cut = false;
  }
}
