import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's root; tests run the program as users do, from its built form. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PROGRAM = `${ROOT}dist/bot/cli/main.js`;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams with line breaks of the layout taken out: what a reader is told. */
  readonly said: string;
}

/** What the environment says about colours, which is not what most tests are about. */
const COLOUR = ['CI', 'FORCE_COLOR', 'NO_COLOR', 'COLORTERM'];
const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !COLOUR.includes(name)));

/** Runs the built program with `args`, `input` on its standard input and `env` added to a plain environment. */
export function faultline(args: readonly string[], input: string | Buffer = '', env: Readonly<Record<string, string>> = {}): Ran {
  if (!existsSync(PROGRAM)) throw new Error('dist/ is not there: npm run build makes it');
  const ran = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: ROOT,
    env: { ...plain, ...env },
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr, said: `${ran.stdout}${ran.stderr}`.replace(/\s+/g, ' ') };
}

/** Whether a text shows the inside of the program instead of an answer. */
export const showsInside = (text: string): boolean => /^\s+at .*(\.[jt]s:\d+|node:)/m.test(text) || text.includes('fault in faultline');
