import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { applyPatches } from './steps.js';

const PATH = 'mm/a.c';
const SOURCE = 'void first(void)\n{\n\tone();\n\ttwo();\n\tthree();\n}\n\nvoid second(void)\n{\n\tfour();\n\tfive();\n\tsix();\n}\n';
const diff = (section: string, [above, old, below]: [string, string, string], fresh: string) => ({
  messageId: fresh,
  files: parseDiff(
    `--- a/${PATH}\n+++ b/${PATH}\n@@ -1,3 +1,3 @@ void ${section}(void)\n \t${above}();\n-\t${old}();\n+\t${fresh}();\n \t${below}();\n`,
  ).files,
});
const text = (tree: SourceTree | undefined): string => tree?.read(PATH)?.text ?? '';

describe('the patches of a series', () => {
  const series = [diff('first', ['one', 'two', 'three'], 'new_two'), diff('second', ['four', 'five', 'six'], 'new_five')];

  it('stand one on the other', () => {
    const steps = applyPatches(memoryTree(new Map([[PATH, SOURCE]]), 'tree'), series);
    expect(steps.map(({ before }) => text(before).includes('new_five'))).toEqual([false, false]);
    expect(text(steps[1]?.after)).toBe(SOURCE.replace('two', 'new_two').replace('five', 'new_five'));
  });

  it('come out of a tree that has them, the last one first, so that none is in the code before the others', () => {
    const there = SOURCE.replace('two', 'new_two').replace('five', 'new_five');
    const steps = applyPatches(memoryTree(new Map([[PATH, there]]), 'tree'), series);
    expect(text(steps[0]?.before)).toBe(SOURCE);
    expect(text(steps[0]?.after)).toBe(SOURCE.replace('two', 'new_two'));
    expect(text(steps[1]?.before)).toBe(text(steps[0]?.after));
    expect(text(steps[1]?.after)).toBe(there);
    expect(steps.flatMap(({ merges }) => merges.map(({ kind }) => kind))).toEqual(['reversed', 'reversed']);
  });

  it('where the tree has only the last one, stand as in any other tree', () => {
    const steps = applyPatches(memoryTree(new Map([[PATH, SOURCE.replace('five', 'new_five')]]), 'tree'), series);
    expect(text(steps[0]?.before)).toBe(SOURCE);
    expect(steps.flatMap(({ merges }) => merges.map(({ kind }) => kind))).toEqual(['merged', 'reversed']);
  });
});
