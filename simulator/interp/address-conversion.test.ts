import { describe, expect, it } from 'vitest';
import {
  assert,
  element,
  equal,
  type Line,
  load,
  local,
  num,
  primitive,
  release,
  type Scene,
  store,
  symbol,
  when,
} from '../testing/build.js';
import { violations } from '../testing/run.js';

const toVirtual = (dst: string, from: string): Line => primitive({ kind: 'to-virtual', address: 0 }, [from], dst);
const toPhysical = (dst: string, from: string): Line => primitive({ kind: 'to-physical', address: 0 }, [from], dst);

/** P0 writes a word and hands its address over; P1 reads the word by what it makes of that. */
const handedOver = (...reader: readonly Line[]): Scene => ({
  arch: 'arm64',
  pages: ['page'],
  cpus: {
    P0: [store(element('page', 1), 5), release('handed', symbol('page'))],
    P1: [load('p', 'handed'), when('p', ...reader)],
  },
});

describe('the folio of a page', () => {
  const asked = (folio: Record<string, string>, is: string): Scene => ({
    arch: 'arm64',
    pages: ['first', 'second'],
    initial: folio,
    cpus: { P0: [primitive({ kind: 'folio-of', page: 0 }, [symbol('second')], 'f'), assert(equal('f', symbol(is)))] },
  });
  it('is the page itself, unless the scenario says otherwise', () => {
    expect(violations(asked({}, 'second'))).toEqual([]);
    expect(violations(asked({ 'second.@folio': '&first' }, 'first'))).toEqual([]);
    expect(violations(asked({ 'second.@folio': '&first' }, 'second'))).toEqual(['assertion']);
  });
});

describe('an address that is converted', () => {
  it('orders accesses through it as before: a reader does not see less than its giver had written', () => {
    const read: readonly Line[] = [load('v', { k: 'index', base: local('q'), index: num(1), size: 8 }), assert(equal('v', 5))];
    expect(violations(handedOver(toPhysical('f', 'p'), toVirtual('q', 'f'), ...read), 1)).toEqual([]);
  });

  it('orders nothing that does not go through it', () => {
    expect(violations(handedOver(toVirtual('q', 'p'), load('v', element('page', 1)), assert(equal('v', 5))), 1)).toEqual(['assertion']);
  });
});
