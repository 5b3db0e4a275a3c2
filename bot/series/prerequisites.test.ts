import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { Repository } from '../tree/testing/repository.js';
import { assemble } from './assemble.js';
import { patchId } from './patch-id.js';
import { prerequisitesOf } from './prerequisites.js';
import { mail, patchBody } from './testing/mail.js';

describe('patchId', () => {
  it('is what git gives', () => {
    const repository = new Repository();
    try {
      repository.commit({ 'mm/a.c': 'int a;\n\nint b;\n\tint c;\n', 'mm/b.c': 'int x;\n', 'mm/gone.c': 'int gone;\n' });
      repository.git('rm', '-q', 'mm/gone.c');
      repository.commit({ 'mm/a.c': 'int a;\n\nint  bb;\n\tint c;\nint d', 'mm/b.c': 'int y;\n', 'mm/new.c': 'int new;\n\f\nint last;\n' });
      const diff = repository.git('show', '--format=', '--no-renames', 'HEAD');
      const said = execFileSync('git', ['patch-id', '--stable'], {
        input: `${repository.git('show', '--no-renames', 'HEAD')}\n`,
        encoding: 'utf8',
      });
      expect(patchId(parseDiff(`${diff}\n`))).toBe(said.split(' ')[0]);
      const first = repository.git('rev-parse', 'HEAD~1');
      repository.commit({ 'mm/b.c': 'int z;\n' });
      const mail = repository.git('format-patch', '--stdout', `--base=${first}`, '-1');
      expect(mail).toContain(`prerequisite-patch-id: ${patchId(parseDiff(`${diff}\n`)) ?? ''}`);
    } finally {
      repository.remove();
    }
  });

  it('is none for what a mail does not hold', () => {
    expect(patchId(parseDiff('diff --git a/x b/x\nold mode 100644\nnew mode 100755\n'))).toBeNull();
  });
});

describe('prerequisitesOf', () => {
  const other = [
    mail({ messageId: 'cover@x', subject: '[PATCH 0/2] Before', body: 'Text.\nchange-id: 20240101-before\n' }),
    mail({ messageId: 'one@x', subject: '[PATCH 1/2] one', body: patchBody('mm/one.c', 'one();'), inReplyTo: 'cover@x' }),
    mail({ messageId: 'two@x', subject: '[PATCH 2/2] two', body: patchBody('mm/two.c', 'two();'), inReplyTo: 'cover@x' }),
  ];
  const idOfTwo = patchId(parseDiff(patchBody('mm/two.c', 'two();'))) ?? '';
  const resolve = (trailers: string) => {
    const { series } = assemble([
      ...other,
      mail({ messageId: 'own@x', subject: '[PATCH] After', body: `${patchBody('mm/own.c', 'own();')}\n${trailers}\n` }),
    ]);
    const own = series.find((each) => each.title === 'After');
    if (!own) throw new Error('no series');
    const { patches, missing } = prerequisitesOf(own, series);
    return { patches: patches.map((patch) => patch.mail.messageId), missing };
  };

  it.each([
    ['prerequisite-message-id: cover@x', ['one@x', 'two@x']],
    ['prerequisite-message-id: <one@x>', ['one@x', 'two@x']],
    ['prerequisite-change-id: 20240101-before', ['one@x', 'two@x']],
    [`prerequisite-patch-id: ${idOfTwo}`, ['two@x']],
    [`prerequisite-patch-id: ${idOfTwo}\nprerequisite-message-id: cover@x`, ['two@x', 'one@x']],
    ['prerequisite-message-id: own@x', []],
  ])('finds %s', (trailers, ids) => {
    expect(resolve(trailers).patches).toEqual(ids);
  });

  it('says what nobody has', () => {
    expect(resolve('prerequisite-message-id: nobody@x').missing).toEqual([{ kind: 'message-id', id: 'nobody@x' }]);
    expect(resolve('prerequisite-change-id: 20240101-before:v7').missing).toHaveLength(1);
  });
});
