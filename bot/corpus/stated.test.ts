import { describe, expect, it } from 'vitest';
import { loadWording, namesIn, violationsIn } from './stated.js';

const WORDING = loadWording();

describe('what words state', () => {
  it.each([
    ['CPU1 keeps a stale entry', ['stale-translation']],
    ['The walker goes on after CPU0 has freed the page', ['walker-use-after-free']],
    ['Two CPUs: deadlock, or an unbounded wait of a vCPU', ['deadlock', 'unbounded-wait']],
    ['Another access oopses', ['unhandled-fault']],
    ['A comment is wrong', []],
  ])('%s: %j', (text, violations) => {
    expect(violationsIn([text], WORDING)).toEqual(violations);
  });

  it('must stand in one sentence', () => {
    expect(violationsIn(['The walker is slow. A page is freed.'], WORDING)).toEqual([]);
  });

  it('names code by its spelling', () => {
    expect(namesIn(['CPU0 in take_mask() reads mask[] and the word of_all, not this one'])).toEqual(['take_mask', 'mask', 'of_all']);
  });
});
