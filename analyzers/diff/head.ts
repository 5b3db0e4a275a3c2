import { isMarkerTriple, parseHunkHeader } from './lines.js';
import { type FileNames, nameOfMarkerLine, namesOfGitLine, pathFault, treeNames, unquotePath } from './paths.js';
import type { FileDiff } from './types.js';

/** What stands above the hunks of one file. */
export interface FileHead {
  readonly names: FileNames | null;
  readonly change: FileDiff['change'];
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
  /** Index of the first line behind the head. */
  readonly end: number;
  /** Lines of the head that a mail client had wrapped. */
  readonly rejoined: number;
  /** Why the names cannot be used, or null. */
  readonly fault: string | null;
  /** The head alone says all there is (rename, mode, binary, empty file): no hunk need follow. */
  readonly complete: boolean;
}

interface Seen {
  git: readonly [string, string] | null;
  minus: string | null;
  plus: string | null;
  from: string | null;
  to: string | null;
  kind: 'renamed' | 'copied' | null;
  added: boolean;
  deleted: boolean;
  mode: boolean;
  binary: boolean;
  oldBlob: string | null;
  newBlob: string | null;
}

export function isFileStart(lines: readonly string[], i: number): boolean {
  return (lines[i] ?? '').startsWith('diff --git ') || isMarkerTriple(lines, i);
}

/** Reads the head that starts at line i (isFileStart holds there). */
export function readFileHead(lines: readonly string[], i: number, to: number): FileHead {
  const seen: Seen = {
    git: null,
    minus: null,
    plus: null,
    from: null,
    to: null,
    kind: null,
    added: false,
    deleted: false,
    mode: false,
    binary: false,
    oldBlob: null,
    newBlob: null,
  };
  let at = i;
  let rejoined = 0;
  const first = lines[i] ?? '';
  if (first.startsWith('diff --git ')) {
    const next = lines[i + 1] ?? '';
    // `diff --git a/long/name` on one line and `b/long/name` on the next.
    const wrapped = /^"?[bwoi2]\/\S+$/.test(next) && i + 1 < to;
    seen.git = namesOfGitLine(wrapped ? `${first.trimEnd()} ${next.trim()}` : first);
    at = wrapped ? i + 2 : i + 1;
    rejoined = wrapped ? 1 : 0;
  }
  while (at < to && readHeadLine(lines, at, seen)) at++;
  if (seen.binary) {
    while (at < to && !/^(?:diff |@@ -|--- |-- ?$)/.test(lines[at] ?? '')) at++;
  }
  const names = namesOf(seen);
  const paths = names ? [names.oldPath, names.newPath].filter((path) => path !== null) : [];
  const bad = paths.map((path) => ({ path, why: pathFault(path) })).find((entry) => entry.why !== null);
  const change = changeOf(seen, names);
  return {
    names,
    change,
    oldBlob: seen.oldBlob,
    newBlob: seen.newBlob,
    end: at,
    rejoined,
    fault:
      names === null || paths.length === 0 ? 'names no file' : bad ? `names ${JSON.stringify(bad.path)}, which ${bad.why ?? ''}` : null,
    complete: change !== 'modified',
  };
}

/** Takes one line of the head into `seen`; false where the head ends. */
function readHeadLine(lines: readonly string[], i: number, seen: Seen): boolean {
  const line = lines[i] ?? '';
  if (seen.plus === null && seen.minus === null && /^--- \S/.test(line) && /^\+\+\+ \S/.test(lines[i + 1] ?? '')) {
    seen.minus = nameOfMarkerLine(line);
    return true;
  }
  if (seen.minus !== null) {
    if (seen.plus !== null || !line.startsWith('+++ ')) return false;
    seen.plus = nameOfMarkerLine(line);
    return true;
  }
  if (parseHunkHeader(line) !== null || seen.binary) return false;
  const match =
    /^(index|old mode|new mode|new file mode|deleted file mode|similarity index|dissimilarity index|rename from|rename to|copy from|copy to|Binary files|GIT binary patch)(?: (.*))?$/.exec(
      line.trimEnd(),
    );
  if (!match) return false;
  const rest = match[2] ?? '';
  switch (match[1]) {
    case 'index': {
      const blobs = /^([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})/.exec(rest);
      seen.oldBlob = blobs?.[1] ?? null;
      seen.newBlob = blobs?.[2] ?? null;
      break;
    }
    case 'new file mode':
      seen.added = true;
      break;
    case 'deleted file mode':
      seen.deleted = true;
      break;
    case 'old mode':
    case 'new mode':
      seen.mode = true;
      break;
    case 'rename from':
    case 'copy from':
      seen.from = unquotePath(rest);
      seen.kind = match[1] === 'copy from' ? 'copied' : 'renamed';
      break;
    case 'rename to':
    case 'copy to':
      seen.to = unquotePath(rest);
      break;
    case 'Binary files':
    case 'GIT binary patch':
      seen.binary = true;
      break;
    default:
      break;
  }
  return true;
}

function namesOf(seen: Seen): FileNames | null {
  if (seen.from !== null && seen.to !== null) return { oldPath: seen.from, newPath: seen.to };
  const git = seen.git ? treeNames(seen.git[0], seen.git[1]) : null;
  const marked = seen.minus !== null && seen.plus !== null ? treeNames(seen.minus, seen.plus) : git;
  if (marked === null) return null;
  return { oldPath: seen.added ? null : marked.oldPath, newPath: seen.deleted ? null : marked.newPath };
}

function changeOf(seen: Seen, names: FileNames | null): FileDiff['change'] {
  if (seen.binary) return 'binary';
  if (seen.kind !== null) return seen.kind;
  if (seen.added || (names?.oldPath === null && names.newPath !== null)) return 'added';
  if (seen.deleted || (names?.newPath === null && names.oldPath !== null)) return 'deleted';
  if (seen.mode && seen.plus === null) return 'mode';
  return 'modified';
}
