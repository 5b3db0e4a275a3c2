import { z } from 'zod';
import { METRIC_NAMES } from './metrics.js';
import { VIOLATION_NAMES } from './violations.js';

/** The version of the Report's form. Fields may be added under it; none may change its name, place or meaning. */
export const SCHEMA = 'faultline-report/1';

export type Report = Frozen<z.output<typeof reportSchema>>;
export type Review = Report['reviews'][number];
export type Finding = Review['findings'][number];
export type Status = Finding['status'];
export type Verdict = Review['verdict'];
export type TraceStep = Finding['trace'][number];
export type MayActOn = NonNullable<TraceStep['mayActOn']>[number];
export type Axes = Finding['axes'];
export type Count = Review['counts'][number];
export type Ran = Review['ran'][number];
export type Earlier = Review['earlier'][number];

export type ParsedReport = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly error: string };

/** Reads a Report from a JSON value. The error names each place that is wrong and what was expected there, one a line. */
export function parseReport(json: unknown): ParsedReport {
  const form = z.object({ schema: z.string() }).safeParse(json);
  if (!form.success)
    return { ok: false, error: `not a faultline report: no "schema" field with a text. A report starts with "schema": "${SCHEMA}".` };
  if (form.data.schema !== SCHEMA) {
    return {
      ok: false,
      error: `the report has schema ${quoted(form.data.schema)}, this version reads "${SCHEMA}". Make the report again.`,
    };
  }
  const read = reportSchema.safeParse(json);
  return read.success ? { ok: true, report: read.data } : { ok: false, error: `not a valid report:\n${complaints(read.error)}` };
}

/** Reads a Report from JSON text, as it stands in a file. */
export function parseReportText(text: string): ParsedReport {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return {
      ok: false,
      error: `not JSON: ${quoted(error instanceof Error ? error.message : 'unreadable')}. Give a report that faultline wrote.`,
    };
  }
  return parseReport(json);
}

/** The JSON text of a Report, with a newline at its end. Throws on a value that is not a Report: whoever made it has a bug. */
export function serialiseReport(report: Report): string {
  const read = reportSchema.safeParse(report);
  if (!read.success) throw new Error(`refusing to write an invalid report:\n${complaints(read.error)}`);
  return `${JSON.stringify(read.data, null, 2)}\n`;
}

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

const count = z.int().min(0);
const lineNumber = z.int().min(1);
/** Without angle brackets. */
const messageId = z.string().min(1);
const axes = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));
const texts = z.array(z.string()).default([]);

const functionSchema = z.object({
  name: z.string(),
  /** patch: the mail's text; tree: a kernel tree; skeleton: our own stand-in. */
  from: z.enum(['patch', 'tree', 'skeleton']),
  file: z.string(),
  line: count,
});

/** What a CPU may still act on after a step: a cached entry, a delayed store, old text. */
const mayActOnSchema = z.object({
  cpu: z.int().min(-1),
  what: z.string(),
  values: z.array(z.string()),
  because: z.string(),
});

const traceStepSchema = z.object({
  /** -1: nobody, the machine itself. */
  cpu: z.int().min(-1),
  text: z.string(),
  file: z.string().optional(),
  line: lineNumber.optional(),
  /** step: done by the CPU; may: what the hardware is free to do; bad: what must not happen. */
  kind: z.enum(['step', 'may', 'bad']).default('step'),
  function: z.string().optional(),
  /** Which text `file` and `line` point into. For `patch`: the new file as the hunk header counts it. */
  origin: z.enum(['patch', 'tree', 'skeleton', 'scenario']).optional(),
  /** Absent: not recorded for this step. Empty: every CPU acts on what memory holds. */
  mayActOn: z.array(mayActOnSchema).optional(),
});

const findingSchema = z
  .object({
    id: z.string().regex(/^[0-9a-f]{4,16}$/, 'must be 4 to 16 hex digits'),
    status: z.enum(['introduced', 'fixed', 'pre-existing', 'superfluous']),
    /** Null only where nothing goes wrong: a superfluous barrier. */
    violation: z.enum(VIOLATION_NAMES).nullable(),
    /** What the violation leads to in the same trace. */
    endsIn: z.enum(VIOLATION_NAMES).optional(),
    scenario: z.string().min(1),
    arch: z.string().min(1),
    /** Only those that matter: one conjunction. */
    axes,
    /** Alternatives, when one conjunction does not say where it happens. */
    where: z.array(axes).default([]),
    /** The full assignment under which the trace was found. */
    setting: axes.default({}),
    patch: messageId,
    /** A later patch of the series after which it is gone. */
    removedBy: messageId.optional(),
    /** One sentence: who does what, who may still use it. */
    summary: z.string().default(''),
    because: z.string().optional(),
    functions: z.array(functionSchema),
    trace: z.array(traceStepSchema),
    cpuNames: z.record(z.string().regex(/^(-1|\d+)$/, 'must be the number of a CPU'), z.string()).default({}),
    states: count,
    exhaustive: z.boolean(),
    /** Stores that a CPU may delay. */
    window: count.optional(),
  })
  .refine((finding) => finding.violation !== null || finding.status === 'superfluous', {
    path: ['violation'],
    message: 'must be named unless the status is superfluous',
  });

