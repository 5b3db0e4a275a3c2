import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '../program/yaml.js';
import { headerOf, parseScenarios, type Scenario } from './spec.js';

/** What YAML reads, by its text. */
const packedSchema = z.record(z.string(), z.unknown());

/**
 * Reads every scenario below `simulator/scenarios` of the package at `root`, sorted by name. Throws where one is not as it should be: scenarios are
 * part of the program.
 *
 * Reading YAML takes longer than a small review, so the build leaves what it read in `packed`; a header that has changed since is read anew.
 */
export function loadScenarios(root: string, packed?: string): Scenario[] {
  const read = packedYaml(packed);
  return sources(root)
    .flatMap(({ path, text }) => parseScenarios(path, text, read))
    .sort((a, b) => (a.spec.scenario < b.spec.scenario ? -1 : 1));
}

/** Reads YAML: texts that the build has read before from what it left. */
export function packedYaml(packed?: string): (text: string) => unknown {
  const ready = packed === undefined || !existsSync(packed) ? {} : packedSchema.parse(JSON.parse(readFileSync(packed, 'utf8')));
  return (text) => ready[text] ?? parseYaml(text);
}

/** What `packedYaml` finds in `packed`: the headers of scenarios, and other YAML texts, as JSON text. */
export function packScenarios(root: string, others: readonly string[] = []): string {
  const headers = sources(root).map(({ path, text }) => headerOf(path, text));
  return JSON.stringify(Object.fromEntries([...headers, ...others].map((text): [string, unknown] => [text, parseYaml(text)])));
}

/** The releases that the skeletons can stand in for. */
export const AGES = join('simulator', 'kernel', 'ages.yaml');

/** Macros that the configuration of the skeletons' kernel defines, by architecture. */
export const CONFIG = join('simulator', 'kernel', 'config.yaml');

const sources = (root: string): { readonly path: string; readonly text: string }[] =>
  scenarioFiles(join(root, 'simulator', 'scenarios')).map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

function scenarioFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? scenarioFiles(join(folder, entry.name)) : entry.name.endsWith('.c') ? [join(folder, entry.name)] : [],
    )
    .sort();
}
