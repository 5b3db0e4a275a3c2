import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A kernel as small as one can be. Made for tests. */
export const TINY_KERNEL: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION =\n',
  Kconfig: '',
  Kbuild: '',
  'arch/riscv/Kconfig': '',
  'mm/tiny.c': 'int tiny;\n',
};

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Who commits, and when. */
function person(date: string): Readonly<Record<string, string>> {
  const fields = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'A Person'],
    [`GIT_${who}_EMAIL`, 'person@kernel.invalid'],
    [`GIT_${who}_DATE`, date],
  ]);
  return Object.fromEntries(fields) as Record<string, string>;
}

/** A git repository in a temporary folder. */
export class Repository {
  readonly folder: string;

  constructor(
    readonly base = mkdtempSync(join(tmpdir(), 'repository-')),
    name = 'linux',
  ) {
    this.folder = join(base, name);
    mkdirSync(this.folder);
    this.git('init', '-q', '-b', 'main');
  }

  /** Runs git in the repository as a user does; what it prints. */
  git(...command: string[]): string {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...person('2024-01-01T00:00:00Z'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    };
    return execFileSync('git', command, { cwd: this.folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** Commits the files as they stand after writing `files`; the new commit's name. */
  commit(files: Readonly<Record<string, string>>): string {
    writeFiles(this.folder, files);
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'a change');
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit of a tree at a time of its own; its name. */
  commitTree(tree: string, parents: readonly string[], date: string): string {
    const env = { ...process.env, ...person(date), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const command = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', 'a change'];
    return execFileSync('git', command, { cwd: this.folder, env, encoding: 'utf8' }).trim();
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
