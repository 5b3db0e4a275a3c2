import { linesBehind, markNoNewline } from './hunk.js';
import type { HunkBody, HunkHeader } from './lines.js';
import { isSignature, isSnip } from './lines.js';
import type { DiffRepair, HunkLine } from './types.js';

/** What one hunk needed. Indices are of lines in the text, from 0. */
export interface HunkRepair {
  readonly body: HunkBody;
  readonly notes: readonly RepairNote[];
}

export type RepairKind =
  | 'empty-context'
  | 'lost-column'
  | 'lost-indent'
  | 'rejoined'
  | 'section-rejoined'
  | 'fallen-blank'
  | 'stuffed'
  | 'head-rejoined'
  | 'edited';

export interface RepairNote {
  readonly kind: RepairKind;
  readonly at: number;
  readonly count: number;
  /** What only this one has, to be told of the first of its kind. */
  readonly detail?: string;
}

/** How a line without a column of its own is read. */
type Stray = 'context' | 'continuation' | 'by-length';

interface Attempt {
  readonly lines: readonly HunkLine[];
  readonly end: number;
  readonly oldSeen: number;
  readonly newSeen: number;
  readonly strayContext: number;
  /** Context lines that begin with their tab: some clients drop a blank before a tab, and only that. */
  readonly tabContext: number;
  readonly soundContext: number;
  readonly blanks: number;
  readonly joins: number;
  readonly sectionJoins: number;
  readonly firstStray: number;
  readonly firstJoin: number;
}

/**
 * Reads a hunk that does not agree with its header as a web copy or a mail client may have left it. Each reading must end with the
 * header's counts exactly; the first that does is taken, and null means that none did.
 */
export function repairHunk(lines: readonly string[], from: number, to: number, header: HunkHeader, endsText: boolean): HunkRepair | null {
  const asContext = attempt(lines, from, to, header, 'context');
  const intact = asContext.soundContext > 0;
  const modes: readonly Stray[] = intact ? ['continuation', 'by-length'] : ['context', 'by-length', 'continuation'];
  for (const mode of modes) {
    const tried = mode === 'context' ? asContext : attempt(lines, from, to, header, mode);
    if (tried.strayContext > 0 && tried.soundContext > 0) continue;
    if (!agrees(tried, header) || !edgesPlausible(tried.lines)) continue;
    if (linesBehind(lines, tried.end, to).changes > 0) continue;
    return { body: { lines: tried.lines, end: tried.end }, notes: notesOf(tried) };
  }
  const trimmed = withoutBlankTail(lines, from, to);
  const short = trimmed === to ? asContext : attempt(lines, from, trimmed, header, 'context');
  return withFallenBlanks(lines, from, trimmed, header, short, endsText);
}

/** Text with more wrapped lines than that in one hunk is no diff, and joining them all would take for ever. */
const MOST_JOINS = 200;

function attempt(lines: readonly string[], from: number, to: number, header: HunkHeader, stray: Stray): Attempt {
  const body: HunkLine[] = [];
  let oldSeen = 0;
  let newSeen = 0;
  let strayContext = 0;
  let tabContext = 0;
  let soundContext = 0;
  let blanks = 0;
  let joins = 0;
  let sectionJoins = 0;
  let firstStray = -1;
  let firstJoin = -1;
  let i = from;
  for (; i < to && joins < MOST_JOINS && (oldSeen < header.oldCount || newSeen < header.newCount); i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('\\ ')) {
      markNoNewline(body);
      continue;
    }
    const first = line.charAt(0);
    if (first === '+' || first === '-') {
      body.push({ kind: first === '+' ? 'added' : 'removed', text: line.slice(1), noNewline: false });
      if (first === '+') newSeen++;
      else oldSeen++;
      continue;
    }
    if (line.trim() === '' || (first === ' ' && !/^ \*/.test(line))) {
      if (line.trim() === '') blanks++;
      else soundContext++;
      body.push({ kind: 'context', text: line.slice(1), noNewline: false });
    } else if (first === '\t') {
      if (firstStray < 0) firstStray = i;
      tabContext++;
      body.push({ kind: 'context', text: line, noNewline: false });
    } else if (stray !== 'context' && continues(lines, i, from, stray)) {
      if (firstJoin < 0) firstJoin = i;
      joins++;
      const last = body.pop();
      if (last) body.push({ ...last, text: `${last.text.replace(/ $/, '')} ${line.trim()}` });
      else sectionJoins++;
      continue;
    } else {
      if (firstStray < 0) firstStray = i;
      strayContext++;
      body.push({ kind: 'context', text: line, noNewline: false });
    }
    oldSeen++;
    newSeen++;
  }
  return {
    lines: body,
    end: i,
    oldSeen,
    newSeen,
    strayContext,
    tabContext,
    soundContext,
    blanks,
    joins,
    sectionJoins,
    firstStray,
    firstJoin,
  };
}

