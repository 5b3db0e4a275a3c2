import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import { judgeLkmm } from '../../../simulator/litmus/lkmm.js';
import { reachedOn } from '../../../simulator/litmus/on-machine.js';
import type { LitmusTest } from '../../../simulator/litmus/test.js';
import { initC } from '../../c/parser.js';
import { litmusSuite } from '../testing/suites.js';
import { read, textOf, type Threads } from './testing/judge.js';

beforeAll(initC);

const ARCHES = ['arm64', 'riscv'] as const;
const catalog = loadCatalog('simulator/catalog');
const BUDGET = { states: 60_000, ms: 2000 };

function testOf(text: string): LitmusTest | null {
  const parsed = read(text);
  return parsed.k === 'test' ? parsed.test : null;
}

function onMachine(test: LitmusTest, arch: (typeof ARCHES)[number]): string {
  const { reached, why } = reachedOn(test, arch, { get: (name) => catalog.find(arch, name) }, BUDGET);
  return reached ?? `no verdict: ${String(why)}`;
}

describe('what the memory model forbids, the machine does not reach', () => {
  const neither = '0:r1=0 /\\ 1:r1=0';
  const forbidden: [string, Threads, string][] = [
    [
      'a reader that came first is over',
      [
        'rcu_read_lock(); r1 = READ_ONCE(*x); WRITE_ONCE(*y, 1); rcu_read_unlock();',
        'WRITE_ONCE(*x, 1); synchronize_rcu(); r1 = READ_ONCE(*y);',
      ],
      neither,
    ],
    [
      'a reader’s store does not come after the grace period',
      [
        'rcu_read_lock(); r1 = READ_ONCE(*x); WRITE_ONCE(*y, 1); rcu_read_unlock();',
        'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 2);',
      ],
      '0:r1=0 /\\ y=1',
    ],
    [
      'grace periods are full barriers',
      ['WRITE_ONCE(*x, 1); synchronize_rcu(); r1 = READ_ONCE(*y);', 'WRITE_ONCE(*y, 1); synchronize_rcu(); r1 = READ_ONCE(*x);'],
      neither,
    ],
    [
      'locks hand over what was read',
      [
        'WRITE_ONCE(*x, 1); spin_lock(l); spin_unlock(l); r1 = READ_ONCE(*y);',
        'spin_lock(l); WRITE_ONCE(*y, 1); r1 = READ_ONCE(*x); spin_unlock(l);',
      ],
      neither,
    ],
    [
      'atomics with a result are full barriers',
      ['WRITE_ONCE(*x, 1); r2 = atomic_inc_return(z); r1 = READ_ONCE(*y);', 'WRITE_ONCE(*y, 1); r2 = xchg(z, 7); r1 = READ_ONCE(*x);'],
      neither,
    ],
    [
      'a dependency orders',
      [
        'r1 = READ_ONCE(*x); WRITE_ONCE(*y, r1);',
        'r1 = READ_ONCE(*y); if (r1) WRITE_ONCE(*x, 1);',
        'r1 = READ_ONCE(*z); if (r1) WRITE_ONCE(*x, 1);',
      ],
      '0:r1=1 /\\ 1:r1=1',
    ],
  ];
  for (const arch of ARCHES)
    it.each(forbidden)(`${arch}: %s`, (_, threads, exists) => {
      const test = testOf(textOf(threads, `exists (${exists})`));
      if (!test) throw new Error('unreadable');
      expect(judgeLkmm(test, { executions: 100_000, ms: 20_000 })).toMatchObject({ holds: 'never' });
      expect(onMachine(test, arch)).toBe('no');
    });

  it('and weak behaviour that it allows is reached', () => {
    const test = testOf(
      textOf(['WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1);', 'r1 = READ_ONCE(*y); r2 = READ_ONCE(*x);'], 'exists (1:r1=1 /\\ 1:r2=0)'),
    );
    for (const arch of ARCHES) expect(test && onMachine(test, arch)).toBe('yes');
  });
});

describe('a sample of the suite', () => {
  const folder = litmusSuite('lkmm');
  if (folder === null) return;
  const kinds = new Map(
    readFileSync(join(folder, 'kinds.txt'), 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name = '', kind = '']) => [name, kind] as const),
  );
  // Small tests: what the machine can try all of in little time.
  const small = readdirSync(folder)
    .filter((name) => name.endsWith('.litmus') && name.split('+').length <= 4)
    .sort()
    .filter((_, i) => i % 12 === 0);

  it.each(ARCHES)(
    '%s reaches no Never',
    (arch) => {
      const reached: string[] = [];
      let settled = 0;
      for (const file of small) {
        const test = testOf(readFileSync(join(folder, file), 'utf8'));
        if (!test || kinds.get(test.name) !== 'Never') continue;
        const came = onMachine(test, arch);
        if (came === 'yes') reached.push(file);
        if (came === 'no') settled++;
      }
      expect(reached).toEqual([]);
      expect(settled).toBeGreaterThan(8);
    },
    120_000,
  );
});
