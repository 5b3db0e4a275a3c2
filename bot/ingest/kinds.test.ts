import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchThread } from '../archive/archive.js';
import type { Http } from '../http/types.js';
import { nameSource, type Source } from './kinds.js';

const name = (word: string): Source | string => {
  const result = nameSource(word, (path) => path === 'a@b.mbox' || path === 'box');
  return result.ok ? result.source : result.why;
};

describe('nameSource', () => {
  it.each(['-', 'box', 'a@b.mbox', './not/there', 'not-there.mbox'])('takes %s as a path', (path) => {
    expect(name(path)).toEqual({ kind: 'path', path });
  });

  it.each(['20240101.1-a@kernel.invalid', '<20240101.1-a@kernel.invalid>', 'mid:20240101.1-a@kernel.invalid'])(
    'takes %s as a message-id',
    (word) => {
      expect(name(word)).toEqual({ kind: 'message', id: '20240101.1-a@kernel.invalid', list: null });
    },
  );

  it.each([
    ['https://archive.invalid/linux-mm/a.b@c/', 'a.b@c', 'https://archive.invalid/linux-mm/'],
    ['https://archive.invalid/linux-mm/a.b%40c/T/#u', 'a.b@c', 'https://archive.invalid/linux-mm/'],
    ['http://127.0.0.1:8089/list/a.b@c/t.mbox.gz', 'a.b@c', 'http://127.0.0.1:8089/list/'],
    ['https://archive.invalid/deep/list/a%2Fb@c/raw', 'a/b@c', 'https://archive.invalid/deep/list/'],
    ['https://archive.invalid/r/a.b@c', 'a.b@c', null],
    ['https://archive.invalid/a.b@c', 'a.b@c', null],
  ])('finds the message and the inbox in %s', (word, id, list) => {
    expect(name(word)).toEqual({ kind: 'message', id, list: list === null ? null : new URL(list) });
  });

  it('knows searches, downloads, inboxes and pull requests', () => {
    expect(name('https://archive.invalid/all/?q=s:tlb&x=A')).toMatchObject({
      kind: 'search',
      query: 's:tlb',
      list: new URL('https://archive.invalid/all/'),
    });
    expect(name('https://archive.invalid/x/1.patch')).toMatchObject({ kind: 'download' });
    expect(name('https://patches.invalid/patch/17/mbox/')).toMatchObject({ kind: 'download' });
    expect(name('https://archive.invalid/linux-mm')).toEqual({ kind: 'inbox', url: new URL('https://archive.invalid/linux-mm/') });
    expect(name('https://github.com/o/r/pull/12/files')).toEqual({
      kind: 'pull-request',
      at: { origin: 'https://github.com', owner: 'o', repo: 'r', number: 12 },
    });
  });

  it.each(['ftp://archive.invalid/x', 'file:///etc/passwd', 'https://me:secret@archive.invalid/x/', 'https://archive.invalid/l/a%0Ab@c/'])(
    'does not take %s',
    (word) => {
      expect(typeof name(word)).toBe('string');
    },
  );

  it('takes whatever people give it, and leaves no inbox', () => {
    const list = new URL('https://archive.invalid/all/');
    const id = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[./%\\?#@:a-z]+@[./%\\?#@:a-z]+$/));
    const outside: string[] = [];
    const http: Http = {
      ask: ({ url }) => {
        if (!url.href.startsWith(list.href) || !url.pathname.endsWith('/t.mbox.gz')) outside.push(url.href);
        return Promise.resolve({ ok: false, why: '', status: null });
      },
    };
    return fc.assert(
      fc.asyncProperty(id, async (word) => {
        nameSource(word, () => false);
        nameSource(`https://archive.invalid/${word}`, () => false);
        nameSource(`imaps://${word}`, () => false);
        await fetchThread(http, list, word);
        expect(outside).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('does not print a password', () => {
    expect(name('https://me:secret@archive.invalid/x/')).not.toContain('secret');
  });
});
