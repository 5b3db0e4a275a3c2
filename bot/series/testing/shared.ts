import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of real mails kept beside the project, or null (said aloud) where it is absent. In CI its absence is an error. */
export function sharedFolder(name: string): string | null {
  const root = process.env['FAULTLINE_SHARED'] ?? resolve('..', 'shared');
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  if (process.env['CI'] !== undefined) throw new Error(`${folder} is absent, and tests on real mails must not be skipped in CI`);
  console.warn(`SKIPPED: ${folder} is absent; set FAULTLINE_SHARED to test on real mails`);
  return null;
}
