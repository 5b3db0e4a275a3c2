import { isAbsolute, normalize } from 'node:path';
import { commitsIn } from './commits.js';
import { namesIn, violationsIn, type Wording } from './stated.js';
import { plainSubject } from './judge.js';
import type { Case, Expects, Flagged, Index, Statement } from './types.js';

const COLUMNS = ['id', 'file', 'arch', 'class', 'label'] as const;
type Column = (typeof COLUMNS)[number];
type Row = Readonly<Record<Column, string>>;

/**
 * Reads the table of an index, and the section `## ID …` of each case. The columns are found by their heading, in any order; others are left
 * aside. A row that can't be read is a fault and stops nothing.
 */
export function parseIndex(text: string, wording: Wording): Index {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const faults: string[] = [];
  const cases: Case[] = [];
  const flagged: (Flagged & { readonly id: string })[] = [];
  const sections = sectionsOf(lines);
  const seen = new Set<string>();
  let columns: readonly string[] | null = null;
  lines.forEach((line, i) => {
    if (!line.trimStart().startsWith('|')) {
      columns = null;
      return;
    }
    const cells = cellsOf(line);
    if (columns === null) {
      columns = headingOf(cells);
      return;
    }
    // A table of something else.
    if (columns.length === 0 || cells.every((cell) => /^:?-+:?$/.test(cell))) return;
    const fault = (what: string): void => {
      faults.push(`line ${String(i + 1)}: ${what}; the row is left out`);
    };
    const row = rowOf(columns, cells);
    if (typeof row === 'string') fault(row);
    else if (seen.has(row.id)) fault(`there is a case ${row.id} already`);
    else {
      seen.add(row.id);
      const made = caseOf(row, sections.get(row.id) ?? [], wording);
      cases.push(made);
      const subject = subjectIn(sections.get(row.id) ?? []);
      if (subject !== '') flagged.push({ id: row.id, subject, violations: made.statement.violations });
    }
  });
  if (cases.length === 0 && faults.length === 0) faults.push(`no table with the columns ${COLUMNS.join(', ')}`);
  return { cases: cases.map((each) => ({ ...each, ...elsewhereOf(each, flagged) })), faults };
}

/** What other cases say of patches that this one may hold as well. */
function elsewhereOf(of: Case, flagged: readonly (Flagged & { readonly id: string })[]): Pick<Case, 'elsewhere'> {
  const others = flagged.filter(({ id }) => id !== of.id).map(({ subject, violations }): Flagged => ({ subject, violations }));
  return of.expects === 'silence' && others.length > 0 ? { elsewhere: others } : {};
}

/** The subject of the patch at issue, as a section has it: up to its date or the first message-id. */
function subjectIn(section: readonly string[]): string {
  const [subject = ''] = (fieldsOf(section).get('patch at issue') ?? '').split(/\s\(\d|`/);
  return /\[[^\]]*PATCH/i.test(subject) ? plainSubject(subject) : '';
}

/** Cells without the bars around them; `\|` is a bar in a cell. */
const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll('\\|', '|').trim());

/** The columns of a table of cases; none for another table. */
function headingOf(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.toLowerCase());
  return COLUMNS.every((column) => names.includes(column)) ? names : [];
}

function rowOf(columns: readonly string[], cells: readonly string[]): Row | string {
  if (cells.length !== columns.length) return `${String(cells.length)} cells under ${String(columns.length)} headings`;
  const cell = (column: Column): string => cells[columns.indexOf(column)] ?? '';
  const row = {
    id: cell('id'),
    file: cell('file').replace(/^`(.*)`$/, '$1'),
    arch: cell('arch'),
    class: cell('class'),
    label: cell('label'),
  };
  const empty = (['id', 'file', 'label'] as const).find((column) => row[column] === '');
  if (empty !== undefined) return `the column "${empty}" is empty`;
  if (isAbsolute(row.file) || normalize(row.file).startsWith('..')) return `${row.file} is not below the folder of the index`;
  return row;
}

/** The lines below each `## ID …`, up to the next heading of that rank. */
function sectionsOf(lines: readonly string[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let at: string[] | null = null;
  for (const line of lines) {
    const heading = /^#{1,2}\s+(\S+)\s*(.*)$/.exec(line);
    if (heading) {
      at = [];
      const [, id = '', title = ''] = heading;
      if (!sections.has(id)) sections.set(id, at);
      at.push(`- title: ${title}`);
    } else at?.push(line);
  }
  return sections;
}

function caseOf(row: Row, section: readonly string[], wording: Wording): Case {
  return {
    id: row.id,
    file: row.file,
    arch: row.arch,
    topic: row.class,
    label: row.label,
    expects: expectsOf(row.label),
    statement: statementOf(row, section, wording),
  };
}

/** A race that was stated outweighs that a later version is good. */
export function expectsOf(label: string): Expects {
  const words = label.toUpperCase().split(/[^A-Z]+/);
  if (['BUGGY', 'REJECTED', 'CONTESTED'].some((word) => words.includes(word))) return 'race';
  return ['CLEAN', 'FIX', 'NEGATIVE'].some((word) => words.includes(word)) ? 'silence' : 'nothing';
}

/** `- name: text` lines of a section; a line that starts otherwise goes on with the one before. */
function fieldsOf(section: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of section) {
    const field = /^\s*[-*]\s+([\w ]{1,40}):\s*(.*)$/.exec(line);
    if (field) {
      name = (field[1] ?? '').toLowerCase();
      fields.set(name, field[2] ?? '');
    } else if (line.trim() !== '' && name !== '') fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`);
  }
  return fields;
}

function statementOf(row: Row, section: readonly string[], wording: Wording): Statement {
  const fields = fieldsOf(section);
  const field = (name: string): string => fields.get(name) ?? '';
  const race = field('race');
  const words = [row.class, race];
  const list = (name: string): string[] =>
    field(name)
      .split(/[\s,]+/)
      .filter((part) => part !== '');
  return {
    atIssue: patchesIn(field('patch at issue')),
    good: patchesIn(field('fix or good version')),
    // What an index says in the program's own terms goes before what its sentences are taken to mean.
    violations: violationsIn(fields.has('violation') ? [field('violation')] : words, wording, fields.has('violation')),
    names: fields.has('functions') ? list('functions') : namesIn([field('title'), ...words]),
    files: list('files'),
    race,
  };
}

/** The patches that a text names: by message-id, or else as commits. */
function patchesIn(text: string): string[] {
  const ids = messageIds(text);
  return ids.length > 0 ? ids : commitsIn(text);
}

/** Message-ids, in backquotes or angle brackets as mails have them. Addresses are not taken for one. */
const messageIds = (text: string): string[] =>
  [...new Set([...text.matchAll(/[`<]([^\s`<>]+@[^\s`<>]+)[`>]/g)].map(([, id = '']) => id))].filter((id) => !id.includes('://'));
