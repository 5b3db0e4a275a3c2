import { z } from 'zod';
import { digestOf } from '../../analyzers/source/digest.js';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Procedure } from '../../simulator/program/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Settled } from './once-per-axes.js';
import type { Resources } from './resources.js';
import type { Version } from './scenario-runs.js';

/** How results of runs are kept: those that the next process can do nothing with but tell them. */
export interface KeptForm<T> {
  /** With a number that goes up when the same run gives another result. */
  readonly kind: string;
  /** Null for a result that has to be had anew. */
  readonly plain: (result: T) => unknown;
  readonly schema: z.ZodType<T>;
}

const axisValue = z.union([z.string(), z.number(), z.boolean()]);
const used = z.array(z.tuple([z.string(), axisValue]));

/** What earlier processes have run of this scenario on the same code; none where nothing is kept. */
export function runsKept<T>({ store, catalog }: Resources, form: KeptForm<T>, scenario: Scenario, version: Version): readonly Settled<T>[] {
  const text = store?.get(form.kind, keyOf(catalog.rows, scenario, version)) ?? null;
  if (text === null) return [];
  const settled = z.array(
    z.union([
      z.strictObject({ used, result: form.schema }),
      z.strictObject({ used, needs: z.strictObject({ axis: z.string(), origin: z.enum(['declared', 'unknown']) }) }),
    ]),
  );
  const read = settled.safeParse(json(text));
  return read.success ? read.data.map((each) => ({ ...each, used: new Map(each.used) })) : [];
}

/** Runs of one kind, to be kept. */
export interface Keeping<T> {
  readonly form: KeptForm<T>;
  readonly runs: readonly Settled<T>[];
}

/**
 * Keeps runs for the next process; all of them or none: what a search learns makes the next one's counts of states what they are, so that
 * those which have to be had anew must find the others done before.
 */
export function keepRuns<T>({ store, catalog }: Resources, scenario: Scenario, version: Version, kinds: readonly Keeping<T>[]): void {
  if (store === null) return;
  const texts: { readonly kind: string; readonly text: string }[] = [];
  for (const { form, runs } of kinds) {
    if (runs.length === 0) continue;
    const plain = runs.map((run) => ('needs' in run ? run : { used: run.used, result: form.plain(run.result) }));
    if (plain.some((run) => 'result' in run && run.result === null)) return;
    texts.push({ kind: form.kind, text: JSON.stringify(plain.map((run) => ({ ...run, used: [...run.used] }))) });
  }
  for (const { kind, text } of texts) store.put(kind, keyOf(catalog.rows, scenario, version), text);
}

/** All that a run, and what it tells, depends on beside its setting: the scenario, the code that it reaches, where that stands, and what names of the catalog mean. */
function keyOf(rows: readonly CatalogRow[], { spec, path, text }: Scenario, { program, reach }: Version): string {
  const globals = [...reach.globals].sort().map((name) => [name, program.globals.get(name)?.type]);
  const code = [...reach.texts].sort(([a], [b]) => (a < b ? -1 : 1));
  const places = [...reach.procedures].sort().map((name) => placesOf(program.procedures.get(name)));
  return digestOf(JSON.stringify([digestOfRows(rows), spec.scenario, path, text, globals, code, places]));
}

/** Where the instructions of a procedure stand. */
function placesOf(procedure: Procedure | undefined): string {
  if (!procedure) return '';
  let places = placesKnown.get(procedure);
  if (places === undefined) {
    let file = '';
    places = procedure.code
      .map(({ at }) => {
        const from = `${at.origin} ${at.file}`;
        const place = from === file ? String(at.line) : `${from}:${String(at.line)}`;
        file = from;
        return place;
      })
      .join(' ');
    placesKnown.set(procedure, places);
  }
  return places;
}

const placesKnown = new WeakMap<Procedure, string>();

function digestOfRows(rows: readonly CatalogRow[]): string {
  let digest = digests.get(rows);
  if (digest === undefined) {
    digest = digestOf(JSON.stringify(rows, (_, part: unknown) => (typeof part === 'bigint' ? `${part.toString()}n` : part)));
    digests.set(rows, digest);
  }
  return digest;
}

const digests = new WeakMap<readonly CatalogRow[], string>();

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
