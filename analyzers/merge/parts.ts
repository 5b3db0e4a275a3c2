import { type HunkImage, type Step, unitsBetween } from './image.js';
import { headName, type TopItem, topItems } from './top.js';
import { type Unit, words } from './units.js';

/** A stretch of a hunk that is placed on its own: one function's changes, or new definitions at file scope. */
export interface Part {
  readonly kind: 'edit' | 'definitions';
  /** Hunk lines, end excluded. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly Step[];
  /** The function or record whose head is in the part's pre-image; '' when it is not to be seen. */
  readonly head: string;
  /** Nothing of the hunk stands before this part: it begins where the `@@` line's function may still be open. */
  readonly first: boolean;
}

/** Parts a hunk at the seams of file scope; stretches without a change of code are left out. */
export function partsOf(image: HunkImage): Part[] {
  const lines = image.hunk.lines;
  const seams = new Set<number>([0, lines.length]);
  const definitions = definitionRuns(image);
  for (const run of definitions) {
    seams.add(run.from);
    seams.add(run.to);
  }
  const indented = lines.some((line) => /^[ \t]+[^\s*]/.test(line.text));
  lines.forEach((line, i) => {
    if (line.kind === 'added') return;
    if (indented && /^\}/.test(line.text)) {
      let end = i + 1;
      if (line.kind === 'removed' || lines[end]?.kind === 'removed') while (end < lines.length && lines[end]?.kind !== 'context') end += 1;
      if (line.kind === 'context' || end > i + 1) seams.add(end);
      else seams.add(i + 1);
    } else if (line.kind === 'context' && isHead(image, i)) seams.add(i);
  });
  const cuts = [...seams].sort((a, b) => a - b);
  // Steps keep their order within a piece: a token of an added line may come before one of a removed line.
  const pieceOf = new Int32Array(lines.length);
  for (let i = 0, k = 0; i < lines.length; i += 1) {
    if (i >= (cuts[k + 1] ?? lines.length)) k += 1;
    pieceOf[i] = k;
  }
  const pieces: Step[][] = cuts.map(() => []);
  for (const step of image.steps) pieces[pieceOf[step.hunkLine] ?? 0]?.push(step);
  const parts: Part[] = [];
  for (let k = 0; k + 1 < cuts.length; k += 1) {
    const from = cuts[k] ?? 0;
    const to = cuts[k + 1] ?? 0;
    const steps = pieces[k] ?? [];
    if (steps.every((step) => step.pre >= 0 && step.post >= 0)) continue;
    const whole = definitions.some((run) => run.from <= from && to <= run.to);
    parts.push({ kind: whole ? 'definitions' : 'edit', from, to, steps, head: headIn(image, from, to), first: from === 0 });
  }
  return parts;
}

const AT_FILE_SCOPE = /^(?:#\s*include\b|EXPORT_SYMBOL|MODULE_\w+\(|extern\b)/;

/** The items that some units of an image are, if they are nothing but whole items. */
export function wholeItems(image: HunkImage, units: readonly Unit[], side: 'pre' | 'post'): readonly TopItem[] | null {
  if (units.length === 0) return null;
  const lines = image[side].lines;
  const indented = image.hunk.lines.some((line) => /^[ \t]+[^\s*]/.test(line.text));
  // Where nothing is indented, blanks may have been lost: only lines that never stand in a function tell file scope then.
  const flat = !indented && image.hunk.lines.some((line) => line.kind === 'context' && AT_FILE_SCOPE.test(line.text.trim()));
  const column0 = (unit: Unit): boolean => flat || (indented && /^\S/.test(lines[unit.line]?.text ?? ' '));
  const top = topItems(units, image.language, column0);
  if (!top.complete) return null;
  // Statements look like declarations, and loops like functions; only their column tells them from file scope.
  const shallow = top.items.every(({ kind, from }) => {
    const unit = units[from];
    if (unit !== undefined && column0(unit)) return true;
    return kind !== 'declaration' && !(kind === 'function' && indented);
  });
  return shallow ? top.items : null;
}

/** Runs of purely added lines that hold at least one whole function, record or macro and nothing that is cut off. */
function definitionRuns(image: HunkImage): { from: number; to: number }[] {
  const lines = image.hunk.lines;
  const runs: { from: number; to: number }[] = [];
  for (let from = 0; from < lines.length; ) {
    let to = from;
    while (lines[to]?.kind === 'added') to += 1;
    if (to === from) {
      from += 1;
      continue;
    }
    if (lines[from - 1]?.kind !== 'removed' && lines[to]?.kind !== 'removed') {
      const units = unitsBetween(image.post, from, to);
      const items = wholeItems(image, units, 'post');
      if (items?.some((item) => item.kind === 'function' || item.kind === 'record' || item.kind === 'macro') === true)
        runs.push({ from, to });
    }
    from = to;
  }
  return runs;
}

/** Longer lines are no heads; the patterns below take more than linear time. */
const MAX_HEAD = 400;
const HEAD = /^[A-Za-z_][\w\s*]*[\s*]+\*?[A-Za-z_]\w*\s*\([^;=]*$/;

/** Line `i` begins a function's head: type words, a name, a parenthesis, and soon an opening brace on a line of its own. */
function isHead(image: HunkImage, i: number): boolean {
  const { lines } = image.hunk;
  if (image.language === 'asm') return /^\s*(?:SYM_\w*START\w*|ENTRY)\s*\(/.test(lines[i]?.text ?? '');
  return isHeadAt(lines.slice(i, i + HEAD_LINES).map((line) => line.text));
}

/** How many lines a head may have, and its brace. */
const HEAD_LINES = 6;

/** Whether the line at `i` begins the head of a function in C. */
export function isHeadAt(lines: readonly string[], i = 0): boolean {
  const text = lines[i] ?? '';
  if (text.length > MAX_HEAD || !HEAD.test(text) || /^(?:return|else|case|goto|do|sizeof)\b/.test(text)) return false;
  for (let k = i + 1; k < Math.min(i + HEAD_LINES, lines.length); k += 1) {
    const next = lines[k]?.trim() ?? '';
    if (next === '{') return true;
    if (/[;{}]/.test(next)) return false;
  }
  return false;
}

function headIn(image: HunkImage, from: number, to: number): string {
  const lines = image.hunk.lines;
  for (let i = from; i < to; i += 1) {
    if (lines[i]?.kind === 'added') continue;
    const text = lines[i]?.text ?? '';
    if (text.length > MAX_HEAD) continue;
    const tokens = (): string[] => unitsBetween(image.pre, i, i + 2).flatMap((unit) => words(unit.text));
    if (isHead(image, i) || (lines[i]?.kind === 'removed' && HEAD.test(text) && /^\S/.test(text))) return headName(tokens());
    if (/^(?:static\s+)?(?:struct|union|enum)\s+\w+\s*\{/.test(text)) return headName(tokens());
  }
  return '';
}
