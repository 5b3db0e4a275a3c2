import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { knownOf } from './known.js';

const kernel = (version: number, patchlevel: number): SourceTree =>
  memoryTree(
    new Map([
      ['Makefile', `VERSION = ${String(version)}\nPATCHLEVEL = ${String(patchlevel)}\nSUBLEVEL = 9\n`],
      ['Kconfig', ''],
      ['Kbuild', ''],
      ['arch/Kconfig', ''],
    ]),
    'tree',
  );

const spec = {
  scenario: 'riscv/example',
  known: [{ kernel: '6.12', violation: 'unhandled-fault' as const, window: 1 as const, why: 'a fence is missing' }],
};

describe('what is known of a released kernel', () => {
  it('is told where it was there before', () => {
    expect(knownOf(spec, kernel(6, 12), [{ status: 'pre-existing', violation: 'unhandled-fault' }])).toEqual([
      'unhandled-fault in riscv/example is known of Linux 6.12: a fence is missing',
    ]);
  });

  it('not of another kernel, of another violation, or where a patch brought it', () => {
    expect(knownOf(spec, kernel(6, 1), [{ status: 'pre-existing', violation: 'unhandled-fault' }])).toEqual([]);
    expect(knownOf(spec, kernel(6, 12), [{ status: 'pre-existing', violation: 'deadlock' }])).toEqual([]);
    expect(knownOf(spec, kernel(6, 12), [{ status: 'introduced', violation: 'unhandled-fault' }])).toEqual([]);
  });
});
