import { describe, expect, it } from 'vitest';
import { kernelVersion } from './kernel.js';
import { memoryTree } from './memory-tree.js';

const MAKEFILE = '# A licence\nVERSION = 6\nPATCHLEVEL = 13\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\nNAME = Some Animal\n';
const FILES = { Makefile: MAKEFILE, Kconfig: '', Kbuild: '', 'arch/riscv/Kconfig': '' };

const versionOf = (files: Readonly<Record<string, string>>) => kernelVersion(memoryTree(new Map(Object.entries(files)), 'tree'));

describe('kernelVersion', () => {
  it('reads the version that the Makefile states', () => {
    expect(versionOf(FILES)).toEqual({ version: 6, patchlevel: 13, text: '6.13.0-rc3' });
    expect(versionOf({ ...FILES, Makefile: 'VERSION = 4\nPATCHLEVEL = 19\nSUBLEVEL =\nEXTRAVERSION =\n' })).toMatchObject({ text: '4.19' });
  });

  it('says what a tree lacks', () => {
    expect(versionOf({})).toEqual({ lacks: 'a Makefile' });
    expect(versionOf({ ...FILES, Makefile: 'all:\n\tcc x.c\n' })).toEqual({ lacks: 'a Makefile that begins with VERSION and PATCHLEVEL' });
    expect(versionOf({ Makefile: MAKEFILE, Kconfig: '', 'arch/x/y': '' })).toEqual({ lacks: 'a Kbuild beside its Makefile' });
    expect(versionOf({ Makefile: MAKEFILE, Kconfig: '', Kbuild: '' })).toEqual({ lacks: 'an arch folder' });
  });
});