const earlierSchema = z.object({
  id: z.string(),
  /** The version that had it first. */
  version: z.int().min(1),
  violation: z.enum(VIOLATION_NAMES).nullable(),
  scenario: z.string().min(1),
  axes,
  summary: z.string().default(''),
  /** answered, dismissed: it is still there. not-run: nothing in this review would have found it. */
  fate: z.enum(['still-there', 'fixed', 'answered', 'dismissed', 'not-run']),
  /** Its id among the findings of this review. */
  now: z.string().optional(),
  fixedIn: z.int().min(1).optional(),
  /** The author's answer. */
  by: messageId.optional(),
  /** What the answer or the dismissal says. */
  why: z.string().optional(),
});

const reviewFields = {
  series: z.object({
    title: z.string(),
    version: z.int().min(1),
    patches: z.array(z.object({ index: count, subject: z.string(), messageId })),
  }),
  verdict: z.enum(['introduced', 'fixed', 'pre-existing', 'clean', 'not-modelled', 'not-relevant', 'error']),
  /** How the code before was made. */
  base: z.string().default(''),
  /** What was looked at to find that code, in order. */
  baseTried: z.array(z.object({ what: z.string(), outcome: z.string() })).default([]),
  findings: z.array(findingSchema),
  counts: z.array(
    z.object({
      scenario: z.string().min(1),
      arch: z.string().min(1),
      axes,
      metric: z.enum(METRIC_NAMES),
      before: z.number().min(0),
      after: z.number().min(0),
      /** What was done while counting: size and workload. */
      what: z.string().optional(),
    }),
  ),
  ran: z.array(
    z.object({
      scenario: z.string().min(1),
      axes,
      states: count,
      ms: z.number().min(0),
      /** How many assignments of the axes the row stands for. */
      settings: count.default(1),
      window: count.optional(),
      /** False: a budget stopped the run. */
      exhaustive: z.boolean().default(true),
      outcome: z.string().optional(),
      /** What it ran on, where that is not the base of the review. */
      base: z.string().optional(),
    }),
  ),
  /** Which scenarios the patches reach, through which names that they change, and how many of the same architectures they do not reach. */
  selection: z
    .object({ reached: z.array(z.object({ scenario: z.string().min(1), changed: texts })), others: count })
    .default({ reached: [], others: 0 }),
  notModelled: z.array(z.object({ what: z.string(), why: z.string() })),
  /** Repairs of damaged mails, how hunks were placed. */
  notes: texts,
  /** Why a scenario is silent, where there is a reason worth printing. */
  safeBecause: z.array(z.object({ scenario: z.string().min(1), axes, why: z.string() })).default([]),
  /** What the patch changes without a difference in any run, each a sentence. */
  unaffected: texts,
  /** Earlier versions that are remembered, oldest first, and what ties each to this one. */
  versions: z.array(z.object({ version: z.int().min(1), messageId, link: z.enum(['change-id', 'subject', 'patch-id']) })).default([]),
  /** What became of their findings. */
  earlier: z.array(earlierSchema).default([]),
};

const reviewSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('series'), ...reviewFields }),
  z.object({
    kind: z.literal('pasted'),
    /** The reply that carries the diff. */
    patch: messageId,
    /** Which diff of the reply, from 1. */
    ordinal: lineNumber.default(1),
    ...reviewFields,
  }),
]);

const reportSchema = z.object({
  schema: z.literal(SCHEMA),
  tool: z.object({ name: z.string(), version: z.string() }).default({ name: 'faultline', version: '' }),
  /** What was read: a file name, a range of commits, an address. */
  source: z.string(),
  reviews: z.array(reviewSchema),
  /** What could not be read, each a sentence. */
  problems: texts,
});

/** For the test that compares docs/report.md with the schema. */
export const shapes = {
  report: Object.keys(reportSchema.shape),
  review: Object.keys({ kind: 0, patch: 0, ordinal: 0, ...reviewFields }),
  finding: Object.keys(findingSchema.shape),
  step: Object.keys(traceStepSchema.shape),
  mayActOn: Object.keys(mayActOnSchema.shape),
  ran: Object.keys(reviewFields.ran.element.shape),
  counts: Object.keys(reviewFields.counts.element.shape),
  earlier: Object.keys(earlierSchema.shape),
};

const SHOWN_COMPLAINTS = 5;

function complaints(error: z.ZodError): string {
  const shown = error.issues.slice(0, SHOWN_COMPLAINTS).map((issue) => `  ${place(issue.path)}: ${quoted(issue.message, false)}`);
  const more = error.issues.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function place(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${quoted(String(part), false)}`)).join('');
  return text.replace(/^\./, '') || 'the report';
}

/** Text of the input, made safe to show. */
function quoted(text: string, marks = true): string {
  const plain = JSON.stringify(text.slice(0, 120)).replace(/[^ -~]/g, '?');
  return marks ? plain : plain.slice(1, -1).replaceAll('\\"', '"');
}
