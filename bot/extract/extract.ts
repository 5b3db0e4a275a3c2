import { compileOnDemand, type Entry, type OnDemand } from '../../analyzers/program/on-demand.js';
import { type Survey, survey } from '../../analyzers/program/survey.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';

export interface ExtractRequest {
  readonly tree: SourceTree;
  readonly arch: Arch;
  readonly functions: readonly string[];
  /** The configuration as macros. */
  readonly config: Readonly<Record<string, string>>;
}

export interface Extraction extends OnDemand {
  readonly survey: Survey;
}

/** `name`, or `name@path/of/file.c`. */
function entryOf(text: string): Entry {
  const at = text.indexOf('@');
  return at < 0 ? { name: text, file: null } : { name: text.slice(0, at), file: text.slice(at + 1) };
}

/** Compiles what the functions reach and says what was left out. */
export function extract(catalog: Catalog, { tree, arch, functions, config }: ExtractRequest): Extraction {
  const compiled = compileOnDemand(tree, { arch, entries: functions.map(entryOf), defines: config, catalog: catalog.rows });
  const found = survey(compiled.program, {
    row: (name) => catalog.find(arch, name) ?? null,
    unresolved: compiled.unresolved,
    features: catalog.features,
  });
  return { ...compiled, survey: found };
}
