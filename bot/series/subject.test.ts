import { describe, expect, it } from 'vitest';
import { addressOf, parseSubject } from './subject.js';

type Row = readonly [
  string,
  {
    index?: number | null;
    total?: number | null;
    version?: number | null;
    prefixes?: readonly string[];
    reply?: boolean;
    patch?: boolean;
    title?: string;
  },
];

const ROWS: readonly Row[] = [
  ['[PATCH] a: b', { patch: true, index: null, total: null, version: null, prefixes: [], title: 'a: b' }],
  ['[PATCH v2 3/4] a: b', { index: 3, total: 4, version: 2, title: 'a: b' }],
  ['[PATCH RFC/RFT 1/4] x', { index: 1, total: 4, prefixes: ['RFC', 'RFT'] }],
  ['[RFC PATCH v2 0/4] x', { index: 0, total: 4, version: 2, prefixes: ['RFC'] }],
  ['[PATCH 6.6 66/67] x', { index: 66, total: 67, version: null, prefixes: ['6.6'] }],
  ['[PATCH AUTOSEL 5.9 007/147] x', { index: 7, total: 147, prefixes: ['AUTOSEL', '5.9'] }],
  ['[PATCH -fixes] x', { patch: true, prefixes: ['-fixes'] }],
  ['[PATCHv3] x', { version: 3 }],
  ['[PATCH-v3 01/12] x', { version: 3, index: 1, total: 12 }],
  ['[v2 PATCH] x', { version: 2, patch: true }],
  ['[tree, PATCH] x', { prefixes: ['tree'], patch: true }],
  ['[net-next,v4,2/3] x', { prefixes: ['net-next'], version: 4, index: 2, total: 3, patch: true }],
  ['[RESEND PATCH V5 11/11] x', { prefixes: ['RESEND'], version: 5 }],
  ['[PATCH mk-II 08/17] x', { prefixes: ['mk-II'], index: 8 }],
  ['[Patch 2/2]: x', { index: 2, title: 'x' }],
  ['[PATCH 1 of 2] x', { index: 1, total: 2 }],
  ['[patch 01/15] x', { index: 1, total: 15 }],
  ['[RFC / PoC PATCH 1/1] x', { prefixes: ['RFC', 'PoC'], index: 1 }],
  ['[List] [PATCH 1/2] x', { prefixes: ['List'], index: 1 }],
  ['[PATCH 1/2] [ARM] x', { title: '[ARM] x', index: 1 }],
  ['[PATCH [v2] 1/2] x', { version: 2, index: 1, total: 2, title: 'x' }],
  ['[PATCH] [v2] x', { version: 2, title: 'x' }],
  ['[PATCH 1/2][RFC] x', { index: 1, prefixes: ['RFC'], title: 'x' }],
  ['[PATCH1/8] x', { patch: true, index: 1, total: 8, prefixes: [] }],
  ['[v2PATCH12/15] x', { version: 2, index: 12, total: 15 }],
  ['[PATCH 0/4] mm: rework (v3)', { version: 3, index: 0 }],
  ['[PATCH v2 0/4] mm: rework (v3)', { version: 2 }],
  ['mm: rework (v3)', { patch: false, version: null }],
  ['Re: [PATCH 1/2] x', { reply: true, patch: true, title: 'x' }],
  ['RE: Re: FWD: [PATCH] x', { reply: true, title: 'x' }],
  ['AW: [External] [PATCH v2 1/2] x', { reply: true, version: 2, prefixes: ['External'], title: 'x' }],
  ['[External] Re: [PATCH] x', { reply: true, title: 'x' }],
  ['Re[2]: [PATCH] x', { reply: true, title: 'x' }],
  ['回复: [PATCH] x', { reply: true, title: 'x' }],
  ['[tip: x86/mm] x86: y', { patch: false, prefixes: ['tip', 'x86/mm'], title: 'x86: y' }],
  ['a question about [PATCH]es', { patch: false, title: 'a question about [PATCH]es' }],
  ['[ANNOUNCE] 1.0', { patch: false, title: '[ANNOUNCE] 1.0' }],
  ['', { patch: false, reply: false, title: '' }],
];

describe('parseSubject', () => {
  it.each(ROWS)('%s', (subject, expected) => {
    expect(parseSubject(subject)).toMatchObject(expected);
  });

  it('comes back from a hostile subject', () => {
    expect(parseSubject('[a] '.repeat(20000)).patch).toBe(false);
    expect(parseSubject(`[PATCH ${'1/2 '.repeat(20000)}] x`).patch).toBe(true);
    expect(parseSubject('Re: '.repeat(20000)).reply).toBe(true);
    expect(parseSubject(`[PATCH ${'[v2'.repeat(20000)} x`).patch).toBe(false);
    expect(parseSubject(`[${'[a]'.repeat(20000)} x`).patch).toBe(false);
    expect(parseSubject(`[PATCH ${'1 '.repeat(20000)}of x`).patch).toBe(false);
  });
});

describe('addressOf', () => {
  it.each([
    ['Ada Writer <Ada@Kernel.invalid>', 'ada@kernel.invalid'],
    ['ada@kernel.invalid (Ada)', 'ada@kernel.invalid'],
    ['', ''],
  ])('%s', (from, address) => {
    expect(addressOf(from)).toBe(address);
  });
});
