import { z } from 'zod';

/**
 * Which violations each scenario showed of mutants of the code that it runs, as measured: what `node dist/bench/caught.js` writes to
 * docs/caught.json, and docs/scenario-violations.md is made of.
 */
const mutant = z.strictObject({ what: z.string(), violations: z.array(z.string()), alone: z.boolean() });

const scenario = z.strictObject({
  scenario: z.string(),
  /** What the mutants were made of: a released kernel, or the skeletons. */
  code: z.string(),
  /** How many mutants showed each violation. */
  violations: z.record(z.string(), z.int().min(1)),
  /** A few of them, those first that no other scenario objects to. */
  mutants: z.array(mutant),
});

const schema = z.strictObject({ scenarios: z.array(scenario) });

export type CaughtData = z.output<typeof schema>;
export type CaughtScenario = z.output<typeof scenario>;
export type CaughtMutant = z.output<typeof mutant>;

/** Throws on anything else. */
export const parseCaught = (text: string): CaughtData => schema.parse(JSON.parse(text));
