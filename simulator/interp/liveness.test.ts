import { describe, expect, it } from 'vitest';
import { binary, call, element, goto, label, load, local, procedure, ret, rmw, set, store, symbol, U64, when } from '../testing/build.js';
import { liveLocals } from './liveness.js';

const live = (...lines: Parameters<typeof procedure>[1]): string[] =>
  liveLocals(procedure('p', lines, { params: ['a', 'b'] })).map((names) => [...names].sort().join(' '));

describe('live locals', () => {
  it('live until the last read', () => {
    expect(live(set('x', 'a'), store('g', 'x'), ret())).toEqual(['a', 'x', '', '']);
  });

  it('a write ends the life of the old value', () => {
    expect(live(set('a', 1), store('g', 'a'))).toEqual(['', 'a', '']);
    expect(live(load('a', { k: 'index', base: local('a'), index: local('b'), size: 8 }), ret('a'))).toEqual(['a b', 'a', '']);
  });

  it('both ways of a branch count', () => {
    expect(live(when('a', set('x', 'b'), store('g', 'x')), ret('a'))).toEqual(['a b', 'a b', 'a x', 'a', '']);
  });

  it('a loop keeps what its next turn reads', () => {
    const [first, second] = live(label('again'), set('x', binary('+', 'a', 1)), set('a', 'x'), goto('again'));
    expect([first, second]).toEqual(['a', 'x']);
  });

  it('sees operands of atomics, calls and addresses', () => {
    expect(live(rmw('old', element('arr', 'a'), 'cas', 'b', 'relaxed', U64, 'c'))[0]).toBe('a b c');
    expect(live(call('f', ['a', symbol('g')], 'b'), ret('b'))).toEqual(['a', 'b', '']);
    expect(live({ op: 'call', dst: null, callee: { k: 'value', value: local('b') }, args: [] })[0]).toBe('b');
    expect(live({ op: 'copy', to: local('a'), from: local('b') })[0]).toBe('a b');
    expect(live({ op: 'zero', addr: local('b') })[0]).toBe('b');
    expect(live(set('x', { k: 'select', cond: local('a'), then: local('b'), else: local('c') }), ret('x'))[0]).toBe('a b c');
  });

  it('a dead result stays dead', () => {
    expect(live(load('unused', 'g'), ret())).toEqual(['', '', '']);
  });
});
