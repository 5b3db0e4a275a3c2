import { z } from 'zod';
import { VIOLATIONS } from '../machine/violation.js';
import { ARCHES } from '../program/arch.js';
import { parseYaml } from '../program/yaml.js';

/**
 * What a scenario file says before its C: where it starts, who runs what, what hardware may do. It names entry points of the kernel and
 * objects of its own, never a patch.
 */

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const axisValue = z.union([z.string(), z.number(), z.boolean()]);
const address = z.union([z.number().int().nonnegative(), z.string().regex(/^0x[0-9a-f]+$/i)]).transform((v) => BigInt(v));

/** A version as its Makefile has it, without the sublevel; or the skeletons, which stand in for one. */
const kernel = z.string().regex(/^(?:\d+\.\d+|skeletons)$/);

const tableSchema = z.strictObject({
  object: name,
  /** 0 is the root. */
  depth: z.number().int().nonnegative(),
  base: address,
  /**
   * `empty`, `pages` (every entry maps a page of its own) or, by index, a table or page object or null; of a large table only those that are
   * not empty: `{ 0: page_a, 511: page_b }`.
   */
  entries: z.union([z.enum(['empty', 'pages']), z.array(name.nullable()), z.record(z.string().regex(/^\d+$/), name)]).default('empty'),
});

const sizeSchema = z.strictObject({
  /** 0: no store is delayed, where that would take more states than a review has time for; what takes a delayed store to show is missed. */
  window: z.literal(0).optional(),
  /** Macros that give the scenario its size. */
  defines: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  cpus: z.array(
    z.strictObject({
      name: z.string(),
      number: z.number().int().nonnegative().optional(),
      /** Procedure it runs; absent for a CPU of which only the hardware walker matters. */
      runs: name.optional(),
      /**
       * `listed`: it makes no accesses but those of its program. Its hardware may still walk tables at any time, so that a table must not go
       * while it may be reached; a page may, as long as no access comes to it.
       */
      accesses: z.enum(['any', 'listed']).optional(),
      /**
       * x86, s390, powerpc: CR3, the ASCE or the PID names other tables than those of the scenario at first. `fresh`: and this CPU has kept no
       * copies of these.
       */
      elsewhere: z.union([z.boolean(), z.literal('fresh')]).optional(),
      /** Procedures of further tasks of this CPU. */
      tasks: z.array(name).optional(),
      /** Handlers of an interrupt and an NMI that come to it once, at any time. */
      irq: name.optional(),
      nmi: name.optional(),
    }),
  ),
  mmu: z
    .strictObject({
      regime: z.enum(['riscv', 'arm64-stage1', 'arm64-stage2', 'x86', 'powerpc-radix', 's390']),
      root: name,
      /** powerpc, riscv: the PID or ASID under which the tables are used. Absent: every one counts as theirs. */
      number: z.number().int().nonnegative().optional(),
      /** arm64: how many entries the contiguous bit makes one, where the scenario's kernel has smaller groups than hardware's 16. */
      contiguous: z.number().int().positive().optional(),
      levels: z.array(z.strictObject({ level: z.number().int(), shift: z.number().int(), entries: z.number().int().positive() })),
      tables: z.array(tableSchema),
    })
    .optional(),
  /** Further pages of the scenario, beside tables and what `pages` makes. */
  pages: z.array(name).default([]),
  /** Pages that hold text: their words are bytes. */
  text: z.array(name).default([]),
  /** Pages that an entry of the level above the last maps; one that a table maps from the start need not be named. */
  blocks: z.array(name).default([]),
  /** Pages and tables that the page allocator gives out, in this order. */
  pool: z.array(name).default([]),
  /** First values of variables: a number, `&object`, or `?` for one that somebody has to initialise before it is read. */
  initial: z.record(z.string(), z.union([z.number().int(), z.string()])).default({}),
});

