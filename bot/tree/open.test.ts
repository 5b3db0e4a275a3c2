import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../../analyzers/source/walk.js';
import { History } from './history.js';
import { type KernelTree, openTree } from './open.js';
import { Repository, TINY_KERNEL, writeFiles } from './testing/repository.js';

async function opened(path: string, revision?: string): Promise<KernelTree> {
  const result = await openTree(revision === undefined ? { path } : { path, revision });
  if (!result.ok) throw new Error(result.why);
  return result.tree;
}

async function trouble(path: string, revision?: string): Promise<string> {
  const result = await openTree(revision === undefined ? { path } : { path, revision });
  if (!result.ok) return result.why;
  result.tree.close();
  return 'no trouble';
}

describe('openTree', () => {
  const repository = new Repository();
  let first = '';
  let second = '';
  beforeAll(() => {
    symlinkSync('tiny.c', join(repository.folder, 'inside.c'));
    first = repository.commit(TINY_KERNEL);
    repository.git('tag', '-a', '-m', 'a tag', 'v6.12.3');
    symlinkSync('tiny.c', join(repository.folder, 'mm/link.c'));
    symlinkSync('../../secret', join(repository.folder, 'mm/out.c'));
    writeFileSync(join(repository.folder, 'mm/object.c'), Buffer.from([0, 1, 2]));
    second = repository.commit({ 'mm/tiny.c': 'int second;\n', 'mm/sub/new.c': '', 'mm/large.c': ' '.repeat(5 << 20) });
    repository.git('clone', '-q', '--bare', '.', '../bare.git');
    writeFiles(repository.folder, { 'mm/tiny.c': 'int uncommitted;\n' });
    writeFiles(join(repository.base, 'plain'), TINY_KERNEL);
    mkdirSync(join(repository.folder, 'plain'));
  });
  afterAll(() => {
    repository.remove();
  });

  it('reads a folder, and a work tree without a revision, as they stand', async () => {
    const plain = await opened(join(repository.base, 'plain'));
    expect(plain.name).toBe(`Linux 6.12.3, ${join(repository.base, 'plain')}`);
    expect(plain.history).toBeNull();
    const work = await opened(repository.folder);
    expect(work.name).toBe(`Linux 6.12.3, ${repository.folder} as it stands`);
    expect(work.source.read('mm/tiny.c')?.text).toBe('int uncommitted;\n');
    work.close();
  });

  it('reads any revision of a repository without touching its files, and HEAD of a bare one', async () => {
    const tree = await opened(repository.folder, 'v6.12.3');
    expect(tree.name).toBe(`Linux 6.12.3, ${repository.folder} at ${first.slice(0, 12)} (v6.12.3)`);
    expect(tree.source.read('mm/tiny.c')).toMatchObject({ text: 'int tiny;\n', whole: 'tree' });
    expect(tree.source.read('mm/sub/new.c')).toBeNull();
    tree.close();
    const bare = await opened(join(repository.base, 'bare.git'));
    expect(bare.name).toContain(`at ${second.slice(0, 12)} (HEAD)`);
    expect(bare.source.read('mm/tiny.c')?.text).toBe('int second;\n');
    expect([...filesBelow(bare.source, 'mm')]).toEqual(['mm/large.c', 'mm/object.c', 'mm/sub/new.c', 'mm/tiny.c']);
    // Reading goes on after close, and after the process behind it was stopped.
    bare.close();
    expect(bare.source.read('mm/sub/new.c')?.text).toBe('');
    bare.close();
    expect(repository.git('status', '--porcelain')).toContain('M mm/tiny.c');
  });

  it('follows links within the tree of a commit, and says why it does not take the rest', async () => {
    const tree = await opened(join(repository.base, 'bare.git'));
    const { source } = tree;
    expect(source.read('mm/link.c')?.text).toBe('int second;\n');
    const refusals = ['mm/out.c', 'mm/object.c', 'mm/large.c', 'mm', 'mm/none.c', 'none/none.c', '../secret', 'mm/tiny.c'];
    expect(refusals.map((path) => source.refusal(path))).toEqual([
      'it is a link that leads out of the tree',
      'it is binary',
      'it is larger than 4 MiB',
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(source.read('mm/tiny.c\nHEAD:Makefile')).toBeNull();
    expect(source.read('mm/sub/new.c')?.text).toBe('');
    tree.close();
  });

  it('gives blobs by the beginning of their hash, and nothing for what is none', async () => {
    const result = await History.open(repository.folder);
    if (!result.ok) throw new Error(result.why);
    const { history } = result;
    const hash = repository.git('rev-parse', 'v6.12.3:mm/tiny.c');
    expect(history.blob(hash.slice(0, 9))).toEqual({ text: 'int tiny;\n' });
    expect(history.blob(first)).toBeNull();
    expect(history.blob('0000000')).toBeNull();
    expect(history.blob('HEAD:Makefile')).toBeNull();
    history.close();
  });

  it.each([
    ['none', undefined, /there is no folder .*none: give the top folder/],
    ['plain/Makefile', undefined, /is a file: give a folder/],
    ['plain/arch', undefined, /arch is not a kernel tree, it lacks a Makefile: .*plain is one\)/],
    ['.', undefined, /is not a kernel tree/],
    ['plain', 'v6.12.3', /plain is no git repository, so revision v6\.12\.3/],
    ['linux/plain', 'v6.12.3', /linux\/plain is no git repository/],
    ['linux', 'v7.0', /linux holds no commit v7\.0: fetch it/],
    ['linux', '--help', /holds no commit --help/],
    ['linux', '-1', /holds no commit/],
    ['linux', 'v6.12.3:Makefile', /holds no commit/],
    ['linux', 'HEAD\nHEAD', /holds no commit/],
    ['linux', '', /holds no commit/],
  ])('says what is wrong with %s at %s', async (path, revision, words) => {
    expect(await trouble(join(repository.base, path), revision)).toMatch(words);
  });

  it('knows a shallow clone, and says how to get the rest', async () => {
    const shallow = join(repository.base, 'shallow');
    repository.git('clone', '-q', '--depth', '1', `file://${repository.folder}`, shallow);
    expect(await trouble(shallow, second)).toBe('no trouble');
    expect(await trouble(shallow, first)).toMatch(/holds no commit [0-9a-f]{40}: it is a shallow clone.* Run "git fetch --unshallow"/);
  });

  it('says that git does not trust the repository, or is broken', async () => {
    const broken = new Repository(repository.base, 'broken');
    broken.commit(TINY_KERNEL);
    writeFileSync(join(broken.folder, '.git/config'), '[core\n');
    expect(await trouble(broken.folder, 'HEAD')).toMatch(/git can't read the repository .*broken: bad config line 1/);
    expect(await trouble(broken.folder)).toBe('no trouble');
  });
});
