import { z } from 'zod';
import { type Violation, type ViolationKind, VIOLATIONS } from '../../simulator/machine/violation.js';
import type { TraceStep } from '../../simulator/explore/trace.js';
import type { Setup } from '../../simulator/interp/setup.js';
import { ORIGINS } from '../../simulator/program/types.js';
import type { KeptForm } from './kept-runs.js';
import type { Shown, VersionOutcome } from './scenario-runs.js';
import { plainUnexecuted, unexecutedForm } from './unexecuted.js';

export type Explored = Omit<VersionOutcome, 'used'>;

const names = z.array(z.string());
const window = z.union([z.literal(0), z.literal(1)]);
const kind = z.enum(VIOLATIONS);

const place = z.strictObject({ file: z.string(), line: z.number(), origin: z.enum(ORIGINS) });

const keptStep = z.strictObject({
  cpu: z.number(),
  kind: z.enum(['step', 'may', 'bad']),
  at: place.nullable(),
  /** Without the line of source that it begins with, where it has a place: that is read again. */
  text: z.string(),
  procedure: z.string(),
  may: z.array(z.strictObject({ cpu: z.number(), what: z.string(), values: names, because: z.string() })),
});

const violation: z.ZodType<Violation> = z
  .strictObject({
    kind,
    endsIn: kind.nullable(),
    why: z.string(),
    victim: z.number(),
    victimText: z.string(),
    before: z.string().optional(),
  })
  .transform(({ before, ...rest }) => (before === undefined ? rest : { ...rest, before }));

const keptOutcome = z.strictObject({
  shown: z.array(z.strictObject({ violation, window, states: z.number(), exhaustive: z.boolean(), trace: z.array(keptStep) })),
  full: z.strictObject({ window, states: z.number(), ms: z.number() }),
  stuck: names,
  procedures: names,
  unexecuted: unexecutedForm,
  dropped: z.array(z.tuple([z.string(), z.string()])),
  unknown: names,
  movable: names,
  synchronisations: z.array(
    z.strictObject({ procedure: z.string(), file: z.string(), line: z.number(), origin: z.string(), behind: z.string().nullable() }),
  ),
});

type KeptStep = z.output<typeof keptStep>;

/** Runs that came to their end, with what they showed and its traces. `line` reads the sources that the version was compiled from. */
export function exploredForm(name: string, line: Setup['line']): KeptForm<Explored> {
  const sourceOf = (at: TraceStep['at']): string => (at === null ? '' : (line(at.file, at.line, at.origin)?.trim() ?? ''));
  const withSource = (step: KeptStep): TraceStep => ({ ...step, text: sourceOf(step.at) + step.text });
  const withoutSource = (step: TraceStep): TraceStep | null => {
    const source = sourceOf(step.at);
    return step.text.startsWith(source) ? { ...step, text: step.text.slice(source.length) } : null;
  };
  return {
    kind: name,
    plain: ({ shown, full, stuck, procedures, unexecuted, dropped, unknown, movable, synchronisations }) => {
      if (full.stopped !== null) return null;
      const found = [...shown.values()].map((each) => ({ ...each, trace: each.trace().map(withoutSource) }));
      if (found.some(({ exhaustive, trace }) => !exhaustive || trace.includes(null))) return null;
      const sets = {
        procedures: [...procedures],
        unexecuted: plainUnexecuted(unexecuted),
        dropped: [...dropped],
        unknown: [...unknown],
        movable: [...movable],
      };
      return { shown: found, full: { window: full.window, states: full.states, ms: full.ms }, stuck, ...sets, synchronisations };
    },
    schema: keptOutcome.transform(({ shown, full, procedures, dropped, unknown, movable, ...rest }) => ({
      ...rest,
      shown: new Map<ViolationKind, Shown>(
        shown.map(({ trace, ...found }) => [found.violation.kind, { ...found, trace: () => trace.map(withSource) }]),
      ),
      full: { ...full, stopped: null },
      procedures: new Set(procedures),
      dropped: new Map(dropped),
      unknown: new Set(unknown),
      movable: new Set(movable),
    })),
  };
}
