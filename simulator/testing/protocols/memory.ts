import { assert, equal, fence, goto, label, load, store, when, ipi, dmb, mb, rmw, type Line } from '../build.js';
import { instead, part, type Protocol } from './protocol.js';

/** Kernel variables. */
export const memory: readonly Protocol[] = [
  {
    name: 'a loop that waits for another CPU',
    kind: 'livelock',
    scene: (w) => ({
      cpus: {
        P0: [label('again'), load('r', 'flag'), when(equal('r', 0), goto('again'))],
        P1: [store('flag', w === 'the value' ? 0 : 1)],
      },
    }),
    mutants: ['the value'],
  },
  {
    name: 'a message and the fences on both sides',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('x', 1), part(w, 'fence w,w', fence('w', 'w')), store('y', 1)],
        P1: [load('flag', 'y'), part(w, 'fence r,r', fence('r', 'r')), when('flag', load('message', 'x'), assert('message'))],
      },
    }),
    mutants: ['fence w,w', 'fence r,r'],
    onlyDelayed: ['fence w,w'],
  },
  {
    name: 'a function call to another CPU: it sees what its sender did, and the sender what it did',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [
          instead(w, 'the order', store('x', 1), []),
          ipi('others', 'handler', 0, w === 'the wait' ? 0 : 1),
          instead(w, 'the order', [], store('x', 1)),
          load('y', 'y'),
          assert('y'),
        ],
        P1: [store('z', 1)],
      },
      procedures: { handler: [load('x', 'x'), assert('x'), store('y', 1)] },
    }),
    mutants: ['the wait', 'the order'],
  },
  {
    name: 'arm64: a message and the barriers on both sides',
    kind: 'assertion',
    scene: (w) => ({
      arch: 'arm64',
      cpus: {
        P0: [store('x', 1), part(w, 'dmb st', dmb('st')), store('y', 1)],
        P1: [load('flag', 'y'), part(w, 'dmb ld', dmb('ld')), when('flag', load('message', 'x'), assert('message'))],
      },
    }),
    mutants: ['dmb st', 'dmb ld'],
    onlyDelayed: ['dmb st'],
  },
  {
    name: 'a message published with release and taken with acquire',
    kind: 'assertion',
    scene: (w) => ({
      cpus: {
        P0: [store('x', 1), store('y', 1, w === 'release' ? 'once' : 'release')],
        P1: [load('flag', 'y', w === 'acquire' ? 'once' : 'acquire'), when('flag', load('message', 'x'), assert('message'))],
      },
    }),
    mutants: ['release', 'acquire'],
    onlyDelayed: ['release'],
  },
  {
    name: 'two CPUs raise their flags and look at the other: full barriers',
    kind: 'assertion',
    scene: (w) => {
      const enter = (mine: string, other: string, barrier: string): readonly Line[] => [
        store(mine, 1),
        part(w, barrier, mb()),
        load('seen', other),
        when(equal('seen', 0), rmw('inside', 'count', 'add', 1, 'full'), assert(equal('inside', 0))),
      ];
      return { cpus: { P0: enter('a', 'b', 'the barrier of P0'), P1: enter('b', 'a', 'the barrier of P1') } };
    },
    mutants: ['the barrier of P0', 'the barrier of P1'],
  },
];
