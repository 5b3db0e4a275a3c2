import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { runLitmus } from '../../../simulator/litmus/run.js';
import { parseLitmus } from '../parse.js';

const catalog = loadCatalog('simulator/catalog');

const MODELS = ['Ziccif-only', 'ir-decode-w', 'ir-decode', 'ir3-fetch', 'Ziccid'] as const;
type Model = (typeof MODELS)[number];

const columns = (threads: readonly (readonly string[])[]): string => {
  const rows = Math.max(...threads.map((lines) => lines.length));
  const row = (i: number): string => `${threads.map((lines) => lines[i] ?? '').join(' | ')} ;`;
  return [`${threads.map((_, i) => `P${String(i)}`).join(' | ')} ;`, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n');
};

/** a0: the place `one` of hart 1, a1: its place `two`, a2 and a3: variables; t0: a nop, t1: 1. */
function textOf(threads: readonly (readonly string[])[], end: string, init: string): string {
  const registers = threads
    .map(
      (_, i) =>
        `${String(i)}:a0=P1:one; ${String(i)}:a1=P1:two; ${String(i)}:a2=x; ${String(i)}:a3=y; ${String(i)}:t0=instr:"nop"; ${String(i)}:t1=1;`,
    )
    .join(' ');
  return `RISCV t\nVariant=self\n{ ${registers} ${init} }\n${columns(threads)}\nexists ${end}\n`;
}

function shown(text: string, model: Model): boolean {
  const parsed = parseLitmus('t', text, catalog);
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  const setting = new Map([...parsed.test.setup.setting, ['riscv-fetch', model]]);
  const { holds, stuck } = runLitmus({ ...parsed.test, setup: { ...parsed.test.setup, setting } });
  expect(stuck).toEqual([]);
  return holds !== 'never';
}

const NONE: readonly Model[] = [];
const WEAK: readonly Model[] = ['Ziccif-only', 'ir-decode-w', 'ir-decode', 'ir3-fetch'];

/** Shapes with two places that may change; `one` and `two` set s0 and s1 to 1 until they are nops. The models under which the end is seen. */
const rules: readonly (readonly [string, readonly (readonly string[])[], string, readonly Model[], string?])[] = [
  // fence.i: earlier loads and stores, of whatever kind, come before later fetches.
  ['an own store, no fence.i', [[], ['sw t0,0(a0)', 'fence rw,rw', 'one: li s0,1', 'two: nop']], '1:s0=1', [...WEAK, 'Ziccid']],
  ['an own store, fence.i', [[], ['sw t0,0(a0)', 'fence.i', 'one: li s0,1', 'two: nop']], '1:s0=1', NONE],
  [
    'a load, fence.i',
    [
      ['sw t0,0(a0)', 'fence w,w', 'sw t1,0(a2)'],
      ['lw s2,0(a2)', 'fence.i', 'one: li s0,1', 'two: nop'],
    ],
    '(1:s2=1 /\\ 1:s0=1)',
    NONE,
  ],
  [
    'a load, no fence.i',
    [
      ['sw t0,0(a0)', 'fence w,w', 'sw t1,0(a2)'],
      ['lw s2,0(a2)', 'fence r,rw', 'one: li s0,1', 'two: nop'],
    ],
    '(1:s2=1 /\\ 1:s0=1)',
    [...WEAK, 'Ziccid'],
  ],
  [
    'fence.i of the writer alone',
    [
      ['sw t0,0(a0)', 'fence.i', 'sw t1,0(a2)'],
      ['lw s2,0(a2)', 'fence r,r', 'one: li s0,1', 'two: nop'],
    ],
    '(1:s2=1 /\\ 1:s0=1)',
    [...WEAK, 'Ziccid'],
  ],
  // And so before what later instructions access.
  [
    'fence.i between stores',
    [
      ['sw t1,0(a2)', 'fence.i', 'sw t1,0(a3)'],
      ['one: lw s0,0(a3)', 'fence r,r', 'two: lw s1,0(a2)'],
    ],
    '(1:s0=1 /\\ 1:s1=0)',
    NONE,
  ],
  [
    'fence.i between loads',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t1,0(a3)'],
      ['one: lw s0,0(a3)', 'fence.i', 'two: lw s1,0(a2)'],
    ],
    '(1:s0=1 /\\ 1:s1=0)',
    NONE,
  ],
  [
    'fence.i between a store and a load',
    [
      ['sw t1,0(a2)', 'fence.i', 'lw s0,0(a3)'],
      ['sw t1,0(a3)', 'fence rw,rw', 'one: lw s1,0(a2)', 'two: nop'],
    ],
    '(0:s0=0 /\\ 1:s1=0)',
    NONE,
  ],

  // An instruction's access comes after its own fetch, in all models.
  [
    'a new load',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: li s0,5', 'two: nop'],
    ],
    '1:s0=0',
    NONE,
    '0:t2=instr:"lw s0, 0(a2)";',
  ],
  [
    'a new store',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: nop', 'two: nop'],
    ],
    '(x=1 /\\ 0:s3=0)',
    ['Ziccif-only', 'ir-decode-w', 'ir-decode', 'ir3-fetch', 'Ziccid'],
    '0:t2=instr:"sw zero, 0(a2)";',
  ],
  [
    'a new store, ordered before',
    [
      ['lw s3,0(a2)', 'fence rw,rw', 'sw t2,0(a0)'],
      ['one: nop', 'two: nop'],
    ],
    '0:s3=1',
    NONE,
    '0:t2=instr:"sw t1, 0(a2)";',
  ],
  // What a later instruction does with its result does not wait for the fetch, unless hardware decodes in order.
  [
    'a new address, then a load through it',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: mv a4,a3', 'two: lw s0,0(a4)'],
    ],
    '(1:s0=0 /\\ 1:a4=x)',
    ['Ziccif-only', 'ir-decode-w', 'ir3-fetch'],
    '0:t2=instr:"mv a4, a2";',
  ],
  [
    'a new instruction, then a load',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'lw s2,0(a2)', 'two: nop'],
    ],
    '(1:s0=0 /\\ 1:s2=0)',
    ['Ziccif-only', 'ir-decode-w', 'ir3-fetch'],
  ],
  [
    'a new instruction, then a store',
    [
      ['lw s2,0(a2)', 'fence rw,rw', 'sw t0,0(a0)'],
      ['one: li s0,1', 'sw t1,0(a2)', 'two: nop'],
    ],
    '(1:s0=0 /\\ 0:s2=1)',
    ['Ziccif-only', 'ir3-fetch'],
  ],
  [
    'new fences order nothing that is older',
    [
      ['sw t1,0(a2)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: li s0,1', 'lw s2,0(a2)', 'two: nop'],
    ],
    '(1:s0=0 /\\ 1:s2=0)',
    ['Ziccif-only', 'ir-decode-w', 'ir3-fetch'],
    '0:t2=instr:"fence r,r";',
  ],

  // Two fetches.
  [
    'two places',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    WEAK,
  ],
  [
    'two places, a fence',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'fence rw,rw', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    WEAK,
  ],
  [
    'two places, fence.i',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'fence.i', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    ['Ziccif-only', 'ir-decode-w', 'ir-decode'],
  ],
  [
    'two places, a load and fence.i',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'lw s2,0(a2)', 'fence.i', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    ['Ziccif-only', 'ir-decode-w'],
  ],
  [
    'two places, a store and fence.i',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t0,0(a0)'],
      ['one: li s0,1', 'sw t1,0(a2)', 'fence.i', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    ['Ziccif-only'],
  ],
  [
    'a new fence.i',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: li s0,1', 'two: li s1,1'],
    ],
    '(1:s0=0 /\\ 1:s1=1)',
    ['Ziccif-only', 'ir-decode-w', 'ir-decode'],
    '0:t2=instr:"fence.i";',
  ],
  // The control flow itself is new: what it leads to may be done before it is known.
  [
    'a new jump, then a store and fence.i',
    [
      ['sw t0,0(a1)', 'fence w,w', 'sw t2,0(a0)'],
      ['one: j end', 'go: sw t1,0(a2)', 'fence.i', 'two: li s1,1', 'end: nop'],
    ],
    '(x=1 /\\ 1:s1=1)',
    ['Ziccif-only'],
    '0:t2=instr:"j go";',
  ],

  // Own stores are fetched from memory, as everybody sees them.
  [
    'an own store that others have not seen',
    [
      ['lw s2,0(a2)', 'fence r,r', 'lwu s3,0(a0)'],
      ['sw t0,0(a0)', 'one: li s0,1', 'mv s1,s0', 'two: nop', 'xori s1,s0,1', 'sw s1,0(a2)'],
    ],
    '(1:s0=0 /\\ 0:s2=1 /\\ 0:s3=instr:"li s0,1")',
    ['Ziccif-only', 'ir3-fetch'],
  ],
  ['own code, before a store to it', [[], ['one: li s0,1', 'two: nop', 'sw t0,0(a0)']], '1:s0=0', ['Ziccif-only', 'ir3-fetch']],
];

describe('when new code is run', () => {
  for (const [name, threads, end, seen, init = ''] of rules) {
    for (const model of MODELS) {
      it(`${name} (${model}): ${seen.includes(model) ? 'seen' : 'not seen'}`, () => {
        expect(shown(textOf(threads, end, init), model)).toBe(seen.includes(model));
      });
    }
  }
});
