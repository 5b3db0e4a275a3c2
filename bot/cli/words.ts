const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
};

/** What went wrong with a file, in words a user can act on. */
export function fileTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return WORDS[code] ?? (code === '' ? String(error) : code);
}

/** Tells the user what is wrong. Returns the exit status for it. */
export function complain(why: string): 2 {
  process.stderr.write(`faultline: ${why}\n`);
  return 2;
}

/** Colour only for people at a terminal: a pipe has no `isTTY` at all. */
export const wantsColour = (): boolean => 'isTTY' in process.stdout && process.stdout.isTTY && process.env.NO_COLOR === undefined;
