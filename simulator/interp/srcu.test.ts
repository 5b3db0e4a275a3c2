import { describe, expect, it } from 'vitest';
import {
  acquire,
  assert,
  equal,
  type Line,
  load,
  lock,
  primitive,
  rcuRead,
  type Scene,
  store,
  symbol,
  unlock,
  when,
} from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

const enter = (domain: string, index = 'index'): Line => primitive({ kind: 'srcu', do: 'lock', domain: 0 }, [symbol(domain)], index);
const leave = (domain: string, index = 'index'): Line =>
  primitive({ kind: 'srcu', do: 'unlock', domain: 0, index: 1 }, [symbol(domain), index]);
const sync = (domain: string): Line => primitive({ kind: 'srcu', do: 'sync', domain: 0 }, [symbol(domain)]);

describe('sleepable RCU', () => {
  /** The reader finds what is linked and uses it; the other takes it out, waits, and takes it away. */
  const scene = (reader: (use: Line) => readonly Line[], waits: Line): Scene => ({
    cpus: {
      P0: [store('linked', 0), waits, store('thing', 0)],
      P1: reader([acquire('there', 'linked'), when('there', load('used', 'thing'), assert('used'))]),
    },
    initial: { linked: 1, thing: 1 },
  });
  const inside = (use: Line): readonly Line[] => [enter('domain'), use, leave('domain')];

  it('waits for who is inside', () => {
    expect(violations(scene(inside, sync('domain')))).toEqual([]);
  });

  it('does not wait for others, nor for readers of another domain, nor for readers of RCU', () => {
    expect(violations(scene(inside, []))).toEqual(['assertion']);
    expect(violations(scene(inside, sync('other')))).toEqual(['assertion']);
    expect(violations(scene((use) => [rcuRead('lock'), use, rcuRead('unlock')], sync('domain')))).toEqual(['assertion']);
    expect(violations(scene((use) => [enter('domain'), leave('domain'), use], sync('domain')))).toEqual(['assertion']);
  });

  it('is waited for as often as it is asked for, by index', () => {
    const twice = (use: Line): readonly Line[] => [enter('domain'), leave('domain'), enter('domain'), use, leave('domain')];
    expect(violations(scene(twice, [sync('domain'), sync('domain')]))).toEqual([]);
  });

  it('never ends for who waits for itself', () => {
    const own: Scene = { cpus: { P0: [enter('domain'), sync('domain'), leave('domain')], P1: [enter('domain'), leave('domain')] } };
    expect(violations(own)).toEqual(['livelock']);
  });

  it('may be read, and not waited for, where nobody may sleep', () => {
    const locked = (lines: Line): Scene => ({ cpus: { P0: [lock('l'), lines, unlock('l')], P1: [load('x', 'y'), assert(equal('x', 0))] } });
    expect(violations(locked(inside([])[0] ?? []))).toEqual([]);
    expect(violations(locked(sync('domain')))).toEqual(['sleep-in-atomic']);
  });

  it('is nothing to anybody where nobody waits', () => {
    expect(explored({ cpus: { P0: inside([]), P1: [store('x', 1)] } }).run.states).toBeLessThan(12);
  });
});
