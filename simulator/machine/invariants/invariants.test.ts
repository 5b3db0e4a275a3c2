import { describe, expect, it } from 'vitest';
import { protocols } from '../../testing/protocols/all.js';
import { violations } from '../../testing/run.js';
import type { ViolationKind } from '../violation.js';

describe('what must never happen', () => {
  for (const { name, kind, scene, mutants, equivalent, onlyDelayed } of protocols) {
    describe(name, () => {
      for (const window of [0, 1] as const) {
        it(`is silent (window ${String(window)})`, () => {
          expect(violations(scene(''), window)).toEqual([]);
        });
        for (const mutant of mutants) {
          const seen = window === 1 || onlyDelayed?.includes(mutant) !== true;
          it(`${seen ? kind : 'silent'} without ${mutant} (window ${String(window)})`, () => {
            expect(violations(scene(mutant), window)).toEqual(seen ? [kind] : []);
          });
        }
        for (const [mutant, why] of Object.entries(equivalent ?? {})) {
          it(`silent without ${mutant}: ${why} (window ${String(window)})`, () => {
            expect(violations(scene(mutant), window)).toEqual([]);
          });
        }
      }
    });
  }
});

describe('the table above', () => {
  it('has a protocol for every kind the machine raises', () => {
    const raised = new Set<ViolationKind>(protocols.map((each) => each.kind));
    expect([...raised].sort()).toEqual([
      'assertion',
      'break-before-make',
      'deadlock',
      'livelock',
      'lost-update',
      'rcu-not-watching',
      'sleep-in-atomic',
      'stale-instruction',
      'stale-translation',
      'unbounded-wait',
      'unhandled-fault',
      'use-before-init',
      'walker-use-after-free',
    ]);
  });
});
