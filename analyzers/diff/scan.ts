import { goesOn, readEditedHunk } from './edited.js';
import { isFileStart, readFileHead, type FileHead } from './head.js';
import { readHunk, type HunkFault } from './hunk.js';
import { type HunkHeader, isBoundary, isSignature, nextBoundary, parseHunkHeader } from './lines.js';
import { repairHunk, type RepairNote } from './repair.js';
import type { DiffProblem, HunkLine } from './types.js';

/** A hunk whose counts agree with its header; where it was edited by hand, the header has been set right. */
export interface ScannedHunk {
  readonly header: HunkHeader;
  readonly lines: readonly HunkLine[];
  /** Index of the `@@` line. */
  readonly at: number;
}

/** One file of a diff and the lines [start, end) that it takes up in the text. */
export interface ScannedFile {
  readonly head: FileHead;
  readonly hunks: readonly ScannedHunk[];
  readonly notes: readonly RepairNote[];
  readonly start: number;
  readonly end: number;
  /** Behind the lines that the reading of the last hunk depends on: `end`, or more where its header's counts are wrong. */
  readonly seenTo: number;
}

export interface Scan {
  readonly files: readonly ScannedFile[];
  readonly problems: readonly DiffProblem[];
}

interface State {
  readonly lines: readonly string[];
  readonly to: number;
  readonly repair: boolean;
  readonly problems: DiffProblem[];
}

/** Finds the files and hunks in lines[from..to). Each line that looks like part of a diff is in a hunk or in a problem. */
export function scanDiff(lines: readonly string[], from: number, to: number, repair: boolean): Scan {
  const state: State = { lines, to, repair, problems: [] };
  const files: ScannedFile[] = [];
  let i = from;
  let behindHunk = false;
  while (i < to) {
    const line = lines[i] ?? '';
    if (/^diff --(?:cc|combined) /.test(line) || line.startsWith('@@@ ')) {
      i = skipCombined(state, i);
      behindHunk = false;
    } else if (isFileStart(lines, i)) {
      const file = readFile(state, i);
      if (file.kept) files.push(file.kept);
      i = file.next;
      behindHunk = true;
    } else if (parseHunkHeader(line)) {
      state.problems.push({ line: i + 1, what: `the hunk at line ${i + 1} has no file name above it` });
      i = nextBoundary(lines, i + 1, to);
    } else if (behindHunk && /^[+-]/.test(line) && !isSignature(lines, i)) {
      const end = endOfRun(lines, i, to);
      if (!/^-(?: \S|-+\s*$)/.test(line)) {
        const count = end - i;
        state.problems.push({ line: i + 1, what: `${count} diff ${count === 1 ? 'line' : 'lines'} at line ${i + 1} belong to no hunk` });
      }
      i = end;
    } else {
      if (line.trim() !== '') behindHunk = false;
      i++;
    }
  }
  return { files, problems: state.problems };
}

function endOfRun(lines: readonly string[], from: number, to: number): number {
  let i = from + 1;
  while (i < to && /^[+-]/.test(lines[i] ?? '') && !isBoundary(lines, i)) i++;
  return i;
}

function skipCombined(state: State, i: number): number {
  state.problems.push({
    line: i + 1,
    what: `the diff at line ${i + 1} is the combined diff of a merge, which says nothing about one parent; send the patches instead`,
  });
  let at = i + 1;
  while (at < state.to && !/^diff --/.test(state.lines[at] ?? '') && !isSignature(state.lines, at)) at++;
  return at;
}

