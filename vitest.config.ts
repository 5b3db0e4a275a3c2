import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bot/**/*.test.ts', 'analyzers/**/*.test.ts', 'simulator/**/*.test.ts'],
    // Kernel trees that tests read: unpacked once, to a folder outside the repository.
    globalSetup: ['bot/tree/testing/unpack.ts'],
    // One process for each core: left to itself, vitest keeps one core free.
    maxWorkers: '100%',
    testTimeout: 60_000,
    // Hooks review whole threads, on machines that do other things as well.
    hookTimeout: 120_000,
  },
});
