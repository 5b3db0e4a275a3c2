import { beforeAll, expect, it } from 'vitest';
import { describeExecution, showWitness } from '../../../simulator/axioms/witness.js';
import { initC } from '../../c/parser.js';
import { judged, read, textOf } from './testing/judge.js';

beforeAll(initC);

function shown(text: string): string[] {
  const parsed = read(text);
  const verdict = judged(text);
  if (parsed.k !== 'test' || verdict.k !== 'verdict' || !verdict.witness) throw new Error('no witness');
  return showWitness(describeExecution(parsed.test.setup, verdict.witness));
}

it('says what each thread did, who read from whom, and what came first in memory', () => {
  const threads = ['WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1);', 'r1 = READ_ONCE(*y);\n smp_rmb();\n r2 = READ_ONCE(*x);'];
  expect(shown(textOf(threads, 'exists (1:r1=1 /\\ 1:r2=0)'))).toEqual([
    'P0',
    '  a  line 6: writes x = 1 (once)',
    '  b  line 6: writes y = 1 (once)',
    'P1',
    '  c  line 12: reads y = 1 (once), written by b',
    '  d  line 13: fence rmb',
    '  e  line 14: reads x = 0 (once), the first value; before a',
    'memory',
    '  x: 0, then 1 (a)',
    '  y: 0, then 1 (b)',
  ]);
});

it('names data races', () => {
  expect(shown(textOf(['*x = 1;', 'r1 = *x;'], 'exists (1:r1=1)'))).toContain('data race between a and b');
  const guarded = ['spin_lock(l); *x = 1; spin_unlock(l);', 'spin_lock(l); r1 = *x; spin_unlock(l);'];
  expect(shown(textOf(guarded, 'exists (1:r1=1)')).join('\n')).not.toContain('race');
});
