import type { Arch } from '../../simulator/program/arch.js';
import type { SourceTree } from '../source/types.js';

/** Include directories of a kernel build for `arch`, in order. */
export function includeDirectories(arch: Arch): string[] {
  return [`arch/${arch}/include`, `arch/${arch}/include/generated`, 'include', `arch/${arch}/include/uapi`, 'include/uapi'];
}

/**
 * The path in the tree of an included file, or null. `asm/x.h` falls back to asm-generic, as the build's generated wrappers do. `missed`
 * receives the paths at which there was none.
 */
export function findInclude(
  tree: SourceTree,
  name: string,
  quoted: boolean,
  from: string,
  directories: readonly string[],
  missed: string[] = [],
): string | null {
  const candidates: string[] = [];
  if (quoted) candidates.push(joinPath(from.slice(0, from.lastIndexOf('/') + 1), name));
  for (const directory of directories) candidates.push(joinPath(`${directory}/`, name));
  if (name.startsWith('asm/')) {
    candidates.push(joinPath('include/asm-generic/', name.slice(4)), joinPath('include/uapi/asm-generic/', name.slice(4)));
  } else if (name.startsWith('uapi/asm/')) candidates.push(joinPath('include/uapi/asm-generic/', name.slice(9)));
  for (const path of candidates) {
    if (path === '') continue;
    if (tree.read(path) !== null) return path;
    missed.push(path);
  }
  return null;
}

/** '' when the name would leave the tree. */
export function joinPath(directory: string, name: string): string {
  if (name.startsWith('/') || name.includes('\\') || name.includes('\0')) return '';
  const parts: string[] = [];
  for (const part of (directory + name).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return '';
    } else parts.push(part);
  }
  return parts.join('/');
}
