import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { headerOf, parseScenario, type Scenario } from './spec.js';

/** Headers as YAML reads them, by their text. */
const packedSchema = z.record(z.string(), z.unknown());

/**
 * Reads every scenario below `simulator/scenarios` of the package at `root`, sorted by name. Throws where one is not as it should be: scenarios are
 * part of the program.
 *
 * Reading YAML takes longer than a small review, so the build leaves what it read in `packed`; a header that has changed since is read anew.
 */
export function loadScenarios(root: string, packed?: string): Scenario[] {
  const ready = packed === undefined || !existsSync(packed) ? {} : packedSchema.parse(JSON.parse(readFileSync(packed, 'utf8')));
  return sources(root)
    .map(({ path, text }) => parseScenario(path, text, (header) => ready[header] ?? parse(header)))
    .sort((a, b) => (a.spec.scenario < b.spec.scenario ? -1 : 1));
}

/** What `loadScenarios` finds in `packed`: the headers as JSON text. */
export function packScenarios(root: string): string {
  const headers = sources(root).map(({ path, text }) => headerOf(path, text));
  return JSON.stringify(Object.fromEntries(headers.map((header): [string, unknown] => [header, parse(header)])));
}

const sources = (root: string): { readonly path: string; readonly text: string }[] =>
  scenarioFiles(join(root, 'simulator', 'scenarios')).map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));

function scenarioFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? scenarioFiles(join(folder, entry.name)) : entry.name.endsWith('.c') ? [join(folder, entry.name)] : [],
    )
    .sort();
}
