import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMails } from '../ingest/mails.js';
import { assemble } from './assemble.js';
import { parseSubject } from './subject.js';
import { sharedFolder } from './testing/shared.js';
import type { Assembly } from './types.js';

const threads = sharedFolder('threads');
const oracles = sharedFolder('oracles');

async function read(path: string): Promise<Assembly> {
  return assemble((await loadMails(path)).mails);
}

const shape = (assembly: Assembly): readonly string[] =>
  assembly.series.map((series) => `v${series.version} ${series.patches.length}/${series.total}${series.cover ? ' cover' : ''}`);

describe('real threads', () => {
  const named = (folder: string, start: string): string => {
    const base = join(threads ?? '', folder);
    return join(base, readdirSync(base).find((name) => name.startsWith(start)) ?? start);
  };

  it.skipIf(threads === null)('seed 0: the whole patch comes out of a quote two deep', async () => {
    const assembly = await read(named('seeds', 'seed-000'));
    expect(shape(assembly)).toEqual(['v1 1/4']);
    const diff = assembly.series[0]?.patches[0]?.diff;
    expect(diff?.files.map((file) => file.hunks.length)).toEqual([1, 1, 1, 2, 1]);
    expect(diff?.problems).toEqual([]);
    expect(diff?.repairs.length).toBeGreaterThanOrEqual(5);
  });

  it.skipIf(threads === null)('seed 1: blank lines that fell out', async () => {
    const assembly = await read(named('seeds', 'seed-001'));
    expect(assembly.series[0]?.patches[0]?.diff.files.map((file) => file.hunks.length)).toEqual([1, 4, 1]);
  });

  it.skipIf(threads === null)('seed 3: a cover that counts two, five patches', async () => {
    expect(shape(await read(named('seeds', 'seed-003')))).toEqual(['v2 5/5 cover']);
  });

  it.skipIf(threads === null)('seed 4: one patch of three, one proposal', async () => {
    const assembly = await read(named('seeds', 'seed-004'));
    expect(shape(assembly)).toEqual(['v1 1/3']);
    expect(assembly.series[0]?.problems).toEqual(['patches 2 and 3 of 3 are not in the source']);
    expect(assembly.pasted.map((entry) => entry.diff.files.map((file) => file.hunks.length))).toEqual([[2]]);
  });

  it.skipIf(threads === null)('corpus 001: two versions, nothing pasted', async () => {
    const assembly = await read(named('corpus', '001'));
    expect(shape(assembly)).toEqual(['v1 4/4 cover', 'v2 4/4 cover']);
    expect(assembly.pasted).toEqual([]);
  });

  it.skipIf(threads === null)(
    'every thread: each series is complete or says what is missing, each mail of a patch is somewhere',
    async () => {
      const paths = ['seeds', 'corpus'].flatMap((folder) =>
        readdirSync(join(threads ?? '', folder)).map((name) => join(threads ?? '', folder, name)),
      );
      for (const path of paths.filter((entry) => entry.endsWith('.mbox'))) {
        const { mails } = await loadMails(path);
        const { series, pasted, rejected } = assemble(mails);
        for (const { patches, total, problems, title } of series) {
          const have = new Set(patches.map((patch) => patch.index));
          const missing = Array.from({ length: total }, (_, i) => i + 1).filter((index) => !have.has(index));
          if (missing.length > 0) expect(problems.join(), `${path}: ${title}`).toMatch(/not in the source|no diff|no part of the diff/);
        }
        const named = new Set([
          ...series.flatMap((entry) => [entry.cover?.messageId, ...entry.patches.map((patch) => patch.mail.messageId)]),
          ...[...pasted.map((entry) => entry.mail), ...rejected].map((entry) => entry.messageId),
        ]);
        const lost = mails.filter((mail) => !named.has(mail.messageId) && !parseSubject(mail.subject).reply);
        expect(lost.map((mail) => mail.subject)).toEqual([]);
      }
    },
  );

  it.skipIf(threads === null)('every thread: no patch of a series is lost, few hunks are', async () => {
    const corpus = join(threads ?? '', 'corpus');
    let hunks = 0;
    let problems = 0;
    let series = 0;
    for (const name of readdirSync(corpus).filter((entry) => entry.endsWith('.mbox'))) {
      const assembly = await read(join(corpus, name));
      const diffs = [
        ...assembly.series.flatMap((entry) => entry.patches.map((patch) => patch.diff)),
        ...assembly.pasted.map((entry) => entry.diff),
      ];
      series += assembly.series.length;
      hunks += diffs.reduce((sum, diff) => sum + diff.files.reduce((n, file) => n + file.hunks.length, 0), 0);
      problems += diffs.reduce((sum, diff) => sum + diff.problems.length, 0);
    }
    console.log(`threads: ${series} series, ${hunks} hunks read, ${problems} parts of diffs not`);
    expect(hunks).toBeGreaterThan(1000);
    expect(problems / hunks).toBeLessThan(0.005);
  });
});

interface Expected {
  readonly covers_patches_comments: readonly [number, number, number];
  readonly patches_per_series: readonly number[] | null;
  readonly covers_per_series: readonly number[] | null;
}

describe('the split that patchwork makes of its own mailboxes', () => {
  const folder = join(oracles ?? '', 'patchwork', 'series');

  it.skipIf(oracles === null)('agrees', async () => {
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;
    const wrong: string[] = [];
    for (const [name, split] of Object.entries(expected)) {
      const { series } = await read(join(folder, name));
      // Patches that a version takes from the one before were not sent with it.
      const patches = series.map((entry) => entry.patches.filter((patch) => patch.via.kind === 'mail').length);
      const covers = series.map((entry) => (entry.cover ? 1 : 0));
      const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
      const agrees =
        (split.patches_per_series ?? patches).join() === patches.join() &&
        (split.covers_per_series ?? covers).join() === covers.join() &&
        split.covers_patches_comments[0] === sum(covers) &&
        split.covers_patches_comments[1] === sum(patches);
      if (!agrees) wrong.push(name);
    }
    console.log(`patchwork series: ${Object.keys(expected).length - wrong.length} of ${Object.keys(expected).length} as expected`);
    expect(wrong).toEqual([]);
  });

  it.skipIf(oracles === null)('no mail of its odd and fuzzed ones is too much', async () => {
    for (const kind of ['mail', 'fuzz']) {
      const base = join(oracles ?? '', 'patchwork', kind);
      for (const name of readdirSync(base)) {
        const loaded = await loadMails(join(base, name));
        const assembly = assemble(loaded.mails);
        expect(assembly.series.length + assembly.pasted.length + assembly.rejected.length + loaded.rejected.length, name).toBeGreaterThan(
          0,
        );
      }
    }
  });
});
