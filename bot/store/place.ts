import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `$XDG_DATA_HOME/faultline/store.db`, or below `~/.local/share` where the variable is not set to an absolute path, as its specification asks. */
export function defaultStoreFile(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_DATA_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.local', 'share'), 'faultline', 'store.db');
}
