import { describe, expect, it } from 'vitest';
import type { FileDiff, HunkLine } from '../diff/types.js';
import { memoryTree } from '../source/memory-tree.js';
import { mergePatch } from './merge.js';
import type { Merge } from './types.js';

const PATH = 'arch/a/Kconfig';
const FILE = `config OURS
	def_bool y
	select ONE
	select TWO if SMP

config SMP
	bool "more than one"
	help
	  select nothing here
`;

function merged(section: string, body: string, file = FILE): Merge {
  const lines = body
    .trim()
    .split('\n')
    .map((line): HunkLine => {
      const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'context';
      return { kind, text: line.slice(1), noNewline: false };
    });
  const hunk = { oldStart: 90, oldCount: 3, newStart: 90, newCount: 3, section, lines, mailLine: 1 };
  const diff: FileDiff = { oldPath: PATH, newPath: PATH, change: 'modified', hunks: [hunk], oldBlob: null, newBlob: null };
  return mergePatch(memoryTree(new Map([[PATH, file]]), 'tree'), [diff]);
}

const after = (merge: Merge): string[] => (merge.after.read(PATH)?.text ?? '').split('\n').map((line) => line.trim());

describe('a hunk of a Kconfig file whose context is not there', () => {
  it('selects in the entry that it names', () => {
    const merge = merged('config OURS', '|\tselect ELSE\n+\tselect THREE if SMP\n|\tselect MORE'.replaceAll('|', ' '));
    expect(merge.files).toMatchObject([{ kind: 'merged', refused: [] }]);
    const lines = after(merge);
    expect(lines.indexOf('select THREE if SMP')).toBe(lines.indexOf('select TWO if SMP') + 1);
    expect(after({ ...merge, after: merge.before })).not.toContain('select THREE if SMP');
  });

  it('takes a line away whatever its blanks', () => {
    const merge = merged('config OURS', ' \tselect ELSE\n-\tselect TWO\t\tif SMP\n \tselect MORE');
    expect(after(merge)).not.toContain('select TWO if SMP');
  });

  it('is taken out of the code before where the tree has it already', () => {
    const merge = merged('config OURS', ' \tselect ELSE\n+\tselect TWO if SMP\n \tselect MORE');
    expect(merge.files).toMatchObject([{ kind: 'reversed' }]);
    expect(after(merge)).toContain('select TWO if SMP');
    expect(after({ ...merge, after: merge.before })).not.toContain('select TWO if SMP');
  });

  it('adds an entry, and takes one away', () => {
    expect(after(merged('config NOT_HERE', ' \tbool\n \n+config FRESH\n+\tbool\n+\n config ALSO_NOT'))).toContain('config FRESH');
    const gone = after(merged('config NOT_HERE', ' \tbool\n \n-config SMP\n-\tbool "more than one"\n-\n config ALSO_NOT'));
    expect(gone).not.toContain('config SMP');
    expect(gone).toContain('config OURS');
  });

  it('is refused where it changes something else, or an entry that is not there', () => {
    expect(merged('config NOT_HERE', ' \tselect A\n+\tselect B\n \tselect C').files).toMatchObject([{ kind: 'refused' }]);
    expect(merged('config SMP', ' \t  some\n+\t  words of help\n \t  text').files).toMatchObject([{ kind: 'refused' }]);
  });

  it('puts no attribute behind the help of an entry', () => {
    const lines = after(merged('config SMP', ' \tdepends on X\n+\tselect B\n \tdepends on Y'));
    expect(lines.indexOf('select B')).toBeLessThan(lines.indexOf('help'));
  });
});
