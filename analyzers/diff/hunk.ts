import type { HunkBody, HunkHeader } from './lines.js';
import type { HunkLine } from './types.js';

/** How far a hunk got before it disagreed with its header. */
export interface HunkFault {
  readonly kind: 'short' | 'stray' | 'surplus';
  readonly oldSeen: number;
  readonly newSeen: number;
  /** Index of the line at which reading stopped. */
  readonly at: number;
}

export type HunkReading =
  | { readonly kind: 'sound'; readonly body: HunkBody; readonly emptyContext: number; readonly firstEmpty: number; readonly tail: number }
  | { readonly kind: 'fault'; readonly fault: HunkFault };

const KINDS: Readonly<Record<string, HunkLine['kind']>> = { ' ': 'context', '+': 'added', '-': 'removed' };

/**
 * Reads exactly what the header promises from lines[from..to). An empty line counts as an empty context line (clients strip trailing
 * blanks); how many there were is told. `tail` counts context-like lines directly behind the hunk, which belong to nothing.
 */
export function readHunk(lines: readonly string[], from: number, to: number, header: HunkHeader): HunkReading {
  const body: HunkLine[] = [];
  let oldSeen = 0;
  let newSeen = 0;
  let emptyContext = 0;
  let firstEmpty = -1;
  let i = from;
  const fault = (kind: HunkFault['kind'], at: number): HunkReading => ({ kind: 'fault', fault: { kind, oldSeen, newSeen, at } });
  while (oldSeen < header.oldCount || newSeen < header.newCount) {
    const line = lines[i];
    if (i >= to || line === undefined) return fault('short', i);
    if (line.startsWith('\\')) {
      markNoNewline(body);
      i++;
      continue;
    }
    const kind = line === '' ? 'context' : KINDS[line.charAt(0)];
    if (kind === undefined) return fault('stray', i);
    if (line === '') {
      emptyContext++;
      if (firstEmpty < 0) firstEmpty = i;
    }
    if (kind !== 'added') oldSeen++;
    if (kind !== 'removed') newSeen++;
    if (oldSeen > header.oldCount || newSeen > header.newCount) return fault('surplus', i);
    body.push({ kind, text: line.slice(1), noNewline: false });
    i++;
  }
  if (i < to && (lines[i] ?? '').startsWith('\\')) {
    markNoNewline(body);
    i++;
  }
  const behind = linesBehind(lines, i, to);
  if (behind.changes > 0) {
    newSeen += behind.changes;
    return fault('surplus', i);
  }
  return { kind: 'sound', body: { lines: body, end: i }, emptyContext, firstEmpty, tail: behind.context };
}

/** Diff-like lines that follow directly: changes among them mean that the header's counts are wrong. */
export function linesBehind(lines: readonly string[], from: number, to: number): { readonly changes: number; readonly context: number } {
  let changes = 0;
  let context = 0;
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? '';
    if (/^-{2,}\s*$/.test(line)) break;
    if (line.startsWith('+') || line.startsWith('-')) changes++;
    else if (/^[ \t]+\S/.test(line)) context++;
    else break;
  }
  return { changes, context };
}

export function markNoNewline(body: HunkLine[]): void {
  const last = body.pop();
  if (last) body.push({ ...last, noNewline: true });
}
