import { z } from 'zod';
import type { Judged } from './summary.js';
import { tally } from './summary.js';
import { type Baseline, FATES } from './types.js';

/** The version of the form of `faultline mutate --json`. */
const SCHEMA = 'faultline-mutate/1';

const axis = z.union([z.string(), z.number(), z.boolean()]);
const mutant = z.strictObject({
  file: z.string(),
  line: z.int().min(0),
  origin: z.enum(['patch', 'tree', 'skeleton', 'scenario']),
  procedure: z.string(),
  operator: z.enum(['drop', 'weaken', 'move', 'range', 'hint', 'wait', 'split', 'free-first', 'ignore']),
  what: z.string(),
  fate: z.enum(FATES),
  /** Killed: the violations, and under which axes. */
  violations: z.array(z.string()),
  axes: z.record(z.string(), axis),
  /** Equivalent or not modelled: the reason. Survived: null, or why no more was done to find one. */
  why: z.string().nullable(),
  scenarios: z.array(z.string()),
});
const schema = z.strictObject({
  schema: z.literal(SCHEMA),
  scenarios: z.array(
    z.strictObject({
      scenario: z.string(),
      settings: z.int().min(0),
      states: z.int().min(0),
      violations: z.array(z.string()),
      trouble: z.string().nullable(),
    }),
  ),
  counts: z.record(z.enum(FATES), z.int().min(0)),
  mutants: z.array(mutant),
});

export type MutateReport = z.output<typeof schema>;

export function mutateReport(baselines: readonly Baseline[], mutants: readonly Judged[]): MutateReport {
  return schema.parse({
    schema: SCHEMA,
    scenarios: baselines,
    counts: tally(mutants),
    mutants: mutants.map(({ fate, ...rest }) => ({
      ...rest,
      fate: fate.k,
      violations: fate.k === 'killed' ? fate.violations : [],
      axes: fate.k === 'killed' ? Object.fromEntries(fate.setting) : {},
      why: 'why' in fate ? fate.why : null,
    })),
  });
}

/** Reads what `faultline mutate --json` printed; throws on anything else. */
export const parseMutateReport = (text: string): MutateReport => schema.parse(JSON.parse(text));
