import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BaseClues, NO_CLUES } from '../series/base.js';
import { Bases } from './bases.js';
import { Repository, TINY_KERNEL } from './testing/repository.js';

/** A repository whose branches changed one file at different times. */
describe('Bases', () => {
  let repository: Repository;
  const commits: string[] = [];
  const blob = (commit: string, path = 'mm/tiny.c'): string => repository.git('rev-parse', `${commit}:${path}`).slice(0, 12);
  const on = (year: number, files: Readonly<Record<string, string>>): string => {
    repository.commit(files);
    // Dates are what this is about.
    const tree = repository.git('rev-parse', 'HEAD^{tree}');
    const parents = repository
      .git('log', '-1', '--format=%P')
      .split(' ')
      .filter((id) => id !== '');
    const commit = repository.commitTree(tree, parents, `${String(year)}-06-01T00:00:00Z`);
    repository.git('reset', '-q', '--hard', commit);
    return commit;
  };
  const year = (at: number): number => Date.UTC(at, 6, 1);

  beforeEach(() => {
    repository = new Repository();
    commits.length = 0;
    commits.push(on(2020, TINY_KERNEL));
    commits.push(on(2021, { 'mm/tiny.c': 'int one;\n' }));
    commits.push(on(2022, { 'mm/tiny.c': 'int two;\n' }));
    repository.git('checkout', '-q', '-b', 'topic', commits[1] ?? '');
    commits.push(on(2023, { 'mm/tiny.c': 'int topic;\n', 'mm/more.c': 'int more;\n' }));
    repository.git('checkout', '-q', 'main');
  });
  afterEach(() => {
    repository.remove();
  });

  const find = async (clues: Partial<BaseClues>, choice: { revision?: string; base?: string } = {}) => {
    const opened = await Bases.open({ path: repository.folder, ...choice });
    if (!opened.ok) throw new Error(opened.why);
    const base = await opened.bases.of({ ...NO_CLUES, ...clues });
    opened.bases.close();
    return { text: base.source.read('mm/tiny.c')?.text, name: base.name, tried: base.tried, notes: base.notes };
  };

  it('takes what is asked for, then the base-commit, whatever the index lines say', async () => {
    const blobs = [{ path: 'mm/tiny.c', blob: blob(commits[3] ?? '') }];
    const clues = { commit: commits[1] ?? '', blobs, paths: ['mm/tiny.c'], date: year(2024) };
    expect(await find(clues, { revision: 'main~2' })).toMatchObject({ text: 'int tiny;\n', notes: [] });
    expect(await find(clues, { base: 'main' })).toMatchObject({
      text: 'int one;\n',
      name: expect.stringContaining('base-commit') as string,
    });
    expect(await find({ ...clues, commit: null }, { base: 'main' })).toMatchObject({ text: 'int two;\n' });
  });

  it('finds the commit that has the blobs of the index lines, on whichever branch and however far back', async () => {
    const clues = (commit: string): Partial<BaseClues> => ({
      blobs: [{ path: 'mm/tiny.c', blob: blob(commit) }],
      paths: ['mm/tiny.c'],
      date: year(2024),
    });
    expect(await find(clues(commits[3] ?? ''))).toMatchObject({ text: 'int topic;\n', name: expect.stringContaining('(topic)') as string });
    expect(await find(clues(commits[0] ?? ''))).toMatchObject({ text: 'int tiny;\n' });
    const here = await find(clues(commits[2] ?? ''));
    expect(here.text).toBe('int two;\n');
    expect(here.tried).toEqual([
      { what: expect.stringContaining('as it stands') as string, outcome: expect.stringContaining('taken') as string },
    ]);
  });

  it('goes on from a base-commit that is not there, and says what it tried', async () => {
    const blobs = [{ path: 'mm/tiny.c', blob: blob(commits[3] ?? '') }];
    const found = await find({ commit: '1'.repeat(40), blobs, paths: ['mm/tiny.c'], date: year(2024) });
    expect(found.text).toBe('int topic;\n');
    expect(found.tried.map(({ what }) => what)).toEqual([
      `base-commit ${'1'.repeat(12)} of the mails`,
      expect.stringContaining('as it stands'),
      expect.stringContaining('topic'),
    ]);
    expect(found.notes).toHaveLength(1);
  });

  it('takes the commit with most of the blobs where none has all', async () => {
    const blobs = [
      { path: 'mm/tiny.c', blob: blob(commits[3] ?? '') },
      { path: 'mm/more.c', blob: blob(commits[3] ?? '', 'mm/more.c') },
      { path: 'mm/gone.c', blob: '123456789abc' },
    ];
    const found = await find({ blobs, paths: blobs.map(({ path }) => path), date: year(2024) });
    expect(found).toMatchObject({ text: 'int topic;\n', name: expect.stringContaining('2 of the 3 files') as string });
  });

  it('goes by the files and the date where no blob is known', async () => {
    const clues = { blobs: [], paths: ['mm/tiny.c'] };
    expect(await find({ ...clues, date: year(2021) })).toMatchObject({ text: 'int one;\n' });
    expect(await find({ ...clues, date: year(2023) })).toMatchObject({ text: 'int topic;\n' });
    expect(await find({ ...clues, date: year(2019) })).toMatchObject({ text: 'int two;\n' });
    expect(await find({ ...clues, date: null })).toMatchObject({ text: 'int two;\n' });
  });

  it('goes by the date between two that have as many of the blobs', async () => {
    const blobs = [
      { path: 'Makefile', blob: blob(commits[0] ?? '', 'Makefile') },
      { path: 'mm/tiny.c', blob: '123456789abc' },
    ];
    const clues = { blobs, paths: ['Makefile', 'mm/tiny.c'] };
    expect(await find({ ...clues, date: year(2021) })).toMatchObject({
      text: 'int one;\n',
      name: expect.stringContaining('by the date') as string,
    });
    expect(await find({ ...clues, date: year(2024) })).toMatchObject({ text: 'int two;\n' });
  });

  it('does not take paths for patterns or options', async () => {
    const blobs = [
      { path: ':(glob)**/tiny.c', blob: blob(commits[3] ?? '') },
      { path: '--help', blob: '123456789abc' },
    ];
    expect(await find({ blobs, paths: blobs.map(({ path }) => path), date: null })).toMatchObject({ text: 'int two;\n' });
  });
});
