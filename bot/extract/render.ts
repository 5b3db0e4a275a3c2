import { printProcedure } from '../../analyzers/c/print.js';
import type { LeftOut, Reason } from '../../analyzers/program/survey.js';
import type { SourceRef } from '../../simulator/program/types.js';
import type { Extraction } from './extract.js';

export interface Cost {
  readonly ms: number;
  readonly megabytes: number;
}

const TITLES: Readonly<Record<Reason, string>> = {
  unsupported: 'No rule for',
  unresolved: 'Not found',
  unmodelled: 'Ends a run as not modelled, where one comes to it',
  indirect: 'Calls through pointers',
  dropped: 'Left out by a row of the catalog',
};

/** The Program as text, then what it depends on, what was left out and why, and one line of sums. */
export function renderExtraction(extraction: Extraction, cost: Cost): string {
  const { program, entries, survey, overBudget } = extraction;
  const parts: string[] = [];
  for (const procedure of program.procedures.values()) parts.push(printProcedure(procedure), '');
  for (const entry of entries) if (entry.k === 'missing') parts.push(`${entry.entry.name}: ${entry.why}`, '');
  if (survey.axes.length > 0) parts.push('Depends on', ...survey.axes.map((axis) => `  ${axis}`), '');
  for (const reason of ['unsupported', 'unresolved', 'unmodelled', 'indirect', 'dropped'] as const) {
    const all = survey.leftOut.filter((each) => each.reason === reason);
    if (all.length > 0) parts.push(TITLES[reason], ...all.map(lineOf), '');
  }
  const omissions = program.omissions.map(({ what, why, at }) => `  ${what}: ${why}${at === null ? '' : ` (${placeOf(at)})`}`);
  if (omissions.length > 0) parts.push('While the sources were read', ...omissions, '');
  if (overBudget !== null) parts.push(`Not modelled: ${overBudget}`, '');
  parts.push(summary(extraction, cost), '');
  return parts.join('\n');
}

function summary({ program, survey, units }: Extraction, { ms, megabytes }: Cost): string {
  const unsupported = survey.leftOut.filter(({ reason }) => reason === 'unsupported').length;
  return `${program.procedures.size} functions, ${survey.statements} statements, ${survey.operations} operations, ${survey.axes.length} axes, ${unsupported} unsupported, ${units.length} files, ${ms} ms, ${megabytes} MB`;
}

const lineOf = ({ what, why, at }: LeftOut): string => {
  const [first] = at;
  const more = at.length > 1 ? ` and ${at.length - 1} more` : '';
  return `  ${what}: ${why}${first === undefined ? '' : ` (${placeOf(first)}${more})`}`;
};

const placeOf = ({ file, line }: SourceRef): string => `${file}:${line}`;

/** The same as JSON; keys in a fixed order. */
export function serialiseExtraction(extraction: Extraction, cost: Cost): string {
  const { program, entries, survey, units, overBudget } = extraction;
  const value = {
    entries: entries.map((entry) =>
      entry.k === 'taken' ? { name: entry.entry.name, procedure: entry.procedure } : { name: entry.entry.name, missing: entry.why },
    ),
    procedures: [...program.procedures.values()].map(({ name, at, params, code }) => ({
      name,
      at: placeOf(at),
      params,
      code: code.map(({ at: where, ...instr }) => ({ line: where.line, ...instr })),
    })),
    globals: [...program.globals.values()].map(({ name, type, at, defined, init }) => ({ name, at: placeOf(at), type, defined, init })),
    axes: survey.axes,
    leftOut: survey.leftOut.map(({ reason, what, why, at }) => ({ reason, what, why, at: at.map(placeOf) })),
    omissions: program.omissions.map(({ what, why, at }) => ({ what, why, at: at === null ? null : placeOf(at) })),
    overBudget,
    files: units,
    sums: { functions: program.procedures.size, statements: survey.statements, operations: survey.operations, ...cost },
  };
  return `${JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), 1)}\n`;
}
