import { mkdirSync } from 'node:fs';
import { simpleGit } from 'simple-git';
import { gitEnvironment } from '../../tree/git.js';

/** Of the caller's environment, what it takes to reach a server. */
const NETWORK = [
  'SSH_AUTH_SOCK',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
];
const CERTIFICATES = ['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

/** Nothing that a server or a configuration says makes git run a program: no hook, filter, monitor or external diff. */
const CONFIGURATION: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['diff.external', ''],
  ['filter.lfs.process', ''],
  ['filter.lfs.smudge', ''],
  ['filter.lfs.required', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.auto', '0'],
];

/** What simple-git would not let through, because an input could have brought it. Here it is we who set it, to the values above. */
const ALLOWED = {
  allowUnsafeSshCommand: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeFilter: true,
};

/** A clone says what it does all along; one that is silent for so long hangs. */
const PATIENCE_MS = 180_000;

function fetchEnvironment(folder: string): Readonly<Record<string, string>> {
  const passed = Object.fromEntries(
    [...NETWORK, ...CERTIFICATES].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const configured = Object.fromEntries(
    CONFIGURATION.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]),
  );
  return {
    ...gitEnvironment(folder),
    ...passed,
    ...configured,
    GIT_CONFIG_COUNT: String(CONFIGURATION.length),
    GIT_ALLOW_PROTOCOL: 'http:https:git:ssh',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
  };
}

/** Where a mirror keeps what the server calls HEAD. */
export const MIRROR_REF = 'refs/heads/mirror';

/** Brings a mirror up to date, and makes it where there is none. Null, or what went wrong. `url` must be one that `nameInbox` took. */
export async function fetchMirror(url: string, folder: string): Promise<string | null> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const env = fetchEnvironment(folder);
    const git = simpleGit({
      baseDir: folder,
      timeout: { block: PATIENCE_MS },
      allowEnvironment: Object.keys(env),
      unsafe: ALLOWED,
    }).env(env);
    await git.raw(['init', '--quiet', '--bare', '--initial-branch=mirror', '.']);
    const flags = ['--progress', '--no-tags', '--no-recurse-submodules', '--no-auto-maintenance', '--no-write-fetch-head'];
    await git.raw(['fetch', ...flags, '--end-of-options', url, `+HEAD:${MIRROR_REF}`]);
    return null;
  } catch (error) {
    return firstComplaint(error instanceof Error ? error.message : String(error));
  }
}

function firstComplaint(said: string): string {
  const lines = said.split(/[\r\n]+/).map((line) => line.trim());
  const fatal = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines.find((line) => line !== '') ?? 'git failed';
  return fatal.replace(/^(?:fatal|error): /, '');
}