export const specSchema = z.strictObject({
  scenario: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  arch: z.enum(ARCHES),
  /**
   * Which code it is written for: the skeletons that stand in for a kernel where no tree is at hand, or a kernel tree. Names of structs and
   * their fields, sizes of tables and what has to be set up differ.
   */
  on: z.enum(['skeletons', 'tree']).default('skeletons'),
  /** The scenario of which this one is a variant: what both show alike is told once. */
  variantOf: z.string().optional(),
  /** What happens, in one sentence, for readers of a report. */
  about: z.string(),
  /** Kernel functions whose protocol this scenario tests. */
  entries: z.array(name).min(1),
  /** Kernel files that it is compiled with, beside what they include. */
  files: z.array(z.string()).min(1),
  /**
   * Functions of the tree that run though the catalog has a row of the name, for here they are what is tested; what ends in `*` means all that
   * begin so.
   */
  compiled: z.array(z.string().regex(/^[A-Za-z_]\w*\*?$/)).default([]),
  axes: z.record(z.string(), z.array(axisValue).min(1)).default({}),
  /** Combinations that no hardware or kernel has. */
  excludes: z.array(z.record(z.string(), axisValue)).default([]),
  /**
   * What a released kernel shows here, and why that is right: a bug of its own, by version. Nothing but the tests looks at it; a review finds
   * the same by running.
   */
  known: z
    .array(
      z.strictObject({
        kernel,
        violation: z.enum(VIOLATIONS),
        /** Delayed stores that it takes. */
        window: z.union([z.literal(0), z.literal(1)]),
        why: z.string(),
      }),
    )
    .default([]),
  /** Released kernels that have not got what this scenario tests. */
  lacking: z.array(z.strictObject({ kernel, why: z.string() })).default([]),
  /** Procedure that takes page faults. */
  trap: name.optional(),
  /** Entry code of interrupts, called with the handler and its argument; absent where the machine stands in for it. */
  interrupt: name.optional(),
  explore: sizeSchema,
  /** One fair run that counts, at a larger size: what it does not say is as in `explore`. */
  measure: sizeSchema.extend({ what: z.string() }).optional(),
});

export type ScenarioSpec = z.infer<typeof specSchema>;
export type SizeSpec = ScenarioSpec['explore'];
export type TableSpec = z.infer<typeof tableSchema>;

/** A scenario file: its specification and the C below it. */
export interface Scenario {
  readonly spec: ScenarioSpec;
  readonly path: string;
  readonly text: string;
}

const bothSizes = z.looseObject({ explore: z.record(z.string(), z.unknown()), measure: z.record(z.string(), z.unknown()) });

/** A header whose `measure` has the fields of `explore` that it leaves out. */
function withSize(header: unknown): unknown {
  const both = bothSizes.safeParse(header);
  return both.success ? { ...both.data, measure: { ...both.data.explore, ...both.data.measure } } : header;
}

/** The YAML above the C. */
export function headerOf(path: string, text: string): string {
  const header = /\/\*---\n([\s\S]*?)\n---\*\//.exec(text)?.[1];
  if (header === undefined) throw new Error(`${path}: no /*--- … ---*/ header`);
  return header;
}

type ReadYaml = (text: string) => unknown;

/**
 * The scenario that a file's header describes. Scenario files are part of the program: a fault in one is a bug and throws, naming the file and
 * the field.
 */
export const parseScenario = (path: string, text: string, read: ReadYaml = parseYaml): Scenario =>
  scenario(path, text, fileHeader(path, text, read).header);

/** All scenarios of a file: the one that its header describes, and each of the header's `further`, which says only what it has otherwise. */
export function parseScenarios(path: string, text: string, read: ReadYaml = parseYaml): Scenario[] {
  const { header, further } = fileHeader(path, text, read);
  return [header, ...further.map((own) => overlaid(header, own))].map((each) => scenario(path, text, each));
}

const scenario = (path: string, text: string, header: Header): Scenario => ({
  spec: checked(path, specSchema, withSize(header)),
  path,
  text,
});

function fileHeader(path: string, text: string, read: ReadYaml): { readonly header: Header; readonly further: readonly Header[] } {
  const { further = [], ...header } = checked(path, fileSchema, read(headerOf(path, text)));
  return { header, further };
}

type Header = Readonly<Record<string, unknown>>;

const headerSchema = z.record(z.string(), z.unknown());

/** A file's header as far as it has to be read to tell its scenarios apart. */
const fileSchema = z.looseObject({ further: z.array(headerSchema).optional() });

/** `base` with what `own` says: maps are laid over each other, all else takes the place of what there was, null takes it away. */
function overlaid(base: Header, own: Header): Header {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const [before, after] = [headerSchema.safeParse(base[key]), headerSchema.safeParse(value)];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = before.success && after.success ? overlaid(before.data, after.data) : value;
  }
  return result;
}

function checked<T extends z.ZodType>(path: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${path}: ${result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`);
}
