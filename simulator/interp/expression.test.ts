import { describe, expect, it } from 'vitest';
import type { Expr } from '../program/types.js';
import { binary, field, linked, local, num, procedure, S32, str, symbol, U64 } from '../testing/build.js';
import { evaluate } from './expression.js';
import { bitsOf, checkBounds, initialValue, locationOf, objectOf, privateValue, Stuck } from './memory.js';
import { AxisNeeded, type Setup } from './setup.js';
import { newThread } from './thread.js';
import { int, ONE, ptr, type Value, ZERO } from './value.js';

const BYTE = { bits: 8, signed: false } as const;
const base = linked({ cpus: { P0: [] }, pages: ['pg', 'after'] }).setup;
const globals = new Map(
  Object.entries({
    bytes: { k: 'array', of: { k: 'int', type: BYTE }, length: 16 },
    words: { k: 'array', of: { k: 'int', type: U64 }, length: 4 },
    ints: { k: 'array', of: { k: 'int', type: S32 }, length: 4 },
    scalar: { k: 'int', type: S32 },
    obj: { k: 'struct', name: 's' },
  } as const).map(([name, type]) => [
    name,
    { name, type, init: [], at: { file: '', line: 0, origin: 'scenario' as const }, defined: name !== 'obj' },
  ]),
);
const setup: Setup = {
  ...base,
  initial: new Map([...base.initial, ['scalar', int(7)]]),
  setting: new Map([['?chosen', 1]]),
  program: {
    ...base.program,
    globals,
    procedures: new Map([['f', procedure('f', [], { frame: { buf: { k: 'array', of: { k: 'int', type: U64 }, length: 2 } } })]]),
    offsets: new Map([['TI_CPU', 'info.cpu']]),
  },
};
const locals = new Map([
  ['five', { value: int(5), deps: 1 }],
  ['p', { value: ptr('words', '[1]'), deps: 2 }],
]);
const value = (expr: Expr): Value => evaluate(setup, { procedure: 'f', entry: { k: 'start' }, pc: 0, locals }, 0, expr).value;
const deps = (expr: Expr): number => evaluate(setup, { procedure: 'f', entry: { k: 'start' }, pc: 0, locals }, 0, expr).deps;
const index = (of: Expr, by: Expr, size = 8): Expr => ({ k: 'index', base: of, index: by, size });