function readFile(state: State, start: number): { readonly kept: ScannedFile | null; readonly next: number } {
  const { lines, to, problems } = state;
  const head = readFileHead(lines, start, to);
  const hunks: ScannedHunk[] = [];
  const notes: RepairNote[] = [];
  if (head.rejoined > 0) notes.push({ kind: 'head-rejoined', at: start, count: head.rejoined });
  let i = head.end;
  let seenTo = i;
  let dropped = 0;
  for (;;) {
    let at = i;
    while (at < to && (lines[at] ?? '').trim() === '') at++;
    const header = at < to ? parseHunkHeader(lines[at] ?? '') : null;
    if (!header) break;
    const hunk = readOneHunk(state, at, header);
    if (hunk.kept) {
      hunks.push(hunk.kept);
      for (const note of hunk.notes) notes.push(note);
    } else dropped++;
    i = hunk.next;
    seenTo = hunk.seenTo ?? i;
  }
  const next = Math.max(i, start + 1);
  if (head.fault !== null) {
    problems.push({ line: start + 1, what: `the diff at line ${start + 1} ${head.fault}; its hunks are left out` });
    return { kept: null, next };
  }
  if (hunks.length === 0 && !head.complete) {
    const name = head.names?.newPath ?? head.names?.oldPath ?? '';
    if (dropped === 0) problems.push({ line: start + 1, what: `the diff of ${name} at line ${start + 1} has no hunk` });
    return { kept: null, next };
  }
  return { kept: { head, hunks, notes, start, end: next, seenTo: Math.max(seenTo, next) }, next };
}

interface HunkResult {
  readonly kept: ScannedHunk | null;
  readonly notes: readonly RepairNote[];
  readonly next: number;
  readonly seenTo?: number;
}

function readOneHunk(state: State, at: number, header: HunkHeader): HunkResult {
  const { lines, problems } = state;
  const end = nextBoundary(lines, at + 1, state.to);
  if (header.oldCount === 0 && header.newCount === 0) {
    problems.push({ line: at + 1, what: `the hunk at line ${at + 1} promises no lines` });
    return { kept: null, notes: [], next: end };
  }
  const reading = readHunk(lines, at + 1, end, header);
  const promisesTooLittle = reading.kind === 'sound' && state.repair && (reading.tail > 0 || goesOn(lines, reading.body.end, end));
  if (promisesTooLittle) {
    const edited = readAsItStands(lines, at, end, header);
    if (edited) return edited;
  }
  if (reading.kind === 'sound') {
    if (reading.tail > 0) {
      const what = `${reading.tail} ${reading.tail === 1 ? 'line' : 'lines'} behind the hunk at line ${at + 1} belong to no hunk`;
      problems.push({ line: reading.body.end + 1, what });
    }
    const notes: RepairNote[] =
      reading.emptyContext > 0 ? [{ kind: 'empty-context', at: reading.firstEmpty, count: reading.emptyContext }] : [];
    return { kept: { header, lines: reading.body.lines, at }, notes, next: reading.body.end };
  }
  const repaired = state.repair ? repairHunk(lines, at + 1, end, header, end >= state.to) : null;
  if (repaired) {
    const wrappedSection = repaired.notes.some((note) => note.kind === 'section-rejoined');
    const section = wrappedSection ? `${header.section} ${(lines[at + 1] ?? '').trim()}` : header.section;
    return { kept: { header: { ...header, section }, lines: repaired.body.lines, at }, notes: repaired.notes, next: repaired.body.end };
  }
  const edited = state.repair ? readAsItStands(lines, at, end, header) : null;
  if (edited) return edited;
  problems.push({ line: at + 1, what: faultSentence(at, header, reading.fault, end >= state.to) });
  return { kept: null, notes: [], next: end };
}

function readAsItStands(lines: readonly string[], at: number, end: number, header: HunkHeader): HunkResult | null {
  const edited = readEditedHunk(lines, at + 1, end, header);
  if (edited === null) return null;
  const { oldCount, newCount } = edited.header;
  const detail = `its header says ${header.oldCount} lines before and ${header.newCount} after, it has ${oldCount} and ${newCount}`;
  const note: RepairNote = { kind: 'edited', at, count: 1, detail };
  return { kept: { header: edited.header, lines: edited.lines, at }, notes: [note], next: edited.end, seenTo: edited.seenTo };
}

function faultSentence(at: number, header: HunkHeader, fault: HunkFault, endsText: boolean): string {
  const promise = `the hunk at line ${at + 1} promises ${header.oldCount} old and ${header.newCount} new lines`;
  switch (fault.kind) {
    case 'short':
      return `${promise}, ${endsText ? 'the mail ends' : 'it is cut'} after ${fault.oldSeen} and ${fault.newSeen}`;
    case 'surplus':
      return `${promise}, more follow: its counts are wrong, or it was edited by hand`;
    case 'stray':
      return `${promise}, but line ${fault.at + 1} begins with neither blank, plus nor minus and does not fit`;
  }
}
