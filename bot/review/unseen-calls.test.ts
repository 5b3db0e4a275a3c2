import { beforeAll, describe, expect, it } from 'vitest';
import { compileC } from '../../analyzers/c/compile.js';
import { initC } from '../../analyzers/c/parser.js';
import { treeOf } from '../../analyzers/c/testing/tree.js';
import type { Program } from '../../simulator/program/types.js';
import { loadResources } from './resources.js';
import { keyOf, seenCalls, unseenCalls } from './unseen-calls.js';

const { catalog } = loadResources();
beforeAll(initC);

const compile = (f: string, g: string): Program =>
  compileC(treeOf({ 'a.c': `void flush(void);\nvoid count(void);\nvoid g(void)\n{\n${g}\n}\nvoid f(void *r)\n{\n${f}\n}\n` }), {
    arch: 'arm64',
    files: ['a.c'],
    defines: {},
    catalog: catalog.rows,
  });

const START = 'mmu_notifier_invalidate_range_start(r);';
const END = 'mmu_notifier_invalidate_range_end(r);';
const WHOLE = `${START} flush(); ${END}`;
const unseen = (before: string, after: string, g = ''): readonly string[] =>
  unseenCalls(catalog, 'arm64', compile(before, ''), compile(after, g), ['f', 'g']).map(({ name }) => name);

it.each([
  ['goes', WHOLE, `flush(); ${END}`, ['mmu_notifier_invalidate_range_start']],
  ['comes too late', WHOLE, `flush(); ${START} ${END}`, ['mmu_notifier_invalidate_range_start']],
  ['comes too early', WHOLE, `${START} ${END} flush();`, ['mmu_notifier_invalidate_range_end']],
  [
    'is a lock that goes',
    'i_mmap_lock_write(r); flush(); i_mmap_unlock_write(r);',
    'flush();',
    ['i_mmap_lock_write', 'i_mmap_unlock_write'],
  ],
  [
    'is a macro of the kernel',
    'arch_enter_lazy_mmu_mode(); flush(); arch_leave_lazy_mmu_mode();',
    'arch_enter_lazy_mmu_mode(); flush();',
    ['arch_leave_lazy_mmu_mode'],
  ],
])('no run sees a call that %s', (_, before, after, expected) => {
  expect(unseen(before, after)).toEqual(expected);
});

it.each([
  ['nothing of it changes', WHOLE, `${START} count(); flush(); ${END}`, ''],
  ['there is one more', WHOLE, `${START} ${WHOLE} ${END}`, ''],
  ['others change places', `${START} flush(); count(); ${END}`, `${START} count(); flush(); ${END}`, ''],
  ['it goes to a helper', WHOLE, 'g();', WHOLE],
  ['what goes is of no account', `prefetch(r); ${WHOLE}`, WHOLE, ''],
])('runs tell all where %s', (_, before, after, g) => {
  expect(unseen(before, after, g)).toEqual([]);
});

describe('a scenario that has the code of such a call compiled', () => {
  const notifier = 'void mmu_notifier_invalidate_range_start(void *r)\n{\n\tflush();\n}\n';
  const program = (f: string, more = ''): Program =>
    compileC(treeOf({ 'a.c': `void flush(void);\n${more}void f(void *r)\n{\n${f}\n}\n` }), {
      arch: 'arm64',
      files: ['a.c'],
      defines: {},
      catalog: catalog.rows,
    });
  /** As a scenario's `compiled` has it: the row stands aside. */
  const withCode = (f: string): Program => {
    const made = program(f);
    const { procedures } = program('', notifier.replace('mmu_notifier_invalidate_range_start', 'its_code'));
    const code = procedures.get('its_code');
    if (code === undefined) throw new Error('not compiled');
    return { ...made, procedures: new Map([...made.procedures, ['mmu_notifier_invalidate_range_start', code]]) };
  };

  it('sees that it goes, and says so to others', () => {
    const names = (before: Program, after: Program): readonly string[] =>
      unseenCalls(catalog, 'arm64', before, after, ['f']).map((call) => keyOf(call));
    expect(names(program(WHOLE), program(`flush(); ${END}`))).toEqual(['f mmu_notifier_invalidate_range_start']);
    expect(names(withCode(WHOLE), withCode(`flush(); ${END}`))).toEqual([]);
    expect(seenCalls(catalog, 'arm64', withCode(WHOLE), ['f'])).toEqual(['f mmu_notifier_invalidate_range_start']);
    expect(seenCalls(catalog, 'arm64', program(WHOLE), ['f'])).toEqual([]);
  });
});
