import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDiff } from './parse.js';

interface ExpectedFile {
  readonly Hunks:
    | readonly {
        readonly StartLineOld: number;
        readonly LineLengthOld: number;
        readonly StartLineNew: number;
        readonly LineLengthNew: number;
        readonly Section: string;
        readonly Lines: readonly { readonly Type: 0 | 1 | 2; readonly Content: string }[];
      }[]
    | null;
}

const folder = join(process.env['FAULTLINE_SHARED'] ?? resolve('..', 'shared'), 'oracles', 'reviewdog-diff');
const present = existsSync(folder);
if (!present) {
  if (process.env['CI'] !== undefined) throw new Error(`${folder} is absent, and its tests must not be skipped in CI`);
  console.warn(`SKIPPED: ${folder} is absent; set FAULTLINE_SHARED to compare with another parser's results`);
}

const TYPES = { context: 0, added: 1, removed: 2 } as const;

describe("another parser's results", () => {
  const names = present ? readdirSync(folder).filter((name) => name.endsWith('.diff')) : ['(absent)'];
  it.skipIf(!present).each(names)('%s', (name) => {
    const diff = parseDiff(readFileSync(join(folder, name), 'utf8'));
    const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as readonly ExpectedFile[];
    const found = diff.files.map((file) =>
      file.hunks.map((hunk) => ({
        StartLineOld: hunk.oldStart,
        LineLengthOld: hunk.oldCount,
        StartLineNew: hunk.newStart,
        LineLengthNew: hunk.newCount,
        Section: hunk.section,
        Lines: hunk.lines.map((line) => ({ Type: TYPES[line.kind], Content: line.text })),
      })),
    );
    const wanted = expected.map((file) =>
      (file.Hunks ?? []).map((hunk) => ({ ...hunk, Lines: hunk.Lines.map(({ Type, Content }) => ({ Type, Content })) })),
    );
    expect(diff.problems).toEqual([]);
    expect(found).toMatchObject(
      wanted.map((hunks) =>
        hunks.map(({ StartLineOld, LineLengthOld, StartLineNew, LineLengthNew, Section, Lines }) => ({
          StartLineOld,
          LineLengthOld,
          StartLineNew,
          LineLengthNew,
          Section,
          Lines,
        })),
      ),
    );
  });
});