describe('addresses', () => {
  it('of a word have no bits below its size', () => {
    expect(value(binary('&', symbol('scalar'), num(3)))).toEqual(ZERO);
    expect(() => value(binary('&', symbol('scalar'), num(7)))).toThrow(Stuck);
    expect(() => value(binary('&', symbol('bytes'), num(1)))).toThrow(Stuck);
  });

  it('of objects, procedures, frames, members', () => {
    expect(value(symbol('words'))).toEqual(ptr('words'));
    expect(value(symbol('f'))).toEqual({ k: 'fn', name: 'f' });
    expect(value(field('obj', 'a.b'))).toEqual(ptr('obj', '.a.b'));
    expect(value({ k: 'offset', base: symbol('obj'), symbol: 'TI_CPU' })).toEqual(ptr('obj', '.info.cpu'));
    expect(value({ k: 'offset', base: symbol('obj'), symbol: 'no_row' })).toEqual(ptr('obj', '.no_row'));
    expect(value({ k: 'frame', name: 'buf' })).toEqual(ptr('frame0:f:buf'));
  });

  it('step by elements from where they are', () => {
    expect(value(index(symbol('words'), num(2)))).toEqual(ptr('words', '[2]'));
    expect(value(index(local('p'), num(2)))).toEqual(ptr('words', '[3]'));
    expect(value(index(local('p'), num(-1)))).toEqual(ptr('words', '[0]'));
    expect(value(index(num(0x1000), num(2)))).toEqual(int(0x1010));
  });

  it('step by bytes in whole words of an array', () => {
    expect(value(binary('+', symbol('words'), 16))).toEqual(ptr('words', '[2]'));
    expect(value(binary('+', symbol('ints'), 8))).toEqual(ptr('ints', '[2]'));
    expect(value(binary('+', symbol('bytes'), 3))).toEqual(ptr('bytes', '[3]'));
    expect(value(binary('+', symbol('words'), 0))).toEqual(ptr('words'));
    expect(() => value(binary('+', symbol('words'), 4))).toThrow(Stuck);
  });

  it('have the bits of their place in a page', () => {
    expect(value(binary('&', symbol('pg'), 0xfffn))).toEqual(int(0));
    expect(value(binary('&', index(symbol('pg'), num(15)), 0xfffn))).toEqual(int(120));
    expect(value(binary('&', index(symbol('pg'), num(15)), 0x3fn))).toEqual(int(56));
    expect(() => value(binary('&', symbol('pg'), 0x1fffn))).toThrow(Stuck);
    expect(() => value(binary('&', symbol('words'), 0xfffn))).toThrow(Stuck);
  });

  it('take bits that their alignment leaves free', () => {
    expect(value(binary('|', symbol('pg'), 0))).toEqual(ptr('pg'));
    expect(value(binary('|', symbol('pg'), 120n))).toEqual(ptr('pg', '[15]'));
    expect(value(binary('|', 1, symbol('pg')))).toEqual(ptr('pg', '+1'));
    expect(value(binary('&', binary('|', symbol('pg'), 1), 3))).toEqual(int(1));
    expect(value(binary('&', ~3n, binary('|', symbol('pg'), 1)))).toEqual(ptr('pg'));
    expect(value(binary('&', binary('|', index(symbol('pg'), num(15)), 3), ~1n))).toEqual(ptr('pg', '[15]+2'));
    expect(value(binary('&', binary('|', { k: 'field', base: symbol('pg'), field: 'page' }, 1), ~3n))).toEqual(ptr('pg', '.page'));
    expect(() => value(binary('&', { k: 'field', base: symbol('pg'), field: 'page' }, ~0xfffn))).toThrow(Stuck);
    expect(() => value(binary('|', index(symbol('pg'), num(15)), 8))).toThrow(Stuck);
    expect(() => value(binary('|', symbol('words'), 8))).toThrow(Stuck);
  });

  it('round down within a page', () => {
    const inPage = index(symbol('pg'), num(15));
    expect(value(binary('&', inPage, ~0xfffn))).toEqual(ptr('pg', '[0]'));
    expect(value(binary('&', inPage, ~0x3fn))).toEqual(ptr('pg', '[8]'));
    expect(value(binary('&', inPage, ~0x7n))).toEqual(ptr('pg', '[15]'));
    // What lies around a page is nobody's to say, nor where other objects lie.
    expect(() => value(binary('&', inPage, ~0x1fffn))).toThrow(Stuck);
    expect(() => value(binary('&', index(symbol('words'), num(1)), ~0xfffn))).toThrow(Stuck);
  });

  it('subtract and compare within one object', () => {
    // In bytes, as the front end divides by the element's size.
    expect(value(binary('-', local('p'), index(symbol('words'), num(0))))).toEqual({ k: 'int', v: 8n });
    expect(value(binary('<', index(symbol('words'), num(0)), 'p'))).toEqual(ONE);
    expect(value(binary('==', local('p'), index(symbol('words'), num(1))))).toEqual(ONE);
    expect(value(binary('!=', symbol('words'), symbol('ints')))).toEqual(ONE);
    expect(value(binary('==', symbol('words'), 0))).toEqual(ZERO);
    expect(() => value(binary('<', symbol('words'), symbol('ints')))).toThrow(Stuck);
  });

  it('subtract and compare struct pages as the pages that they stand for', () => {
    const first = field(symbol('pg'), 'page');
    expect(value(binary('-', symbol('after'), first))).toEqual({ k: 'int', v: 0x1000n });
    expect(value(binary('-', first, symbol('after')))).toEqual({ k: 'int', v: 2n ** 64n - 0x1000n });
    expect(value(binary('-', first, symbol('pg')))).toEqual(ZERO);
    expect(value(binary('<', symbol('pg'), symbol('after')))).toEqual(ONE);
    expect(() => value(binary('-', symbol('after'), field(symbol('pg'), 'flags')))).toThrow(Stuck);
  });

  it('null has no members', () => {
    expect(() => value(field(num(0), 'x'))).toThrow(/null pointer/);
  });
});

