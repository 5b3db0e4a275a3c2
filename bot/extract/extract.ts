import { compileOnDemand, type Entry, type OnDemand } from '../../analyzers/program/on-demand.js';
import { type Fixed, foldAxes } from '../../analyzers/program/fold-axes.js';
import { type Survey, survey, type SurveyContext } from '../../analyzers/program/survey.js';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';

export interface ExtractRequest {
  readonly tree: SourceTree;
  readonly arch: Arch;
  readonly functions: readonly string[];
  /** The configuration as macros. */
  readonly config: Readonly<Record<string, string>>;
  readonly store?: DerivedStore | null;
  /** Axes, and values that the sources do not give, that stay as they are here: what hangs on them is folded. */
  readonly fixed?: Fixed;
}

export interface Extraction extends OnDemand {
  readonly survey: Survey;
  /** What the functions ask for before anything is fixed. */
  readonly asked: readonly string[];
}

/** `name`, or `name@path/of/file.c`. */
function entryOf(text: string): Entry {
  const at = text.indexOf('@');
  return at < 0 ? { name: text, file: null } : { name: text.slice(0, at), file: text.slice(at + 1) };
}

/** Compiles what the functions reach and says what was left out. */
export function extract(catalog: Catalog, { tree, arch, functions, config, fixed, store = null }: ExtractRequest): Extraction {
  const compiled = compileOnDemand(tree, { arch, entries: functions.map(entryOf), defines: config, catalog: catalog.rows, store });
  const context: SurveyContext = {
    row: (name) => catalog.find(arch, name) ?? null,
    unresolved: compiled.unresolved,
    features: catalog.features,
  };
  const whole = survey(compiled.program, context);
  if (fixed === undefined || fixed.size === 0) return { ...compiled, survey: whole, asked: whole.axes };
  const entries = compiled.entries.flatMap((entry) => (entry.k === 'taken' ? [entry.procedure] : []));
  const program = foldAxes(compiled.program, entries, fixed, context);
  return { ...compiled, program, survey: survey(program, context), asked: whole.axes };
}
