import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitChoice } from '../ingest/kinds.js';
import { parseMail } from '../mail/parse.js';
import { assemble } from '../series/assemble.js';
import type { Series } from '../series/types.js';
import { Repository } from '../tree/testing/repository.js';
import { readCommits } from './range.js';

describe('readCommits', () => {
  let repository: Repository;
  let first = '';
  let last = '';
  beforeEach(() => {
    repository = new Repository();
    first = repository.commit({ 'mm/a.c': 'int a;\n' });
    repository.commit({ 'mm/a.c': 'int a;\nint b;\n' });
    last = repository.commit({ 'mm/a.c': 'int a;\nint b;\nint c;\n' });
  });
  afterEach(() => {
    repository.remove();
  });

  const read = (choice: CommitChoice) => readCommits(repository.folder, choice);
  const seriesOf = async (choice: CommitChoice): Promise<readonly Series[] | string> => {
    const result = await read(choice);
    if (!result.ok) return result.why;
    const mails = [];
    for (const raw of result.mails) {
      const reading = await parseMail(raw);
      if (reading.kind === 'mail') mails.push(reading.mail);
    }
    return assemble(mails).series;
  };

  it('makes a series of a range, on the commit before it', async () => {
    const result = await read({ kind: 'range', range: `${first}..main` });
    expect(result).toMatchObject({ ok: true, tip: last, notes: [] });
    const [series] = await seriesOf({ kind: 'range', range: `${first}..main` });
    expect(series).toMatchObject({ total: 2, problems: [] });
    expect(result.ok ? result.mails[0]?.toString() : '').toContain(`base-commit: ${first}\n`);
  });

  it.each(['main', 'main~1..', '...main'])('takes %s', async (range) => {
    const result = await read({ kind: 'range', range });
    expect(result).toMatchObject({ ok: true });
    if (range !== '...main') expect(result.ok ? result.mails : []).toHaveLength(1);
  });

  it.each(['--output=x..main', 'main..--output=x', 'none', 'none..main', 'main..none', '-x', ''])(
    'does not take %j, and writes nothing',
    async (range) => {
      const result = await read({ kind: 'range', range });
      expect(result).toMatchObject({ ok: false });
      expect(existsSync(join(repository.folder, 'x'))).toBe(false);
    },
  );

  it('names branches that there are', async () => {
    expect(await seriesOf({ kind: 'range', range: 'none' })).toContain('its newest branches are main');
  });

  it('reads a branch from where it left the main line, then from where it was read last', async () => {
    repository.git('checkout', '-q', '-b', 'topic', first);
    const one = repository.commit({ 'mm/b.c': 'int one;\n' });
    expect(await read({ kind: 'branch', branch: 'topic', since: null })).toMatchObject({ ok: true, tip: one });
    const two = repository.commit({ 'mm/b.c': 'int one;\nint two;\n' });
    const next = await read({ kind: 'branch', branch: 'topic', since: one });
    expect(next).toMatchObject({ ok: true, tip: two, notes: [] });
    expect(next.ok ? next.mails : []).toHaveLength(1);
    expect(await read({ kind: 'branch', branch: 'topic', since: two })).toMatchObject({ ok: true, mails: [] });
    repository.git('reset', '-q', '--hard', first);
    const other = repository.commit({ 'mm/b.c': 'int other;\n' });
    const again = await read({ kind: 'branch', branch: 'topic', since: two });
    expect(again).toMatchObject({ ok: true, tip: other, notes: [expect.stringContaining('rewritten')] });
  });

  it('leaves merges out and says so', async () => {
    repository.git('checkout', '-q', '-b', 'side', first);
    repository.commit({ 'mm/s.c': 'int s;\n' });
    repository.git('checkout', '-q', 'main');
    repository.git('merge', '-q', '--no-edit', 'side');
    const result = await read({ kind: 'range', range: `${first}..main` });
    expect(result).toMatchObject({ ok: true, notes: [expect.stringContaining('1 merge')] });
    expect(result.ok ? result.mails : []).toHaveLength(3);
  });

  it('runs nothing that the repository names, whatever its configuration says', async () => {
    const mark = join(repository.base, 'mark');
    const script = join(repository.base, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\necho "$0 $@" >> '${mark}'\nexit 1\n`);
    chmodSync(script, 0o755);
    mkdirSync(join(repository.folder, '.git/info'), { recursive: true });
    writeFileSync(join(repository.folder, '.git/info/attributes'), '* diff=evil filter=evil\n');
    const settings: Readonly<Record<string, string>> = {
      'diff.external': script,
      'diff.evil.command': script,
      'diff.evil.textconv': script,
      'filter.evil.clean': script,
      'core.fsmonitor': script,
      'core.pager': script,
      'pager.show': script,
      'gpg.program': script,
      'log.showSignature': 'true',
      'diff.noprefix': 'true',
      'diff.mnemonicPrefix': 'true',
      'diff.context': '0',
      'color.ui': 'always',
      'diff.orderFile': '/nowhere',
      'diff.renames': 'false',
      'format.pretty': 'oneline',
      'notes.displayRef': 'refs/notes/*',
      'alias.show': `!${script}`,
    };
    const before = await read({ kind: 'range', range: `${first}..main` });
    for (const [key, value] of Object.entries(settings)) repository.git('config', key, value);
    const after = await read({ kind: 'range', range: `${first}..main` });
    expect(after).toEqual(before);
    expect(existsSync(mark)).toBe(false);
  });

  it('keeps bytes that are not UTF-8', async () => {
    writeFileSync(join(repository.folder, 'mm/a.c'), Buffer.from('int a; /* \xe9 */\n', 'latin1'));
    repository.git('commit', '-qam', 'bytes');
    const result = await read({ kind: 'range', range: 'main~1..main' });
    expect(result.ok ? result.mails[0]?.includes(Buffer.from('\xe9 */\n', 'latin1')) : false).toBe(true);
  });

  it('says what is no repository', async () => {
    expect(await readCommits(join(repository.base, 'none'), { kind: 'range', range: 'main' })).toMatchObject({ ok: false });
    expect(await readCommits(repository.base, { kind: 'range', range: 'main' })).toMatchObject({ ok: false });
  });
});
