import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bot/**/*.test.ts', 'analyzers/**/*.test.ts', 'simulator/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
