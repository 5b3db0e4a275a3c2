import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AxisValue } from '../../simulator/interp/setup.js';
import { packageRoot } from '../package.js';

export type Setting = Readonly<Record<string, AxisValue>>;

/** What a table of kinds is for. */
export interface KindsFileRow {
  /** Name of the file; one `*` stands for any text. */
  readonly file: string;
  /** Name of the run; `*` is what the file's name has there. */
  readonly run: string;
  readonly setting: Setting;
}

const schema = z.strictObject({
  'kinds-files': z.array(
    z.strictObject({
      file: z.string(),
      run: z.string(),
      setting: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
});

/** The rows of bot/litmus/kinds-files.yaml. */
export const loadKindsFiles = (root = packageRoot()): readonly KindsFileRow[] =>
  schema.parse(parse(readFileSync(join(root, 'bot', 'litmus', 'kinds-files.yaml'), 'utf8')))['kinds-files'];

/** The run that a table of this name stands for, or null where no row knows it. */
export function runOf(rows: readonly KindsFileRow[], fileName: string): { readonly run: string; readonly setting: Setting } | null {
  for (const row of rows) {
    const [before, after] = row.file.split('*');
    if (before === undefined) continue;
    if (after === undefined ? fileName !== before : !between(fileName, before, after)) continue;
    const star = after === undefined ? '' : fileName.slice(before.length, fileName.length - after.length);
    const fill = (value: AxisValue): AxisValue => (typeof value === 'string' ? value.replace('*', () => star) : value);
    const setting = Object.fromEntries(Object.entries(row.setting).map(([axis, value]) => [axis, fill(value)]));
    return { run: row.run.replace('*', () => star), setting };
  }
  return null;
}

const between = (text: string, before: string, after: string): boolean =>
  text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after);
