import type { SourceTree } from './types.js';

/** What a tree says it is. */
export interface KernelVersion {
  readonly version: number;
  readonly patchlevel: number;
  /** As `make kernelversion` prints it: `6.12.117`, `6.13.0-rc3`. */
  readonly text: string;
}

/** The kernel's version from the head of its top Makefile; or what the tree lacks that every kernel has. */
export function kernelVersion(tree: SourceTree): KernelVersion | { readonly lacks: string } {
  const makefile = tree.read('Makefile');
  if (makefile === null) return { lacks: 'a Makefile' };
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*([\\w.+-]*)[ \\t]*$`, 'm').exec(makefile.text.slice(0, MAKEFILE_HEAD))?.[1];
  const [version, patchlevel] = [value('VERSION') ?? '', value('PATCHLEVEL') ?? ''];
  if (!/^\d{1,4}$/.test(version) || !/^\d{1,4}$/.test(patchlevel)) return { lacks: 'a Makefile that begins with VERSION and PATCHLEVEL' };
  for (const file of ['Kconfig', 'Kbuild']) if (tree.read(file) === null) return { lacks: `a ${file} beside its Makefile` };
  if (tree.list('arch').length === 0) return { lacks: 'an arch folder' };
  const sublevel = value('SUBLEVEL') ?? '';
  return {
    version: Number(version),
    patchlevel: Number(patchlevel),
    text: `${version}.${patchlevel}${sublevel === '' ? '' : `.${sublevel}`}${value('EXTRAVERSION') ?? ''}`,
  };
}

/** Whether a tree is of this release, named as in `6.12`. */
export function isKernel(tree: SourceTree, release: string): boolean {
  const version = kernelVersion(tree);
  return !('lacks' in version) && `${version.text}.`.startsWith(`${release}.`);
}

/** The version stands in its first lines, below a licence line; what is further down may set the same names for other ends. */
const MAKEFILE_HEAD = 2000;
