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
    const person = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'A Person'],
      [`GIT_${who}_EMAIL`, 'person@kernel.invalid'],
      [`GIT_${who}_DATE`, '2024-01-01T00:00:00Z'],
    ]);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...(Object.fromEntries(person) as Record<string, string>),
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

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
