import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchLines } from './line-diff.js';

const lines = (text: string): string[] => text.match(/./gs) ?? [];
const kept = (a: string, b: string): string => {
  const match = matchLines(lines(a), lines(b));
  return lines(a)
    .filter((_, i) => (match[i] ?? -1) >= 0)
    .join('');
};

describe('matchLines', () => {
  it.each([
    ['abc', 'abc', 'abc'],
    ['abc', 'abxc', 'abc'],
    ['abc', 'ac', 'ac'],
    ['', 'abc', ''],
    ['abc', '', ''],
    ['abcabba', 'cbabac', 'baba'],
    ['xxaxx', 'xxbxx', 'xxxx'],
  ])('keeps of %s in %s the lines %s', (a, b, common) => {
    expect(kept(a, b)).toHaveLength(common.length);
  });

  it('matches equal lines only, in order, and everything of equal texts', () => {
    const some = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '', '}'), { maxLength: 40 });
    fc.assert(
      fc.property(some, some, (a, b) => {
        const match = matchLines(a, b);
        let last = -1;
        a.forEach((text, i) => {
          const j = match[i] ?? -1;
          if (j < 0) return;
          expect(b[j]).toBe(text);
          expect(j).toBeGreaterThan(last);
          last = j;
        });
        expect([...matchLines(a, a)]).toEqual(a.map((_, i) => i));
      }),
    );
  });

  it('finds a shortest edit where no line stands once', () => {
    const some = fc.array(fc.constantFrom('a', 'b'), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(some, some, (x, y) => {
        const [a, b] = [
          [...x, ...x],
          [...y, ...y],
        ];
        const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
        for (let i = 1; i <= a.length; i += 1)
          for (let j = 1; j <= b.length; j += 1)
            (table[i] ?? [])[j] =
              a[i - 1] === b[j - 1] ? (table[i - 1]?.[j - 1] ?? 0) + 1 : Math.max(table[i - 1]?.[j] ?? 0, table[i]?.[j - 1] ?? 0);
        const once = (texts: readonly string[]): boolean => texts.some((text) => texts.filter((other) => other === text).length === 1);
        if (once(a) || once(b)) return;
        expect(matchLines(a, b).filter((j) => j >= 0)).toHaveLength(table[a.length]?.[b.length] ?? -1);
      }),
    );
  });

  it('gives up on a stretch of thousands of lines that have nothing in common, and keeps what is around it', () => {
    const noise = (seed: string): string[] => Array.from({ length: 6000 }, (_, i) => `${seed}${String(i % 50)}`);
    const match = matchLines(['head', ...noise('a'), 'foot'], ['head', ...noise('b'), 'foot']);
    expect([match[0], match.at(-1), match.filter((j) => j >= 0).length]).toEqual([0, 6001, 2]);
  });
});
