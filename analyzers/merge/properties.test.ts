import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hunk, HunkLine } from '../diff/types.js';
import { diff, hunk, merge, text, tokens } from './testing/hunks.js';

const PATH = 'arch/a/unmap.c';

describe('properties', () => {
  const statement = fc
    .tuple(fc.constantFrom('load', 'store', 'flush', 'check'), fc.integer({ min: 0, max: 40 }))
    .map(([f, n]) => `\t${f}_${n}(v, ${n});`);
  const program = fc.uniqueArray(statement, { minLength: 8, maxLength: 24 });
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.integer({ min: 0, max: 2 }),
    add: fc.array(fc.constantFrom('\tsmp_mb();', '\tif (x)\n\t\ty++;', '\tz = f(x);'), { minLength: 1, maxLength: 2 }),
  });

  function patchOf(lines: readonly string[], e: { at: number; remove: number; add: readonly string[] }): { h: Hunk; after: string[] } {
    const at = 1 + (e.at % (lines.length - 4));
    const add = e.add.flatMap((one) => one.split('\n'));
    const from = Math.max(0, at - 3);
    const to = Math.min(lines.length, at + e.remove + 3);
    const body = [
      ...lines.slice(from, at).map((l) => ` ${l}`),
      ...lines.slice(at, at + e.remove).map((l) => `-${l}`),
      ...add.map((l) => `+${l}`),
      ...lines.slice(at + e.remove, to).map((l) => ` ${l}`),
    ];
    return {
      h: hunk(`-${from + 3} +${from + 3} void f(int v)`, body.join('\n')),
      after: [...lines.slice(0, at), ...add, ...lines.slice(at + e.remove)],
    };
  }
  const wrap = (lines: readonly string[]): string => `void f(int v)\n{\n${lines.join('\n')}\n}\n`;

  it('merging into the exact base gives the post-image, with an origin for each line', () => {
    fc.assert(
      fc.property(program, edit, (lines, e) => {
        const { h, after } = patchOf(lines, e);
        const merged = merge({ [PATH]: wrap(lines) }, diff(PATH, h));
        expect(merged.files[0]).toMatchObject({ kind: 'merged', how: 'exact' });
        const file = merged.after.read(PATH);
        expect(file?.text).toBe(wrap(after));
        expect(file?.lines).toHaveLength(file?.text.split('\n').length ?? 0);
        file?.lines.forEach((line, i) => {
          if (line.origin === 'patch') expect(line.line).toBe(i + 1);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('comments and layout of the base do not change the tokens of the result', () => {
    const noise = fc.array(fc.constantFrom('', ' /* note */', '\n', '\n\t/* why\n\t * so */', '   '), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(program, edit, noise, (lines, e, noises) => {
        const { h, after } = patchOf(lines, e);
        const base = wrap(
          lines.map(
            (l, i) => `${l.replace('(', i % 3 === 0 ? ' ( ' : '(').replace(', ', i % 2 === 0 ? ',' : ',\n\t\t')}${noises[i % 30] ?? ''}`,
          ),
        );
        const merged = merge({ [PATH]: base }, diff(PATH, h));
        expect(merged.files[0]).toMatchObject({ kind: 'merged', refused: [] });
        expect(tokens(text(merged.after, PATH))).toBe(tokens(wrap(after)));
        expect(merged.after.read(PATH)?.lines).toHaveLength(text(merged.after, PATH).split('\n').length);
      }),
      { numRuns: 150 },
    );
  });

  it('a file of which a patch leaves nothing has its one empty line', () => {
    const lines = [{ kind: 'added', text: 'f(', noNewline: false }] as const;
    const h: Hunk = { oldStart: 1, oldCount: 1, newStart: 1, newCount: 1, section: '', lines, mailLine: 1 };
    const { before } = merge({ 'a.c': 'f(' }, diff('a.c', h));
    expect(before.read('a.c')).toMatchObject({ text: '', lines: [{ line: 1 }] });
  });

  it('any bytes leave the merge standing', () => {
    const kind = fc.constantFrom<HunkLine['kind']>('context', 'added', 'removed');
    const junk = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('{', '}', '/*', '*/', '#if', '#endif', '\\', 'f(', ')', '"', 'int f(void)', 'x;'),
    );
    const lines = fc.array(fc.record({ kind, text: junk.map((t) => t.replace(/\n/g, ' ')), noNewline: fc.boolean() }), { maxLength: 25 });
    fc.assert(
      fc.property(lines, fc.array(junk, { maxLength: 25 }), fc.constantFrom('a.c', 'a.S'), (ls, source, path) => {
        const h: Hunk = { oldStart: 1, oldCount: 1, newStart: 1, newCount: 1, section: '', lines: ls, mailLine: 1 };
        const merged = merge({ [path]: source.join('\n') }, diff(path, h));
        for (const side of [merged.before, merged.after]) {
          const file = side.read(path);
          expect(file?.lines).toHaveLength(file?.text.split('\n').length ?? -1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
