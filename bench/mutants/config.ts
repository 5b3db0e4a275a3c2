import { defineConfig } from 'vitest/config';
import { MUTANTS } from './table.js';

/** The tests of the simulator, the riscv families and a sample of the litmus suites, on a machine with one rule taken away: the one whose number stands in FAULTLINE_MUTANT. */
const mutant = MUTANTS[Number(process.env['FAULTLINE_MUTANT'])];

export default defineConfig({
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (code, id) => (mutant && id.endsWith(`/${mutant.file}`) ? code.replace(mutant.from, () => mutant.to) : undefined),
    },
  ],
  test: {
    include: [
      'simulator/**/*.test.ts',
      'analyzers/litmus/riscv/family.test.ts',
      'analyzers/litmus/self-modifying/*.test.ts',
      'bot/litmus/sample.test.ts',
    ],
    // A slow machine kills no mutant.
    testTimeout: 600_000,
  },
});
