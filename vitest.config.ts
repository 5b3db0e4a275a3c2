import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: where one of them comes last, all other processes wait for it. */
const LONG = [
  'bot/review/tree-scenarios.test.ts',
  'bot/ingest/public-inbox/real.test.ts',
  'bot/review/answer-follows-input.test.ts',
  'simulator/machine/invariants/invariants.test.ts',
  'bot/review/generated-search.test.ts',
  'simulator/explore/reductions.test.ts',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(name));
      return at < 0 ? LONG.length : at;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['bot/**/*.test.ts', 'analyzers/**/*.test.ts', 'simulator/**/*.test.ts'],
    // Kernel trees that tests read: unpacked once, to a folder outside the repository.
    globalSetup: ['bot/tree/testing/unpack.ts'],
    // One process for each core: left to itself, vitest keeps one core free.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    // Hooks review whole threads, on machines that do other things as well.
    hookTimeout: 120_000,
  },
});
