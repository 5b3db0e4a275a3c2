import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';

/**
 * The environment of every git process. Nothing of the caller's own `GIT_*` gets in. The repository is somebody else's, its configuration
 * included: no transport is allowed, so that a missing object can't make git run what the configuration calls a remote; no object stands
 * in for another; nothing is written, not even a refreshed index; repositories above the folder are not looked for.
 */
export function gitEnvironment(folder: string): Readonly<Record<string, string>> {
  const kept = Object.fromEntries(['PATH', 'HOME', 'XDG_CONFIG_HOME'].map((name) => [name, process.env[name] ?? '']));
  return { ...kept, ...FIXED, GIT_CEILING_DIRECTORIES: dirname(folder) };
}

const FIXED = {
  LC_ALL: 'C',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** After so long without a word from it, a git process is stopped. */
const PATIENCE_MS = 30_000;

export type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** Asks git about one repository. Only commands that read are ever given to it. */
export class Git {
  private readonly git: SimpleGit;

  constructor(folder: string) {
    const real = realpathSync(folder);
    const env = gitEnvironment(real);
    this.git = simpleGit({ baseDir: real, trimmed: true, timeout: { block: PATIENCE_MS }, allowEnvironment: Object.keys(env) }).env(env);
  }

  /** What the command prints, or its complaint in one sentence. */
  async ask(command: readonly string[]): Promise<Answer> {
    try {
      return { ok: true, text: await this.git.raw([...command]) };
    } catch (error) {
      return { ok: false, why: complaint(error instanceof Error ? error.message : String(error)) };
    }
  }

  /** What `git show` prints, as bytes. */
  async show(
    options: readonly string[],
  ): Promise<{ readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly why: string }> {
    try {
      return { ok: true, bytes: await this.git.showBuffer([...options]) };
    } catch (error) {
      return { ok: false, why: complaint(error instanceof Error ? error.message : String(error)) };
    }
  }

  /** The commit that a revision names; null when it names none that the repository holds. */
  async commit(revision: string): Promise<string | null> {
    if (!isRevision(revision)) return null;
    const answer = await this.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    return answer.ok && OBJECT_NAME.test(answer.text) ? answer.text : null;
  }
}

/** Git's own words, with the command that it advises where it trusts nobody else's repository. */
function complaint(said: string): string {
  if (/ENOENT/.test(said)) return 'there is no program git: install it, or unpack the sources into a folder without .git';
  const lines = said.split('\n').map((line) => line.trim());
  const fatal = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.find((line) => line !== '') ?? '';
  const advice = lines.find((line) => line.startsWith('git config '));
  return `${fatal.replace(/^(?:fatal|error): /, '')}${advice === undefined ? '' : `. If you trust it, run: ${advice}`}`;
}

const OBJECT_NAME = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What people call revisions: no option, one line. */
const isRevision = (text: string): boolean => /^[^-\p{C}][^\p{C}]*$/u.test(text) && text.length < 1000;
