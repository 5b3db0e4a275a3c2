import { createHash, type Hash } from 'node:crypto';
import type { FileDiff, ParsedDiff } from '../../analyzers/diff/types.js';

/**
 * What `git patch-id --stable` gives for a diff, in hex: for each file a SHA-1 over its head and the lines of its hunks, without blanks and
 * line numbers; their sum as numbers, so that the order of files does not matter (Documentation/git-patch-id.txt, and diff.c of git). Null where
 * the diff has what the mail does not say of it all: binary files, and modes other than those of plain files.
 */
export function patchId(diff: ParsedDiff): string | null {
  const sum = Buffer.alloc(20);
  for (const file of diff.files) {
    if (file.change === 'binary' || file.change === 'mode') return null;
    const hash = createHash('sha1');
    addHead(hash, file);
    for (const hunk of file.hunks) {
      for (const line of hunk.lines) hash.update(`${MARKS[line.kind]}${line.text}`.replace(BLANKS, ''));
    }
    add(sum, hash.digest());
  }
  return sum.toString('hex');
}

const MARKS = { context: '', added: '+', removed: '-' } as const;
/** What git takes for a blank (its own isspace(), which knows no form feed). */
const BLANKS = /[ \t\n\r]+/g;

function addHead(hash: Hash, { oldPath, newPath }: FileDiff): void {
  const [before, after] = [oldPath ?? newPath ?? '', newPath ?? oldPath ?? ''].map((path) => path.replace(BLANKS, '')) as [string, string];
  hash.update(`diff--gita/${before}b/${after}`);
  if (oldPath === null) hash.update(`newfilemode100644---/dev/null+++b/${after}`);
  else if (newPath === null) hash.update(`deletedfilemode100644---a/${before}+++/dev/null`);
  else hash.update(`---a/${before}+++b/${after}`);
}

/** Adds one number of 160 bits to another, the byte of least weight first. */
function add(sum: Buffer, other: Buffer): void {
  let carry = 0;
  for (let i = 0; i < sum.length; i++) {
    carry += (sum[i] ?? 0) + (other[i] ?? 0);
    sum[i] = carry & 255;
    carry >>= 8;
  }
}