describe('expressions', () => {
  it('carry what they depend on', () => {
    expect(deps(binary('^', 'five', 'five'))).toBe(1);
    expect(deps(index(local('p'), local('five')))).toBe(3);
    expect(deps({ k: 'select', cond: local('five'), then: num(1), else: local('p') })).toBe(1);
    expect(deps(num(1))).toBe(0);
  });

  it('casts cut, and a pointer passes a 64-bit one', () => {
    expect(value({ k: 'cast', a: num(0x1ff), type: BYTE })).toEqual(int(0xff));
    expect(value({ k: 'cast', a: symbol('words'), type: U64 })).toEqual(ptr('words'));
    expect(value({ k: 'cast', a: symbol('words'), type: BYTE })).toEqual(ONE);
    expect(value({ k: 'cast', a: symbol('words'), type: S32 }).k).toBe('unknown');
  });

  it('the unknown stays the same unknown, and a condition on it needs a choice', () => {
    const unknown: Expr = { k: 'unknown', key: 'who' };
    expect(value(binary('+', unknown, 1))).toEqual({ k: 'unknown', key: 'who' });
    expect(() => value({ k: 'select', cond: unknown, then: num(1), else: num(2) })).toThrow(AxisNeeded);
    expect(value({ k: 'select', cond: { k: 'unknown', key: 'chosen' }, then: num(1), else: num(2) })).toEqual(int(1));
  });

  it('what has no value is said', () => {
    expect(() => value(binary('/', 1, 0))).toThrow(/division by zero/);
    expect(() => value({ k: 'unary', op: '-', a: symbol('words'), type: U64 })).toThrow(Stuck);
    expect(value({ k: 'unary', op: '!', a: symbol('words'), type: U64 })).toEqual(ZERO);
    expect(value(str('ish'))).toEqual({ k: 'str', v: 'ish' });
    expect(value(local('nothing')).k).toBe('unknown');
  });
});

describe('memory', () => {
  it('an array is its first element', () => {
    expect(locationOf(setup, 'words', '')).toBe('words[0]');
    expect(locationOf(setup, 'scalar', '')).toBe('scalar');
    expect(objectOf('words[2]')).toBe('words');
    expect(objectOf('obj.a[2]')).toBe('obj');
  });

  it('overruns are said', () => {
    expect(() => {
      checkBounds(setup, 'words[4]');
    }).toThrow(/outside words\[4\]/);
    expect(() => {
      checkBounds(setup, 'words[-1]');
    }).toThrow(Stuck);
    expect(() => {
      checkBounds(setup, 'words[3]');
    }).not.toThrow();
  });

  it('locations have the bits of their type', () => {
    expect(bitsOf(setup, 'words[1]', 32)).toBe(64);
    expect(bitsOf(setup, 'ints[1]', 64)).toBe(32);
    expect(bitsOf(setup, 'scalar', 64)).toBe(32);
    expect(bitsOf(setup, 'obj.x', 16)).toBe(16);
  });

  it('first values: given, zero where defined, else unknown', () => {
    expect(initialValue(setup, 'scalar')).toEqual(int(7));
    expect(initialValue(setup, 'words[0]')).toEqual(ZERO);
    expect(initialValue(setup, 'obj.x')).toEqual({ k: 'unknown', key: 'obj.x' });
    expect(initialValue(setup, 'pg[0]')).toEqual(ZERO);
    expect(initialValue(setup, 'frame0:f:buf').k).toBe('unknown');
  });

  it('the rest of a zeroed object is zero', () => {
    const state = newThread(0);
    state.memory.set('obj*', { value: ZERO, deps: 0 });
    state.memory.set('obj.a', { value: int(3), deps: 0 });
    expect(privateValue(setup, state, 'obj.a').value).toEqual(int(3));
    expect(privateValue(setup, state, 'obj.b').value).toEqual(ZERO);
    expect(privateValue(setup, state, 'scalar').value).toEqual(int(7));
  });
});
