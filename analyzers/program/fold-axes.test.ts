import { beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import { compileC } from '../c/compile.js';
import { initC } from '../c/parser.js';
import { printProcedure } from '../c/print.js';
import { evaluate } from '../c/testing/evaluate.js';
import { treeOf } from '../c/testing/tree.js';
import { foldAxes } from './fold-axes.js';
import { survey } from './survey.js';

const row = (name: string, does: CatalogRow['does'], words: number[] = []): CatalogRow => ({
  name,
  arch: 'any',
  words,
  does,
  source: 'test',
});
const catalog = [row('has', { kind: 'feature' }, [0]), row('fast', { kind: 'axis', axis: 'speed' }), row('flush', { kind: 'isb' })];
const context = {
  row: (name: string) => catalog.find((each) => each.name === name) ?? null,
  unresolved: new Map<string, string>(),
  features: new Map([['CAP_WIDE', 'wide']]),
};

const TEXT = `
int other(int x);
static int wide(void) { return has(CAP_WIDE); }
static int both(void) { return wide() && fast(); }
static void slow(void) { flush(); other(7); }
int f(int x)
{
	int n = 0;
	while (x-- > 0) {
		if (!wide()) {
			slow();
			n += 10;
			continue;
		}
		n += both() ? 2 : 3;
	}
	return n;
}
`;

const compiled = () => compileC(treeOf({ 'a.c': TEXT }), { arch: 'riscv', files: ['a.c'], defines: {}, catalog });

describe('axes fixed in a Program', () => {
  beforeAll(initC);

  it('leaves one way where everything is decided, and nothing that is not called', () => {
    const folded = foldAxes(
      compiled(),
      ['f'],
      new Map([
        ['wide', 1n],
        ['speed', 0n],
      ]),
      context,
    );
    expect([...folded.procedures.keys()]).toEqual(['f']);
    expect(survey(folded, context).axes).toEqual([]);
    const text = [...folded.procedures.values()].map(printProcedure).join('\n');
    expect(text).not.toMatch(/call/);
    expect(text).toContain('n + 3');
  });

  it('leaves open what was not fixed', () => {
    const folded = foldAxes(compiled(), ['f'], new Map([['wide', 0n]]), context);
    expect(survey(folded, context).axes).toEqual([]);
    expect([...folded.procedures.keys()].sort()).toEqual(['f', 'slow']);
    const fast = foldAxes(compiled(), ['f'], new Map([['wide', 1n]]), context);
    expect(survey(fast, context).axes).toEqual(['speed']);
  });

  it.each([
    [0n, 0n],
    [0n, 1n],
    [1n, 0n],
    [1n, 1n],
  ])('computes the same as the whole Program under wide=%d speed=%d', (wide, speed) => {
    const primitives = { has: () => wide, fast: () => speed, flush: () => 0n, other: () => 0n };
    const whole = compiled();
    const folded = foldAxes(
      whole,
      ['f'],
      new Map([
        ['wide', wide],
        ['speed', speed],
      ]),
      context,
    );
    for (const x of [0n, 1n, 3n]) {
      const before = evaluate(whole, 'f', [x], primitives);
      const after = evaluate(folded, 'f', [x], primitives);
      expect(after.result).toBe(before.result);
      expect(after.calls).toEqual(before.calls.filter((call) => !/^(has|fast)\(/.test(call)));
    }
  });
});
