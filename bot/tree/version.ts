import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The version of the program as the cache of derived values sees it: what the package says, and a digest over the sizes and times of the
 * modules that derive. Somebody who edits the front end must not be answered by what it did before.
 */
export function programVersion(packageVersion: string, root = moduleRoot()): string {
  const all = createHash('sha256');
  for (const folder of ['analyzers', 'simulator', 'bot/review']) addFolder(all, join(root, folder));
  return `${packageVersion}+${all.digest('hex').slice(0, 12)}`;
}

/** The folder that holds `bot/` and `analyzers/`, as built or as source. */
const moduleRoot = (): string => dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function addFolder(all: ReturnType<typeof createHash>, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(all, path);
    else if (entry.isFile() && !/\.test\.[jt]s$/.test(entry.name)) {
      const { size, mtimeMs } = statSync(path);
      all.update(`${path}\0${String(size)}\0${String(mtimeMs)}\n`);
    }
  }
}
