import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** The folder of the package this file is in, as built or as source. */
export function packageRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    if (existsSync(join(at, 'simulator', 'kernel')) && existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) throw new Error('the installation is not complete: no simulator/kernel above the program');
  }
}

/** The version that reports carry. */
export const packageVersion = (root = packageRoot()): string =>
  packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;