/** Clients wrap between 65 and 80 columns: the line before was long, and the first word here would not have fitted. */
function continues(lines: readonly string[], i: number, from: number, stray: Stray): boolean {
  if (stray === 'continuation') return true;
  const before = lines[i - 1] ?? '';
  const word = /^\s*(\S*)/.exec(lines[i] ?? '')?.[1] ?? '';
  return (i > from || before.length > 40) && before.length + word.length + 1 > 70;
}

function firstText(lines: readonly string[], from: number): number {
  let i = from;
  while (lines[i] === '') i++;
  return i;
}

function withoutBlankTail(lines: readonly string[], from: number, to: number): number {
  let end = to;
  while (end > from && lines[end - 1] === '') end--;
  return end;
}

function agrees(tried: Attempt, header: HunkHeader): boolean {
  return tried.oldSeen === header.oldCount && tried.newSeen === header.newCount;
}

/** Diffs have as much context behind the last change as before the first, or less; more means that prose was taken for context. */
function edgesPlausible(lines: readonly HunkLine[]): boolean {
  const { leading, trailing } = edges(lines);
  return trailing <= Math.max(3, leading) || leading === lines.length;
}

function edges(lines: readonly HunkLine[]): { readonly leading: number; readonly trailing: number } {
  const first = lines.findIndex((line) => line.kind !== 'context');
  if (first < 0) return { leading: lines.length, trailing: lines.length };
  let trailing = 0;
  while (lines[lines.length - 1 - trailing]?.kind === 'context') trailing++;
  return { leading: first, trailing };
}

/**
 * Some copies drop empty context lines altogether. Both sides then lack the same number. They are put back at the edges, where context is
 * short of three lines, and the rest before the closing context: nothing tells where they stood, and they carry no tokens.
 */
function withFallenBlanks(
  lines: readonly string[],
  from: number,
  to: number,
  header: HunkHeader,
  asContext: Attempt,
  endsText: boolean,
): HunkRepair | null {
  const missing = header.oldCount - asContext.oldSeen;
  if (missing <= 0 || missing !== header.newCount - asContext.newSeen) return null;
  if (asContext.strayContext > 0 && asContext.soundContext > 0) return null;
  const kept = [...asContext.lines];
  if (!kept.some((line) => line.kind !== 'context')) return null;
  const { leading, trailing } = edges(kept);
  if (isSnip(lines[firstText(lines, to)] ?? '')) return null;
  const damaged = asContext.strayContext > 0;
  const atEnd = endsText && lines.slice(to).every((line) => line === '');
  if (!damaged) {
    // A sound hunk that stops short at the end of the text was cut, unless all that is missing is the last line, stripped as blank.
    const strippedLast = atEnd && missing === 1 && trailing === 2;
    const copyWithoutBlanks = !atEnd && asContext.blanks === 0 && !isSignature(lines, to) && missing <= 6 - leading - trailing;
    if (!strippedLast && !copyWithoutBlanks) return null;
  }
  const context = kept.filter((line) => line.kind === 'context').length;
  if (missing > 3 + context) return null;
  const blank: HunkLine = { kind: 'context', text: '', noNewline: false };
  const front = header.oldStart > 1 ? Math.min(missing, Math.max(0, 3 - leading)) : 0;
  const back = Math.min(missing - front, Math.max(0, 3 - trailing));
  const inner = missing - front - back;
  kept.splice(kept.length - trailing, 0, ...Array.from({ length: inner }, () => blank));
  kept.unshift(...Array.from({ length: front }, () => blank));
  kept.push(...Array.from({ length: back }, () => blank));
  return {
    body: { lines: kept, end: asContext.end },
    notes: [...notesOf(asContext), { kind: 'fallen-blank', at: from, count: missing }],
  };
}

