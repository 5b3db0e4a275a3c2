import { z } from 'zod';
import type { Run } from './plan.js';
import { tally } from './tally.js';
import { COMPARISONS, type TestResult, verdictOf } from './types.js';

/** The version of the form of `faultline litmus --json`. */
const SCHEMA = 'faultline-litmus/1';

const place = { line: z.int().min(1), column: z.int().min(1) };
const kind = z.enum(['allowed', 'forbidden', 'required']);
const outcome = z.discriminatedUnion('k', [
  z.strictObject({
    k: z.literal('verdict'),
    holds: z.enum(['never', 'sometimes', 'always']),
    outcomes: z.int().min(0),
    states: z.int().min(0),
  }),
  z.strictObject({ k: z.literal('unsupported'), feature: z.string().min(1), at: z.strictObject(place).nullable() }),
  z.strictObject({ k: z.literal('over-budget'), of: z.enum(['time', 'states', 'memory']) }),
  z.strictObject({ k: z.literal('malformed'), malformed: z.strictObject({ ...place, expected: z.string(), found: z.string() }) }),
  z.strictObject({ k: z.literal('unreadable'), why: z.string() }),
  z.strictObject({ k: z.literal('failed'), why: z.string() }),
]);
const test = z.strictObject({
  name: z.string(),
  file: z.string(),
  comparison: z.enum(COMPARISONS),
  verdict: kind.nullable(),
  expected: kind.nullable(),
  outcome,
  ms: z.number().min(0),
});
const suite = z.strictObject({
  run: z.string(),
  folder: z.string(),
  kinds: z.string().nullable(),
  setting: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  counts: z.record(z.enum(COMPARISONS), z.int().min(0)),
  unsupported: z.array(z.strictObject({ feature: z.string(), tests: z.int().min(1) })),
  ms: z.strictObject({ median: z.number(), p95: z.number(), max: z.number(), sum: z.number() }),
  tests: z.array(test),
});
const schema = z.strictObject({ schema: z.literal(SCHEMA), suites: z.array(suite) });

export type LitmusReport = z.output<typeof schema>;

export function litmusReport(runs: readonly { readonly run: Run; readonly results: readonly TestResult[] }[]): LitmusReport {
  const suites = runs.map(({ run, results }) => {
    const { counts, unsupported, ms } = tally(run, results);
    const tests = results.map((result) => ({
      ...result,
      verdict: result.outcome.k === 'verdict' ? verdictOf(result.outcome.holds, result.expected) : null,
    }));
    return { run: run.name, folder: run.folder, kinds: run.kinds, setting: run.setting, counts, unsupported, ms, tests };
  });
  return schema.parse({ schema: SCHEMA, suites });
}

/** Reads what `faultline litmus --json` printed; throws on anything else. */
export const parseLitmusReport = (text: string): LitmusReport => schema.parse(JSON.parse(text));
