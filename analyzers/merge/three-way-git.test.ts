import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDiff } from '../diff/parse.js';
import { wholeFile } from '../source/memory-tree.js';
import { applyEdits, orderEdits } from './edit.js';
import { threeWay } from './three-way.js';

type Edit = readonly [at: number, kind: 'remove' | 'insert' | 'replace', text: number];

/** No empty ones: a hunk with nothing else around it is not placed. */
const line = fc.oneof(
  fc.constantFrom('\tif (x)', '}', '\telse', '\treturn 0;'),
  fc.nat(99).map((n) => `\tstep(${String(n)});`),
);
const edits = fc.array(fc.tuple(fc.nat(1000), fc.constantFrom('remove', 'insert', 'replace'), fc.nat(4)), { minLength: 1, maxLength: 3 });

function edited(lines: readonly string[], changes: readonly Edit[]): string[] {
  const out = [...lines];
  for (const [at, kind, text] of changes) {
    const place = at % (out.length + 1);
    // Which of several equal lines is gone, the texts do not say, and two programs may take it differently.
    const isOneOfMany = out.filter((each) => each === out[place]).length > 1;
    out.splice(place, kind === 'insert' || isOneOfMany ? 0 : 1, ...(kind === 'remove' ? [] : [`\tnew(${String(text)});`]));
  }
  return out;
}

describe('threeWay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'three-way-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, lines: readonly string[]): void => {
    writeFileSync(join(folder, name), lines.map((each) => `${each}\n`).join(''));
  };
  const diffOf = (): string => {
    const { stdout } = spawnSync('git', ['diff', '--no-index', '--no-color', '--no-ext-diff', 'base', 'theirs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout.replace(/^(diff --git|---|\+\+\+).*$/gm, (head) => head.replace(/([ab])\/(?:base|theirs)/g, '$1/x.c'));
  };

  it('brings in what git merge-file brings in, and finds a conflict wherever git does', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 12, maxLength: 40 }), edits, edits, (base, first, second) => {
        const [ours, theirs] = [edited(base, first), edited(base, second)];
        write('base', base);
        write('ours', ours);
        write('theirs', theirs);
        const diff = diffOf();
        if (diff === '') return;
        const file = wholeFile('x.c', ours.map((each) => `${each}\n`).join(''), 'tree');
        const hunks = parseDiff(diff).files.flatMap((each) => each.hunks);
        const met = threeWay(hunks, base.map((each) => `${each}\n`).join(''), file);
        expect(met).not.toBeNull();
        if (met === null || met.some(({ kind }) => kind === 'conflict')) return;
        const ordered = orderEdits(met.flatMap((one) => (one.kind === 'in' ? one.edits : [])));
        const merged = execFileSync('git', ['merge-file', '-p', 'ours', 'base', 'theirs'], { cwd: folder, encoding: 'utf8' });
        expect(ordered === null ? null : applyEdits(file, ordered).text).toBe(merged);
        compared += 1;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});
