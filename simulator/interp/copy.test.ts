import { expect, it } from 'vitest';
import type { ObjectType } from '../program/types.js';
import { assert, awaitNonzero, equal, field, frame, load, release, type Scene, store, symbol } from '../testing/build.js';
import { violations } from '../testing/run.js';

const INFO: ObjectType = { k: 'struct', name: 'info' };

/** P0 fills a struct of its own, copies it to one of its globals, and lets P1 go on. */
const scene = (user: Scene['cpus'][string]): Scene => ({
  cpus: {
    P0: [
      store(field(frame('literal'), 'start'), 7, 'plain'),
      { op: 'copy', to: symbol('info'), from: frame('literal') },
      load('start', field(symbol('info'), 'start'), 'plain'),
      assert(equal('start', 7)),
      release('ready', 1),
    ],
    P1: user,
  },
  frames: { P0: { literal: INFO } },
});

it('a struct that is copied is there for the CPU that copied it', () => {
  expect(violations(scene([awaitNonzero('ready')]))).toEqual([]);
});

it('a member of it that another CPU reads is not passed off as what it was before', () => {
  const read = [awaitNonzero('ready'), load('start', field(symbol('info'), 'start'), 'plain'), assert(equal('start', 7))];
  expect(() => violations(scene(read))).toThrow(/which other CPUs read/);
});
