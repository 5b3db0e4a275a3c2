import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A folder of litmus tests kept beside the project, or null (said aloud) where it is absent. In CI its absence is an error. */
export function litmusSuite(name: string): string | null {
  const folder = join(process.env['FAULTLINE_SHARED'] ?? resolve('..', 'shared'), 'litmus', name);
  if (existsSync(folder)) return folder;
  if (process.env['CI'] !== undefined) throw new Error(`${folder} is absent, and its tests must not be skipped in CI`);
  console.warn(`SKIPPED: ${folder} is absent; set FAULTLINE_SHARED to test on whole suites`);
  return null;
}
