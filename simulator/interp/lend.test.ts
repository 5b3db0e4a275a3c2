import { describe, expect, it } from 'vitest';
import type { ObjectType } from '../program/types.js';
import {
  assert,
  equal,
  field,
  frame,
  ipi,
  irqDisable,
  irqEnable,
  load,
  local,
  release,
  type Scene,
  store,
  awaitNonzero,
} from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

const ARGUMENT: ObjectType = { k: 'struct', name: 'argument' };

/** P0 interrupts P1 with the address of a local, as on_each_cpu() is called with what the handlers need. */
const scene = (handler: Scene['cpus'][string], more: Partial<Scene> = {}): Scene => ({
  cpus: {
    P0: [
      store(field(frame('argument'), 'start'), 7, 'plain'),
      ipi('others', 'handler', frame('argument')),
      store(field(frame('argument'), 'start'), 8, 'plain'),
      load('own', field(frame('argument'), 'start'), 'plain'),
      assert(equal('own', 8)),
    ],
    P1: [store('x', 1)],
  },
  frames: { P0: { argument: ARGUMENT } },
  procedures: { handler: handler as readonly [] },
  ...more,
});

describe('locals of a CPU that waits for a handler', () => {
  it('are what it stored last before it sent the interrupt', () => {
    const reads = (value: number): Scene => scene([load('start', field(local('info'), 'start'), 'plain'), assert(equal('start', value))]);
    for (const window of [0, 1] as const) {
      expect(violations(reads(7), window)).toEqual([]);
      expect(violations(reads(8), window)).toEqual(['assertion']);
    }
  });

  it('go when the handler returns', () => {
    const { machine } = explored(scene([load('start', field(local('info'), 'start'), 'plain'), assert(equal('start', 7))]));
    const states = Array.from({ length: machine.auto.size }, (_, id) => machine.auto.node(id).state).filter(({ cpu }) => cpu === 1);
    const borrowing = states.filter(({ memory }) => [...memory.keys()].some((key) => key.startsWith('frame')));
    expect(borrowing.length).toBeGreaterThan(0);
    expect(borrowing.every(({ frames }) => frames.some(({ procedure }) => procedure === 'handler'))).toBe(true);
  });

  it('are not those that the handler, or what it interrupts, has under the same name', () => {
    const both = scene([load('start', field(local('info'), 'start'), 'plain'), assert(equal('start', 7))], {
      cpus: {
        P0: 'sends',
        P1: [
          awaitNonzero('ready'),
          store(field(frame('argument'), 'start'), 9, 'plain'),
          store('x', 1),
          load('mine', field(frame('argument'), 'start'), 'plain'),
          assert(equal('mine', 9)),
        ],
      },
      frames: { P1: { argument: ARGUMENT }, sends: { argument: ARGUMENT } },
    });
    const sends = [store(field(frame('argument'), 'start'), 7, 'plain'), release('ready', 1), ipi('others', 'handler', frame('argument'))];
    expect(violations({ ...both, procedures: { ...both.procedures, sends } })).toEqual([]);
  });

  it('lead to each other', () => {
    const chain = scene(
      [
        load('inner', field(local('info'), 'next'), 'plain'),
        load('start', field(local('inner'), 'start'), 'plain'),
        assert(equal('start', 5)),
      ],
      {
        cpus: {
          P0: [
            store(field(frame('inner'), 'start'), 5, 'plain'),
            store(field(frame('argument'), 'next'), frame('inner'), 'plain'),
            ipi('others', 'handler', frame('argument')),
          ],
          P1: [irqDisable(), store('x', 1), irqEnable()],
        },
        frames: { P0: { argument: ARGUMENT, inner: ARGUMENT } },
      },
    );
    expect(violations(chain)).toEqual([]);
  });

  it('are not modelled where the handler writes to them, and not known where nobody waits', () => {
    const { run } = explored(scene([store(field(local('info'), 'start'), 1, 'plain')]));
    expect(run.stuck).toEqual(['a handler writes to a local of the CPU that interrupted it']);
    const unwaited = scene([load('start', field(local('info'), 'start'), 'plain'), assert(equal('start', 7))], {
      cpus: {
        P0: [store(field(frame('argument'), 'start'), 7, 'plain'), ipi('others', 'handler', frame('argument'), 0)],
        P1: [store('x', 1)],
      },
    });
    expect(() => explored(unwaited)).toThrow(/uninitialised/);
  });
});
