import { describe, expect, it } from 'vitest';
import type { ObjectType } from '../program/types.js';
import {
  assert,
  binary,
  element,
  equal,
  flatTable,
  frame,
  type Line,
  load,
  num,
  primitive,
  type Scene,
  store,
  symbol,
} from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

const BYTE = { bits: 8, signed: false } as const;
const BYTES: ObjectType = { k: 'array', of: { k: 'int', type: BYTE }, length: 4 };
const COPY = { kind: 'copy', to: 0, from: 1, bytes: 2 } as const;
const COMPARE = { kind: 'compare', a: 0, b: 1, bytes: 2 } as const;
const at = (obj: string, i: number): ReturnType<typeof element> => element(obj, i, 1);

describe('memcpy and memcmp of bytes', () => {
  const scene = (lines: readonly Line[]): Scene => ({
    cpus: { P0: lines },
    types: { from: BYTES, to: BYTES },
    initial: { 'from[0]': 1, 'from[1]': 2, 'from[2]': 3 },
  });

  it('copy so many, and no more', () => {
    const copied = (i: number, value: number): Line => [load('r', at('to', i), 'plain', BYTE), assert(equal('r', value))];
    const lines = [primitive(COPY, [at('to', 1), symbol('from'), num(2)]), copied(0, 0), copied(1, 1), copied(2, 2), copied(3, 0)];
    expect(violations(scene(lines))).toEqual([]);
  });

  it('tell whether they are the same', () => {
    const compared = (bytes: number, same: boolean): Line => [
      primitive(COMPARE, [symbol('to'), symbol('from'), num(bytes)], 'r'),
      assert(same ? equal('r', 0) : binary('!=', 'r', 0)),
    ];
    expect(violations(scene([store(at('to', 0), 1, 'plain', BYTE), compared(1, true), compared(2, false)]))).toEqual([]);
  });

  it('are not followed for words, nor for more than instructions are', () => {
    const run = (lines: readonly Line[]): readonly string[] => explored({ cpus: { P0: lines, P1: [load('r', 'word')] } }).run.stuck;
    expect(run([primitive(COPY, [symbol('word'), symbol('other'), num(8)])])[0]).toContain('is not modelled');
    expect(explored(scene([primitive(COPY, [symbol('to'), symbol('from'), num(64)]), load('r', 'to', 'plain')])).run.stuck[0]).toContain(
      'is not modelled',
    );
  });
});

describe('a store by virtual address', () => {
  const VA = 0x4000n;
  const mmu = flatTable('x86', 'pages', 1, VA);
  const page = `${mmu.root}_page0`;

  it('is in the page that the address is mapped to', () => {
    const scene = (first: Line): Scene => ({
      arch: 'x86',
      mmu,
      cpus: { P0: [first, load('r', element(page, 2)), assert(equal('r', 5))] },
    });
    expect(violations(scene(store(num(VA + 16n), 5)))).toEqual([]);
    expect(violations(scene(store(num(VA + 8n), 5)))).toEqual(['assertion']);
  });

  it('is seen by others, and waits for nobody', () => {
    const scene: Scene = {
      arch: 'x86',
      mmu,
      cpus: {
        P0: [store(num(VA), 5), store('flag', 1)],
        P1: [load('told', 'flag'), load('r', element(page, 0)), assert(binary('>=', 'r', 'told'))],
      },
    };
    expect(violations(scene)).toEqual([]);
  });

  it('faults where it is mapped to nothing', () => {
    const scene: Scene = { arch: 'x86', mmu: flatTable('x86', 'empty', 1, VA), cpus: { P0: [store(num(VA), 5)] } };
    expect(violations(scene)).toEqual(['unhandled-fault']);
  });
});

describe('memcpy to a virtual address', () => {
  it('is stores by that address, where what it copies is bytes', () => {
    const scene: Scene = {
      arch: 'x86',
      mmu: flatTable('x86', 'empty', 1, 0x4000n),
      cpus: { P0: [store(frame('byte'), 1, 'plain', BYTE), primitive(COPY, [num(0x4000n), frame('byte'), num(1)])] },
      frames: { P0: { byte: { k: 'int', type: BYTE } } },
    };
    expect(violations(scene)).toEqual(['unhandled-fault']);
  });
});
