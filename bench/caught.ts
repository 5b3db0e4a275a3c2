import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initC } from '../analyzers/c/parser.js';
import { parseMutateReport } from '../bot/mutate/schema.js';
import { packageRoot } from '../bot/package.js';
import { loadResources } from '../bot/review/resources.js';
import { runVersions, versionOf } from '../bot/review/scenario-runs.js';
import { KICK_MUTANTS } from '../bot/review/testing/kick-mutants.js';
import { edited, type SkeletonMutant } from '../bot/review/testing/skeleton-mutant.js';
import { VMEMMAP_MUTANTS } from '../bot/review/testing/vmemmap-mutants.js';
import { X86_MUTANTS } from '../bot/review/testing/x86-mutants.js';
import type { CaughtData, CaughtMutant } from './caught-data.js';

/**
 * Which scenario shows which violation: `node dist/bench/caught.js KERNEL REPORT…` reads reports that `faultline mutate --json` wrote of that
 * kernel (`skeletons` where they were made without a tree; KERNEL may come again before further reports), runs the mutants of the tests on
 * the skeletons, and writes docs/caught.json anew.
 */
interface Caught {
  readonly scenario: string;
  readonly code: string;
  /** The same for the same change of the same code. */
  readonly key: string;
  readonly what: string;
  readonly violations: readonly string[];
}

/** So many mutants of each scenario are told by name. */
const TOLD = 5;

const isReport = (argument: string): boolean => argument.endsWith('.json');

function ofReports(args: readonly string[]): Caught[] {
  let code = 'skeletons';
  return args.flatMap((argument) => {
    if (!isReport(argument)) {
      code = argument;
      return [];
    }
    const { scenarios, mutants } = parseMutateReport(readFileSync(argument, 'utf8'));
    const [only] = scenarios;
    if (only === undefined || scenarios.length > 1) throw new Error(`${argument} is not of one scenario`);
    return mutants.flatMap(({ fate, file, procedure, line, operator, what, violations }) =>
      fate === 'killed'
        ? [
            {
              scenario: only.scenario,
              code,
              key: [code, file, procedure, line, operator, what].join('\0'),
              what: `${procedure}(): ${what}`,
              violations,
            },
          ]
        : [],
    );
  });
}

async function ofTests(cases: readonly SkeletonMutant[]): Promise<Caught[]> {
  await initC();
  const resources = loadResources();
  return cases.flatMap(({ scenario: name, what, edits, shows }) => {
    const scenario = resources.scenarios.find(({ spec }) => spec.scenario === name);
    if (scenario === undefined || shows.length === 0) return [];
    const version = versionOf(resources, edited(resources.skeleton, edits), scenario, scenario.spec.explore);
    const { leaves } = runVersions(resources, { scenario, versions: [version], touched: new Set() });
    const violations = [...new Set(leaves.flatMap(({ result }) => result.flatMap(({ shown }) => [...shown.keys()])))].sort();
    return violations.length === 0 ? [] : [{ scenario: name, code: 'skeletons', key: JSON.stringify(edits), what, violations }];
  });
}

function dataOf(all: readonly Caught[]): CaughtData {
  const by = new Map<string, Set<string>>();
  for (const { key, scenario } of all) by.set(key, (by.get(key) ?? new Set()).add(scenario));
  const names = [...new Set(all.map(({ scenario }) => scenario))].sort();
  return {
    scenarios: names.map((name) => {
      const mine = all.filter(({ scenario }) => scenario === name);
      const violations: Record<string, number> = {};
      for (const kind of mine.flatMap((each) => each.violations).sort()) violations[kind] = (violations[kind] ?? 0) + 1;
      const told = mine.map(
        ({ key, what, violations: shown }): CaughtMutant => ({ what, violations: [...shown], alone: by.get(key)?.size === 1 }),
      );
      return {
        scenario: name,
        code: [...new Set(mine.map(({ code }) => code))].sort().join(', '),
        violations,
        mutants: [...told.filter(({ alone }) => alone), ...told.filter(({ alone }) => !alone)].slice(0, TOLD),
      };
    }),
  };
}

const tests = await ofTests([...KICK_MUTANTS, ...VMEMMAP_MUTANTS, ...X86_MUTANTS]);
const data = dataOf([...ofReports(process.argv.slice(2)), ...tests]);
writeFileSync(join(packageRoot(), 'docs', 'caught.json'), `${JSON.stringify(data, null, 2)}\n`);
