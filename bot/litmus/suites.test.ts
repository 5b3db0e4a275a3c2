import { describe, expect, it } from 'vitest';
import { loadKindsFiles, runOf } from './kinds-files.js';
import { planRuns } from './plan.js';
import { findSuites, type Folders, testName } from './suites.js';

/** A file system of these files; names that end in @ are links. */
function disk(...files: string[]): Folders {
  const under = (folder: string): string[] => files.filter((file) => file.startsWith(`${folder}/`));
  return {
    kind: (path) => (files.includes(`${path}@`) ? 'other' : files.includes(path) ? 'file' : under(path).length > 0 ? 'folder' : 'missing'),
    list: (path) =>
      [
        ...new Set(
          under(path).map(
            (file) =>
              file
                .slice(path.length + 1)
                .split('/')[0]
                ?.replace('@', '') ?? '',
          ),
        ),
      ].sort(),
  };
}

describe('suites', () => {
  it('are the folders with tests, wherever below the path', () => {
    const io = disk(
      'all/b/x.litmus',
      'all/b/deep/y.litmus',
      'all/a/z.litmus.toml',
      'all/a/kinds.txt',
      'all/b/readme.md',
      'all/.git/q.litmus',
    );
    const { suites, faults } = findSuites(['all'], io);
    expect(faults).toEqual([]);
    expect(suites.map(({ name, tests, kindsFiles }) => ({ name, tests, kindsFiles }))).toEqual([
      { name: 'a', tests: ['all/a/z.litmus.toml'], kindsFiles: ['kinds.txt'] },
      { name: 'b', tests: ['all/b/x.litmus'], kindsFiles: [] },
      { name: 'deep', tests: ['all/b/deep/y.litmus'], kindsFiles: [] },
    ]);
  });

  it('of one name are told apart by their folders', () => {
    expect(findSuites(['p', 'q'], disk('p/s/x.litmus', 'q/s/y.litmus')).suites.map(({ name }) => name)).toEqual(['p/s', 'q/s']);
  });

  it('a file brings the tables of its folder, and comes once', () => {
    const { suites } = findSuites(
      ['s/x.litmus', 's/x.litmus'],
      disk('s/x.litmus', 's/y.litmus', 's/kinds-b.txt', 's/kinds.txt', 's/A-kinds.txt'),
    );
    expect(suites).toEqual([{ name: 's', folder: 's', tests: ['s/x.litmus'], kindsFiles: ['kinds.txt', 'A-kinds.txt', 'kinds-b.txt'] }]);
  });

  it('what is missing, empty or a link is said', () => {
    const { suites, faults } = findSuites(['no', 'empty', 's'], disk('empty/readme', 's/a.litmus', 's/b.litmus@'));
    expect(suites.map(({ tests }) => tests)).toEqual([['s/a.litmus']]);
    expect(faults).toEqual([
      expect.stringMatching(/^no: there is no such/) as string,
      expect.stringMatching(/^empty: the folder holds no litmus tests/) as string,
      expect.stringMatching(/^s\/b\.litmus: a link/) as string,
    ]);
  });

  it('names of tests', () => {
    expect(['a/MP+po.litmus', 'ROT.inv.litmus.toml', 'x.litmus.litmus'].map(testName)).toEqual(['MP+po', 'ROT.inv', 'x.litmus']);
  });
});

describe('which setting a table is for', () => {
  const rows = loadKindsFiles();

  it('stands in kinds-files.yaml', () => {
    expect(runOf(rows, 'kinds.txt')).toEqual({ run: '', setting: {} });
    expect(runOf(rows, 'VMSA-ETS2-kinds.txt')).toEqual({ run: 'ETS2', setting: { FEAT_ETS2: true } });
    expect(runOf(rows, 'kinds-some-model.txt')).toMatchObject({ run: 'some-model' });
    expect(runOf(rows, 'odd-kinds.txt')).toBeNull();
  });

  const suite = { name: 's', folder: 's', tests: ['s/x.litmus'], kindsFiles: ['kinds.txt', 'VMSA-ETS2-kinds.txt', 'odd-kinds.txt'] };
  const read = (path: string): string => (path === 's/kinds.txt' ? 'x Allow\n' : 'x Forbid\ny\n');

  it('makes a run of each', () => {
    const { runs, faults } = planRuns(suite, { kinds: null, axes: {} }, rows, read);
    expect(runs.map(({ name, setting, expected }) => [name, setting, expected.get('x')])).toEqual([
      ['s', {}, 'allowed'],
      ['s ETS2', { FEAT_ETS2: true }, 'forbidden'],
    ]);
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual(['s/VMSA-ETS2-kinds.txt, line 2, column 1', 's/odd-kinds.txt']);
  });

  it('gives way to --kinds and --axis', () => {
    const { runs } = planRuns(suite, { kinds: 'elsewhere/VMSA-ETS2-kinds.txt', axes: { FEAT_ETS2: false } }, rows, read);
    expect(runs.map(({ kinds, setting }) => [kinds, setting])).toEqual([['elsewhere/VMSA-ETS2-kinds.txt', { FEAT_ETS2: false }]]);
  });

  it('without a table there is one run, and nothing is expected', () => {
    const { runs } = planRuns({ ...suite, kindsFiles: [] }, { kinds: null, axes: { hd: true } }, rows, read);
    expect(runs.map(({ name, kinds, setting, expected }) => [name, kinds, setting, expected.size])).toEqual([['s', null, { hd: true }, 0]]);
  });
});