function notesOf(tried: Attempt): readonly RepairNote[] {
  const notes: RepairNote[] = [];
  if (tried.strayContext + tried.tabContext > 0) {
    notes.push({ kind: 'lost-column', at: tried.firstStray, count: tried.strayContext + tried.tabContext });
    // A copy that lost the first column lost the tabs behind plus and minus as well, and they cannot be had back.
    const collapsed = tried.lines.filter((line) => line.kind !== 'context' && /^ \S/.test(line.text)).length;
    if (collapsed > 0 && tried.strayContext > 0) notes.push({ kind: 'lost-indent', at: tried.firstStray, count: collapsed });
  }
  const joins = tried.joins - tried.sectionJoins;
  if (joins > 0) notes.push({ kind: 'rejoined', at: tried.firstJoin, count: joins });
  if (tried.sectionJoins > 0) notes.push({ kind: 'section-rejoined', at: tried.firstJoin, count: tried.sectionJoins });
  return notes;
}

/**
 * format=flowed puts one more blank before each line that begins with one. Where every context line with text has two, and one goes on with
 * a tab, nobody wrote that: the extra blank is taken off.
 */
export function unstuff(hunks: readonly (readonly HunkLine[])[]): {
  readonly hunks: readonly (readonly HunkLine[])[];
  readonly count: number;
} {
  let count = 0;
  let stuffed = false;
  for (const { kind, text } of hunks.flat()) {
    if (kind !== 'context' || text.trim() === '') continue;
    if (!text.startsWith(' ')) return { hunks, count: 0 };
    stuffed ||= text.startsWith(' \t');
    count++;
  }
  if (!stuffed) return { hunks, count: 0 };
  const off = (line: HunkLine): HunkLine =>
    line.kind === 'context' && line.text.startsWith(' ') ? { ...line, text: line.text.slice(1) } : line;
  return { hunks: hunks.map((lines) => lines.map(off)), count };
}

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

const SENTENCES: Readonly<Record<RepairKind, (count: number, line: number, detail: string) => string>> = {
  'empty-context': (n) => `${many(n, 'empty context line', 'empty context lines')} had lost the first blank`,
  'lost-column': (n) => `${many(n, 'context line', 'context lines')} had lost their first blank`,
  'lost-indent': (n) => `${many(n, 'added or removed line', 'added or removed lines')} had lost their tabs, which cannot be put back`,
  rejoined: (n) => `${many(n, 'line', 'lines')} wrapped by a mail client joined again`,
  'section-rejoined': (n) => `${many(n, '@@ line', '@@ lines')} wrapped by a mail client`,
  'fallen-blank': (n) => `${many(n, 'empty context line', 'empty context lines')} had fallen out, and ${n === 1 ? 'was' : 'were'} put back`,
  stuffed: (n) => `${many(n, 'context line', 'context lines')} had the extra blank of format=flowed`,
  'head-rejoined': (n) => `${many(n, 'file head', 'file heads')} wrapped by a mail client joined again`,
  edited: (n, line, detail) =>
    `hunk at line ${line}: ${detail}; read as it stands${n === 1 ? '' : `, like ${many(n - 1, 'more hunk', 'more hunks')} whose counts are wrong`}`,
};

/** One repair a kind, at its first line: what a report prints for a file. */
export function groupRepairs(notes: readonly RepairNote[]): readonly DiffRepair[] {
  const groups = new Map<RepairKind, { first: RepairNote; count: number }>();
  for (const note of notes) {
    const group = groups.get(note.kind);
    if (group) {
      group.count += note.count;
      if (note.at < group.first.at) group.first = note;
    } else groups.set(note.kind, { first: note, count: note.count });
  }
  return [...groups].map(([kind, { first, count }]) => ({
    line: first.at + 1,
    what: SENTENCES[kind](count, first.at + 1, first.detail ?? ''),
  }));
}
