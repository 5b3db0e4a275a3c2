import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultStoreFolder } from '../store.js';

/** The kernels that tests read: Debian's packages linux-source-6.12 and linux-source-6.1. */
export type TestKernel = '6.12' | '6.1';

/** What of a kernel is unpacked: where flush and fault code stands, the headers, and all that configures it. */
const FOLDERS = [
  'arch/riscv',
  'arch/arm64',
  'arch/x86',
  'arch/powerpc',
  'arch/s390',
  'include',
  'init',
  'kernel',
  'lib',
  'mm',
  'scripts',
  'virt',
];
const PATTERNS = [...FOLDERS, 'Makefile', 'Kbuild', '*/Kconfig*', 'Kconfig', '*/Makefile', '*/Kbuild'];
const LEFT_OUT = ['*/boot/dts', '*/testing', 'lib/test_*', '*/selftests'];

/**
 * The folder of a kernel's sources. `$FAULTLINE_TREES` names a folder that holds `6.12/` and `6.1/`; without it, what the installed packages
 * hold is unpacked once, beside the cache. Null (said aloud) where there is neither; in CI that is an error.
 */
export function testTree(kernel: TestKernel): string | null {
  const given = process.env['FAULTLINE_TREES'];
  if (given !== undefined)
    return existsSync(join(given, kernel, 'Makefile')) ? join(given, kernel) : absent(`${join(given, kernel)} is absent`);
  const packed = `/usr/src/linux-source-${kernel}.tar.xz`;
  if (!existsSync(packed)) return absent(`${packed} is absent: apt-get install linux-source-${kernel}`);
  return unpacked(packed, kernel);
}

function absent(what: string): null {
  if (process.env['CI'] !== undefined) throw new Error(`${what}, and tests on real kernels must not be skipped in CI`);
  console.warn(`SKIPPED: ${what}; or set FAULTLINE_TREES to a folder with the sources of 6.12 and 6.1 in it`);
  return null;
}

/** Another process may be at it: one unpacks, the others wait. */
function unpacked(packed: string, kernel: TestKernel): string {
  const home = join(defaultStoreFolder(), 'trees');
  const { size, mtimeMs } = statSync(packed);
  const folder = join(home, `${kernel}-${String(size)}-${String(Math.round(mtimeMs))}`);
  const lock = `${folder}.lock`;
  mkdirSync(home, { recursive: true });
  for (let waited = 0; !existsSync(folder); waited += WAIT_MS) {
    if (waited > PATIENCE_MS)
      throw new Error(`${lock}: another process began to unpack ${packed} and does not end; remove it if there is none`);
    if (!lockedBy(lock)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
      continue;
    }
    try {
      if (!existsSync(folder)) unpack(packed, kernel, home, folder);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

const WAIT_MS = 500;
const PATIENCE_MS = 300_000;

function lockedBy(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function unpack(packed: string, kernel: TestKernel, home: string, folder: string): void {
  const top = `linux-source-${kernel}`;
  for (const old of readdirSync(home))
    if (old.startsWith(`${kernel}-`) && !old.endsWith('.lock')) rmSync(join(home, old), { recursive: true });
  const made = mkdtempSync(join(home, 'unpacking-'));
  const excluded = LEFT_OUT.map((pattern) => `--exclude=${top}/${pattern}`);
  try {
    execFileSync(
      'tar',
      [
        '-xJf',
        packed,
        '-C',
        made,
        '--strip-components=1',
        '--no-same-owner',
        ...excluded,
        '--wildcards',
        ...PATTERNS.map((each) => `${top}/${each}`),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}
