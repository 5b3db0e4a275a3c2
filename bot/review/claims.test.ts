import { describe, expect, it } from 'vitest';
import { Claims } from './claims.js';

describe('claims on jobs', () => {
  it('gives each job out once, whoever asks', () => {
    const mine = Claims.forJobs(1, 3);
    const theirs = Claims.in(mine.memory, 3);
    expect([mine.claim(1, null), theirs.claim(2, null), mine.claim(1, 0), theirs.claim(2, 1), mine.claim(1, 2)]).toEqual([
      0,
      1,
      2,
      null,
      null,
    ]);
  });

  it('a thread stays with its group, then takes a fresh one, then helps', () => {
    const mine = Claims.forJobs(3, 2);
    const theirs = Claims.in(mine.memory, 2);
    expect([mine.claim(1, null), theirs.claim(2, null)]).toEqual([0, 2]);
    expect([mine.claim(1, 0), mine.claim(1, 1), mine.claim(1, 4)]).toEqual([1, 4, 5]);
    expect([mine.claim(1, 5), mine.claim(1, 3), theirs.claim(2, 2)]).toEqual([3, null, null]);
  });

  it('knows whose each is, and how many are left', () => {
    const claims = Claims.forJobs(1, 3);
    expect([claims.left, claims.of(1)]).toEqual([3, []]);
    claims.claim(1, null);
    claims.claim(2, null);
    expect([claims.left, claims.of(1), claims.of(2), claims.of(3)]).toEqual([1, [0], [1], []]);
    claims.claim(2, 1);
    claims.claim(2, 2);
    expect([claims.left, claims.of(2)]).toEqual([0, [1, 2]]);
  });

  it('of no jobs gives none', () => {
    expect(Claims.forJobs(0, 4).claim(1, null)).toBeNull();
  });

  it('of every kind of thread together make all jobs, each once', () => {
    const groups = 7;
    const size = 5;
    const threads = Array.from({ length: 3 }, (_, i) => ({ number: i + 1, last: null as number | null }));
    const memory = Claims.forJobs(groups, size).memory;
    const claims = threads.map(() => Claims.in(memory, size));
    const done: number[] = [];
    for (let turn = 0; turn < groups * size; turn++) {
      const i = (turn * turn) % threads.length;
      const thread = threads[i];
      const job = thread ? claims[i]?.claim(thread.number, thread.last) : null;
      if (!thread || job == null) continue;
      thread.last = job;
      done.push(job);
    }
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: groups * size }, (_, i) => i));
  });
});
