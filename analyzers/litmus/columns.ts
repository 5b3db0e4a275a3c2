import { malformed, unsupported } from './failure.js';
import { bodySource } from './file.js';
import type { Column, InstructionSyntax, Line, LitmusFile, OperandSyntax, Position } from './syntax.js';

const MAX_THREADS = 32;
const MAX_LINES = 1000;

interface Cell {
  readonly text: string;
  readonly at: Position;
}

/** The program as columns: a row of `P0 | P1 | P1.F ;`, then rows of instructions, each with labels before it. Throws LitmusFailure. */
export function parseColumns(file: LitmusFile): Column[] {
  const [header, ...rows] = rowsOf(file);
  if (!header) throw malformed(file.body.at, 'a row of threads, like `P0 | P1 ;`', 'no program');
  if (header.length > MAX_THREADS) throw unsupported(file.body.at, `more than ${String(MAX_THREADS)} threads`);
  if (rows.length > MAX_LINES) throw unsupported(file.body.at, `more than ${String(MAX_LINES)} lines`);
  const lines: Line[][] = header.map(() => []);
  for (const row of rows) {
    row.forEach((cell, i) => {
      const column = lines[i];
      if (column) parseCell(cell, column);
      else if (cell.text !== '') throw malformed(cell.at, `at most ${String(header.length)} columns`, `\`${cell.text}\``);
    });
  }
  const columns = header.map((cell, i): Column => ({ ...parseHead(cell), at: cell.at, lines: lines[i] ?? [] }));
  columns.forEach((column, i) => {
    const same = columns.findIndex((other) => other.thread === column.thread && other.handler === column.handler);
    if (same < i) throw malformed(column.at, 'each thread once', `another \`${header[i]?.text ?? ''}\``);
    if (column.handler && !columns.some((other) => other.thread === column.thread && !other.handler)) {
      throw malformed(column.at, `a column \`P${String(column.thread)}\` for this handler`, 'none');
    }
  });
  return columns;
}

function parseHead(cell: Cell): { readonly thread: number; readonly handler: boolean } {
  const found = /^P([0-9]{1,4})(\.F)?$/.exec(cell.text);
  if (found) return { thread: Number(found[1]), handler: found[2] !== undefined };
  if (/^P[0-9]+\s*:/.test(cell.text)) throw unsupported(cell.at, 'notes on a thread in its column head');
  throw malformed(cell.at, 'a thread, like `P0`', cell.text === '' ? 'an empty column head' : `\`${cell.text}\``);
}

function rowsOf(file: LitmusFile): Cell[][] {
  const source = bodySource(file);
  const text = source.withoutComments('litmus');
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c !== '|' && c !== ';' && c !== undefined) continue;
    const raw = text.slice(from, i);
    const start = from + (raw.length - raw.trimStart().length);
    row.push({ text: raw.trim(), at: source.position(Math.min(start, i)) });
    from = i + 1;
    if (c === '|') continue;
    // What follows the last `;` is nothing, or a row that nobody closed.
    if (c === ';' || row.some((cell) => cell.text !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

const label = /^([A-Za-z_.$][\w.$]*)[ \t]*:\s*/;

function parseCell(cell: Cell, lines: Line[]): void {
  let { text, at } = cell;
  for (let found = label.exec(text); found; found = label.exec(text)) {
    lines.push({ k: 'label', name: found[1] ?? '', at });
    at = advance(at, found[0]);
    text = text.slice(found[0].length);
  }
  if (text !== '') lines.push({ k: 'instruction', ...parseInstruction(text, at) });
}

function advance(at: Position, over: string): Position {
  const last = over.lastIndexOf('\n');
  if (last < 0) return { line: at.line, column: at.column + over.length };
  return { line: at.line + over.split('\n').length - 1, column: over.length - last };
}

/** An instruction's text, taken apart at blanks and commas; used for instructions in quotes too. */
export function parseInstruction(text: string, at: Position): InstructionSyntax {
  const trimmed = text.trim();
  const mnemonic = /^\S+/.exec(trimmed)?.[0] ?? '';
  return { mnemonic, operands: splitOperands(trimmed, mnemonic.length, at), text: trimmed, at };
}

function splitOperands(text: string, offset: number, at: Position): OperandSyntax[] {
  if (text.slice(offset).trim() === '') return [];
  const operands: OperandSyntax[] = [];
  let depth = 0;
  let from = offset;
  let seen = 0;
  let place = at;
  for (let i = offset; i <= text.length; i++) {
    const c = text[i];
    if (c === '[' || c === '(' || c === '{') depth++;
    else if (c === ']' || c === ')' || c === '}') depth--;
    if (c !== undefined && (c !== ',' || depth > 0)) continue;
    const raw = text.slice(from, i);
    const start = from + (raw.length - raw.trimStart().length);
    place = advance(place, text.slice(seen, start));
    seen = start;
    operands.push({ text: raw.trim(), at: place });
    from = i + 1;
  }
  return operands;
}
