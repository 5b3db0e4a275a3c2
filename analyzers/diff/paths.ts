/** The two names of a file in a diff, as git and GNU diff write them, brought to paths below the root of the kernel tree. */
export interface FileNames {
  readonly oldPath: string | null;
  readonly newPath: string | null;
}

/** Longer than any path that is accepted: what stands behind is not looked at. */
const LONGEST_NAME = 8192;

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/**
 * Undoes git's C quoting (`"a/\303\274.c"`). Octal escapes are bytes, so the whole is decoded as UTF-8 at the end. A name without quotes
 * comes back as it is.
 */
export function unquotePath(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"') || name.length < 2) return name;
  const inner = Buffer.from(name.slice(1, -1), 'utf8');
  const bytes: number[] = [];
  for (let i = 0; i < inner.length; i++) {
    const byte = inner[i] ?? 0;
    if (byte !== 92 || i + 1 >= inner.length) {
      bytes.push(byte);
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(inner.toString('latin1', i + 1, i + 4));
    if (octal) {
      bytes.push(Number.parseInt(octal[0], 8));
      i += 3;
      continue;
    }
    const letter = inner.toString('latin1', i + 1, i + 2);
    bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    i += 1;
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Why a path must not be used, or null when it stays below the root. */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.length > 4096) return 'is longer than 4096 characters';
  if (path.includes('\0')) return 'holds a NUL byte';
  if (path.startsWith('/') || path.startsWith('\\') || /^[A-Za-z]:[\\/]/.test(path)) return 'is absolute';
  const parts = path.split(/[\\/]/);
  if (parts.includes('..')) return 'leaves the tree with ".."';
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'points into .git';
  return null;
}

/** The file name of a `---` or `+++` line: what follows the marker, without the time stamp of diff -u. */
export function nameOfMarkerLine(line: string): string {
  const rest = line.slice(4, 4 + LONGEST_NAME).replace(/\r$/, '');
  if (rest.startsWith('"')) {
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest);
    if (quoted) return unquotePath(quoted[0]);
  }
  const tab = rest.indexOf('\t');
  const bare = tab >= 0 ? rest.slice(0, tab) : rest.replace(/\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*$/, '');
  return bare.trim();
}

/** The two names of a `diff --git` line, or null where they cannot be told apart (names with blanks and no quotes that differ). */
export function namesOfGitLine(line: string): readonly [string, string] | null {
  const rest = line.slice('diff --git '.length, 2 * LONGEST_NAME).trimEnd();
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted?.[1] !== undefined && quoted[2] !== undefined) return [unquotePath(quoted[1]), unquotePath(quoted[2])];
  // `a/x y b/x y`: both halves name the same file, so the middle blank is the one that splits them evenly.
  const middle = (rest.length - 1) / 2;
  if (Number.isInteger(middle) && rest[middle] === ' ') {
    const left = rest.slice(0, middle);
    const right = rest.slice(middle + 1);
    if (left.slice(left.indexOf('/')) === right.slice(right.indexOf('/'))) return [left, right];
  }
  return null;
}

const PREFIX = /^(?:[abciwo]|[12])\//;

/**
 * Takes off what stands before the path: git's a/ and b/ (or i/ w/ c/ o/), or the name of the tree that `diff -u old-tree new-tree`
 * wrote. `/dev/null` becomes null. A suffix that only the old side has (`.orig`, `~name`) goes too.
 */
export function treeNames(oldName: string, newName: string): FileNames {
  const oldNull = oldName === '/dev/null';
  const newNull = newName === '/dev/null';
  if (oldNull || newNull) {
    return { oldPath: oldNull ? null : oldName.replace(PREFIX, ''), newPath: newNull ? null : newName.replace(PREFIX, '') };
  }
  if (PREFIX.test(oldName) && PREFIX.test(newName)) return withoutBackup(oldName.slice(2), newName.slice(2));
  const [oldTop, oldRest] = splitTop(oldName);
  const [newTop, newRest] = splitTop(newName);
  if (oldRest !== null && oldRest === newRest && oldTop !== newTop) return { oldPath: oldRest, newPath: newRest };
  return withoutBackup(oldName, newName);
}

function splitTop(name: string): readonly [string, string | null] {
  const slash = name.indexOf('/');
  return slash < 0 ? [name, null] : [name.slice(0, slash), name.slice(slash + 1)];
}

function withoutBackup(oldPath: string, newPath: string): FileNames {
  const isBackup = oldPath.startsWith(newPath) && /^(?:\.orig|\.old|~[\w.+-]*)$/.test(oldPath.slice(newPath.length));
  return { oldPath: isBackup ? newPath : oldPath, newPath };
}
