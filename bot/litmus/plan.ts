import { basename, join } from 'node:path';
import type { Expected } from '../../simulator/litmus/test.js';
import { readKinds } from './kinds.js';
import { type KindsFileRow, runOf, type Setting } from './kinds-files.js';
import type { Suite } from './suites.js';

/** One pass over a suite: under one setting, against one table of kinds. */
export interface Run {
  /** `aarch64-VMSA`, `aarch64-VMSA ETS2`. */
  readonly name: string;
  readonly folder: string;
  readonly tests: readonly string[];
  /** Path of the table of kinds, or null where there is none. */
  readonly kinds: string | null;
  readonly setting: Setting;
  readonly expected: ReadonlyMap<string, Expected | null>;
}

export interface Choices {
  /** A table given by hand stands for those of the folders. */
  readonly kinds: string | null;
  /** Axes set by hand win over those that a table's name stands for. */
  readonly axes: Setting;
}

/** The runs of a suite: one a table of kinds, or a single one without expectations. */
export function planRuns(
  suite: Suite,
  choices: Choices,
  rows: readonly KindsFileRow[],
  read: (path: string) => string,
): { readonly runs: readonly Run[]; readonly faults: readonly string[] } {
  const tables = choices.kinds === null ? suite.kindsFiles.map((name) => join(suite.folder, name)) : [choices.kinds];
  const faults: string[] = [];
  const runs: Run[] = [];
  const run = (name: string, kinds: string | null, setting: Setting, expected: Run['expected']): void => {
    const { folder, tests } = suite;
    runs.push({
      name: name === '' ? suite.name : `${suite.name} ${name}`,
      folder,
      tests,
      kinds,
      setting: { ...setting, ...choices.axes },
      expected,
    });
  };
  for (const path of tables) {
    const stands = runOf(rows, basename(path));
    if (stands === null && choices.kinds === null) {
      faults.push(`${path}: no row of kinds-files.yaml says which setting this table is for; give it with --kinds, and --axis`);
      continue;
    }
    const { expected, faults: lines } = readKinds(read(path));
    for (const fault of lines)
      faults.push(`${path}, line ${fault.line}, column ${fault.column}: expected ${fault.expected}, found "${fault.found}"`);
    run(stands?.run ?? '', path, stands?.setting ?? {}, expected);
  }
  if (tables.length === 0) run('', null, {}, new Map());
  return { runs, faults };
}
