import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseClues } from '../series/base.js';
import { mail } from '../series/testing/mail.js';
import { Bases } from './bases.js';
import { openTree } from './open.js';
import { Repository, TINY_KERNEL } from './testing/repository.js';

const HOOKS = [
  'pre-commit',
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'pre-auto-gc',
  'fsmonitor-watchman',
  'applypatch-msg',
];

/** A repository whose configuration, hooks and attributes leave a mark when git runs any of the commands that they name. */
describe('a hostile repository', () => {
  let repository: Repository;
  let mark = '';
  let first = '';
  beforeEach(() => {
    repository = new Repository();
    mark = join(repository.base, 'mark');
    const script = join(repository.base, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\necho "$0 $@" >> '${mark}'\nexit 1\n`);
    chmodSync(script, 0o755);
    first = repository.commit({ ...TINY_KERNEL, '.gitattributes': '* filter=evil diff=evil merge=evil\n' });
    repository.commit({ 'mm/tiny.c': 'int other;\n' });
    const keys = [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.editor',
      'core.askPass',
      'core.gitProxy',
      'core.alternateRefsCommand',
      'diff.external',
      'diff.evil.command',
      'diff.evil.textconv',
      'filter.evil.smudge',
      'filter.evil.clean',
      'filter.evil.process',
      'merge.evil.driver',
      'credential.helper',
      'gpg.program',
      'pager.cat-file',
      'pager.rev-parse',
      'uploadpack.packObjectsHook',
    ];
    for (const key of keys) repository.git('config', key, script);
    for (const command of ['rev-parse', 'cat-file', 'ls-tree']) repository.git('config', `alias.${command}`, `!${script}`);
    const hooks = join(repository.base, 'hooks');
    mkdirSync(hooks);
    for (const hook of HOOKS) writeFileSync(join(hooks, hook), `#!/bin/sh\necho ${hook} >> '${mark}'\n`, { mode: 0o755 });
    repository.git('config', 'core.hooksPath', hooks);
    // A promised object that is missing makes git fetch it, by whatever the configuration calls the remote.
    repository.git('config', 'core.repositoryFormatVersion', '1');
    repository.git('config', 'extensions.partialClone', 'origin');
    repository.git('config', 'remote.origin.url', `ext::${script} %S`);
    repository.git('config', 'remote.origin.uploadpack', script);
    repository.git('config', 'remote.origin.promisor', 'true');
    repository.git('config', 'protocol.allow', 'always');
    repository.git('config', 'protocol.ext.allow', 'always');
  });
  afterEach(() => {
    repository.remove();
  });

  const blobFile = (path: string): string => {
    const hash = repository.git('rev-parse', `${first}:${path}`);
    return join(repository.folder, '.git/objects', hash.slice(0, 2), hash.slice(2));
  };

  it('the trap works: plain git walks into it', () => {
    rmSync(blobFile('mm/tiny.c'));
    expect(() => repository.git('cat-file', '-p', `${first}:mm/tiny.c`)).toThrow();
    expect(existsSync(mark)).toBe(true);
  });

  it('runs nothing while it is read, and has nothing written to it', async () => {
    rmSync(blobFile('mm/tiny.c'));
    const files = (): string[] =>
      readdirSync(repository.folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => `${path} ${String(statSync(path).mtimeMs)} ${String(statSync(path).size)}`)
        .sort();
    const before = files();
    const opened = await openTree({ path: repository.folder, revision: first });
    if (!opened.ok) throw new Error(opened.why);
    const { source, history } = opened.tree;
    expect(source.read('Makefile')?.text).toContain('VERSION');
    expect(source.list('mm')).toEqual([{ name: 'tiny.c', kind: 'file' }]);
    expect(source.read('mm/tiny.c')).toBeNull();
    expect(source.refusal('mm/tiny.c')).toBe('the repository does not hold its content (a partial clone)');
    // The process behind it may have died over that: the next file is read all the same.
    expect(source.read('.gitattributes')?.text).toContain('filter=evil');
    expect(history?.blob('0123456789')).toBeNull();
    expect(await history?.commit('1234567890123456789012345678901234567890')).toBeNull();
    expect(await history?.missing(repository.folder, 'v9')).toContain('holds no commit v9');
    opened.tree.close();
    const work = await openTree({ path: repository.folder });
    if (work.ok) work.tree.close();
    expect(existsSync(mark)).toBe(false);
    expect(files()).toEqual(before);
  });

  it("does not take a base-commit or a user's revision for an option", async () => {
    const stated = baseClues([mail({ subject: '', body: 'base-commit: 1234567890123456789012345678901234567890\n' })], []);
    const opened = await Bases.open({ path: repository.folder, base: '--output=/tmp/x' });
    expect(opened).toMatchObject({ ok: false, why: expect.stringContaining('holds no commit --output=/tmp/x') as string });
    const bases = await Bases.open({ path: repository.folder, base: first });
    if (!bases.ok) throw new Error(bases.why);
    const base = await bases.bases.of(stated);
    expect(base.notes).toEqual([expect.stringMatching(/base-commit that can't be used: the repository .* holds no commit 1234/)]);
    expect(base.name).toContain(first.slice(0, 12));
    bases.bases.close();
    expect(existsSync(mark)).toBe(false);
  });
});
