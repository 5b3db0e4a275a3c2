import { assert, equal, fence, goto, label, load, store, when } from '../build.js';
import { part, type Protocol } from './protocol.js';

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
];
