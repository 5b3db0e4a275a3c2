import {
  allocPage,
  assert,
  awaitNonzero,
  binary,
  element,
  fence,
  type Line,
  load,
  local,
  put,
  release,
  type Scene,
  sfence,
  store,
  synchronizeRcu,
  rcuRead,
  touch,
  when,
} from '../build.js';
import { instead, part, type Protocol } from './protocol.js';

const word = (page: string, index: number) =>
  ({ k: 'index', base: local(page), index: { k: 'int', value: BigInt(index) }, size: 8 }) as const;
/** A root whose only entry is empty, and a table that the allocator gives out: the second page of the scene. */
const tables: Pick<Scene, 'mmu' | 'pool'> = {
  mmu: {
    regime: 'riscv',
    root: 'root',
    levels: [
      { level: 1, shift: 13, entries: 1 },
      { level: 0, shift: 12, entries: 2 },
    ],
    tables: [
      { object: 'root', depth: 0, base: 0x4000n, entries: 'empty' },
      { object: 'fresh', depth: 1, base: 0x4000n, entries: 'empty' },
    ],
  },
  pool: ['fresh'],
};
const TABLE = (0x8000_1000n >> 2n) | 1n;
const LEAF = (0x8000_2000n >> 2n) | 0xc7n;
const readThrough = (index: number): readonly Line[] => [load('p', 'ptr'), when('p', load('v', word('p', index)))];

/** Pages from the allocator: what their words hold before somebody writes them. */
export const allocation: readonly Protocol[] = [
  {
    name: 'a new table is filled before others can find it',
    kind: 'use-before-init',
    scene: (w) => ({
      cpus: {
        P0: [
          allocPage('t', w !== 'zeroed'),
          part(w, 'the first value', store(word('t', 0), LEAF)),
          part(w, 'fence w,w', fence('w', 'w')),
          store('ptr', 't'),
        ],
        P1: [readThrough(1)],
      },
      ...tables,
    }),
    mutants: ['zeroed', 'fence w,w'],
    equivalent: { 'the first value': 'the page comes cleared' },
    onlyDelayed: ['fence w,w'],
  },
  {
    name: 'hardware walks a new table once it is filled',
    kind: 'use-before-init',
    scene: (w) => ({
      cpus: {
        P0: [
          allocPage('t', false),
          part(w, 'the first value', store(word('t', 0), LEAF)),
          store(word('t', 1), 0),
          fence('w', 'w'),
          store(element('root', 0), TABLE),
          sfence(),
          release('mapped', 1),
        ],
        P1: [awaitNonzero('mapped'), sfence(), touch(0x4000n)],
      },
      ...tables,
    }),
    mutants: ['the first value'],
  },
  {
    name: 'two CPUs allocate: each gets a page of its own',
    kind: 'assertion',
    scene: (w) => {
      const take = (mine: string): readonly Line[] => [allocPage('t'), release(mine, 't')];
      return {
        cpus: {
          P0: take('a'),
          P1: instead(w, 'the second allocation', take('b'), [load('t', 'a'), release('b', 't')]) as readonly Line[],
          P2: [load('x', 'a'), load('y', 'b'), when('x', assert(binary('!=', 'x', 'y')))],
        },
        ...tables,
        pool: ['fresh', 'other'],
      };
    },
    mutants: ['the second allocation'],
  },
  {
    name: 'a page from the allocator is freed after its readers',
    kind: 'walker-use-after-free',
    scene: (w) => ({
      cpus: {
        P0: [allocPage('t'), release('ptr', 't'), store('ptr', 0), part(w, 'synchronize_rcu', synchronizeRcu()), put(local('t'))],
        P1: [rcuRead('lock'), readThrough(0), rcuRead('unlock')],
      },
      ...tables,
    }),
    mutants: ['synchronize_rcu'],
  },
];
